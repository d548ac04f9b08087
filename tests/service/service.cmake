# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon as one leaves it running: its limits, what happens when the system has none to give, its log, its unit.
foreach(name IN ITEMS activation limits log scarcity units)
    purposed_pytest(service/${name} service/test_${name}.py)
endforeach()
