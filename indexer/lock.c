/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/base/mem.h"

/* Makes a folder and those above it. */
static int make_folder(const char *path, struct error *error)
{
    MEM_AUTO char *part = mem_text(path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(part, 0777);
        *slash = '/';
    }
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return 0;
    error_set(error, "the folder cannot be made: %s", strerror(errno));
    error_at(error, path, NULL, 0);
    return -1;
}

static void say_holder(int fd, const char *db, struct error *error)
{
    char holder[32] = "";
    ssize_t got = pread(fd, holder, sizeof holder - 1, 0);
    holder[got > 0 ? got : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    error_set(error, "another purpose-index (process %s) is writing to it; wait until it has ended",
              *holder ? holder : "unknown");
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
    MEM_AUTO char *holder = mem_format("%ld\n", (long)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, holder, strlen(holder), 0) < 0) {
        error_set(error, "cannot be written: %s", strerror(errno));
        error_at(error, path, NULL, 0);
        close(fd);
        return -1;
    }
    return fd;
}

void lock_release(int lock)
{
    if (lock >= 0)
        close(lock);
}
