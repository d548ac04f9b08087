# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(register_tables SOURCES unit/test_register_tables.c LINKS room_register)
purposed_unit_test(register_records SOURCES unit/test_register_records.c LINKS room_register)
purposed_unit_test(register_noise SOURCES unit/test_register_noise.c LINKS room_register)
purposed_unit_test(register_fields SOURCES unit/test_register_fields.c LINKS room_register)
