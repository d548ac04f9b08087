/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compiled as strict C17 and, through test_shim_header.cc, as C++: the header needs nothing before it. */
#include "shim/shim.h"

int shim_header_is_c(void);

int shim_header_is_c(void)
{
    return sizeof(struct shim_hit) >= 12 && SHIM_OK == 0;
}
