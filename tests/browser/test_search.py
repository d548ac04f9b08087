# SPDX-License-Identifier: GPL-2.0-or-later
"""Searching as a person does it: typing, choosing, going on, going back, sending the link."""
import csv
import io
import json
import re
import urllib.parse

import pytest

from chromium import By, Keys
from person import said


def test_a_question_is_typed_and_answered(page):
    page.go("/").search("asthma")
    assert page.heading().startswith(said(page.total(q="asthma")))
    assert page.path() == "/?q=asthma" and "asthma" in page.driver.title
    assert page.all(".passage mark") and page.all(".passage .part")


def test_a_hit_says_who_why_and_whether_objections_counted(page):
    page.go("/?q=larkmoor")
    hit = page.one(".hit").text
    for words in ("Larkmoor Joint Registry", "NIC-510001-L4RKM-v1.1", "Objectives", "Legal basis",
                  "National Health Service Act 2006 s251", "Confidentiality set aside", "Were opt-outs respected?",
                  "Yes: patient objections upheld", "Could people be identified?", "Identifiable", "February 2021"):
        assert words in hit, words
    assert re.search(r"In force\s+not stated", hit)


def test_what_went_with_what_is_not_guessed(page):
    page.go("/?q=%22risk+stratification%22&identifiability=Identifiable&legal_basis=s251")
    assert "Not stated which data set went out in which form" in page.one(".hits").text
    page.go("/?q=larkmoor&identifiability=Identifiable&legal_basis=s251")
    assert "Not stated which data set" not in page.one(".hits").text


def test_nothing_is_loaded_anew(page):
    page.go("/?q=data")
    page.js("window.isStill = true")
    page.follow("a.value")
    assert page.js("return window.isStill")


def test_nothing_is_asked_of_anybody_else(page):
    page.go("/").search("asthma")
    loaded = page.js("return performance.getEntriesByType('resource').map(one => one.name)")
    assert loaded and all(one.startswith(page.url + "/") for one in loaded)


# ---- completion ----

def completions(page):
    return page.all("#completions [role=option]")


