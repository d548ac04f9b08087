# SPDX-License-Identifier: GPL-2.0-or-later
add_library(test_shim_support STATIC unit/test_shim_support.c unit/test_shim_header.c unit/test_shim_header.cc)
target_include_directories(test_shim_support PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(test_shim_support PUBLIC room_shim PkgConfig::CMOCKA)
target_compile_options(test_shim_support PRIVATE -pedantic-errors)

foreach(part IN ITEMS write read query)
    purposed_unit_test(shim_${part} SOURCES unit/test_shim_${part}.c LINKS test_shim_support)
endforeach()
purposed_unit_test(shim_match SOURCES unit/test_shim_match.c unit/test_shim_model.c LINKS test_shim_support m)
purposed_unit_test(shim_threads SOURCES unit/test_shim_threads.c LINKS test_shim_support Threads::Threads)
purposed_unit_test(shim_memory SOURCES unit/test_shim_memory.cc LINKS test_shim_support)
purposed_unit_test(shim_counts SOURCES unit/test_shim_counts.cc LINKS test_shim_support)
