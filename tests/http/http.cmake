# SPDX-License-Identifier: GPL-2.0-or-later
# What programs are told over HTTP, end to end over the register written for the tests, and what they must not be able
# to do.
foreach(name IN ITEMS answers bad_input calls conditions examples export forms limits openapi pages replies small_registers too_much)
    purposed_pytest(http/${name} http/test_${name}.py)
endforeach()
