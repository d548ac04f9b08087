# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(client_render SOURCES unit/test_client_render.c LINKS room_client)
purposed_unit_test(client_tables SOURCES unit/test_client_tables.c LINKS room_client)
purposed_unit_test(client_library SOURCES unit/test_client_library.c unit/test_client_server.c
    LINKS purpose_lib Threads::Threads)
purposed_unit_test(client_typed SOURCES unit/test_client_typed.c unit/test_client_server.c
    LINKS purpose_lib Threads::Threads)
purposed_unit_test(client_program SOURCES unit/test_client_program.c unit/test_client_server.c
    LINKS room_base Threads::Threads util)
target_compile_definitions(test_client_program PRIVATE PURPOSE_PROGRAM="$<TARGET_FILE:purpose>")
add_dependencies(test_client_program purpose)
