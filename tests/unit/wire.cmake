# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(wire_frame SOURCES unit/test_wire_frame.c LINKS room_wire)
purposed_unit_test(wire_rpc SOURCES unit/test_wire_rpc.c LINKS room_wire)
