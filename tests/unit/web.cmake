# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(web SOURCES unit/test_web.c LINKS room_web)
