# SPDX-License-Identifier: GPL-2.0-or-later
"""The page without a pointer: everything is reached, what is reached is seen, and no step loses the place."""
import pytest

from chromium import Keys
from person import PAGES

# What a person can do something with, and sees, in the order of the page.
REACHABLE = """
return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')].filter(one =>
    one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length && !one.disabled)"""

# The element with the focus, whether that can be seen, and whether the element can.
FOCUSED = """
const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
const inside = Math.min(box.bottom, innerHeight) > Math.max(box.top, 0) && Math.min(box.right, innerWidth) > Math.max(box.left, 0);
const x = Math.max(0, Math.min(innerWidth - 1, (box.left + box.right) / 2));
const y = Math.max(0, Math.min(innerHeight - 1, (box.top + box.bottom) / 2));
const top = document.elementFromPoint(x, y);
return [one, one === document.body, look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2,
        inside && (one.contains(top) || top.contains(one)), (one.outerHTML || '').slice(0, 120)]"""


def tab_through(page):
    """What the Tab key reaches, once round."""
    stops = []
    while True:
        page.press(Keys.TAB)
        one, is_body, is_marked, is_seen, text = page.js(FOCUSED)
        if is_body or one in stops:
            return stops
        assert is_marked, f"nothing shows that the focus is here: {text}"
        assert is_seen, f"the focus is hidden here: {text}"
        stops.append(one)


def check_all_reached(page):
    wanted = page.js(REACHABLE)
    stops = tab_through(page)
    places = [stops.index(one) if one in stops else -1 for one in wanted]
    missed = [page.js("return arguments[0].outerHTML.slice(0, 120)", one)
              for one, place in zip(wanted, places) if place < 0]
    assert not missed, missed
    assert places == sorted(places), "the order is another than one reads in"


@pytest.mark.parametrize("path", ["/", "/?q=%22risk+stratification%22&opt_outs=No", PAGES[6],
                                  "/facets/dataset", "/changes?from=2020-01&to=2021-02", "/compare"])
def test_everything_is_reached_and_seen(page, path):
    check_all_reached(page.go(path))


def test_nothing_hidden_is_reached_behind_the_filters_of_a_phone(page):
    page.browser.look(390, 844)
    page.go("/?q=asthma")
    page.js("document.querySelector('.to-filters a').focus()")
    page.press(Keys.ENTER)
    page.until(lambda: page.one("#filters").is_displayed())
    stops = tab_through(page)
    assert stops and page.one("#filters .close") in stops


def focused(page, selector):
    return page.js("return document.activeElement.matches(arguments[0])", selector)


def keep_focus(page):
    """After a step the focus is somewhere that can be seen, and not lost."""
    assert not page.js("return document.activeElement === document.body || !document.activeElement.isConnected")


def enter(page, selector):
    page.js("arguments[0].focus()", page.one(selector))
    page.leaves(lambda: page.press(Keys.ENTER))
    keep_focus(page)


def test_the_skip_link_comes_first(page):
    page.go("/?q=data")
    page.press(Keys.TAB)
    assert focused(page, ".skip") and page.one(".skip").rect["x"] >= 0
    page.press(Keys.ENTER)
    page.until(lambda: focused(page, "#main"))
    page.press(Keys.TAB)
    assert focused(page, "#main *")


def test_a_search_by_keys_alone(page):
    page.go("/about")
    page.press("/")
    assert focused(page, "#q") and page.query() == ""
    page.press("asthma")
    page.leaves(lambda: page.press(Keys.ENTER))
    assert focused(page, "#q") and page.query() == "asthma"
    page.press(" school")
    page.leaves(lambda: page.press(Keys.ENTER))
    assert page.query() == "asthma school"


def test_facets_keep_the_place(page):
    page.go("/?q=data")
    enter(page, "#facet-opt_outs a.value")
    assert focused(page, "#facet-opt_outs a.value.on")
    enter(page, "#facet-dataset a.value")
    assert focused(page, "#facet-dataset a.value.on")
    enter(page, "#facet-dataset a.value.on")
    assert focused(page, "#facet-dataset *")
    page.js("document.querySelector('#facet-dataset summary').focus()")
    page.press(Keys.ENTER)
    page.until(lambda: not page.one("#facet-dataset").get_property("open"))
    enter(page, "#facet-legal_basis a.value")
    assert not page.one("#facet-dataset").get_property("open"), "what one closed stays closed"


@pytest.mark.parametrize("path, selector", [
    ("/?q=data&opt_outs=No", "a.chip"), ("/?q=data", ".sorts li:nth-child(2) a"), ("/?q=data&fold=0", ".pages a[rel=next]"),
    ("/?q=data", "#facet-dataset .all a"), ("/?q=data", ".chart a"), ("/?q=data", ".hit h2 a"),
    ("/?q=%22risk+stratification%22", "a.copies"), ("/facets/dataset", ".all-values a.value"),
    (PAGES[6], ".compare-link"), ("/changes", ".compare-link")])
def test_steps_by_keys_lose_no_place(page, path, selector):
    page.go(path)
    enter(page, selector)
    assert focused(page, "main, main *")


def test_two_are_ticked_and_compared_by_keys(page):
    page.go("/?q=%22risk+stratification%22")
    for number in (1, 2):
        page.js("arguments[0].focus()", page.all(".tick input")[number])
        page.press(Keys.SPACE)
    enter(page, ".compare-bar button")
    assert page.all(".sides")


def test_what_was_found_is_said_aloud(page):
    page.go("/?q=data")
    page.follow("#facet-opt_outs a.value")
    spoken = page.js("return [...document.querySelectorAll('[aria-live], [role=status]')].map(one => one.textContent).join(' ')")
    assert page.heading() in spoken
