# SPDX-License-Identifier: GPL-2.0-or-later
"""A real Chromium, where there is one."""
import shutil

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError:  # the tests are collected all the same, and skipped one by one: an empty run counts as a failure
    webdriver = Service = By = Keys = Select = WebDriverWait = None

SCRIPT_SECONDS = 100  # below those after which selenium gives a command up

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


def missing():
    gone = [name for name, there in (("chromium", CHROMIUM), ("chromium-driver", DRIVER),
                                     ("python3-selenium", webdriver)) if not there]
    return ", ".join(gone)


class Browser:
    """One Chromium, which can be any screen: narrow or wide, light or dark, on paper, with or without scripts."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = CHROMIUM
        for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     "--window-size=1280,900"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        self.driver.set_script_timeout(SCRIPT_SECONDS)
        self.look()

    def look(self, width=1280, height=900, dark=False, script=True, paper=False):
        scheme = "dark" if dark else "light"
        self.command("Emulation.setEmulatedMedia", media="print" if paper else "",
                     features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=width < 600)
        self.command("Emulation.setScriptExecutionDisabled", value=not script)

    def command(self, name, **params):
        return self.driver.execute_cdp_cmd(name, params)

    def complaints(self):
        """What the page's own code or its policy made the browser say."""
        return [one["message"] for one in self.driver.get_log("browser") if "Failed to load resource" not in one["message"]]

    def close(self):
        self.driver.quit()
