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

enum {
    REMOVE_DEPTH = 8,      /* folders open at once while a generation is removed */
    CREATE_TRIES_MAX = 100 /* names tried for a new generation, should others make them at the same time */
};

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
        error_at(error, path, NULL, 0);
        error_set(error, "cannot be read: %s", strerror(errno));
        return -1;
    }
    char line[GENERATION_NAME_SIZE + 2] = "";
    bool got = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    line[strcspn(line, "\n")] = '\0';
    if (!got || generation_number(line) < 0) {
        error_at(error, path, NULL, 1);
        error_set(error, "does not name a generation; index the sources again into this folder to mend it");
        return -1;
    }
    memcpy(ret_name, line, strlen(line) + 1);
    return 0;
}

/* The highest number of a generation in the folder, 0 where there is none, -1 where it cannot be listed. */
static long highest_generation(const char *db)
{
    DIR *folder = opendir(db);
    if (!folder)
        return -1;
    long highest = 0;
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
    error_at(error, db, NULL, 0);
    error_set(error, "no new generation can be made here: %s", strerror(errno));
    return -1;
}

int generation_sync(const char *path, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int status = fd < 0 ? -1 : fsync(fd);
    if (status != 0) {
        error_at(error, path, NULL, 0);
        error_set(error, "cannot be brought to disk: %s", strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    return status;
}

static int sync_entry(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    return kind == FTW_F || kind == FTW_DP ? generation_sync(path, NULL) : 0;
}

/* Writes the name to CURRENT.new and brings it to disk. */
static int write_name(const char *path, const char *name, struct error *error)
{
    FILE *file = fopen(path, "we");
    bool written = file && fprintf(file, "%s\n", name) > 0 && fflush(file) == 0 && fsync(fileno(file)) == 0;
    if (!written) {
        error_at(error, path, NULL, 0);
        error_set(error, "cannot be written: %s", strerror(errno));
    }
    if (file && fclose(file) != 0 && written) {
        error_at(error, path, NULL, 0);
        error_set(error, "cannot be written: %s", strerror(errno));
        written = false;
    }
    return written ? 0 : -1;
}

int generation_publish(const char *db, const char *name, struct error *error)
{
    MEM_AUTO char *folder = mem_format("%s/%s", db, name);
    MEM_AUTO char *fresh = mem_format("%s/CURRENT.new", db);
    MEM_AUTO char *current = mem_format("%s/CURRENT", db);
    if (nftw(folder, sync_entry, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS) != 0) {
        error_at(error, folder, NULL, 0);
        error_set(error, "cannot be brought to disk: %s", strerror(errno));
        return -1;
    }
    /* The generation's own name must be on disk before CURRENT says it. */
    if (generation_sync(db, error) != 0 || write_name(fresh, name, error) != 0)
        return -1;
    if (rename(fresh, current) != 0) {
        error_at(error, current, NULL, 0);
        error_set(error, "cannot be replaced: %s", strerror(errno));
        return -1;
    }
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

void generation_remove_others(const char *db, const char *keep)
{
    DIR *folder = opendir(db);
    if (!folder)
        return;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (generation_number(entry->d_name) < 0 || (keep && strcmp(entry->d_name, keep) == 0))
            continue;
        MEM_AUTO char *path = mem_format("%s/%s", db, entry->d_name);
        nftw(path, remove_entry, REMOVE_DEPTH, FTW_DEPTH | FTW_PHYS);
    }
    closedir(folder);
}

char *generation_postings(const char *db, const char *name)
{
    return mem_format("%s/%s/postings", db, name);
}

char *generation_text(const char *db, const char *name)
{
    return mem_format("%s/%s/text", db, name);
}

char *generation_text_dictionary(const char *db, const char *name)
{
    return mem_format("%s/%s/text.dict", db, name);
}
