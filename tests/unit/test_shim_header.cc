/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim/shim.h"

extern "C" int shim_header_is_cxx(void);

extern "C" int shim_header_is_cxx(void)
{
    shim_free(nullptr);
    return SHIM_OK == 0;
}
