# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon as one leaves it running: its limits, what happens when the system has none to give, its log, its unit.
foreach(name IN ITEMS activation clock counts flood doors limits log scarcity soak units)
    purposed_pytest(service/${name} service/test_${name}.py)
endforeach()

# Preloaded by the clock's test.
add_library(jumping_clock MODULE service/jumping_clock.c)
set_target_properties(jumping_clock PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
