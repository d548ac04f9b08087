# SPDX-License-Identifier: GPL-2.0-or-later
foreach(name IN ITEMS acronyms tokens passages properties scan twin)
    purposed_unit_test(text_${name} SOURCES unit/test_text_${name}.c LINKS room_text PkgConfig::UTF8PROC)
endforeach()

# test-tokens answers lines of {"text": ...} with the text's tokens, for tests in other languages.
add_executable(test-tokens unit/tokens_main.c)
target_link_libraries(test-tokens PRIVATE room_text PkgConfig::JANSSON)
set_target_properties(test-tokens PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
