# SPDX-License-Identifier: GPL-2.0-or-later
# Judged collections: what ours finds, against Xapian used straight. Needs ../shared; skipped without.
add_executable(relevance_reference ${CMAKE_CURRENT_SOURCE_DIR}/relevance/reference.cc)
target_include_directories(relevance_reference PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(relevance_reference PRIVATE room_register PkgConfig::XAPIAN PkgConfig::JANSSON)
set_target_properties(relevance_reference PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)

purposed_pytest(relevance relevance/test_relevance.py)
