# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages of agreements, what differs between them, what changed, and the page one comes to first."""
from chromium import By, Select
from person import said

LARK = "/records/NIC-510001-L4RKM-v1.1"


def test_a_record_is_shown_whole(page):
    page.go(LARK + "?q=operated")
    record = page.server.call("get", id="NIC-510001-L4RKM-v1.1")
    assert page.heading() == "Larkmoor Joint Registry"
    for part in ("objectives", "processing"):
        words = page.one("#" + part).text.split()
        assert all(word in words for word in record[part].replace("\u2022", "").split())
    assert [one.text for one in page.all("#objectives li")] == ["Who is operated again?", "How soon?"]
    assert {one.text for one in page.all(".record mark")} == {"operated"}


def test_releases_are_a_table(page):
    page.go(LARK)
    rows = [[cell.text for cell in row.find_elements(By.CSS_SELECTOR, "th, td")] for row in page.all(".releases tbody tr")]
    releases = page.server.call("get", id="NIC-510001-L4RKM-v1.1")["releases"]
    assert len(rows) == len(releases)
    unsaid = next(row for row in rows if row[0] == "Data set not stated")
    assert unsaid[1] == "Identifiable" and unsaid[2] == unsaid[3] == "not stated"
    assert any(row[0] == "Civil Registration - Deaths" and row[2] == "Yes: patient objections upheld" and
               "s251" in row[3] for row in rows)


def test_a_page_that_lists_data_sets_alone_says_so(page):
    page.go("/records/DARS-NIC-150871-T1F3N")
    assert "Not stated which data set went out in which form" in page.one("#releases").text
    assert page.all(".datasets li")


def test_versions_and_editions(page):
    page.go(LARK)
    section = page.one("[aria-labelledby=versions]")
    assert "February 2021" in section.text and "January 2020" in section.text
    page.follow("[aria-labelledby=versions] .kin li a")
    assert "edition=2020-01" in page.path() and "older edition" in page.one(".notice").text
    assert "within ten years" in page.one("#objectives").text
    page.follow(".notice a")
    assert page.path() == LARK and "within fifteen years" in page.one("#objectives").text


def test_what_is_like_it_and_its_copies(page):
    copies = page.server.call("search", q='"risk stratification"', fold_copies=True)["hits"]
    copy = next(hit for hit in copies if hit["copies"] > 1)
    one = copy["id"]
    page.go("/records/" + one)
    others = page.server.call("search", filters={"group": [copy["group"]]}, sort="organisation")["hits"]
    shown = [link.text for link in page.all("[aria-labelledby=same] .reference")]
    assert shown == [hit["id"] for hit in others if hit["id"] != one][:5] != []
    page.follow("[aria-labelledby=same] .all a")
    assert page.heading() == f"{len(others)} agreements"
    page.go("/records/" + one)
    assert page.all("[aria-labelledby=like] .kin a")
    page.follow("[aria-labelledby=like] .kin a")
    assert page.path().startswith("/records/") and one not in page.path()


def test_from_a_record_back_to_what_was_found(page):
    page.go("/").search("asthma")
    heading = page.heading()
    page.follow(".hit h2 a")
    page.follow(".back a")
    assert page.heading() == heading


def test_two_hits_are_compared(page):
    page.go("/?q=%22risk+stratification%22")
    ticks = page.all(".tick input")[:2]
    ids = [one.get_attribute("value") for one in ticks]
    for one in ticks:
        one.click()
    page.follow(".compare-bar button")
    assert [one.text for one in page.all(".sides .reference")] == ids
    assert page.all("ins") and page.all("del")
    page.driver.back()
    page.until(lambda: page.all("#found"))


def test_comparing_takes_two(page):
    page.go("/?q=data").one(".compare-bar button").click()
    page.until(lambda: "tick two" in page.status())
    assert page.path() == "/?q=data"


def test_what_differs_is_readable(page):
    page.go("/compare?id=NIC-510001-L4RKM-v1.1%402020-01&id=NIC-510001-L4RKM-v1.1")
    assert "ten" in page.one(".edits del").text and "fifteen" in page.one(".edits ins").text
    assert "January 2020" in page.one(".sides").text and "February 2021" in page.one(".sides").text
    assert "The same in both" in page.one("main").text and "Processing" in page.one(".notice").text


def test_what_changed_between_two_editions(page):
    page.go("/")
    page.follow(".top nav a[href='/changes']")
    words = page.one("main").text
    for one in ("NIC-510004-NEWL1", "NIC-510001-L4RKM-v1.1", "DARS-NIC-510002-T0FTW", "NIC-510003-G0NEB"):
        assert one in words
    assert "does not mean that an agreement has ended" in words
    page.follow(".compare-link")
    assert page.all("ins") and page.all("del")
    page.go("/changes?from=2020-01&to=2021-02")
    Select(page.one("select[name=from]")).select_by_visible_text("2021-02")
    Select(page.one("select[name=to]")).select_by_visible_text("2020-01")
    page.leaves(page.one("main form button").click)
    assert page.path() == "/changes?from=2021-02&to=2020-01"
    assert "NIC-510003-G0NEB" in page.one("main").text


def test_the_start_page_leads_on(page):
    page.go("/")
    total = page.total(limit=0)
    assert f"{total:,}" in page.one(".figures").text
    headings = [one.text for one in page.all("main h2")]
    assert {"Legal basis", "Recipient", "Newest changes", "Begin with a question"} <= set(headings)
    for number in range(len(page.all(".questions a"))):
        page.go("/").follow(f".questions li:nth-child({number + 1}) a")
        assert page.all("#found"), number
    page.go("/")
    link = page.one(".counts a")
    count = int(link.find_element(By.CSS_SELECTOR, ".count").text.split()[0])
    page.leaves(link.click)
    assert page.heading().startswith(said(count))


def test_the_questions_of_the_about_page_are_answered(page):
    page.go("/about")
    assert page.all(".ways dt a")
    for number in range(len(page.all(".ways dt a code"))):
        page.go("/about")
        page.leaves(lambda: page.all(".ways dt a")[number].click())
        assert page.all("#found"), number
