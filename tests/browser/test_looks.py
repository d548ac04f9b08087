# SPDX-License-Identifier: GPL-2.0-or-later
"""The page on a phone, in the dark, on paper, without scripts, and to axe-core."""
import base64
import shutil
import subprocess

import pytest

from person import PAGES, said

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # all that is other in the dark


# ---- without scripts ----

def test_without_scripts(page):
    page.browser.look(script=False)
    page.go("/")
    page.one("#q").send_keys("asthma")
    page.one("#search button").click()
    page.until(lambda: page.heading().startswith(said(page.total(q="asthma"))))
    page.go("/?q=data")
    page.one("#facet-opt_outs a.value").click()
    page.until(lambda: page.all("a.chip"))
    page.one("#facet-dataset .all a").click()
    page.until(lambda: page.all(".all-values"))
    page.one("input[name=contains]").send_keys("hospital")
    page.one("main form button").click()
    page.until(lambda: "contains=hospital" in page.path())
    page.one(".all-values a.value").click()
    page.until(lambda: len(page.all("a.chip")) == 2)
    page.one("a.chip").click()
    page.until(lambda: len(page.all("a.chip")) == 1)
    page.one(".hit h2 a").click()
    page.until(lambda: page.all(".record .prose"))


def test_comparing_without_scripts(page):
    page.browser.look(script=False)
    page.go("/?q=%22risk+stratification%22")
    for one in page.all(".tick input")[:2]:
        one.click()
    page.one(".compare-bar button").click()
    page.until(lambda: page.all(".sides"))
    page.go("/changes?from=2020-01&to=2021-02")
    page.one(".compare-link").click()
    page.until(lambda: page.all("ins") and page.all("del"))


# ---- narrow ----

@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_wider_than_a_phone(page, width):
    page.browser.look(width, 844)
    for path in PAGES:
        page.go(path)
        assert page.width() <= width, path


def test_filters_of_a_phone(page):
    page.browser.look(390, 844)
    page.go("/?q=data")
    assert not page.one("#filters").is_displayed()
    page.one(".to-filters a").click()
    page.until(lambda: page.one("#filters").is_displayed())
    for link in page.all("#facet-opt_outs a.value, .close, #facet-opt_outs summary"):
        assert link.size["height"] >= 44
    page.follow("#facet-opt_outs a.value")
    page.until(lambda: page.one("#filters").is_displayed() and page.all("#filters a.value.on"))
    page.one("#filters .close").click()
    page.until(lambda: not page.one("#filters").is_displayed() and page.all("a.chip"))
    page.driver.back()
    page.until(lambda: page.one("#filters").is_displayed())


def test_a_phone_types_and_reads(page):
    page.browser.look(390, 844)
    page.go("/")
    page.paste("asth")
    page.until(lambda: page.all("#completions [role=option]"))
    assert page.width() <= 390
    page.leaves(page.one("#completions [role=option]").click)
    page.follow(".hit h2 a")
    assert page.width() <= 390 and page.all(".record")


# ---- dark ----

BRIGHTNESS = """
const of = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number); return .2126 * r + .7152 * g + .0722 * b; };
const look = getComputedStyle(document.body);
return [of(look.backgroundColor), of(look.color)]"""


@pytest.mark.parametrize("dark", [False, True])
def test_light_and_dark(page, dark):
    page.browser.look(dark=dark)
    page.go("/?q=data")
    paper, ink = page.js(BRIGHTNESS)
    assert paper < 60 < 180 < ink if dark else ink < 60 < 180 < paper


# ---- paper ----

# What can only be done on a screen, and shows on paper.
CONTROLS = """
return [...document.querySelectorAll('input, button, select, nav, aside, form.search, .skip, .compare-link')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && one.getClientRects().length)
    .map(one => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("path", PAGES)
def test_paper_shows_text_alone(page, path):
    page.browser.look(paper=True, dark=True)
    page.go(path)
    assert page.js(CONTROLS) == []
    paper, ink = page.js(BRIGHTNESS)
    assert ink < 60 < 180 < paper


def test_paper_has_the_whole_text(page, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not here (poppler-utils)")
    page.go("/records/NIC-510001-L4RKM-v1.1")
    (tmp_path / "page.pdf").write_bytes(base64.b64decode(page.browser.command("Page.printToPDF")["data"]))
    printed = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True).stdout
    record = page.server.call("get", id="NIC-510001-L4RKM-v1.1")
    for part in ("objectives", "processing"):
        assert all(word in printed for word in record[part].replace("\u2022", "").split())


# ---- axe-core ----

def violations(page, axe, what):
    page.js(axe)
    found = page.driver.execute_async_script("""
        const done = arguments[arguments.length - 1];
        axe.run(document, {runOnly: arguments[0], resultTypes: ['violations']}).then(done)""", what)["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.parametrize("width, dark, what", [(1280, False, STANDARDS), (390, False, STANDARDS), (1280, True, COLOURS)])
def test_axe_finds_nothing(page, axe, width, dark, what):
    if not axe:
        pytest.skip("axe-core is not here: ./dev browser fetches it")
    page.browser.look(width, dark=dark)
    for path in PAGES:
        page.go(path)
        page.js("for (const one of document.querySelectorAll('details')) one.open = true")
        assert violations(page, axe, what) == [], path


@pytest.mark.parametrize("width, dark", [(1280, False), (390, True)])
def test_axe_finds_nothing_in_what_opens(page, axe, width, dark):
    if not axe:
        pytest.skip("axe-core is not here: ./dev browser fetches it")
    page.browser.look(width, dark=dark)
    page.go("/")
    page.paste("asth")
    page.until(lambda: page.all("#completions [role=option]"))
    page.one("#q").send_keys("\ue015")  # arrow down
    page.until(lambda: page.all("#completions [aria-selected=true]"))
    assert violations(page, axe, STANDARDS) == []
    page.go("/?q=data")
    page.one(".compare-bar button").click()
    page.until(lambda: "tick two" in page.status())
    assert violations(page, axe, STANDARDS) == []
    if width < 600:
        page.go("/?q=data#filters")
        page.until(lambda: page.one("#filters").is_displayed())
        assert violations(page, axe, STANDARDS) == []
