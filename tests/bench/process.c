/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/process.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

/* The first number of a thread's schedstat: nanoseconds on a processor. */
static double thread_processor(const char *folder, const char *thread)
{
    MEM_AUTO char *path = mem_format("%s/%s/schedstat", folder, thread);
    FILE *file = fopen(path, "r");
    double nanoseconds = 0;
    if (!file || fscanf(file, "%lf", &nanoseconds) != 1)
        nanoseconds = 0;
    if (file)
        fclose(file);
    return nanoseconds / 1e9;
}

double process_processor(pid_t pid)
{
    MEM_AUTO char *folder = mem_format("/proc/%d/task", (int)pid);
    DIR *threads = opendir(folder);
    const struct dirent *entry;
    double seconds = 0;
    while (threads && (entry = readdir(threads)) != NULL)
        if (entry->d_name[0] != '.')
            seconds += thread_processor(folder, entry->d_name);
    if (threads)
        closedir(threads);
    return seconds;
}

long process_memory(pid_t pid)
{
    MEM_AUTO char *path = mem_format("/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    char line[256];
    long kib = -1;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtol(line + 8, NULL, 10);
    if (file)
        fclose(file);
    return kib;
}
