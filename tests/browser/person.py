# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person does with a page, and sees of it."""
from chromium import By, Keys, WebDriverWait

PATIENCE = 60  # seconds; a wait ends as soon as what it waits for is there

# One of every kind of page, and of what it may look like.
PAGES = ["/", "/?q=data", "/?q=asthma&opt_outs=No", "/?q=zzzzzz", "/?q=data&history=1&part=objectives&colour=red",
         "/records/DARS-NIC-150871-T1F3N?q=asthma", "/records/NIC-510001-L4RKM-v1.1",
         "/records/NIC-510001-L4RKM-v1.1?edition=2020-01", "/records/DARS-NIC-900001-H0STL",
         "/facets/dataset", "/facets/legal_basis?q=data", "/changes?from=2020-01&to=2021-02", "/about", "/compare",
         "/compare?id=NIC-510001-L4RKM-v1.1%402020-01&id=NIC-510001-L4RKM-v1.1", "/records/nobody", "/?q=data&start=soon"]


def said(count):
    return f"{count:,} agreement" + ("" if count == 1 else "s")


class Person:
    """`url`: where the page is served; `server`: the daemon behind it, asked what is true."""

    def __init__(self, browser, server, url=None):
        self.browser, self.driver, self.server = browser, browser.driver, server
        self.url = url or server.url

    def go(self, path):
        self.driver.get(self.url + path)
        return self

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def js(self, script, *values):
        return self.driver.execute_script(script, *values)

    def until(self, question):
        return WebDriverWait(self.driver, PATIENCE, 0.03, ignored_exceptions=(Exception,)).until(lambda _: question())

    def press(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def heading(self):
        return self.one("h1").text

    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    def query(self):
        return self.one("#q").get_attribute("value")

    def status(self):
        return self.one("#status").text

    def hits(self):
        return [one.get_attribute("value") for one in self.all(".tick input")]

    def leaves(self, do):
        """Does what makes the page another one, and waits until it is there."""
        before = self.one("main")
        do()
        self.until(lambda: self.one("main") != before and not self.all("main.waiting"))

    def follow(self, selector):
        self.leaves(lambda: self.one(selector).click())

    def paste(self, text):
        """Into the box, all at once. A slow machine completes what was typed so far between two keys, shows that, and
        puts something else in its place once the last key's completions are there."""
        self.one("#q").click()
        self.browser.command("Input.insertText", text=text)

    def search(self, text):
        box = self.one("#q")
        box.clear()
        self.leaves(lambda: box.send_keys(text, Keys.ENTER))

    def total(self, **params):
        return self.server.call("search", **params)["total"]

    def width(self):
        return self.js("return document.documentElement.scrollWidth")
