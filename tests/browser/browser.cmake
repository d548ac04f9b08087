# SPDX-License-Identifier: GPL-2.0-or-later
# The page in a real Chromium; skipped, saying so, where there is none. `./dev browser` sets up what they need.
foreach(name IN ITEMS search records keyboard trouble looks)
    purposed_pytest(browser/${name} browser/test_${name}.py)
endforeach()
