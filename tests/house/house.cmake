# SPDX-License-Identifier: GPL-2.0-or-later
purposed_pytest(house/arrows ${CMAKE_CURRENT_SOURCE_DIR}/house/test_arrows.py)
purposed_pytest(house/promises ${CMAKE_CURRENT_SOURCE_DIR}/house/test_promises.py)
