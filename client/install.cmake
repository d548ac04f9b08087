# SPDX-License-Identifier: GPL-2.0-or-later
# libpurpose as others link it: shared and static, whole by itself, with no symbol but those of purpose.h, which
# libpurpose.symbols lists. SOVERSION goes up when one of them goes or changes.
set(wire ${PROJECT_SOURCE_DIR}/daemon/wire)
set(base ${PROJECT_SOURCE_DIR}/indexer/base)
add_library(purpose_objects OBJECT ${PURPOSE_SOURCES} ${wire}/frame.c ${wire}/put.c ${wire}/reply.c ${base}/buf.c
    ${base}/json_text.c)
target_include_directories(purpose_objects PRIVATE ${PROJECT_SOURCE_DIR} ${CURL_INCLUDE_DIRS})
target_link_libraries(purpose_objects PRIVATE PkgConfig::JANSSON)
set_target_properties(purpose_objects PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)

add_library(purpose_shared SHARED $<TARGET_OBJECTS:purpose_objects>)
target_link_libraries(purpose_shared PRIVATE PkgConfig::JANSSON)
set_target_properties(purpose_shared PROPERTIES OUTPUT_NAME purpose VERSION ${PROJECT_VERSION} SOVERSION 0)

# An archive keeps every symbol of its objects, so they are made one object first and what is hidden made local.
add_custom_command(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/libpurpose.o
    COMMAND ${CMAKE_LINKER} -r -o libpurpose.o $<TARGET_OBJECTS:purpose_objects>
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden libpurpose.o
    DEPENDS purpose_objects $<TARGET_OBJECTS:purpose_objects>
    COMMAND_EXPAND_LISTS VERBATIM)
add_library(purpose_static STATIC ${CMAKE_CURRENT_BINARY_DIR}/libpurpose.o)
set_target_properties(purpose_static PROPERTIES OUTPUT_NAME purpose LINKER_LANGUAGE C)

# The .pc file finds its prefix from where it lies, so that an installation can be moved.
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(PURPOSE_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
    set(PURPOSE_PC_LIBDIR ${CMAKE_INSTALL_LIBDIR})
else()
    string(REGEX REPLACE "[^/]+" ".." PURPOSE_PC_PREFIX "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
    set(PURPOSE_PC_PREFIX "\${pcfiledir}/${PURPOSE_PC_PREFIX}")
    set(PURPOSE_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
configure_file(libpurpose.pc.in libpurpose.pc @ONLY)

install(TARGETS purpose_shared LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS purpose_static ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES purpose.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/libpurpose.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
