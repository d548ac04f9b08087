/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "indexer/store/generation.h"

enum {
    TIME_SIZE = 32,                   /* bytes of a day, a time and its zone */
    HOLDER_SIZE = HOST_NAME_MAX + 96, /* bytes of the line that says who holds the lock */
};

/* A folder that is made is brought to disk in the one it lies in: what is acknowledged later lies below it.
 */
static int make_one(const char *path, struct error *error)
{
    if (mkdir(path, 0777) == 0)
        return generation_sync_parent(path, error);
    return errno == EEXIST ? 0 : 1;
}

/* Makes a folder and those above it. */
static int make_folder(const char *path, struct error *error)
{
    MEM_AUTO char *part = mem_text(path);
    int status = 0;
    for (char *slash = strchr(part + 1, '/'); slash && status >= 0; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        status = make_one(part, error);
        *slash = '/';
    }
    if (status >= 0)
        status = make_one(path, error);
    if (status == 0)
        return 0;
    error_set(error, "the folder cannot be made: %s", strerror(errno));
    error_at(error, path, NULL, 0);
    return -1;
}

/* ---- who holds it: "PID TIME HOST", one line ---- */

/* On a full disk the lock is held all the same, and an index can be checked. */
static void write_holder(int fd)
{
    char host[HOST_NAME_MAX + 1] = "", when[TIME_SIZE] = "";
    time_t now = time(NULL);
    struct tm time_now;
    gethostname(host, sizeof host - 1);
    if (localtime_r(&now, &time_now))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S%z", &time_now);
    MEM_AUTO char *line = mem_format("%ld %s %s\n", (long)getpid(), when, host);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, line, strlen(line), 0) < 0)
        return;
}

static void say_holder(int fd, const char *db, struct error *error)
{
    char line[HOLDER_SIZE] = "";
    ssize_t got = pread(fd, line, sizeof line - 1, 0);
    line[got > 0 ? got : 0] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *rest = line;
    const char *process = strsep(&rest, " ");
    const char *since = strsep(&rest, " ");
    const char *host = rest;
    error_set(error, "another purpose-index (process %s%s%s%s%s) is writing to it; wait until it has ended",
              *process ? process : "unknown", host ? " on " : "", host ? host : "", since ? ", since " : "",
              since ? since : "");
    error_at(error, db, NULL, 0);
}

int lock_take(const char *db, struct error *error)
{
    if (make_folder(db, error) != 0)
        return -1;
    MEM_AUTO char *path = mem_format("%s/lock", db);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0) {
        error_set(error, "cannot be opened for writing: %s", strerror(errno));
        error_at(error, path, NULL, 0);
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        say_holder(fd, db, error);
        close(fd);
        return -1;
    }
    write_holder(fd);
    return fd;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
