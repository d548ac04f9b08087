/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <jansson.h>
#include <stdlib.h>

#include "client/run.h"
#include "indexer/base/mem.h"

int main(int argc, char **argv)
{
    json_set_alloc_funcs(mem_alloc, free);
    return (int)run(argc, argv);
}
