# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(distinct SOURCES unit/test_distinct.c LINKS room_distinct m)
