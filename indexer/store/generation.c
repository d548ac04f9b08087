/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/generation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/base/mem.h"

#define GENERATION_PREFIX "gen-"
#define POSTINGS_NAME "postings"
#define TEXT_NAME "text"
#define TEXT_DICTIONARY_NAME "text.dict"

enum {
    REMOVE_DEPTH = 8,      /* folders open at once while a generation is removed */
    CREATE_TRIES_MAX = 100 /* names tried for a new generation, should others make them at the same time */
};

static int fail(struct error *error, const char *path, const char *what)
{
    error_at(error, path, NULL, 0);
    error_set(error, "%s: %s", what, strerror(errno));
    return -1;
}

/* The number of a generation's name, or -1 where it is none. */
static long generation_number(const char *name)
{
    if (strncmp(name, GENERATION_PREFIX, strlen(GENERATION_PREFIX)) != 0)
        return -1;
    const char *digits = name + strlen(GENERATION_PREFIX);
    char *end;
    long number = strtol(digits, &end, 10);
    return *digits && !*end && strlen(name) < GENERATION_NAME_SIZE ? number : -1;
}

int generation_current(const char *db, char ret_name[GENERATION_NAME_SIZE], struct error *error)
{
    MEM_AUTO char *path = mem_format("%s/CURRENT", db);
    FILE *file = fopen(path, "re");
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR)
            return 1;
        return fail(error, path, "cannot be read");
    }
    char line[GENERATION_NAME_SIZE + 2] = "";
    bool got = fgets(line, sizeof line, file) != NULL;
    int why = ferror(file) ? errno : 0;
    fclose(file);
    if (why) {
        errno = why;
        return fail(error, path, "cannot be read");
    }
    line[strcspn(line, "\n")] = '\0';
    if (!got || generation_number(line) < 0) {
        error_at(error, path, NULL, 1);
        error_set(error, "does not name a generation; purpose-index on any source builds the index anew");
        return -2;
    }
    memcpy(ret_name, line, strlen(line) + 1);
    return 0;
}

/* The highest number of a generation in the folder, or of one that is gone and still named current; 0 where
 * there is none, -1 where it cannot be listed. */
static long highest_generation(const char *db)
{
    DIR *folder = opendir(db);
    if (!folder)
        return -1;
    char named[GENERATION_NAME_SIZE];
    long highest = generation_current(db, named, NULL) == 0 ? generation_number(named) : 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        long number = generation_number(entry->d_name);
        if (number > highest)
            highest = number;
    }
    closedir(folder);
    return highest;
}

int generation_create(const char *db, char ret_name[GENERATION_NAME_SIZE], struct error *error)
{
    long number = highest_generation(db);
    for (int tries = 0; number >= 0 && tries < CREATE_TRIES_MAX; tries++) {
        snprintf(ret_name, GENERATION_NAME_SIZE, GENERATION_PREFIX "%06ld", ++number);
        MEM_AUTO char *path = mem_format("%s/%s", db, ret_name);
        if (mkdir(path, 0777) == 0)
            return 0;
        if (errno != EEXIST)
            break;
    }
    return fail(error, db, "no new generation can be made here");
}

int generation_sync(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status = fd >= 0 && fsync(fd) == 0 ? 0 : fail(error, path, "cannot be brought to disk");
    if (fd >= 0)
        close(fd);
    return status;
}

int generation_sync_parent(const char *path, struct error *error)
{
    MEM_AUTO char *parent = mem_text(path);
    size_t len = strlen(parent);
    while (len > 1 && parent[len - 1] == '/')
        len--;
    while (len > 0 && parent[len - 1] != '/')
        len--;
    while (len > 1 && parent[len - 1] == '/')
        len--;
    parent[len] = '\0';
    return generation_sync(len > 0 ? parent : ".", error);
}

static int sync_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    return kind == FTW_F || kind == FTW_DP ? generation_sync(path, NULL) : 0;
}

static int write_line(int fd, const char *line)
{
    size_t len = strlen(line);
    while (len > 0) {
        ssize_t written = write(fd, line, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        line += written;
        len -= (size_t)written;
    }
    return 0;
}

/* Writes the name to CURRENT.new and brings it to disk. */
static int write_name(const char *path, const char *name, struct error *error)
{
    MEM_AUTO char *line = mem_format("%s\n", name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int status = fd >= 0 && write_line(fd, line) == 0 && fsync(fd) == 0 ? 0 : -1;
    if (status != 0)
        fail(error, path, "cannot be written");
    if (fd >= 0 && close(fd) != 0 && status == 0)
        status = fail(error, path, "cannot be written");
    return status;
}

int generation_publish(const char *db, const char *name, struct error *error)
{
    MEM_AUTO char *folder = mem_format("%s/%s", db, name);
    MEM_AUTO char *fresh = mem_format("%s/CURRENT.new", db);
    MEM_AUTO char *current = mem_format("%s/CURRENT", db);
    if (nftw(folder, sync_entry, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS) != 0)
        return fail(error, folder, "cannot be brought to disk");
    /* The generation's own name must be on disk before CURRENT says it. */
    if (generation_sync(db, error) != 0 || write_name(fresh, name, error) != 0)
        return -1;
    if (rename(fresh, current) != 0)
        return fail(error, current, "cannot be replaced");
    return generation_sync(db, error);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    remove(path);
    return 0;
}

static void remove_tree(const char *folder, const char *name)
{
    MEM_AUTO char *path = mem_format("%s/%s", folder, name);
    nftw(path, remove_entry, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS);
}

static bool is_other_generation(const char *name, const void *keep)
{
    return generation_number(name) >= 0 && !(keep && strcmp(name, keep) == 0);
}

/* What no generation holds: its builder's, which it could not remove. */
static bool is_stranger(const char *name, const void *unused)
{
    (void)unused;
    return *name != '.' && strcmp(name, POSTINGS_NAME) != 0 && strcmp(name, TEXT_NAME) != 0 &&
           strcmp(name, TEXT_DICTIONARY_NAME) != 0;
}

static void remove_where(const char *path, bool (*goes)(const char *name, const void *context),
                         const void *context)
{
    DIR *folder = opendir(path);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));)
        if (goes(entry->d_name, context))
            remove_tree(path, entry->d_name);
    closedir(folder);
}

void generation_remove_others(const char *db, const char *keep)
{
    MEM_AUTO char *fresh = mem_format("%s/CURRENT.new", db);
    unlink(fresh); /* of a writer that ended before it renamed it */
    remove_where(db, is_other_generation, keep);
    if (!keep)
        return;
    MEM_AUTO char *kept = mem_format("%s/%s", db, keep);
    remove_where(kept, is_stranger, NULL);
}

char *generation_postings(const char *db, const char *name)
{
    return mem_format("%s/%s/" POSTINGS_NAME, db, name);
}

char *generation_text(const char *db, const char *name)
{
    return mem_format("%s/%s/" TEXT_NAME, db, name);
}

char *generation_text_dictionary(const char *db, const char *name)
{
    return mem_format("%s/%s/" TEXT_DICTIONARY_NAME, db, name);
}
