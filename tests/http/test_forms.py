# SPDX-License-Identifier: GPL-2.0-or-later
"""What browsers, feed readers and metasearch engines are told."""
import json
import pathlib
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as ElementTree

import pytest

from served import Served
from support import ROOT, SAMPLE, index

HERE = pathlib.Path(__file__).resolve().parent
ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"


def valid(reply, grammar, path):
    """The reply as a tree, once xmllint has found it well-formed and as the grammar has it."""
    assert reply.status == 200, reply.body
    path.write_bytes(reply.body)
    result = subprocess.run(["xmllint", "--noout", "--nonet", "--relaxng", HERE / "grammars" / grammar, path],
                            capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return ElementTree.fromstring(reply.body)


@pytest.fixture
def feed(server, tmp_path):
    def ask(query):
        return valid(server.ask("/search.atom" + query), "atom.rng", tmp_path / "feed.xml")
    return ask


def entry_ids(feed):
    return [entry.find(ATOM + "id").text for entry in feed.findall(ATOM + "entry")]


# ---- feeds ----


@pytest.mark.parametrize("query", ["", "?q=asthma", "?q=zebrafinch", "?q=nothing-at-all-like-it", "?legal_basis=s251",
                                   "?q=%3Cscript%3E&limit=3", "?q=%01%07", "?q=patients&offset=3&limit=2", "?limit=0",
                                   "?q=" + "%22%3E%3Cx" * 100])
def test_a_feed_is_one(feed, query):
    found = feed(query)
    assert found.find(ATOM + "rights").text.endswith("Open Government Licence v3.0.")
    assert {"self", "search", "license", "via"} <= {link.get("rel") for link in found.findall(ATOM + "link")}
    assert any(link.get("href") == LICENCE for link in found.findall(ATOM + "link"))


def test_the_grammar_can_refuse(server, tmp_path):
    class Broken:
        status = 200
        body = server.ask("/search.atom?q=asthma").body.replace(b"<updated>", b"<updated>never ", 1)
    with pytest.raises(AssertionError):
        valid(Broken, "atom.rng", tmp_path / "feed.xml")


def test_a_feed_counts(server, feed):
    total = server.get("/api/search", [("q", "patients"), ("limit", "0")])["total"]
    found = feed("?q=patients&offset=1&limit=2")
    assert int(found.find(OPENSEARCH + "totalResults").text) == total
    assert found.find(OPENSEARCH + "startIndex").text == "1"
    assert found.find(OPENSEARCH + "itemsPerPage").text == "2"
    assert found.find(OPENSEARCH + "Query").get("searchTerms") == "patients"


def test_every_entry_by_its_pages(server, feed):
    whole = entry_ids(feed("?q=patients&limit=1000"))
    seen, query = [], "?q=patients&limit=4"
    while query:
        page = feed(query)
        seen += entry_ids(page)
        links = {link.get("rel"): link.get("href") for link in page.findall(ATOM + "link")}
        query = "?" + urllib.parse.urlsplit(links["next"]).query if "next" in links else None
    assert seen == whole and len(set(seen)) == len(seen) > 8


def test_an_entry_says_what_it_is_and_why(server, feed):
    found = feed("?q=asthma&limit=1&organisation=University+Of+Aldermere")
    entry = found.find(ATOM + "entry")
    assert entry.find(ATOM + "title").text == "Asthma and the air of harbour towns — University Of Aldermere"
    content = entry.find(ATOM + "content")
    assert content.get("type") == "html"
    assert "<b>Found in Objectives:</b>" in content.text and "<mark>asthma</mark>" in content.text
    for link in entry.findall(ATOM + "link"):
        path = link.get("href").removeprefix(server.url)
        reply = server.ask(path)
        assert reply.status == 200


def test_links_of_a_feed_asked_for_through_a_proxy(server):
    """Which sends the whole URL."""
    target = "/search.atom?q=patients&limit=2"
    got = server.send(f"GET http://{server.url[7:]}{target} HTTP/1.1\r\nHost: {server.url[7:]}\r\n"
                      "Connection: close\r\n\r\n".encode()).partition(b"\r\n\r\n")[2].decode()
    assert got == server.ask(target).text()
    assert f'href="{server.url}/search.atom?' in got


def test_links_of_a_feed_asked_for_without_a_host(server):
    """As HTTP/1.0 may."""
    got = server.send(b"GET /search.atom?q=patients&limit=2 HTTP/1.0\r\n\r\n").decode()
    assert f'href="{server.url}/search.atom?' in got and f'href="{server.url}/records/' in got


def test_ids_stay(server, feed, database):
    """Whatever is asked, by whatever name of this machine, and after a start anew."""
    first = entry_ids(feed("?q=asthma"))
    assert all(re.fullmatch(r"tag:localhost,\d{4}:records/[^ ]+", name) for name in first)
    assert set(entry_ids(feed("?organisation=University+Of+Aldermere"))) & set(first)
    with Served(database) as other:
        again = ElementTree.fromstring(other.ask("/search.atom?q=asthma", Host="localhost:99").body)
        assert entry_ids(again) == first


def test_newest_changes_first(tmp_path):
    db = tmp_path / "index"
    for month in ("2021-03", "2021-01", "2021-02"):
        source = tmp_path / f"{month}.jsonl"
        source.write_text("".join(json.dumps({"id": f"N-{month}-{i}", "edition": month, "objectives": "asthma"}) + "\n"
                                  for i in range(2)))
    for month in ("2021-01", "2021-02", "2021-03"):
        index(db, "--edition", month, tmp_path / f"{month}.jsonl")
    with Served(db) as server:
        found = valid(server.ask("/search.atom?q=asthma"), "atom.rng", tmp_path / "feed.xml")
        updated = [entry.find(ATOM + "updated").text for entry in found.findall(ATOM + "entry")]
        assert updated == [f"2021-{month}-01T00:00:00Z" for month in ("03", "03", "02", "02", "01", "01")]
        assert found.find(ATOM + "updated").text == updated[0]
        narrow = valid(server.ask("/search.atom?q=asthma+since:2021-03"), "atom.rng", tmp_path / "feed.xml")
        assert len(narrow.findall(ATOM + "entry")) == 2


def test_hostile_text_in_a_feed(server, feed):
    found = feed("?q=zebrafinch&limit=10")
    text = server.ask("/search.atom?q=zebrafinch").text()
    assert "<script" not in text and "<img" not in text and "\x1b" not in text and "\x07" not in text
    for entry in found.findall(ATOM + "entry"):
        html = entry.find(ATOM + "content").text
        assert "<img" not in html and "<script" not in html and "</content>" not in html
    titles = [entry.find(ATOM + "title").text for entry in found.findall(ATOM + "entry")]
    assert any(title.startswith("<script>alert('purposed')</script>") for title in titles)


# ---- OpenSearch ----


def test_the_description(server, tmp_path):
    found = valid(server.ask("/opensearch.xml"), "opensearch.rng", tmp_path / "opensearch.xml")
    assert found.find(OPENSEARCH + "SyndicationRight").text == "open"
    templates = {url.get("type"): url for url in found.findall(OPENSEARCH + "Url")}
    assert {"text/html", "application/atom+xml", "application/json", "application/x-suggestions+json"} <= set(templates)
    for kind, url in templates.items():
        template = url.get("template")
        assert template.startswith(server.url)
        filled = re.sub(r"{searchTerms}", "asthma", re.sub(r"{startIndex\?}", "0", re.sub(r"{count\?}", "5", template)))
        bare = re.sub(r"{\w+\?}", "", template.replace("{searchTerms}", "asthma"))
        assert "{" not in filled + bare
        for address in (filled, bare):
            reply = server.ask(address.removeprefix(server.url))
            assert reply.status == 200
            assert reply.status != 200 or reply.type == kind


@pytest.mark.parametrize("text", ["ris", "univers", "hospital epi", "s26", "DARS-NIC-1508", ""])
def test_suggestions(server, text):
    reply = server.ask("/suggest?q=" + urllib.parse.quote(text))
    assert reply.type == "application/x-suggestions+json"
    asked, texts, descriptions, urls = reply.json()
    assert asked == text and (texts or not text) and len(texts) == len(descriptions) == len(urls)
    expected = server.call("suggest", q=text)["suggestions"]
    assert [whole[-len(one["text"]):] for whole, one in zip(texts, expected)] == [one["text"] for one in expected]
    for suggestion, url in zip(expected, urls):
        path = url.removeprefix(server.url).replace("/?", "/api/search?").replace("/records/", "/api/records/")
        reply = server.ask(path)
        assert reply.status == 200
        assert suggestion["kind"] == "record" or reply.json()["total"] == suggestion["count"], suggestion
    for text in server.ask("/suggest?q=asthma+risk+str").json()[1]:
        assert text.startswith("asthma ")


# ---- SearXNG: its json_engine's rules, as its documentation and code have them ----


def settings():
    """The snippet's settings. One engine of plain "name: value" lines, so no YAML library is needed."""
    lines = (ROOT / "client" / "examples" / "searxng.yml").read_text().splitlines()
    engine = {}
    for line in lines:
        match = re.match(r"\s+-?\s*(\w+): (.+)$", line)
        if match:
            engine[match[1]] = match[2].strip("'\"")
    return engine


def deep_search(data, keys):
    """All values under a path of keys, keys being looked for at every depth, first found first."""
    found = []
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        inside = isinstance(value, (dict, list))
        if str(key) == keys[0] and len(keys) == 1:
            found.append(value)
        elif inside:
            found += deep_search(value, keys[1:] if str(key) == keys[0] else keys)
    return found


def searxng(server, query, page):
    engine = settings()
    number = (page - 1) * int(engine.get("page_size", 1)) + int(engine.get("first_page_num", 1))
    target = engine["search_url"].format(query=urllib.parse.urlencode({"q": query})[2:], pageno=number, lang="en",
                                         time_range="", safe_search="")
    target = urllib.parse.urlsplit(target)
    reply = server.ask(f"{target.path}?{target.query}")
    assert reply.status == 200
    found = deep_search(reply.json(), engine["results_query"].split("/"))
    assert isinstance(found[0], list)
    results = []
    for hit in found[0]:
        url, title, content = (deep_search(hit, engine[name].split("/"))[0]
                               for name in ("url_query", "title_query", "content_query"))
        assert all(isinstance(value, str) for value in (url, title, content)) and url and title
        results.append((engine.get("url_prefix", "") + url, title, content))
    return results


def test_searxng(server):
    assert settings()["engine"] == "json_engine" and settings()["paging"] == "true"
    hits = server.get("/api/search", [("q", "patients"), ("limit", "1000")])["hits"]
    pages, number = [], 1
    while page := searxng(server, "patients", number):
        pages.append(page)
        number += 1
    assert [len(page) for page in pages[:-1]] == [int(settings()["page_size"])] * (len(pages) - 1) and len(pages) > 1
    everything = [result for page in pages for result in page]
    assert [urllib.parse.unquote(url.rsplit("/", 1)[1]) for url, _, _ in everything] == [hit["id"] for hit in hits]
    for url, _, content in everything:
        assert url.startswith(server.url + "/records/") and "<mark>" not in content


def test_searxng_with_hostile_text(server):
    results = searxng(server, "zebrafinch", 1)
    assert len(results) == 2
    assert any("<img src=x onerror=alert(1)>" in content for _, _, content in results), "plain text, told as it is"
    for url, _, _ in results:
        assert re.fullmatch(r"http://[0-9.:]+/records/[A-Za-z0-9._~%-]+", url)
