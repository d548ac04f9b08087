# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon as one leaves it running: its limits, what happens when the system has none to give, its log, its unit.
foreach(name IN ITEMS activation clock counts flood doors limits log scarcity soak units wide)
    purposed_pytest(service/${name} service/test_${name}.py)
endforeach()

# Preloaded by the tests of the clock and of scarcity.
foreach(name IN ITEMS jumping_clock refused_accept)
    add_library(${name} MODULE service/${name}.c)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
