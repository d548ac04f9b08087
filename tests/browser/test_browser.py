# SPDX-License-Identifier: GPL-2.0-or-later
"""The page as a person meets it, in a real Chromium."""
import urllib.parse

import pytest

from chromium import Browser, By, Keys, WebDriverWait

PATIENCE = 20
PAGES = ["/", "/?q=data", "/?q=asthma&opt_outs=No", "/?q=zzzzzz", "/records/DARS-NIC-150871-T1F3N?q=asthma",
         "/facets/dataset", "/changes", "/about", "/compare", "/records/nobody"]


class Page:
    def __init__(self, browser, server):
        self.browser, self.driver, self.server = browser, browser.driver, server

    def go(self, path):
        self.driver.get(self.server.url + path)
        return self

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def until(self, question):
        return WebDriverWait(self.driver, PATIENCE, 0.05, ignored_exceptions=(Exception,)).until(lambda _: question())

    def heading(self):
        return self.one("h1").text

    def path(self):
        return self.driver.current_url.removeprefix(self.server.url)

    def search(self, text):
        before = self.driver.current_url
        self.one("#q").clear()
        self.one("#q").send_keys(text, Keys.ENTER)
        self.until(lambda: self.driver.current_url != before and self.all("#found"))

    def total(self, **params):
        return self.server.call("search", **params)["total"]


@pytest.fixture
def page(browser, server):
    browser.complaints()
    yield Page(browser, server)
    assert browser.complaints() == []


def said(count):
    return f"{count:,} agreement" + ("" if count == 1 else "s")


def test_a_question_is_typed_and_answered(page):
    page.go("/").search("asthma")
    assert page.heading().startswith(said(page.total(q="asthma")))
    assert page.path() == "/?q=asthma" and "asthma" in page.driver.title
    assert page.all(".passage mark") and page.all(".passage .part")


def test_nothing_is_loaded_anew(page):
    page.go("/?q=data")
    page.driver.execute_script("window.isStill = true")
    page.one("a.value").click()
    page.until(lambda: page.all("a.chip"))
    assert page.driver.execute_script("return window.isStill")