def test_completion_by_keys(page):
    page.go("/")
    page.paste("asth")
    page.until(lambda: completions(page))
    box = page.one("#q")
    assert box.get_attribute("aria-expanded") == "true"
    box.send_keys(Keys.ARROW_DOWN)
    chosen = page.one("#completions [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert page.query().startswith("asth")
    box.send_keys(Keys.ESCAPE)
    assert page.query() == "asth" and box.get_attribute("aria-expanded") == "false"
    box.send_keys(Keys.ARROW_DOWN)
    page.leaves(lambda: box.send_keys(Keys.ENTER))
    assert page.path().startswith("/?q=asth") and not page.one("#completions").is_displayed()


@pytest.mark.parametrize("key", ["ArrowDown", "Escape"])
def test_completions_of_less_than_was_typed_cost_no_letter(page, key):
    page.go("/")
    page.paste("as")
    page.until(lambda: completions(page))
    assert page.js("""
        const box = document.getElementById('q');
        box.value = 'asth';
        box.dispatchEvent(new InputEvent('input', {bubbles: true}));
        box.dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], bubbles: true, cancelable: true}));
        return box.value""", key) == "asth"
    page.until(lambda: any(one.text.startswith("asthma") for one in completions(page)))


def test_a_completed_name_is_a_filter(page):
    page.go("/")
    page.paste("data university of ald")
    page.until(lambda: any("recipient" in one.text for one in completions(page)))
    option = next(one for one in completions(page) if "recipient" in one.text)
    page.leaves(option.click)
    expected = page.total(q="data", filters={"organisation": ["University Of Aldermere"]})
    assert "organisation=" in page.path() and page.heading().startswith(said(expected))
    assert page.query() == "data"


def test_a_completed_reference_is_its_page(page):
    page.go("/")
    page.paste("NIC-510004")
    page.until(lambda: any("agreement" in one.text for one in completions(page)))
    page.leaves(next(one for one in completions(page) if "agreement" in one.text).click)
    assert page.path().startswith("/records/NIC-510004-NEWL1") and page.heading() == "Wishes at the end of life"


# ---- facets ----

def counted(link):
    return int(link.find_element(By.CSS_SELECTOR, ".count").text.split()[0].replace(",", ""))


def test_facets_narrow_and_chips_undo(page):
    page.go("/?q=data")
    whole, count = page.heading(), counted(page.one("#facet-opt_outs a.value"))
    page.follow("#facet-opt_outs a.value")
    assert page.heading().startswith(said(count))
    assert page.one("#facet-opt_outs a.value.on").get_attribute("aria-current") == "true"
    page.follow("a.chip")
    assert page.heading() == whole and not page.all("a.chip")


def test_several_values_of_a_facet(page):
    page.go("/?q=data")
    names = [one.text for one in page.all("#facet-dataset a.value .name")][:2]
    for name in names:
        page.leaves(lambda: next(one for one in page.all("#facet-dataset a.value")
                                 if one.find_element(By.CSS_SELECTOR, ".name").text == name).click())
    assert len(page.all(".chip")) == 2 and all(name in page.one(".chips").text for name in names)
    expected = page.total(q="data", filters={"dataset": urllib.parse.parse_qs(page.path()[2:])["dataset"]})
    assert page.heading().startswith(said(expected)) and len(page.all("#facet-dataset a.value.on")) == 2
    page.leaves(page.driver.find_element(By.LINK_TEXT, "Remove all").click)
    assert not page.all(".chip") and page.query() == "data"


def test_a_legal_basis_has_its_sections_below_it(page):
    page.go("/?q=data")
    below = page.one("#facet-legal_basis ul ul a.value")
    count = counted(below)
    page.leaves(below.click)
    assert page.heading().startswith(said(count)) and " > " in urllib.parse.unquote(page.path())
    assert page.all("#facet-legal_basis ul ul a.value.on")


def test_a_value_is_found_within_its_facet(page):
    page.go("/?q=data")
    box = page.one("#facet-dataset .within input")
    box.send_keys("mental")
    page.leaves(lambda: box.send_keys(Keys.ENTER))
    assert page.path().startswith("/facets/dataset?") and "q=data" in page.path()
    values = page.all(".all-values a.value")
    assert values and all("mental" in one.text.lower() for one in values)
    count = counted(values[0])
    page.leaves(values[0].click)
    assert page.heading().startswith(said(count)) and page.query() == "data" and page.all(".chip")


def test_all_values_of_a_facet(page):
    page.go("/?q=data")
    page.leaves(lambda: page.one("#facet-organisation .all a").click())
    assert page.path().startswith("/facets/organisation?q=data")
    values = page.server.call("facets", name="organisation", q="data", limit=1000)
    assert len(page.all(".all-values > li")) == min(values["total"], 50) > 6


def test_the_chart_filters(page):
    page.go("/?q=data")
    bar = page.one(".chart a")
    label = bar.get_attribute("aria-label")
    page.leaves(lambda: page.js(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))", bar))
    assert "in_force=" + label.split(":")[0] in page.path()
    assert page.heading().startswith(said(int(label.split(":")[1])))
    assert page.all(".chart a.on") and page.all(".as-table table td")
    page.one(".as-table summary").click()
    assert label.split(":")[0] in page.one(".as-table table").text


def test_the_chart_without_dates_is_of_legal_bases(page):
    page.go("/?organisation=Larkmoor+Joint+Registry")
    assert "by legal basis" in page.one(".figure figcaption").text
    page.follow(".chart a")
    assert "legal_basis=" in page.path() and page.all(".hit")


# ---- what is found ----

def test_copies_are_folded_with_their_number(page):
    page.go("/?q=%22risk+stratification%22")
    link = page.one("a.copies")
    copies = int(link.text.split()[0])
    page.leaves(link.click)
    assert page.heading().startswith(said(copies)) and len(page.hits()) == copies
    page.driver.back()
    page.until(lambda: page.all("a.copies"))
    page.leaves(page.driver.find_element(By.LINK_TEXT, "Show every agreement").click)
    total = page.total(q='"risk stratification"')
    assert "fold=0" in page.path() and len(page.hits()) == min(total, 10)


def test_sorting(page):
    page.go("/?q=data&fold=0")
    page.leaves(page.driver.find_element(By.LINK_TEXT, "Recipient, A to Z").click)
    expected = page.server.call("search", q="data", sort="organisation")["hits"]
    assert page.hits() == [one["id"] for one in expected]
    assert page.one(".sorts [aria-current=true]").text == "Recipient, A to Z"


def test_more_and_before(page):
    page.go("/?q=data&fold=0")
    first = page.hits()
    page.js("window.scrollTo(0, document.body.scrollHeight)")
    page.follow(".pages a[rel=next]")
    assert page.hits() == [one["id"] for one in page.server.call("search", q="data", offset=10)["hits"]]
    assert page.js("return window.scrollY") < 300, "one begins to read at the top"
    page.follow(".pages a[rel=prev]")
    assert page.hits() == first


def test_what_is_shown_can_be_taken_away(page):
    page.go("/?q=data&opt_outs=No&part=processing&fold=0&limit=100")
    shown = page.hits()
    links = {one.text: one.get_attribute("href").removeprefix(page.url) for one in page.all(".take-away a")}
    rows = list(csv.DictReader(io.StringIO(page.server.ask(links["CSV, for spreadsheets"]).text().removeprefix("\ufeff"))))
    lines = page.server.ask(links["JSON Lines, with every release"]).text().strip().split("\n")
    feed = page.server.ask(links["Feed of this search"]).text()
    assert shown and sorted(row["id"] for row in rows) == sorted(json.loads(line)["id"] for line in lines) == sorted(shown)
    entries = re.findall(r"<entry>.*?</entry>", feed, re.S)
    assert entries and all(any(one in entry for one in shown) for entry in entries)


def test_an_export_has_each_text_once_where_the_page_has(page):
    page.go("/?q=%22risk+stratification%22&limit=100")
    link = next(one for one in page.all(".take-away a") if "JSON" in one.text).get_attribute("href")
    lines = page.server.ask(link.removeprefix(page.url)).text().strip().split("\n")
    assert len(lines) == len(page.hits()) < page.total(q='"risk stratification"')


def test_a_misspelling_is_offered_and_not_imposed(page):
    page.go("/?q=asthmaa")
    link = page.one(".notice a")
    assert page.query() == "asthmaa"
    page.leaves(link.click)
    assert page.query() == "asthma" and page.heading().startswith(said(page.total(q="asthma")))


# ---- every state is a link ----

def walk(page):
    """A walk through every kind of state; what each showed."""
    page.go("/")
    page.search("data")
    seen = [("/", "hero")]
    for step in ("#facet-opt_outs a.value", "#facet-dataset a.value:not(.on)", ".sorts li:last-child a", ".hit h2 a",
                 ".kin-grid .compare-link", ".top nav a[href='/changes']", ".top nav a[href='/about']"):
        seen.append((page.path(), page.heading()))
        page.follow(step)
    seen.append((page.path(), page.heading()))
    return seen[1:]


def test_back_and_forth_through_everything(page):
    seen = walk(page)
    assert len(set(seen)) == len(seen)
    for path, heading in reversed(seen[:-1]):
        page.driver.back()
        page.until(lambda: (page.path(), page.heading()) == (path, heading))
    assert page.query() == "data"
    page.driver.back()
    page.until(lambda: page.all(".hero"))
    for path, heading in seen:
        page.driver.forward()
        page.until(lambda: (page.path(), page.heading()) == (path, heading))


def test_the_box_says_what_is_shown_after_going_back(page):
    page.go("/").search("asthma")
    page.search("cancer")
    page.driver.back()
    page.until(lambda: "asthma" in page.heading())
    assert page.query() == "asthma" and "asthma" in page.driver.title
    page.driver.forward()
    page.until(lambda: "cancer" in page.heading())
    assert page.query() == "cancer"


def test_going_back_comes_back_to_the_place(page):
    page.go("/?q=data&fold=0")
    link = page.all(".hit h2 a")[7]
    page.js("arguments[0].scrollIntoView({block: 'center'})", link)
    place = page.js("return window.scrollY")
    assert place > 500
    page.leaves(link.click)
    page.driver.back()
    page.until(lambda: page.all("#found"))
    page.until(lambda: abs(page.js("return window.scrollY") - place) < 50)


def test_a_link_that_is_sent_shows_the_same(page):
    for path, heading in walk(page):
        page.driver.get("about:blank")
        assert page.go(path).heading() == heading, path


@pytest.mark.parametrize("path, words", [
    ("/", "Data release register"), ("/?q=asthma", "asthma"), ("/records/NIC-510004-NEWL1", "Wishes at the end of life"),
    ("/facets/dataset", "Data set"), ("/changes", "What changed"), ("/about", "About"), ("/compare", "Compare")])
def test_titles_and_descriptions_for_previews(page, path, words):
    page.go(path)
    said_of = {name: page.one(f"meta[{key}='{name}']").get_attribute("content")
               for key, name in (("name", "description"), ("property", "og:title"), ("property", "og:description"))}
    assert words in page.driver.title and words in said_of["og:title"]
    assert 20 <= len(said_of["description"]) <= 300 and said_of["og:description"] == said_of["description"]
    assert len(page.all("h1")) == len(page.all("main")) == 1


def test_the_feed_a_reader_finds_is_that_of_the_search_shown(page):
    page.go("/").search("asthma")
    page.follow("#facet-opt_outs a.value")
    head, body = page.one("link[type='application/atom+xml']"), page.one(".take-away li:last-child a")
    assert "opt_outs" in body.get_attribute("href") and head.get_attribute("href") == body.get_attribute("href")
