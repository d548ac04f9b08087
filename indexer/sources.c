/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

enum { HASH_BLOCK = 1 << 18 }; /* bytes read at a time */

struct path_set {
    UT_hash_handle hh;
    char path[];
};

struct walk {
    struct source_list *list;
    source_problem problem;
    void *context;
};

__attribute__((format(printf, 3, 4))) static void tell(const struct walk *walk, const char *place,
                                                       const char *format, ...)
{
    struct error error = ERROR_NONE;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    error_at(&error, place, NULL, 0);
    walk->problem(walk->context, &error);
}

bool sources_have(const struct source_list *list, const char *path)
{
    struct path_set *found;
    HASH_FIND_STR(list->seen, path, found);
    return found != NULL;
}

static void add_file(struct source_list *list, const char *path, const char *shown)
{
    if (sources_have(list, path))
        return;
    size_t len = strlen(path);
    struct path_set *entry = mem_alloc(sizeof *entry + len + 1);
    memcpy(entry->path, path, len + 1);
    HASH_ADD_STR(list->seen, path, entry);
    list->files = mem_push(list->files, list->count, &list->cap, sizeof *list->files);
    list->files[list->count++] = (struct source_file){.path = mem_text(path), .shown = mem_text(shown)};
}

/* Its folder's path, as far as there is one, and its name. */
char *source_name_path(const char *source)
{
    MEM_AUTO char *copy = mem_text(source);
    size_t len = strlen(copy);
    while (len > 1 && copy[len - 1] == '/')
        copy[--len] = '\0';
    char *slash = strrchr(copy, '/');
    const char *name = slash ? slash + 1 : copy;
    if (slash)
        *slash = '\0';
    const char *above = !slash ? "." : *copy ? copy : "/";
    char *folder = realpath(above, NULL);
    if (!folder)
        folder =
            strcmp(above, "/") == 0 || strcmp(above, ".") == 0 ? mem_text(above) : source_name_path(above);
    char *path = mem_format("%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
    free(folder);
    return path;
}

char *source_path(const char *source)
{
    char *real = *source ? realpath(source, NULL) : NULL;
    return real ? real : source_name_path(source);
}

static void add_unreadable(const struct walk *walk, const char *path, int reason)
{
    tell(walk, path, "cannot be read: %s", strerror(reason));
    strlist_add_steal(&walk->list->unreadable, source_path(path));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

void sources_exclude(struct source_list *list, const char *folder)
{
    struct stat info;
    if (stat(folder, &info) != 0)
        return;
    list->excluded_device = info.st_dev;
    list->excluded_inode = info.st_ino;
}

static bool is_left_out(const struct walk *walk, const FTSENT *entry)
{
    if (entry->fts_info == FTS_D && walk->list->excluded_inode &&
        entry->fts_ino == walk->list->excluded_inode && entry->fts_dev == walk->list->excluded_device)
        return true;
    return entry->fts_level > 0 &&
           (entry->fts_name[0] == '.' || entry->fts_name[entry->fts_namelen - 1] == '~');
}

static void visit_file(const struct walk *walk, const FTSENT *entry)
{
    char *path = realpath(entry->fts_path, NULL);
    struct stat info;
    if (path && lstat(entry->fts_path, &info) == 0 && S_ISLNK(info.st_mode))
        strlist_add(&walk->list->linked, path);
    if (path)
        add_file(walk->list, path, entry->fts_path);
    else
        add_unreadable(walk, entry->fts_path, errno);
    free(path);
}

static void visit(const struct walk *walk, FTS *tree, FTSENT *entry)
{
    if (is_left_out(walk, entry)) {
        if (entry->fts_info == FTS_D)
            fts_set(tree, entry, FTS_SKIP);
        return;
    }
    switch (entry->fts_info) {
    case FTS_F:
        visit_file(walk, entry);
        break;
    case FTS_D:
        strlist_add(&walk->list->folders, entry->fts_path);
        break;
    case FTS_DC:
        tell(walk, entry->fts_path, "leads back to a folder above it; not followed");
        break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        add_unreadable(walk, entry->fts_path, entry->fts_errno);
        break;
    case FTS_SLNONE:
        tell(walk, entry->fts_path, "is a link to something that is not there");
        break;
    case FTS_DEFAULT:
        tell(walk, entry->fts_path, "is neither a file nor a folder");
        break;
    default:
        break;
    }
}

static void walk_tree(const struct walk *walk, const char *source)
{
    char *named = mem_text(source);
    char *const roots[] = {named, NULL};
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (tree) {
        FTSENT *entry;
        while ((entry = fts_read(tree)))
            visit(walk, tree, entry);
        fts_close(tree);
    } else {
        add_unreadable(walk, source, errno);
    }
    free(named);
}

void sources_add(struct source_list *list, const char *source, source_problem problem, void *context)
{
    struct walk walk = {.list = list, .problem = problem, .context = context};
    struct stat info;
    if (*source == '\0' || (stat(source, &info) != 0 && (errno == ENOENT || errno == ENOTDIR))) {
        strlist_add(&list->missing, source);
        strlist_add_steal(&list->roots, source_name_path(source));
        return;
    }
    char *root = realpath(source, NULL);
    if (!root) {
        add_unreadable(&walk, source, errno);
        return;
    }
    strlist_add_steal(&list->roots, root);
    walk_tree(&walk, source);
}

void sources_free(struct source_list *list)
{
    struct path_set *entry, *next;
    HASH_ITER(hh, list->seen, entry, next)
    {
        HASH_DEL(list->seen, entry);
        free(entry);
    }
    for (size_t i = 0; i < list->count; i++) {
        free(list->files[i].path);
        free(list->files[i].shown);
    }
    free(list->files);
    strlist_free(&list->roots);
    strlist_free(&list->missing);
    strlist_free(&list->unreadable);
    strlist_free(&list->folders);
    strlist_free(&list->linked);
    *list = (struct source_list){0};
}

/* ---- hash ---- */

static int hash_descriptor(int fd, XXH3_state_t *state, int64_t *ret_size)
{
    MEM_AUTO char *block = mem_alloc(HASH_BLOCK);
    int64_t size = 0;
    for (;;) {
        ssize_t got = read(fd, block, HASH_BLOCK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        XXH3_128bits_update(state, block, (size_t)got);
        size += got;
    }
    *ret_size = size;
    return 0;
}

int source_hash(const struct source_file *file, unsigned char ret_hash[LEDGER_HASH_SIZE], int64_t *ret_size,
                struct error *error)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    XXH3_state_t *state = XXH3_createState();
    int status = -1;
    if (fd >= 0 && state) {
        XXH3_128bits_reset(state);
        status = hash_descriptor(fd, state, ret_size);
    }
    if (status == 0) {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state));
        memcpy(ret_hash, canonical.digest, LEDGER_HASH_SIZE);
    } else {
        error_set(error, "cannot be read: %s", strerror(errno));
        error_at(error, file->shown, NULL, 0);
    }
    XXH3_freeState(state);
    if (fd >= 0)
        close(fd);
    return status;
}
