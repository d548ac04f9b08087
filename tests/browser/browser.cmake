# SPDX-License-Identifier: GPL-2.0-or-later
# The page in a real Chromium; skipped, saying so, where there is none. `./dev browser` sets up what they need.
# Not under a sanitizer: what the daemon does for a page is tested by http/ and unit/web there, in a tenth of the time.
if(PURPOSED_SANITIZE)
    return()
endif()
foreach(name IN ITEMS search records keyboard trouble looks)
    purposed_pytest(browser/${name} browser/test_${name}.py)
endforeach()
