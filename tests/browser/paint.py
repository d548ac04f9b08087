#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a person waits: from a key to the paint of what it brings, in Chromium over an index; and what pages weigh.

usage: PURPOSED_BUILD=build/release tests/browser/paint.py INDEX_OR_SOURCE

Times end with the first task behind the frame that shows the result. Nothing is held against a bound here: a time says
something about one machine at one hour, whose load is printed with it."""
import os
import pathlib
import statistics
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "http")]

from chromium import Browser, missing  # noqa: E402
from person import Person  # noqa: E402
from served import Served  # noqa: E402
from support import index  # noqa: E402

# Each is asked once, so that nothing is answered from what was kept.
QUESTIONS = [
    "asthma", "cancer registration", '"risk stratification"', "invoice validation", "hospital episode statistics",
    "mental health", "diabetes", "commissioning", "linked data", "clinical trial follow-up", "pseudonymised", "dementia",
    "stroke audit", "\"section 251\"", "maternity", "children", "waiting times", "mortality", "commercial", "pharmacy",
    "workforce", "ambulance", "sublicensing", "university research", "data controller", "patient opt out", "covid",
    "benchmarking", "dashboards", "readmission", "emergency admissions", "cohort study", "knee replacement", "primary care",
    "commission* -invoice", "cardiovascular", "learning disability", "palliative care", "outcomes NEAR/5 patients", "tariff"]
WORDS = ["ast", "canc", "ris", "invo", "hosp", "ment", "diab", "commi", "link", "clin", "pseu", "deme", "stro", "mate", "chil",
         "wait", "mort", "comm", "phar", "work", "ambu", "subl", "univ", "cont", "opt", "cov", "benc", "dash", "read", "emer",
         "coho", "knee", "prim", "card", "lear", "pall"]

# Calls back with the milliseconds from the key that is pressed next to the frame in which `what` has come.
FROM_KEY = """
const what = arguments[0];
window.waited = new Promise(done => {
  let pressed = null;
  addEventListener("keydown", event => { pressed = event.timeStamp; }, { capture: true, once: true });
  const painted = () => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => done(performance.now() - pressed);
    after.port2.postMessage(0);
  });
  const old = document.getElementById("main");
  const look = what === "results"
    ? () => document.getElementById("main") !== old && document.querySelector(".hit, .nothing")
    : () => !document.getElementById("completions").hidden;
  const watch = new MutationObserver(() => { if (pressed !== null && look()) { watch.disconnect(); painted(); } });
  watch.observe(document.documentElement, { subtree: true, childList: true, attributes: true, attributeFilter: ["hidden"] });
});"""

# The first paint that has something to read, of a page that is loaded whole.
FIRST_PAINT = """
const done = arguments[arguments.length - 1];
new PerformanceObserver(list => {
  const paint = list.getEntriesByName("first-contentful-paint")[0];
  if (paint) done(paint.startTime);
}).observe({ type: "paint", buffered: true });"""


def report(what, times):
    times.sort()
    p95 = times[min(len(times) - 1, round(.95 * (len(times) - 1)))]
    print(f"{what:<52} {statistics.median(times):7.0f} {p95:7.0f} {times[-1]:7.0f} {len(times):5}")


def waited(person):
    return person.driver.execute_async_script("waited.then(arguments[arguments.length - 1])")


def from_enter(person):
    times = []
    for question in QUESTIONS:
        person.go("/")
        person.one("#q").send_keys(question)
        time.sleep(.2)  # what completes it is over
        person.js(FROM_KEY, "results")
        person.press("\ue007")
        times.append(waited(person))
    return times


def from_letter(person):
    times = []
    for word in WORDS:
        person.go("/")
        person.one("#q").send_keys(word[:-1])
        time.sleep(.2)
        person.js("document.getElementById('completions').hidden = true")
        person.js(FROM_KEY, "completions")
        person.press(word[-1])
        times.append(waited(person))
    return times


def from_facet(person):
    times = []
    for question in QUESTIONS:
        person.go("/?q=" + question.split()[0].strip('"'))
        if not person.all("#filters a.value"):
            continue
        person.js("document.querySelector('#filters a.value').focus()")
        person.js(FROM_KEY, "results")
        person.press("\ue007")
        times.append(waited(person))
    return times


def from_link(person):
    times = []
    for question in QUESTIONS:
        person.go("/?sort=-changed&q=" + question.split()[0].strip('"'))
        times.append(person.driver.execute_async_script(FIRST_PAINT))
    return times


def weigh(server):
    shared = {name: len(server.ask("/assets/" + name, Accept_Encoding="gzip").body)
              for name in ("page.css", "page.js", "icon.svg")}
    print("\nbytes, as sent (gzip)          page   with " + ", ".join(f"{name} {size:,}" for name, size in shared.items()))
    one, other = [hit["id"] for hit in server.call("search", q="data", limit=2)["hits"]]
    for path in ("/", "/?q=data", "/?q=data&limit=100", f"/records/{one}?q=data", f"/compare?id={one}&id={other}",
                 "/facets/organisation", "/changes", "/about"):
        size = len(server.ask(path, Accept_Encoding="gzip").body)
        print(f"{path:<28} {size:7,} {size + sum(shared.values()):8,}")


def main():
    if len(sys.argv) != 2 or missing():
        sys.exit(f"{__doc__}\n{missing() and missing() + ' is missing'}")
    with tempfile.TemporaryDirectory() as folder:
        db = pathlib.Path(sys.argv[1])
        if not (db / "CURRENT").exists():
            db = pathlib.Path(folder) / "index"
            index(db, sys.argv[1])
        browser = Browser()
        with Served(db) as server:
            person = Person(browser, server)
            print(f"{'milliseconds; load ' + str(os.getloadavg()[0]):<52} {'median':>7} {'p95':>7} {'most':>7} {'of':>5}")
            report("Enter to results, from the start page", from_enter(person))
            report("a letter to its completions (60 of them waited for)", from_letter(person))
            report("Enter on a facet's value to results", from_facet(person))
            report("a link to its first paint, a page loaded whole", from_link(person))
            weigh(server)
            person.go("/about")
        browser.close()


if __name__ == "__main__":
    main()
