# SPDX-License-Identifier: GPL-2.0-or-later
# The client as a user meets it: its help's examples, and its library as installed, over a daemon of the sample register.
purposed_pytest(client/examples ${CMAKE_CURRENT_SOURCE_DIR}/client/test_examples.py)
purposed_pytest(client/library ${CMAKE_CURRENT_SOURCE_DIR}/client/test_library.py)
purposed_pytest(client/export ${CMAKE_CURRENT_SOURCE_DIR}/client/test_export.py)
purposed_pytest(client/facets ${CMAKE_CURRENT_SOURCE_DIR}/client/test_facets.py)
purposed_pytest(client/http ${CMAKE_CURRENT_SOURCE_DIR}/client/test_http.py)
purposed_pytest(client/real ${CMAKE_CURRENT_SOURCE_DIR}/client/test_real.py)
