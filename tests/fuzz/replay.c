/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target without a fuzzer: puts files, the files of folders, and behind `--lines` the lines of files
 * through it, so that what was found once is tried in every build.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { INPUT_MAX = 1 << 20 /* bytes */ };

/* Targets that prepare nothing have no such function. */
__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static size_t inputs;

/* The input is named before it is tried: what fails ends the program. */
static void try(const char *path, long line, const void *bytes, size_t len)
{
    if (getenv("FUZZ_VERBOSE"))
        fprintf(stderr, "%s:%ld\n", path, line);
    LLVMFuzzerTestOneInput(bytes, len);
    inputs++;
}

static void die(const char *path, const char *why)
{
    fprintf(stderr, "%s: %s\n", path, why);
    exit(2);
}

static void read_whole(const char *path, struct buf *bytes)
{
    FILE *file = fopen(path, "rb");
    char block[4096];
    if (!file)
        die(path, "cannot be read");
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        buf_append(bytes, block, got);
    fclose(file);
    if (buf_failed(bytes))
        die(path, "is larger than an input may be");
}

static void try_file(const char *path)
{
    BUF_AUTO struct buf bytes = BUF_INIT(INPUT_MAX);
    read_whole(path, &bytes);
    try(path, 0, bytes.len ? bytes.data : "", bytes.len);
}

static void try_lines(const char *path)
{
    BUF_AUTO struct buf bytes = BUF_INIT(INPUT_MAX);
    read_whole(path, &bytes);
    long number = 0;
    for (const char *at = bytes.data; at && *at;) {
        size_t len = strcspn(at, "\n");
        try(path, ++number, at, len);
        at += len;
        at += *at == '\n';
    }
}

static void try_folder(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    if (count < 0)
        die(path, "cannot be read");
    for (int i = 0; i < count; i++) {
        MEM_AUTO char *file = mem_format("%s/%s", path, names[i]->d_name);
        struct stat status;
        if (names[i]->d_name[0] != '.' && stat(file, &status) == 0 && S_ISREG(status.st_mode))
            try_file(file);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    bool lines = false;
    LLVMFuzzerInitialize(&argc, &argv);
    try("empty", 0, "", 0);
    for (int i = 1; i < argc; i++) {
        struct stat status;
        if (strcmp(argv[i], "--lines") == 0)
            lines = true;
        else if (lines)
            try_lines(argv[i]);
        else if (stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode))
            try_folder(argv[i]);
        else
            try_file(argv[i]);
    }
    printf("%zu inputs\n", inputs);
    return 0;
}
