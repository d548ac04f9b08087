/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set_metadata DB KEY VALUE: changes what the current index says of itself, as another program would have. */
#include <stdio.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/store/generation.h"
#include "shim/shim.h"

int main(int argc, char **argv)
{
    char generation[GENERATION_NAME_SIZE];
    struct shim_writer *writer;
    struct shim_error error = {.text = "no current generation"};
    if (argc != 4 || generation_current(argv[1], generation, NULL) != 0) {
        fprintf(stderr, "set_metadata DB KEY VALUE: %s\n", error.text);
        return 2;
    }
    MEM_AUTO char *postings = generation_postings(argv[1], generation);
    enum shim_status status = shim_writer_open(postings, &writer, &error);
    if (status == SHIM_OK) {
        status = shim_writer_begin(writer, &error);
        if (status == SHIM_OK)
            status = shim_writer_set_metadata(writer, argv[2], argv[3], strlen(argv[3]), &error);
        if (status == SHIM_OK)
            status = shim_writer_commit(writer, &error);
        shim_writer_free(writer);
    }
    if (status != SHIM_OK)
        fprintf(stderr, "set_metadata: %s\n", error.text);
    return status == SHIM_OK ? 0 : 1;
}
