# SPDX-License-Identifier: GPL-2.0-or-later
# The benchmark's programs. tests/bench/run.sh runs them; no test asserts a time.
set(bench ${CMAKE_CURRENT_SOURCE_DIR}/bench)

add_executable(bench_generate ${bench}/generate.c ${bench}/prose.c ${bench}/vocabulary.c)
target_link_libraries(bench_generate PRIVATE room_base)

add_executable(bench ${bench}/bench.c ${bench}/rounds.c ${bench}/compare.c ${bench}/report.c ${bench}/growth.c
    ${bench}/searches.c ${bench}/served.c ${bench}/clients.c ${bench}/process.c ${bench}/figures.c
    ${bench}/peers.c
    ${bench}/engine_raw.cc ${bench}/engine_plain.cc ${bench}/engine_fts5.c ${bench}/engine_groonga.c)
target_link_libraries(bench PRIVATE room_base room_register room_text room_store room_search room_shim
    PkgConfig::XAPIAN PkgConfig::JANSSON PkgConfig::SQLITE Threads::Threads m)

add_executable(bench_doors ${bench}/doors.c)
target_link_libraries(bench_doors PRIVATE room_base)

foreach(program bench_generate bench bench_doors)
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR})
    set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()

add_test(NAME bench/generate
    COMMAND ${bench}/test_generate.sh $<TARGET_FILE:bench_generate> $<TARGET_FILE:purpose-index>)
set_tests_properties(bench/generate PROPERTIES TIMEOUT 1200)

add_test(NAME bench/run COMMAND ${bench}/test_run.sh ${CMAKE_BINARY_DIR})
set_tests_properties(bench/run PROPERTIES TIMEOUT 1200)