def test_completion_by_keys(page):
    page.go("/")
    box = page.one("#q")
    box.send_keys("asth")
    page.until(lambda: page.all("#completions [role=option]"))
    assert box.get_attribute("aria-expanded") == "true"
    box.send_keys(Keys.ARROW_DOWN)
    chosen = page.one("#completions [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert box.get_attribute("value").startswith("asth")
    box.send_keys(Keys.ESCAPE)
    assert box.get_attribute("value") == "asth" and box.get_attribute("aria-expanded") == "false"
    box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    page.until(lambda: page.all("#found"))
    assert page.path().startswith("/?q=asth")


def test_a_completed_name_is_a_filter(page):
    page.go("/")
    page.one("#q").send_keys("data university of ald")
    page.until(lambda: page.all("#completions [role=option]"))
    option = next(one for one in page.all("#completions [role=option]") if "recipient" in one.text)
    option.click()
    page.until(lambda: page.all("a.chip"))
    expected = page.total(q="data", filters={"organisation": ["University Of Aldermere"]})
    assert "organisation=" in page.path() and page.heading().startswith(said(expected))
    assert page.one("#q").get_attribute("value") == "data"


def test_facets_narrow_and_chips_undo(page):
    page.go("/?q=data")
    whole = page.heading()
    link = page.one("#facet-opt_outs a.value")
    count = link.find_element(By.CSS_SELECTOR, ".count").text.split()[0]
    link.click()
    page.until(lambda: page.all("a.chip"))
    assert page.heading().startswith(count + " agreement")
    assert page.one("#facet-opt_outs a.value.on").get_attribute("aria-current") == "true"
    page.one("a.chip").click()
    page.until(lambda: not page.all("a.chip"))
    assert page.heading() == whole


def test_back_and_forth(page):
    page.go("/").search("asthma")
    first = page.heading()
    page.one("a.value").click()
    page.until(lambda: page.all("a.chip"))
    narrowed = page.path()
    page.driver.back()
    page.until(lambda: page.heading() == first and not page.all("a.chip"))
    page.driver.back()
    page.until(lambda: page.all(".hero"))
    page.driver.forward()
    page.driver.forward()
    page.until(lambda: page.path() == narrowed and page.all("a.chip"))


def test_a_link_that_is_sent_shows_the_same(page):
    page.go("/?q=data")
    page.one("a.value").click()
    page.until(lambda: page.all("a.chip"))
    address, heading, titles = page.path(), page.heading(), [one.text for one in page.all(".hit h2")]
    other = Page(Browser(), page.server)
    try:
        other.go(address)
        assert other.heading() == heading and [one.text for one in other.all(".hit h2")] == titles
    finally:
        other.browser.close()


def test_a_record_is_opened_and_compared(page):
    page.go("/?q=%22risk+stratification%22")
    for box in page.all(".tick input")[:2]:
        box.click()
    page.one(".compare-bar button").click()
    page.until(lambda: page.all(".sides"))
    assert len(page.all("ins")) and len(page.all("del"))
    page.driver.back()
    page.until(lambda: page.all("#found"))
    page.one(".hit h2 a").click()
    page.until(lambda: page.all(".record"))
    assert page.all(".record mark")


def test_comparing_takes_two(page):
    page.go("/?q=data").one(".compare-bar button").click()
    page.until(lambda: "tick two" in page.one("#status").text)


def test_the_chart_filters(page):
    page.go("/?q=data")
    bar = page.all(".chart a")[0]
    page.driver.execute_script("arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", bar)
    page.until(lambda: page.all("a.chip"))
    assert "in_force=" in page.path() or "legal_basis=" in page.path()
    assert page.all(".as-table table td")


def test_hostile_text_stays_text(page):
    text = "<img src=x onerror=document.title='owned'>\"'\u202e"
    page.go("/?" + urllib.parse.urlencode({"q": text}))
    assert not page.all("main img") and "owned" != page.driver.title
    page.one("#q").send_keys("<b>")
    page.go("/records/DARS-NIC-900001-H0STL")
    assert not page.all("main script, main img, main b")


def test_a_long_text_is_not_lost(page):
    page.go("/")
    page.driver.execute_script("document.getElementById('q').value = 'x '.repeat(50000)")
    page.one("#search button").click()
    page.until(lambda: "too long" in page.one("#status").text)
    assert len(page.one("#q").get_attribute("value")) == 100_000


def test_a_daemon_that_goes_away_loses_nothing(database, browser):
    from served import Served
    with Served(database) as server:
        page = Page(browser, server).go("/?q=asthma")
        heading = page.heading()
        browser.command("Network.enable")
        browser.command("Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=-1,
                        uploadThroughput=-1)
        page.one("a.value").click()
        page.until(lambda: "kept" in page.one("#status").text)
        assert page.heading() == heading and page.all(".hit")
        browser.command("Network.emulateNetworkConditions", offline=False, latency=0, downloadThroughput=-1,
                        uploadThroughput=-1)
        page.until(lambda: page.all("a.chip"))
        assert page.one("#status").text == ""
    browser.complaints()


def test_without_scripts(database, server):
    plain = Page(Browser(script=False), server)
    try:
        plain.go("/")
        plain.one("#q").send_keys("asthma")
        plain.one("#search button").click()
        plain.until(lambda: plain.heading().startswith(said(plain.total(q="asthma"))))
        plain.one("a.value").click()
        plain.until(lambda: plain.all("a.chip"))
        plain.one(".hit h2 a").click()
        plain.until(lambda: plain.all(".record .prose"))
    finally:
        plain.browser.close()


def test_a_phone(database, server):
    phone = Page(Browser(390, 844), server)
    try:
        for path in PAGES:
            phone.go(path)
            assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 390, path
        phone.go("/?q=data")
        assert not phone.one("#filters").is_displayed()
        phone.one(".to-filters a").click()
        phone.until(lambda: phone.one("#filters").is_displayed())
        for link in phone.all("#facet-opt_outs a.value, .close"):
            assert link.size["height"] >= 44
        phone.one("#facet-opt_outs a.value").click()
        phone.until(lambda: phone.all("#filters a.value.on"))
        phone.one(".close").click()
        phone.until(lambda: not phone.one("#filters").is_displayed() and phone.all("a.chip"))
    finally:
        phone.browser.close()


@pytest.mark.parametrize("width, dark", [(1280, False), (1280, True), (390, False)])
def test_axe_finds_nothing(database, server, axe, width, dark):
    if not axe:
        pytest.skip("axe-core is not here: ./dev browser fetches it")
    page = Page(Browser(width, dark=dark), server)
    try:
        for path in PAGES:
            page.go(path)
            page.driver.execute_script(axe)
            found = page.driver.execute_async_script("""
                const done = arguments[arguments.length - 1];
                axe.run(document).then(done)""")["violations"]
            assert not found, (path, [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found])
    finally:
        page.browser.close()
