/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which files a run is about: SOURCEs named, folders among them walked, each file once. */
#ifndef PURPOSED_INDEXER_SOURCES_H
#define PURPOSED_INDEXER_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"
#include "indexer/ledger.h"

struct source_file {
    char *path;  /* absolute, links resolved */
    char *shown; /* as named: SOURCE, or SOURCE/name/name */
};

struct source_list {
    struct source_file *files; /* in the order named; inside a folder by name */
    size_t count, cap;
    struct strlist roots;      /* absolute paths of all SOURCEs, also of those that are not there */
    struct strlist missing;    /* of those that are not there: as named */
    struct strlist unreadable; /* absolute paths of folders and files that could not be looked into */
    struct strlist folders;    /* that were walked, as reached */
    struct strlist linked;     /* absolute paths of files reached through a link */
    struct path_set *seen;
    dev_t excluded_device; /* a folder that is not walked: the index's own */
    ino_t excluded_inode;  /* 0: none */
};

/* Leaves a folder out of all walks. */
void sources_exclude(struct source_list *list, const char *folder);

typedef void (*source_problem)(void *context, const struct error *error);

/* Adds what `source` names. Hidden files and folders (".name") inside folders, and editors' copies ("name~"),
 * are left out; a link that leads back to a folder above it is told and not followed. A SOURCE that is not
 * there goes to `missing` and is left to the caller to tell. */
void sources_add(struct source_list *list, const char *source, source_problem problem, void *context);
void sources_free(struct source_list *list);
/* The absolute path, *new*, of what `source` names, also where it is not there. */
char *source_path(const char *source);
/* As source_path(), but of a link: where it lies, not where it leads. */
char *source_name_path(const char *source);
/* Whether `path` is one of the list's files. */
bool sources_have(const struct source_list *list, const char *path);

/* The hash of a file's content, and its size. 0, or -1 with `error`. */
int source_hash(const struct source_file *file, unsigned char ret_hash[LEDGER_HASH_SIZE], int64_t *ret_size,
                struct error *error);

#endif
