# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(read_cases SOURCES unit/test_read_cases.c unit/test_read_dump.c LINKS room_read)
purposed_unit_test(read_limits SOURCES unit/test_read_limits.c unit/test_read_dump.c LINKS room_read)
purposed_unit_test(read_register SOURCES unit/test_read_register.c LINKS room_read PkgConfig::JANSSON)
purposed_unit_test(read_real SOURCES unit/test_read_real.c LINKS room_read)
