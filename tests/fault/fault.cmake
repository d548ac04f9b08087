# SPDX-License-Identifier: GPL-2.0-or-later
# Faults: calls that fail, ends before every change, power loss, damage. tests/PROMISES.md says what must hold.
foreach(name IN ITEMS faults memory)
    add_library(${name} MODULE fault/${name}.c)
    set_target_properties(${name} PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests PREFIX "")
    # Loaded before everything else, a sanitizer's own library included.
    target_compile_options(${name} PRIVATE -fno-sanitize=all -fvisibility=default)
    target_link_options(${name} PRIVATE -fno-sanitize=all)
endforeach()

file(GLOB fault_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.py)
foreach(file IN LISTS fault_tests)
    get_filename_component(name ${file} NAME_WE)
    string(REPLACE "test_" "" name ${name})
    purposed_pytest(fault/${name} ${file})
endforeach()
