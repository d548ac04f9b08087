# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzz targets, each fuzz_NAME.c. With PURPOSED_FUZZ (clang) they are libFuzzer programs, run by run.sh; else each is
# the program replay_NAME and the ctest fuzz/NAME, which puts what is kept in the repository through the same target.
#
# purposed_fuzz_target(NAME MAX_LEN bytes LINKS ... [SEEDS folders...] [LINES files...] [MUTATOR file])
#   corpus/NAME holds the target's own inputs; SEEDS and LINES are inputs from elsewhere below tests/: folders whose
#   files are inputs, and files each of whose lines is one. NAME.dict, if there, is the dictionary.
#   MUTATOR is a file that changes inputs in a way of its own; fuzzing only.
pkg_check_modules(ZIP REQUIRED IMPORTED_TARGET libzip)
set(fuzz_folder ${CMAKE_CURRENT_LIST_DIR})
set(fuzz_tests ${CMAKE_CURRENT_SOURCE_DIR})
set(fuzz_build ${CMAKE_BINARY_DIR}/fuzz)
set(fuzz_list "")

if(PURPOSED_FUZZ)
    foreach(room IN ITEMS room_base room_shim room_register room_read room_text room_store room_wire room_search room_http
            room_web room_client purposed_indexer)
        target_compile_options(${room} PRIVATE -fsanitize=fuzzer-no-link)
    endforeach()
    add_custom_target(fuzz)
endif()

add_library(fuzz_support STATIC ${fuzz_folder}/support.c ${fuzz_folder}/reading.c ${fuzz_folder}/markup.c)
target_include_directories(fuzz_support PUBLIC ${PROJECT_SOURCE_DIR})
target_link_libraries(fuzz_support PUBLIC room_read room_register room_base PkgConfig::JANSSON PkgConfig::UTF8PROC)

function(purposed_fuzz_program program name)
    add_executable(${program} ${fuzz_folder}/fuzz_${name}.c ${ARGN})
    target_compile_definitions(${program} PRIVATE TESTS_DIR="${fuzz_tests}")
    target_link_libraries(${program} PRIVATE fuzz_support ${FUZZ_LINKS})
endfunction()

function(purposed_fuzz_target name)
    cmake_parse_arguments(FUZZ "" "MAX_LEN;MUTATOR" "LINKS;SEEDS;LINES" ${ARGN})
    list(TRANSFORM FUZZ_SEEDS PREPEND ${fuzz_tests}/)
    list(TRANSFORM FUZZ_LINES PREPEND ${fuzz_tests}/)
    set(folders ${fuzz_folder}/corpus/${name} ${FUZZ_SEEDS})
    if(PURPOSED_FUZZ)
        list(TRANSFORM FUZZ_MUTATOR PREPEND ${fuzz_folder}/)
        purposed_fuzz_program(fuzz_${name} ${name} ${FUZZ_MUTATOR})
        target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer-no-link)
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${fuzz_build})
        add_dependencies(fuzz fuzz_${name})
        list(JOIN folders ":" folders)
        list(JOIN FUZZ_LINES ":" lines)
        set(fuzz_list "${fuzz_list}${name}\t${FUZZ_MAX_LEN}\t${folders}\t${lines}\n" PARENT_SCOPE)
    else()
        purposed_fuzz_program(replay_${name} ${name} ${fuzz_folder}/replay.c)
        set_target_properties(replay_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
        add_test(NAME fuzz/${name} COMMAND replay_${name} ${folders} --lines ${FUZZ_LINES})
        set_tests_properties(fuzz/${name} PROPERTIES TIMEOUT 1200)
    endif()
endfunction()

purposed_fuzz_target(page MAX_LEN 32768 SEEDS register cases/read)
purposed_fuzz_target(jsonl MAX_LEN 16384 SEEDS cases/read)
purposed_fuzz_target(csv MAX_LEN 16384 SEEDS cases/read)
purposed_fuzz_target(workbook MAX_LEN 16384 LINKS PkgConfig::ZIP SEEDS cases/read)
purposed_fuzz_target(legal_basis MAX_LEN 1024
    LINES cases/register/legal_basis.tsv cases/register/legal_basis_typed.tsv cases/register/legal_basis_words.tsv)
purposed_fuzz_target(answers MAX_LEN 1024 LINES cases/register/lists.tsv cases/register/opt_out.tsv
    cases/register/opt_outs_page.tsv cases/register/sensitivity.tsv cases/register/type_of_data.tsv
    cases/register/yes_no.tsv)
purposed_fuzz_target(organisations MAX_LEN 2048 LINES cases/register/organisations.tsv)
purposed_fuzz_target(dates MAX_LEN 256
    LINES cases/register/dates.tsv cases/register/editions.tsv cases/register/when.tsv)
purposed_fuzz_target(keys MAX_LEN 512 LINES cases/register/key_fold.tsv cases/register/key_tidy.tsv
    cases/register/keys.tsv cases/register/references.tsv cases/register/versions.tsv)
purposed_fuzz_target(analyser MAX_LEN 2048 LINKS room_text
    LINES cases/text/tokens.tsv cases/text/found.tsv cases/text/alike.tsv)
purposed_fuzz_target(acronyms MAX_LEN 2048 LINKS room_text LINES cases/text/acronyms.tsv)
purposed_fuzz_target(passages MAX_LEN 4096 LINKS room_text LINES cases/text/passages.tsv)
purposed_fuzz_target(query MAX_LEN 1024 LINKS room_search LINES cases/query/queries.tsv)
purposed_fuzz_target(cursor MAX_LEN 1024 LINKS room_search)
purposed_fuzz_target(word_diff MAX_LEN 4096 LINKS room_search)
purposed_fuzz_target(http MAX_LEN 4096 LINKS room_http LINES cases/http/targets.txt)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
purposed_fuzz_target(forms MAX_LEN 2048 LINKS room_http PkgConfig::EXPAT)
purposed_fuzz_target(web MAX_LEN 8192 LINKS room_http room_web)
purposed_fuzz_target(wire MAX_LEN 4096 LINKS room_wire SEEDS cases/protocol)
purposed_fuzz_target(json_text MAX_LEN 1024 LINKS room_wire LINES cases/protocol/strings.jsonl)
purposed_fuzz_target(text_store MAX_LEN 8192 LINKS room_store)
purposed_fuzz_target(search MAX_LEN 2048 LINKS purposed_indexer room_search MUTATOR mutate_search.c)
purposed_fuzz_target(render MAX_LEN 4096 LINKS room_client SEEDS cases/client/render cases/client/program/found)
purposed_fuzz_target(mcp MAX_LEN 4096 LINKS room_client LINES fuzz/mcp.jsonl)
purposed_fuzz_target(index MAX_LEN 8192 LINKS purposed_indexer room_search SEEDS register cases/read)

if(PURPOSED_FUZZ)
    file(WRITE ${fuzz_build}/targets "${fuzz_list}")
endif()
