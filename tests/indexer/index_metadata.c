/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * index_metadata DIR KEY: what the current index of a folder holds under a key of its metadata, as it is;
 * with a third word "set", what stands there from now on is read from standard input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/store/generation.h"
#include "shim/shim.h"

enum { VALUE_MAX = 64 << 20 /* bytes */ };

static void need(bool good, const char *what, const char *why)
{
    if (good)
        return;
    fprintf(stderr, "index_metadata: %s: %s\n", what, why);
    exit(2);
}

static void print_value(const char *postings, const char *key)
{
    struct shim_reader *reader;
    struct shim_error error;
    void *bytes;
    size_t len;
    need(shim_reader_open(postings, &reader, &error) == SHIM_OK, postings, error.text);
    enum shim_status status = shim_reader_metadata(reader, key, &bytes, &len, &error);
    need(status == SHIM_OK || status == SHIM_NOT_FOUND, key, error.text);
    if (status == SHIM_OK) {
        fwrite(bytes, 1, len, stdout);
        shim_free(bytes);
    }
    shim_reader_free(reader);
}

static void set_value(const char *postings, const char *key)
{
    BUF_AUTO struct buf value = BUF_INIT(VALUE_MAX);
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stdin)) > 0)
        buf_append(&value, block, got);
    struct shim_writer *writer;
    struct shim_error error;
    need(shim_writer_open(postings, &writer, &error) == SHIM_OK, postings, error.text);
    need(shim_writer_begin(writer, &error) == SHIM_OK, postings, error.text);
    need(shim_writer_set_metadata(writer, key, value.len ? value.data : "", value.len, &error) == SHIM_OK,
         key, error.text);
    need(shim_writer_commit(writer, &error) == SHIM_OK, postings, error.text);
    shim_writer_free(writer);
}

int main(int argc, char **argv)
{
    char generation[GENERATION_NAME_SIZE];
    struct error error = ERROR_NONE;
    bool sets = argc == 4 && strcmp(argv[3], "set") == 0;
    need(argc == 3 || sets, "usage", "index_metadata DIR KEY [set]");
    need(generation_current(argv[1], generation, &error) == 0, argv[1], "no current generation");
    MEM_AUTO char *postings = generation_postings(argv[1], generation);
    if (sets)
        set_value(postings, argv[2]);
    else
        print_value(postings, argv[2]);
    return 0;
}
