# SPDX-License-Identifier: GPL-2.0-or-later
add_library(test_shim_support STATIC unit/test_shim_support.c unit/test_shim_header.c unit/test_shim_header.cc)
target_link_libraries(test_shim_support PUBLIC room_shim PkgConfig::CMOCKA)
target_compile_options(test_shim_support PRIVATE -pedantic-errors)
foreach(part write read)
    purposed_unit_test(shim_${part} SOURCES unit/test_shim_${part}.c LINKS test_shim_support)
endforeach()
