/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library to be loaded before others (LD_PRELOAD): it stands between a program and the files below one
 * folder, counts the calls that change them, writes down each, and makes the k-th go wrong.
 *
 *   FAULT_ROOT   the folder, absolute and without links; without it nothing is done
 *   FAULT_LOG    a file: one line a call that changes something (see `note`); FAULT_LOG.data: the bytes
 * written FAULT_AT     which call, 1 the first; 0 none FAULT_DO     kill: the process ends by SIGKILL before
 * that call. An error's name: that call fails with it. FAULT_MORE   how many calls after it fail as well
 * ("all" or a number; none) FAULT_EVERY  interrupt: every other call to open, read or write is interrupted by
 * a signal; short: each read or write of more than one byte takes half
 *
 *   FAULT_READS  a file of numbers (refusals.h): which calls that read below the folder fail, with EIO
 *
 * Calls go to the kernel directly, so no other library's wrapper is called, but for those that read from
 * streams and folders, which have none.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "refusals.h"

enum {
    LINE_MAX_BYTES = 3 * PATH_MAX,
    STREAM_FAILED = 0x20, /* what ferror() asks for in glibc */
};

static struct {
    bool is_on, kills, interrupts, shortens;
    char root[PATH_MAX];
    size_t root_len;
    int log, data; /* -1: none */
    long at, more, count;
    int error;
    long data_len;
} faults;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct refusals *reads;
static _Thread_local unsigned turn; /* of calls that may be interrupted */

static int error_number(const char *name)
{
    static const struct {
        const char *name;
        int number;
    } errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EROFS", EROFS}, {"EDQUOT", EDQUOT}, {"EMFILE", EMFILE}};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].name, name) == 0)
            return errors[i].number;
    return 0;
}

static int open_log(const char *path)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value ? value : "";
}

__attribute__((constructor)) static void set_up(void)
{
    const char *wrong = setting("FAULT_DO"), *more = setting("FAULT_MORE"), *every = setting("FAULT_EVERY");
    snprintf(faults.root, sizeof faults.root, "%s", setting("FAULT_ROOT"));
    faults.root_len = strlen(faults.root);
    faults.at = atol(setting("FAULT_AT"));
    faults.more = strcmp(more, "all") == 0 ? LONG_MAX : atol(more);
    faults.kills = strcmp(wrong, "kill") == 0;
    faults.error = error_number(wrong);
    faults.interrupts = strcmp(every, "interrupt") == 0;
    faults.shortens = strcmp(every, "short") == 0;
    faults.log = faults.data = -1;
    if (*setting("FAULT_LOG")) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s.data", setting("FAULT_LOG"));
        faults.log = open_log(setting("FAULT_LOG"));
        faults.data = open_log(path);
    }
    reads = refusals_open("FAULT_READS");
    faults.is_on = faults.root_len > 0;
}

/* ---- which file ---- */

/* The path below the root, "." for itself, or NULL: it lies elsewhere. */
static const char *below_root(const char *path)
{
    if (!faults.is_on || strncmp(path, faults.root, faults.root_len) != 0)
        return NULL;
    const char *rest = path + faults.root_len;
    if (*rest == '\0')
        return ".";
    return *rest == '/' ? rest + 1 : NULL;
}

static void fd_path(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long len = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[len > 0 ? len : 0] = '\0';
}

static const char *fd_below(int fd, char path[PATH_MAX])
{
    if (!faults.is_on)
        return NULL;
    int kept = errno;
    fd_path(fd, path);
    errno = kept;
    return below_root(path);
}

/* The absolute path of a name as the *at calls take it. */
static const char *name_below(int folder, const char *name, char path[PATH_MAX])
{
    if (!faults.is_on)
        return NULL;
    int kept = errno;
    char base[PATH_MAX] = "";
    if (*name != '/' && folder == AT_FDCWD && !getcwd(base, sizeof base))
        *base = '\0';
    else if (*name != '/' && folder != AT_FDCWD)
        fd_path(folder, base);
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    if (*name == '/')
        snprintf(path, PATH_MAX, "%s", name);
    else if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX)
        *path = '\0';
    errno = kept;
    return below_root(path);
}

/* ---- what is written down, what goes wrong ---- */

/* One line: the call and its numbers, and paths below the root, parted by tabs. */
__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    if (faults.log < 0)
        return;
    int kept = errno;
    va_start(args, format);
    int len = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    syscall(SYS_write, faults.log, line, (size_t)len);
    errno = kept;
}

