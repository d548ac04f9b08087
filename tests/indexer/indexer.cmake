# SPDX-License-Identifier: GPL-2.0-or-later
# The program purpose-index as its users meet it: tests/indexer/test_*.py, one ctest a file.
foreach(tool IN ITEMS dump_index index_metadata)
    add_executable(${tool} indexer/${tool}.c)
    target_link_libraries(${tool} PRIVATE room_store room_shim room_base)
    set_target_properties(${tool} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()

if(EXISTS /usr/bin/python3)
    set(indexer_python /usr/bin/python3)
else()
    find_package(Python3 REQUIRED COMPONENTS Interpreter)
    set(indexer_python ${Python3_EXECUTABLE})
endif()
# Checking an index, Debian's libxapian deletes an object of its own by the type of its base.
set(indexer_sanitizer "ASAN_OPTIONS=new_delete_type_mismatch=0")
file(GLOB indexer_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/test_*.py)
foreach(file IN LISTS indexer_tests)
    get_filename_component(name ${file} NAME_WE)
    string(REPLACE "test_" "" name ${name})
    add_test(NAME indexer/${name} COMMAND ${indexer_python} -m pytest -q -p no:cacheprovider ${file})
    set_tests_properties(indexer/${name} PROPERTIES TIMEOUT 3600
        ENVIRONMENT "PURPOSED_BUILD=${CMAKE_BINARY_DIR};PURPOSED_SANITIZE=${PURPOSED_SANITIZE};PYTHONDONTWRITEBYTECODE=1;${indexer_sanitizer}")
endforeach()
