# SPDX-License-Identifier: GPL-2.0-or-later
"""Hostile text, old links, and a daemon that is busy, away, or not ready: said kindly, and nothing lost."""
import urllib.parse

import pytest
from served import Served
from support import SAMPLE, index, own_host

from chromium import Keys
from front import Front
from person import Person, said

HOSTILE = ["<img src=x onerror=document.title='owned'>", "<script>document.title='owned'</script>",
           "\"' onfocus=document.title='owned' autofocus x='", "</title><svg onload=document.title='owned'>",
           "\u202egnp.exe\u2066 \u200fabc", "javascript:alert(1)", "]]>{{7*7}}${7*7}", "%3Cb%3E&lt;b&gt;&amp;"]


def is_clean(page):
    assert page.driver.title != "owned"
    assert not page.all("main img, main script, main b, main iframe, main [onfocus], main [onload], main [onerror]")
    assert not page.js("return /[\\u202a-\\u202e\\u2066-\\u2069\\u200e\\u200f]/.test(document.documentElement.outerHTML)")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(page, text):
    page.go("/?" + urllib.parse.urlencode({"q": text}))
    is_clean(page)
    page.go("/")
    page.search(text.replace("\u202e", "").replace("\u2066", "").replace("\u200f", ""))
    is_clean(page)
    page.go("/?" + urllib.parse.urlencode({"q": "data", "dataset": text, text: "1"}))
    is_clean(page)
    page.go("/facets/dataset?" + urllib.parse.urlencode({"contains": text}))
    is_clean(page)
    page.go("/compare?" + urllib.parse.urlencode([("id", text), ("id", text)]))
    is_clean(page)


def test_hostile_records_stay_text(page):
    page.go("/?q=zebrafinch")
    assert "<script>alert" in page.one(".hits").text
    is_clean(page)
    for link in [one.get_attribute("href") for one in page.all(".hit h2 a")]:
        page.driver.get(link)
        assert page.all(".record")
        is_clean(page)
    page.go("/")
    page.one("#q").send_keys("zebra")
    page.until(lambda: page.all("#completions [role=option]"))
    is_clean(page)


def test_a_link_from_an_older_version(page):
    page.go("/?q=asthma&theme=2&colour=%3Cred%3E&view=list")
    assert page.heading().startswith(said(page.total(q="asthma")))
    notice = page.one(".notice").text
    assert "colour" in notice and "theme" in notice and "passed over" in notice
    page.follow("#facet-opt_outs a.value")
    assert "theme" not in page.path() and "q=asthma" in page.path()


def test_a_text_too_long_to_look_for_is_not_lost(page):
    page.go("/")
    page.js("document.getElementById('q').value = 'x '.repeat(50000)")
    page.one("#search button").click()
    page.until(lambda: "too long" in page.status())
    assert len(page.query()) == 100_000
    page.go("/?q=" + "x" * 20_000)  # a link that somebody made all the same
    assert page.all("h1") and page.all("#q")


def test_what_cannot_be_asked_is_said(page):
    page.go("/records/nobody")
    assert "nothing here" in page.heading() and page.all("#q")
    page.go("/?q=asthma&start=soon")
    assert "takes a date" in page.one("main").text and page.query() == "asthma"


# ---- a daemon that is away ----

@pytest.fixture
def front(server):
    with Front(server) as front:
        yield front


@pytest.fixture
def behind(browser, server, front):
    """A person for whom the front stands between."""
    yield Person(browser, server, front.url)
    assert browser.complaints() == []


def test_a_daemon_that_dies_in_mid_typing(database, browser):
    host = own_host()
    server = Served(database, host=host)
    port, page = server.port, Person(browser, server).go("/?q=asthma")
    heading = page.heading()
    page.one("#q").clear()
    page.one("#q").send_keys("canc")
    page.until(lambda: page.all("#completions [role=option]"))
    server.process.kill()
    server.stop()
    page.one("#q").send_keys("er")
    page.press(Keys.ENTER)
    page.until(lambda: "kept" in page.status())
    assert page.query() == "cancer" and page.heading() == heading and page.all(".hit")
    with Served(database, host=host, port=port) as server:
        page.until(lambda: "cancer" in page.heading())
        assert page.status() == "" and page.query() == "cancer" and page.path() == "/?q=cancer"
        page.one("#q").send_keys(" reg")
        page.until(lambda: page.all("#completions [role=option]"))
        page.driver.get("about:blank")
    browser.complaints()


@pytest.mark.parametrize("status", [503, 429])
def test_a_daemon_that_is_busy(behind, front, status):
    behind.go("/?q=asthma")
    heading = behind.heading()
    front.refuse = status
    behind.one("#facet-opt_outs a.value").click()
    behind.until(lambda: "busy" in behind.status())
    assert behind.heading() == heading and behind.all(".hit") and behind.path() == "/?q=asthma"
    front.refuse = 0
    behind.until(lambda: behind.all("a.chip"))
    assert behind.status() == "" and "opt_outs=" in behind.path()


def test_another_wish_while_one_waits(behind, front):
    behind.go("/?q=asthma")
    front.refuse = 503
    behind.one("#facet-opt_outs a.value").click()
    behind.until(lambda: "busy" in behind.status())
    behind.one("#q").clear()
    behind.one("#q").send_keys("cancer", Keys.ENTER)
    behind.until(lambda: any("q=cancer" in path for path in front.asked))
    asked = len(front.asked)
    front.refuse = 0
    behind.until(lambda: "cancer" in behind.heading())
    assert not behind.all("a.chip") and behind.status() == ""
    assert not any("asthma" in path for path in front.asked[asked:])


def test_an_answer_that_comes_too_late_is_not_shown(behind, front):
    behind.go("/")
    front.slow = "asthma"
    behind.one("#q").send_keys("asthma", Keys.ENTER)
    behind.until(lambda: any("q=asthma" in path for path in front.asked))
    behind.one("#q").clear()
    behind.one("#q").send_keys("cancer", Keys.ENTER)
    behind.until(lambda: "cancer" in behind.heading())
    front.slow = None
    behind.follow(".sorts li:last-child a")
    assert "cancer" in behind.heading() and behind.query() == "cancer"


def test_completions_that_fail_cost_no_search(behind, front):
    behind.go("/")
    front.refuse = 503
    behind.one("#q").send_keys("asth")
    behind.until(lambda: any("suggest" in path for path in front.asked))
    front.refuse = 0
    behind.press("ma")
    behind.leaves(lambda: behind.press(Keys.ENTER))
    assert "asthma" in behind.heading()


def test_a_page_opened_before_the_first_index(tmp_path, browser):
    db = tmp_path / "late"
    with Served(db) as server:
        page = Person(browser, server).go("/?q=asthma")
        assert page.heading() == "Just a moment" and "try again in a moment" in page.one("main").text
        index(db, SAMPLE)
        page.until(lambda: page.heading().startswith(said(page.total(q="asthma"))))
        assert page.path() == "/?q=asthma"
    browser.complaints()