static void note_data(const char *path, const char *bytes, long offset, long len)
{
    if (faults.data < 0)
        return;
    if (len < 0) {
        note("failed\t%s\n", path);
        return;
    }
    int kept = errno;
    syscall(SYS_write, faults.data, bytes, (size_t)len);
    errno = kept;
    note("write\t%ld\t%ld\t%ld\t%s\n", offset, len, faults.data_len, path);
    faults.data_len += len;
}

/* Counts a call that changes something, under the lock; true: it fails, with errno. */
static bool goes_wrong(void)
{
    long number = ++faults.count;
    if (faults.at <= 0 || number < faults.at)
        return false;
    if (faults.kills)
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    if (!faults.error || number - faults.at > faults.more)
        return false;
    errno = faults.error;
    return true;
}

static bool is_interrupted(const char *below)
{
    if (!below || !faults.interrupts || ++turn % 2 == 0)
        return false;
    errno = EINTR;
    return true;
}

static size_t take(const char *below, size_t len)
{
    return below && faults.shortens && len > 1 ? len / 2 : len;
}

/* ---- opening ---- */

static bool is_there(int folder, const char *name)
{
    struct stat info;
    return syscall(SYS_newfstatat, folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_below(int folder, const char *name, int flags, mode_t mode, const char *below)
{
    int kept = errno;
    bool is_new = (flags & O_CREAT) && !is_there(folder, name);
    bool empties = !is_new && (flags & O_TRUNC);
    errno = kept;
    if ((is_new || empties) && goes_wrong())
        return -1;
    if (!is_new && !empties && refusals_apply(reads, EIO))
        return -1;
    int fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (fd < 0 && (is_new || empties))
        note("failed\t%s\n", below);
    else if (is_new)
        note("create\t%s\n", below);
    else if (empties)
        note("truncate\t0\t%s\n", below);
    return fd;
}

static int open_file(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    const char *below = name_below(folder, name, path);
    if (!below)
        return (int)syscall(SYS_openat, folder, name, flags, mode);
    pthread_mutex_lock(&lock);
    int fd = open_below(folder, name, flags, mode, below);
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE_OF(flags)                                                                                       \
    mode_t mode = 0;                                                                                         \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                 \
        va_list args;                                                                                        \
        va_start(args, flags);                                                                               \
        mode = va_arg(args, mode_t);                                                                         \
        va_end(args);                                                                                        \
    }

/* The names that a program may call them by, with large files and with checks of its flags. */
int open64(const char *path, int flags, ...)
{
    MODE_OF(flags);
    return open_file(AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    MODE_OF(flags);
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags);
    return open_file(folder, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    MODE_OF(flags);
    return open_file(folder, path, flags, mode);
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
    return open_file(AT_FDCWD, path, flags, 0);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
    return open_file(AT_FDCWD, path, flags, 0);
}

/* A sanitizer of threads that sees no file opened is to see none closed either: it would take it for whatever
 * had the number before. */
int close(int fd)
{
    return (int)syscall(SYS_close, fd);
}

/* ---- reading and writing ---- */

/* Whether a read of the file is to fail, with errno; `ret_below` is its path where calls to it are cut short.
 */
static bool reading_goes_wrong(int fd, const char **ret_below, char path[PATH_MAX])
{
    *ret_below = faults.interrupts || faults.shortens || reads ? fd_below(fd, path) : NULL;
    return is_interrupted(*ret_below) || (*ret_below && refusals_apply(reads, EIO));
}

ssize_t read(int fd, void *bytes, size_t len)
{
    const char *below;
    char path[PATH_MAX];
    return reading_goes_wrong(fd, &below, path) ? -1 : syscall(SYS_read, fd, bytes, take(below, len));
}

ssize_t pread64(int fd, void *bytes, size_t len, off64_t offset)
{
    const char *below;
    char path[PATH_MAX];
    return reading_goes_wrong(fd, &below, path) ? -1
                                                : syscall(SYS_pread64, fd, bytes, take(below, len), offset);
}

ssize_t pread(int fd, void *bytes, size_t len, off_t offset)
{
    return pread64(fd, bytes, len, offset);
}

/* ---- streams and folders ---- */

static bool fd_goes_wrong(int fd)
{
    char path[PATH_MAX];
    return reads && fd_below(fd, path) && refusals_apply(reads, EIO);
}

static bool stream_goes_wrong(FILE *file)
{
    if (!reads || !fd_goes_wrong(fileno(file)))
        return false;
    file->_flags |= STREAM_FAILED;
    return true;
}

size_t fread(void *restrict bytes, size_t size, size_t count, FILE *restrict file)
{
    typedef size_t (*call)(void *, size_t, size_t, FILE *);
    static call behind;
    if (!behind)
        behind = (call)dlsym(RTLD_NEXT, "fread");
    return stream_goes_wrong(file) ? 0 : behind(bytes, size, count, file);
}

char *fgets(char *restrict line, int size, FILE *restrict file)
{
    typedef char *(*call)(char *, int, FILE *);
    static call behind;
    if (!behind)
        behind = (call)dlsym(RTLD_NEXT, "fgets");
    return stream_goes_wrong(file) ? NULL : behind(line, size, file);
}

struct dirent *readdir(DIR *folder)
{
    typedef struct dirent *(*call)(DIR *);
    static call behind;
    if (!behind)
        behind = (call)dlsym(RTLD_NEXT, "readdir");
    return fd_goes_wrong(dirfd(folder)) ? NULL : behind(folder);
}

static long write_at(int fd)
{
    if (fcntl(fd, F_GETFL) & O_APPEND)
        return syscall(SYS_lseek, fd, 0, SEEK_END);
    return syscall(SYS_lseek, fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    char path[PATH_MAX];
    const char *below = fd_below(fd, path);
    if (!below)
        return syscall(SYS_write, fd, bytes, len);
    if (is_interrupted(below))
        return -1;
    pthread_mutex_lock(&lock);
    long offset = write_at(fd);
    ssize_t written = goes_wrong() ? -1 : syscall(SYS_write, fd, bytes, take(below, len));
    note_data(below, bytes, offset, written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t offset)
{
    char path[PATH_MAX];
    const char *below = fd_below(fd, path);
    if (!below)
        return syscall(SYS_pwrite64, fd, bytes, len, offset);
    if (is_interrupted(below))
        return -1;
    pthread_mutex_lock(&lock);
    ssize_t written = goes_wrong() ? -1 : syscall(SYS_pwrite64, fd, bytes, take(below, len), offset);
    note_data(below, bytes, offset, written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t offset)
{
    return pwrite64(fd, bytes, len, offset);
}

/* A call that writes the first piece alone is a short write, which its caller has to go on from. */
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    char path[PATH_MAX];
    if (!fd_below(fd, path))
        return syscall(SYS_writev, fd, pieces, count);
    return count > 0 ? write(fd, pieces[0].iov_base, pieces[0].iov_len) : 0;
}

/* ---- what follows is one shape: count, do, write down ---- */

#define CHANGE(below, call, ...)                                                                             \
    do {                                                                                                     \
        if (!(below))                                                                                        \
            return (int)(call);                                                                              \
        pthread_mutex_lock(&lock);                                                                           \
        int done = goes_wrong() ? -1 : (int)(call);                                                          \
        if (done == 0)                                                                                       \
            note(__VA_ARGS__);                                                                               \
        else                                                                                                 \
            note("failed\t%s\n", below);                                                                     \
        pthread_mutex_unlock(&lock);                                                                         \
        return done;                                                                                         \
    } while (0)

int fsync(int fd)
{
    char path[PATH_MAX];
    const char *below = fd_below(fd, path);
    CHANGE(below, syscall(SYS_fsync, fd), "sync\t%s\n", below);
}

int fdatasync(int fd)
{
    char path[PATH_MAX];
    const char *below = fd_below(fd, path);
    CHANGE(below, syscall(SYS_fdatasync, fd), "sync\t%s\n", below);
}

int ftruncate64(int fd, off64_t len)
{
    char path[PATH_MAX];
    const char *below = fd_below(fd, path);
    CHANGE(below, syscall(SYS_ftruncate, fd, len), "truncate\t%ld\t%s\n", (long)len, below);
}

int ftruncate(int fd, off_t len)
{
    return ftruncate64(fd, len);
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    const char *below = name_below(folder, name, path);
    CHANGE(below, syscall(SYS_unlinkat, folder, name, flags), "remove\t%s\n", below);
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name)
{
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int remove(const char *name)
{
    struct stat info;
    bool is_folder = lstat(name, &info) == 0 && S_ISDIR(info.st_mode);
    return unlinkat(AT_FDCWD, name, is_folder ? AT_REMOVEDIR : 0);
}

int mkdir(const char *name, mode_t mode)
{
    char path[PATH_MAX];
    const char *below = name_below(AT_FDCWD, name, path);
    CHANGE(below, syscall(SYS_mkdirat, AT_FDCWD, name, mode), "mkdir\t%s\n", below);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char from_path[PATH_MAX], to_path[PATH_MAX];
    const char *from_below = name_below(from_folder, from, from_path);
    const char *below = name_below(to_folder, to, to_path);
    CHANGE(below, syscall(SYS_renameat, from_folder, from, to_folder, to), "rename\t%s\t%s\n",
           from_below ? from_below : "", below);
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
