# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages as they come from the daemon, which is what there is without a script."""
import html.parser
import json
import pathlib
import re
import urllib.parse

import pytest
from served import Served
from support import index

HOSTILE = [json.loads(line) for line in (pathlib.Path(__file__).parent / "hostile.jsonl").read_text().splitlines()]
VOID = {"meta", "link", "input", "br", "img", "path", "rect"}
ALLOWED = {"html", "head", "meta", "title", "link", "script", "body", "a", "header", "div", "svg", "path", "span", "nav",
           "form", "label", "input", "button", "p", "main", "section", "h1", "h2", "h3", "q", "bdi", "ul", "ol", "li",
           "article", "blockquote", "mark", "dl", "dt", "dd", "time", "aside", "details", "summary", "figure",
           "figcaption", "rect", "text", "table", "caption", "thead", "tbody", "tr", "th", "td", "strong", "footer",
           "select", "option", "code", "del", "ins"}


class Page(html.parser.HTMLParser):
    """Elements with their attributes, the text, and whether tags are nested rightly."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.words = [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag, (tag, self.open)

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, tag, **wanted):
        return [attrs for name, attrs in self.elements if name == tag and
                all(attrs.get(key.strip("_")) == value for key, value in wanted.items())]


@pytest.fixture(scope="module")
def page(server):
    def ask(path, pairs=(), status=200):
        reply = server.ask(path + ("?" + urllib.parse.urlencode(list(pairs)) if pairs else ""), Accept="text/html")
        assert reply.status == status, reply.text()
        assert reply.type == "text/html"
        return Page(reply.text())
    return ask


def check_is_safe(page):
    for tag, attrs in page.elements:
        assert tag in ALLOWED, tag
        for name, value in attrs.items():
            assert not name.startswith("on") and name not in ("style", "srcdoc"), (tag, name)
            if name in ("href", "src", "action"):
                assert re.match(r"/(?!/)|#|https://(digital\.nhs\.uk|www\.nationalarchives\.gov\.uk)/|http://127\.", value)
    assert [one.get("src") for one in page.all("script")] == ["/assets/page.js"]


def hits(page):
    return [attrs["value"] for attrs in page.all("input", name="id")]


def facet_links(page):
    return [attrs for attrs in page.all("a") if (attrs.get("class") or "").startswith("value")]


def test_the_start_page_says_what_there_is(server, page):
    start = page("/")
    total = server.call("search", limit=0)["total"]
    assert f"{total} agreements" in start.text
    for label in ("Legal basis", "Were opt-outs respected?", "Recipient", "Begin with a question"):
        assert label in start.text
    check_is_safe(start)
    for attrs in start.all("a"):
        if attrs["href"].startswith("/"):
            assert server.ask(attrs["href"].partition("#")[0]).status == 200, attrs


@pytest.mark.parametrize("pairs, params", [
    ([("q", "asthma")], {"q": "asthma"}),
    ([("q", "risk stratification"), ("opt_outs", "No")], {"q": "risk stratification", "filters": {"opt_outs": ["No"]}}),
    ([("legal_basis", "s251"), ("fold", "0")], {"filters": {"legal_basis": ["s251"]}, "fold_copies": False}),
    ([("q", "data"), ("sort", "organisation"), ("limit", "3"), ("offset", "3")],
     {"q": "data", "sort": "organisation", "limit": 3, "offset": 3}),
    ([("q", "asthma"), ("part", "objectives")], {"q": "asthma", "parts": ["objectives"]}),
    ([("start", "2018..2020")], {"filters": {"start": {"from": "2018", "to": "2020"}}}),
])
def test_results_are_those_of_the_search(server, page, pairs, params):
    found = page("/", pairs)
    expected = server.call("search", **{"fold_copies": True, **params})
    assert hits(found) == [hit["id"] for hit in expected["hits"]] and hits(found)
    assert f"{expected['total']} agreement" in found.text
    check_is_safe(found)


def test_each_value_beside_the_hits_finds_what_it_says(server, page):
    found = page("/", [("q", "data")])
    rows = re.findall(r'<a class="value" rel="nofollow" href="([^"]+)".*?<span class="count">([\d,]+)',
                      server.ask("/?q=data").text(), re.S)
    assert len(rows) > 20 and len(rows) == len(facet_links(found))
    for href, count in rows:
        narrowed = page(html.unescape(href))
        assert f"{count} agreement" in narrowed.text, href
        assert any(attrs.get("aria-current") == "true" for attrs in facet_links(narrowed)), href


def test_what_is_chosen_can_be_removed(page):
    found = page("/", [("q", "data"), ("opt_outs", "No"), ("dataset", "none of this name"), ("history", "1")])
    chips = [attrs["href"] for attrs in found.all("a", class_="chip")]
    assert len(chips) == 3
    assert all(sum(word in chip for word in ("opt_outs", "dataset", "history")) == 2 for chip in chips)


def test_unknown_parameters_are_passed_over_kindly(server, page):
    found = page("/", [("q", "asthma"), ("colour", "<red>"), ("theme", "2")])
    assert hits(found) == [hit["id"] for hit in server.call("search", q="asthma", fold_copies=True)["hits"]]
    assert "colour, theme" in found.text
    for name, value in (("sort", "sideways"), ("limit", "all"), ("offset", "x"), ("part", "appendix")):
        found = page("/", [("q", "asthma"), (name, value)])
        assert hits(found) == [hit["id"] for hit in server.call("search", q="asthma", fold_copies=True)["hits"]]
        assert f"passed over: {name}." in found.text
    # What it cannot take any more of is told too.
    assert "passed over: start." in page("/", [("q", "asthma"), ("start", "1900.."), ("start", "2018..")]).text
    assert "passed over: dataset." in page("/", [("q", "asthma")] + [("dataset", f"d{i}") for i in range(201)]).text


@pytest.mark.parametrize("key", ["relevance", "start", "-end", "released", "changed", "organisation", "-title", "id",
                                 "page_files"])
def test_orders_of_the_search_are_orders_of_the_page(server, page, key):
    found = page("/", [("q", "data"), ("sort", key)])
    assert hits(found) == [hit["id"] for hit in server.call("search", q="data", fold_copies=True, sort=key)["hits"]]


def test_a_query_has_one_pair_of_quotation_marks(server):
    for path in ("/?q=", "/records/GPCENSUS?q="):
        assert "<q><bdi>asthma</bdi></q>" in server.ask(path + "asthma").text()
        quoted = server.ask(path + "%22asthma%22").text()
        assert "<bdi>&quot;asthma&quot;</bdi>" in quoted
        assert "<q>" not in quoted and "\u201c<bdi>" not in quoted


def test_behind_the_last_page(page):
    found = page("/", [("q", "asthma"), ("dataset", "(none)"), ("offset", "500")])
    total = page("/", [("q", "asthma"), ("dataset", "(none)")])
    assert ("No agreement" in found.text) == (not hits(total))
    found = page("/", [("q", "asthma"), ("offset", "500")])
    assert "behind the last page" in found.text and "No agreement" not in found.text
    assert any(attrs["href"] == "/?q=asthma" for attrs in found.all("a"))
    assert "500 to 500 of" in page("/facets/opt_outs", [("offset", "500")]).text


def test_a_record_is_shown_whole(server, page):
    hit = server.call("search", q="asthma")["hits"][0]
    record = server.call("get", id=hit["id"])
    shown = page("/records/" + urllib.parse.quote(hit["id"], safe=""), [("q", "asthma")])
    for word in re.findall(r"\w+", record["objectives"]):
        assert word in shown.text
    assert shown.all("mark") and record["organisation"] in shown.text
    for name in record["datasets"]:
        assert name in shown.text
    check_is_safe(shown)


def test_every_place_is_marked(server, page):
    hit = server.call("search", q="patients")["hits"][0]
    marks = server.call("get", id=hit["id"], q="patients")["marks"]
    count = sum(len(ranges) for ranges in marks.values())
    shown = page("/records/" + hit["id"], [("q", "patients")])
    assert count > 2 and len(shown.all("mark")) == count
    assert f"Objectives {len(marks['objectives'])} marked" in shown.text
    one = page("/records/" + hit["id"], [("q", "patients"), ("part", "objectives")])
    assert len(one.all("mark")) == len(marks["objectives"])
    assert not page("/records/" + hit["id"]).all("mark")
    assert one.all("a", href="/?q=patients&part=objectives")  # back to what was found


def test_hits_say_which_data_sets(server, page):
    for hit in server.call("search", q="asthma", fields=["datasets"])["hits"]:
        found = page("/", [("q", "asthma"), ("fold", "0"), ("organisation", hit["organisation"])])
        for name in hit["datasets"][:3]:
            assert name in found.text
    none = server.call("search", filters={"dataset": ["(none)"]}, limit=1)["hits"][0]
    assert "Data sets not stated" in page("/", [("q", f'id:"{none["id"]}"')]).text.replace("setsnot", "sets not")


def test_where_and_how_to_look(server, page):
    asked = [("q", "asthma hospice"), ("part", "objectives"), ("match", "any"), ("newest_version", "1"), ("history", "1")]
    found = page("/", asked)
    expected = server.call("search", q="asthma hospice", parts=["objectives"], match="any", newest_version=True,
                           history=True, fold_copies=True)
    assert hits(found) == [hit["id"] for hit in expected["hits"]] != []
    chosen = [attrs["value"] for attrs in found.all("option") if "selected" in attrs]
    assert chosen == ["objectives", "any"]
    assert {attrs["name"] for attrs in found.all("input", type="checkbox") if "checked" in attrs} == {
        "newest_version", "history"}
    assert len(found.all("a", class_="chip")) == 4
    for link in found.all("a", rel="nofollow"):
        assert all(f"{name}=" in link["href"] for name, _ in asked)
    feed, = [attrs["href"] for attrs in found.all("a") if attrs["href"].startswith("/search.atom")]
    assert "match=any" in feed and server.ask(feed).status == 200
    values = server.call("facets", name="dataset", q="asthma hospice", parts=["objectives"], match="any", history=True,
                         newest_version=True)
    shown = page("/facets/dataset", asked)
    assert len(shown.all('a', class_='value')) == values['total'] > 0


def test_relaxed_is_said_with_what_was_found(page):
    found = page("/", [("q", "hospice wheeze falls zzzz")])
    assert "No agreement has all of these words" in found.text
    assert re.search("Has the words? [a-z]+", found.text) and found.all("a", href="/?q=hospice%20wheeze%20falls%20zzzz&match=any")
    assert "No agreement has all" not in page("/", [("q", "hospice wheeze falls zzzz"), ("match", "any")]).text


def test_a_provision_is_chosen_in_its_place(page):
    """What is chosen by a short name, deep in its Act, stands once, below it, and by its own name above the hits."""
    found = page("/", [("legal_basis", "s251")])
    assert len(found.all("a", class_="value on")) == 1
    assert "Remove Legal basis National Health Service Act 2006 s251" in found.text


def test_what_is_chosen_goes_by_its_name_however_it_was_spelt(page):
    found = page("/", [("dataset", "hospital episode statistics"), ("dataset", "CIVIL REGISTRATION - DEATHS")])
    assert "Remove Data set Civil Registration - Deaths" in found.text


@pytest.mark.parametrize("first", ["NIC-1-A", "TEAM@HOME"])
def test_a_comparison_says_what_else_differs(tmp_path, first):
    records = [{"id": first, "datasets": ["Alpha", "Beta"], "start": "2019-04-01", "opt_outs": ["No"]},
               {"id": "NIC-2-A", "datasets": ["Beta", "Gamma"], "start": "2020-04-01", "opt_outs": ["No"]}]
    (tmp_path / "two.jsonl").write_text("\n".join(json.dumps({**one, "objectives": "Planning."}) for one in records))
    index(tmp_path / "index", tmp_path / "two.jsonl")
    with Served(tmp_path / "index") as server:
        shown = Page(server.ask(f"/compare?id={urllib.parse.quote(first)}&id=NIC-2-A").text())
        record, = {attrs["href"] for attrs in shown.all("a") if first in urllib.parse.unquote(attrs["href"])}
        assert server.ask(record, Accept="text/html").status == 200 and "edition" not in record
        assert "Data set[first only: Alpha]; Beta; [second only: Gamma]" in shown.text
        assert "In force[first only: 1 April 2019 to not stated] [second only: 1 April 2020 to not stated]" in shown.text
        assert re.search("The same in both: [^.]*Were opt-outs respected[^.]*Objectives", shown.text)
        check_is_safe(shown)


def test_previews_of_links_say_what_is_there(server, page):
    def preview(path, pairs=()):
        found = page(path, pairs)
        return " | ".join(attrs["content"] for attrs in found.all("meta") if attrs.get("property") in
                          ("og:title", "og:description"))
    total = server.call("search", q="asthma", filters={"opt_outs": ["No"]})["total"]
    assert re.match(rf"asthma · No \| {total} agreements? in .*Were opt-outs respected\?: No.*Among them: ",
                    preview("/", [("q", "asthma"), ("opt_outs", "No")]))
    record = server.call("get", id="DARS-NIC-150871-T1F3N")
    names = ", ".join(name for name in (record["title"], record["organisation"]) if name)
    assert preview("/records/" + record["id"]).startswith(f"{names} · {record['id']} | ")
    assert "compared with" in preview("/compare", [("id", "GPCENSUS"), ("id", record["id"])])


def test_many_releases_stay_a_table_one_gets_past(tmp_path):
    releases = [{"dataset": f"Set {i}", "month": f"20{i // 12:02d}-{i % 12 + 1:02d}", "count": 2} for i in range(200)]
    (tmp_path / "many.jsonl").write_text(json.dumps({"id": "NIC-1-A", "organisation": "Trust", "releases": releases}))
    index(tmp_path / "index", tmp_path / "many.jsonl")
    with Served(tmp_path / "index") as server:
        shown = Page(server.ask("/records/NIC-1-A").text())
        assert "400 releases of 200 data sets" in shown.text and "Show the other 160" in shown.text
        assert len(shown.all("th", scope="row")) == 200
        check_is_safe(shown)


def test_what_is_not_said_is_shown_as_not_said(page):
    shown = page("/records/GPCENSUS")
    assert "not stated" in shown.text


def test_comparison(server, page):
    one, other = [hit["id"] for hit in server.call("search", q="risk stratification")["hits"][:2]]
    shown = page("/compare", [("id", one), ("id", other)])
    assert one in shown.text and other in shown.text and shown.all("ins") and shown.all("del")
    check_is_safe(shown)
    assert "Two references are needed" in page("/compare", [("id", one)]).text


def test_values_of_a_facet(server, page):
    expected = server.call("facets", name="dataset", limit=50)
    shown = page("/facets/dataset")
    for value in expected["values"]:
        if value["value"] != "(none)":
            assert re.sub(r"\s+", " ", value["label"]) in shown.text
    assert "There is none like this" in page("/facets/dataset", [("contains", "zzzz")]).text


def test_values_of_a_facet_keep_the_search(page):
    shown = page("/facets/legal_basis", [("q", "asthma"), ("parent", "Health and Social Care Act 2012"), ("order", "name")])
    assert "Within Health and Social Care Act 2012. All" in shown.text
    assert shown.all("a", href="/facets/legal_basis?q=asthma&order=name")
    # What is chosen by another spelling than its key goes with a click too.
    shown = page("/facets/opt_outs", [("q", "data"), ("opt_outs", "NO")])
    assert [attrs["href"] for attrs in facet_links(shown) if attrs.get("aria-current")] == ["/?q=data"]


@pytest.fixture(scope="module")
def two_editions(tmp_path_factory):
    """Seven agreements, of which two change, one comes, one goes and one is renewed as another version."""
    folder = tmp_path_factory.mktemp("editions")
    for edition, numbers, more in (("2020-01", (0, 1, 2, 3, 5), ""), ("2021-02", (0, 1, 2, 3, 4), " and for sleep")):
        lines = [json.dumps({"id": f"DARS-NIC-10000{i}-A1B2C", "organisation": f"Trust {i}",
                             "objectives": "It serves planning" + (more if i < 2 else "") + "."}) for i in numbers]
        lines.append(json.dumps({"id": "DARS-NIC-100006-A1B2C-v" + ("2.0" if more else "1.0"), "title": "A study of sleep",
                                 "organisation": "Trust 6", "start": "2019-04-01", "end": "2022-03-31",
                                 "objectives": "It serves a study" + more + "."}))
        (folder / f"{edition}.jsonl").write_text("\n".join(lines))
        index(folder / "index", "--edition", edition, folder / f"{edition}.jsonl")
    with Served(folder / "index") as server:
        yield server


def test_what_changed(two_editions):
    shown = Page(two_editions.ask("/changes").text())
    for words in ("Added 1", "Changed 2", "No longer listed 1", "does not mean that an agreement has ended"):
        assert words in shown.text
    compare = [attrs["href"] for attrs in shown.all("a", class_="compare-link")]
    assert len(compare) == 3
    for address in compare:
        difference = Page(two_editions.ask(address).text())
        assert "sleep" in difference.text and difference.all("ins")
    for words in ("Trust 4", "A study of sleep", "Trust 6, in force from 1 April 2019 to 31 March 2022",
                  "DARS-NIC-100006-A1B2C-v2.0, before that DARS-NIC-100006-A1B2C-v1.0"):
        assert words in shown.text
    check_is_safe(shown)
    start = Page(two_editions.ask("/").text())
    assert "Newest changes" in start.text and "1 added" in start.text
    for number, kind in ((4, "added"), (0, "changed"), (1, "changed")):
        assert re.search(rf"{kind} Trust {number}DARS", start.text)


def test_older_texts(two_editions):
    record = "/records/DARS-NIC-100000-A1B2C"
    newest = Page(two_editions.ask(record).text())
    assert "sleep" in newest.text and newest.all("a", href=record + "?edition=2020-01")
    older = Page(two_editions.ask(record + "?edition=2020-01").text())
    assert "sleep" not in older.text and "text of an older edition" in older.text and older.all("a", href=record)
    unchanged = Page(two_editions.ask("/records/DARS-NIC-100002-A1B2C?edition=2020-01").text())
    assert "text of an older edition" not in unchanged.text and "Other texts" not in unchanged.text
    found = Page(two_editions.ask("/?history=1&q=planning&fold=0").text())
    assert "DARS-NIC-100000-A1B2C@2020-01" in hits(found)
    assert found.all("a", href=record + "?edition=2020-01&q=planning")


def test_changes_of_one_kind_page_by_page(tmp_path):
    for edition, numbers in (("2020-01", range(60)), ("2021-02", range(70))):
        lines = [json.dumps({"id": f"NIC-1000{i:02d}-A1B2C", "organisation": f"Trust {i}",
                             "objectives": f"It serves planning as of {edition if i < 60 else 'now'}."}) for i in numbers]
        (tmp_path / f"{edition}.jsonl").write_text("\n".join(lines))
        index(tmp_path / "index", "--edition", edition, tmp_path / f"{edition}.jsonl")
    with Served(tmp_path / "index") as server:
        def names(page):
            return [int(name) for name in re.findall(r"Trust (\d+)", page.text)]
        few = Page(server.ask("/changes").text())
        assert names(few) == [*range(60, 68), *range(8)]
        address, = [attrs["href"] for attrs in few.all("a") if "kind=changed" in attrs["href"]]
        first = Page(server.ask(address).text())
        second = Page(server.ask(first.all("a", rel="next")[0]["href"]).text())
        assert names(first) + names(second) == [*range(60)] and not second.all("a", rel="next")
        assert second.all("a", rel="prev")[0]["href"] == address
        beyond = Page(server.ask(address + "&offset=5000").text())
        assert names(beyond) == [] and beyond.all("a", rel="prev")


def test_one_edition_has_no_changes(page):
    assert "two editions" in page("/changes").text


@pytest.mark.parametrize("path, status", [("/records/nobody", 404), ("/facets/nothing", 404), ("/nowhere", 404),
                                          ("/?q=" + "x" * 100_000, 414), ("/?q=%zz", 400), ("/?start=soon", 400)])
def test_what_goes_wrong_is_said_on_a_page(page, path, status):
    shown = page(path, status=status)
    check_is_safe(shown)
    assert shown.all("input", name="q")


def test_what_goes_wrong_leaves_the_words(page):
    shown = page("/", [("q", "asthma & <more>"), ("start", "soon")], status=400)
    assert [box["value"] for box in shown.all("input", name="q")] == ["asthma & <more>"]
    assert not shown.all("input", name="start")  # or the next search would go wrong likewise


def test_without_an_index_a_page_says_so(tmp_path):
    with Served(tmp_path / "none") as server:
        shown = Page(server.ask("/?q=asthma&dataset=hes", Accept="text/html").text())
        assert [box["value"] for box in shown.all("input", name="q")] == ["asthma"]
        assert [box["value"] for box in shown.all("input", name="dataset")] == ["hes"]
        reply = server.ask("/?q=asthma", Accept="text/html")
        assert reply.status == 503 and reply.headers["Retry-After"] and reply.type == "text/html"
        assert "try again in a moment" in Page(reply.text()).text
        assert server.ask("/assets/page.css").status == server.ask("/compare").status == 200


def test_hostile_records_are_text(page):
    assert HOSTILE
    for record in HOSTILE:
        shown = page("/records/" + urllib.parse.quote(record["id"], safe=""))
        check_is_safe(shown)
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown.text)


@pytest.mark.parametrize("query", ['<script>alert(1)</script>', '" onfocus="alert(1)', "'><img src=x onerror=alert(1)>",
                                   "\u202egpj.exe", "javascript:alert(1)", "&lt;b&gt;", "]]>", "{{7*7}}", "%0d%0aX: y"])
def test_hostile_queries_are_text(page, query):
    for shown in (page("/", [("q", query)]), page("/", [("q", "asthma"), ("dataset", query)]),
                  page("/", [(query, "1"), ("q", "asthma")]), page("/facets/dataset", [("contains", query)]),
                  page("/compare", [("id", query)])):
        check_is_safe(shown)
    assert page("/", [("q", query)]).all("input", name="q")[0]["value"] == query.replace("\u202e", "")


def test_headers(server):
    reply = server.ask("/?q=asthma")
    policy = dict(one.strip().split(" ", 1) for one in reply.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert reply.headers["X-Content-Type-Options"] == "nosniff" and reply.headers["Referrer-Policy"] == "same-origin"
    again = server.ask("/?q=asthma", If_None_Match=reply.headers["ETag"])
    assert again.status == 304


@pytest.mark.parametrize("name, kind", [("page.css", "text/css"), ("page.js", "text/javascript"),
                                        ("icon.svg", "image/svg+xml")])
def test_assets(server, name, kind):
    reply = server.ask("/assets/" + name, Accept_Encoding="gzip")
    assert reply.status == 200 and reply.type == kind and reply.text()
    assert server.ask("/assets/" + name, If_None_Match=reply.headers["ETag"]).status == 304
    assert server.ask("/assets/../" + name).status == 404


def test_a_page_is_light(server):
    names = ["/?q=data", "/assets/page.css", "/assets/page.js", "/assets/icon.svg"]
    assert sum(len(server.ask(name, Accept_Encoding="gzip").body) for name in names) < 100_000


def test_a_page_for_nobody_in_particular_is_a_problem_for_programs(server):
    assert server.ask("/nowhere").type == "application/problem+json"
