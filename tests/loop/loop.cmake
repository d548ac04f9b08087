# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon over a search made for the tests: methods that echo, wait, fail, or answer at length.
add_library(loop_harness STATIC loop/fake_search.c loop/harness.c)
target_include_directories(loop_harness PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(loop_harness PUBLIC purposed_daemon PkgConfig::CMOCKA)

function(purposed_loop_test name)
    add_executable(test_loop_${name} loop/test_${name}.c)
    target_link_libraries(test_loop_${name} PRIVATE loop_harness purposed_daemon loop_harness)
    set_target_properties(test_loop_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME loop/${name} COMMAND test_loop_${name})
    set_tests_properties(loop/${name} PROPERTIES TIMEOUT 1200)
endfunction()

purposed_loop_test(calls)
purposed_loop_test(clients)
purposed_loop_test(index)
purposed_loop_test(listen)
purposed_loop_test(replies)

# The command line, over the same search.
add_executable(purposed_fake ${PROJECT_SOURCE_DIR}/daemon/main.c)
target_link_libraries(purposed_fake PRIVATE loop_harness purposed_daemon loop_harness)
set_target_properties(purposed_fake PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
purposed_pytest(loop/program loop/test_program.py)
