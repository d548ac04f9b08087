# SPDX-License-Identifier: GPL-2.0-or-later
# Units for systemd. They are files only: nothing is enabled, and a machine without systemd has no use for them.
foreach(name IN ITEMS purposed purposed-index)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.service.in ${CMAKE_BINARY_DIR}/systemd/${name}.service @ONLY)
    install(FILES ${CMAKE_BINARY_DIR}/systemd/${name}.service DESTINATION lib/systemd/system)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/purposed.socket ${CMAKE_CURRENT_LIST_DIR}/purposed-http.socket
    ${CMAKE_CURRENT_LIST_DIR}/purposed-index.timer DESTINATION lib/systemd/system)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/purposed.sysusers DESTINATION lib/sysusers.d RENAME purposed.conf)
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
