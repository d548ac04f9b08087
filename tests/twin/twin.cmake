# SPDX-License-Identifier: GPL-2.0-or-later
purposed_pytest(twin ${CMAKE_CURRENT_SOURCE_DIR}/twin)
