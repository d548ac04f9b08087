# SPDX-License-Identifier: GPL-2.0-or-later
# The page in a real Chromium; skipped, saying so, where there is none. `./dev browser` sets up what they need.
purposed_pytest(browser/page browser/test_browser.py)
