/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"
#include "indexer/lock.h"
#include "indexer/report.h"
#include "indexer/sources.h"
#include "indexer/sync.h"

enum { EVENT_BYTES = 1 << 16 /* of events read at a time */ };

/* IN_MODIFY, though a file is whole only once it is closed: while it is being written the burst goes on. */
static const uint32_t EVENTS = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO |
                               IN_DELETE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

/* A folder followed. */
struct folder {
    UT_hash_handle hh;
    int number;     /* inotify's */
    bool is_walked; /* whatever happens in it matters; else only what happens to names */
};

/* A name that matters in a folder: "NUMBER/NAME". */
struct name {
    UT_hash_handle hh;
    char key[];
};

struct watch {
    const struct options *options;
    struct report_log log;
    int inotify, signals; /* descriptors; inotify -1 where there is none to be had */
    struct folder *folders;
    struct name *names;
    uint64_t seen; /* what the files looked like at the last run */
    bool is_in_step;
};

enum wake { WAKE_STOP, WAKE_CHANGE, WAKE_TIME };

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- which folders are followed ---- */

static void note_unwatched(const struct watch *watch, struct report *report, const char *path,
                           const char *why)
{
    struct error error = ERROR_NONE;
    error_set(&error, "cannot be followed: %s; changes in it are seen every %u seconds", why,
              watch->options->rescan);
    error_at(&error, path, NULL, 0);
    report_problem(report, PROBLEM_NOTE, &error);
}

/* Returns inotify's number of the folder, or -1. */
static int add_folder(struct watch *watch, struct report *report, const char *path, bool is_walked)
{
    struct folder *folder;
    if (watch->inotify < 0)
        return -1;
    if (HASH_COUNT(watch->folders) >= WATCH_FOLDERS_MAX) {
        note_unwatched(watch, report, path, "too many folders");
        return -1;
    }
    int number = inotify_add_watch(watch->inotify, path, EVENTS | IN_ONLYDIR);
    if (number < 0) {
        if (errno == ENOSPC)
            note_unwatched(watch, report, path, "the limit fs.inotify.max_user_watches is reached");
        else if (errno != ENOENT && errno != ENOTDIR)
            note_unwatched(watch, report, path, strerror(errno));
        return -1;
    }
    HASH_FIND_INT(watch->folders, &number, folder);
    if (!folder) {
        folder = mem_zero(1, sizeof *folder);
        folder->number = number;
        HASH_ADD_INT(watch->folders, number, folder);
    }
    folder->is_walked = folder->is_walked || is_walked;
    return number;
}

static bool has_name(const struct watch *watch, const char *key)
{
    struct name *found;
    HASH_FIND_STR(watch->names, key, found);
    return found != NULL;
}

static void add_name(struct watch *watch, int folder, const char *text)
{
    MEM_AUTO char *key = mem_format("%d/%s", folder, text);
    if (has_name(watch, key))
        return;
    size_t len = strlen(key);
    struct name *name = mem_alloc(sizeof *name + len + 1);
    memcpy(name->key, key, len + 1);
    HASH_ADD_STR(watch->names, key, name);
}

/* Follows what an absolute path names in the folder it lies in; where that is not there yet, the nearest one
 * above it. */
static void add_path(struct watch *watch, struct report *report, const char *path)
{
    MEM_AUTO char *at = mem_text(path);
    for (char *slash = strrchr(at, '/'); slash && slash[1]; slash = strrchr(at, '/')) {
        *slash = '\0';
        int folder = add_folder(watch, report, *at ? at : "/", false);
        if (folder >= 0)
            add_name(watch, folder, slash + 1);
        if (folder >= 0 || !*at)
            return;
    }
}

static void free_names(struct watch *watch)
{
    struct name *name, *next;
    HASH_ITER(hh, watch->names, name, next)
    {
        HASH_DEL(watch->names, name);
        free(name);
    }
}

/* Frees `old`, and ends the watches of those of it that are not followed any more. */
static void drop_folders(struct watch *watch, struct folder *old)
{
    struct folder *folder, *next, *still;
    HASH_ITER(hh, old, folder, next)
    {
        HASH_FIND_INT(watch->folders, &folder->number, still);
        if (!still)
            inotify_rm_watch(watch->inotify, folder->number); /* fails where the folder is gone: as well */
        HASH_DEL(old, folder);
        free(folder);
    }
}

static void follow_folders(struct watch *watch, const struct source_list *list, struct report *report)
{
    struct folder *old = watch->folders;
    watch->folders = NULL;
    free_names(watch);
    for (size_t i = 0; i < list->folders.len; i++)
        add_folder(watch, report, list->folders.items[i], true);
    for (size_t i = 0; i < list->roots.len; i++)
        add_path(watch, report, list->roots.items[i]);
    for (size_t i = 0; i < watch->options->sources.len; i++) {
        MEM_AUTO char *path = source_name_path(watch->options->sources.items[i]);
        add_path(watch, report, path);
    }
    if (watch->options->vocabulary) {
        MEM_AUTO char *path = source_name_path(watch->options->vocabulary);
        add_path(watch, report, path);
    }
    for (size_t i = 0; i < list->linked.len; i++)
        add_path(watch, report, list->linked.items[i]);
    drop_folders(watch, old);
}

/* ---- what the sources look like ---- */

static void add_look(XXH3_state_t *look, const char *path)
{
    struct stat info = {0};
    int status = stat(path, &info);
    int64_t of_file[] = {status,
                         (int64_t)info.st_dev,
                         (int64_t)info.st_ino,
                         (int64_t)info.st_mode,
                         (int64_t)info.st_size,
                         (int64_t)info.st_mtim.tv_sec,
                         (int64_t)info.st_mtim.tv_nsec,
                         (int64_t)info.st_ctim.tv_sec,
                         (int64_t)info.st_ctim.tv_nsec};
    XXH3_64bits_update(look, path, strlen(path) + 1);
    XXH3_64bits_update(look, of_file, sizeof of_file);
}

/* Differs where a file came, went or was written to. */
static uint64_t look_of(const struct source_list *list, const char *vocabulary)
{
    XXH3_state_t *look = XXH3_createState();
    if (!look)
        return 0;
    XXH3_64bits_reset(look);
    for (size_t i = 0; i < list->count; i++)
        add_look(look, list->files[i].path);
    if (vocabulary)
        add_look(look, vocabulary);
    for (size_t i = 0; i < list->missing.len; i++)
        XXH3_64bits_update(look, list->missing.items[i], strlen(list->missing.items[i]) + 1);
    for (size_t i = 0; i < list->unreadable.len; i++)
        add_look(look, list->unreadable.items[i]);
    uint64_t digest = XXH3_64bits_digest(look);
    XXH3_freeState(look);
    return digest;
}

/* The run itself tells them. */
static void tell_nobody(void *context, const struct error *error)
{
    (void)context;
    (void)error;
}

/* Follows the folders there are now; returns what the files in them look like. */
static uint64_t look_over(struct watch *watch, struct report *report)
{
    struct source_list list = {0};
    sources_exclude(&list, watch->options->db);
    for (size_t i = 0; i < watch->options->sources.len; i++)
        sources_add(&list, watch->options->sources.items[i], tell_nobody, NULL);
    follow_folders(watch, &list, report);
    uint64_t look = look_of(&list, watch->options->vocabulary);
    sources_free(&list);
    return look;
}

/* ---- runs ---- */

/* Folders are followed before they are read: what changes meanwhile is told and read by the next run. */
static int run_once(struct watch *watch, struct report *report, uint64_t look)
{
    struct error error = ERROR_NONE;
    watch->seen = look;
    watch->is_in_step = sync_run_locked(watch->options, report, &error) == 0;
    if (!watch->is_in_step)
        report_failure(report, &error);
    return watch->is_in_step ? 0 : -1;
}

static int run_first(struct watch *watch)
{
    const struct options *options = watch->options;
    struct report report;
    report_start(&report, options->quiet);
    report.log = &watch->log;
    int status = run_once(watch, &report, look_over(watch, &report));
    if (status == 0)
        report_end(&report, options->quiet, options->json);
    report_log_next(&watch->log);
    if (status == 0 && !options->quiet)
        fprintf(stderr, "watch: following %u folders; SIGTERM or Ctrl-C ends it\n",
                HASH_COUNT(watch->folders));
    return status;
}

/* Whatever goes wrong is told, and tried again by the next run. */
static void run_again(struct watch *watch, bool is_told)
{
    const struct options *options = watch->options;
    struct report report;
    report_start(&report, true);
    report.log = &watch->log;
    uint64_t look = look_over(watch, &report);
    if (!is_told && watch->is_in_step && look == watch->seen)
        return;
    if (run_once(watch, &report, look) == 0 && report_has_change(&report)) {
        if (!options->quiet)
            report_change(&report);
        if (options->json)
            report_end(&report, true, true);
    }
    report_log_next(&watch->log);
}

/* ---- waiting ---- */

static bool is_visible(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && name[0] != '.' && name[len - 1] != '~';
}

static bool concerns(const struct watch *watch, const struct inotify_event *event)
{
    struct folder *folder;
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    HASH_FIND_INT(watch->folders, &event->wd, folder);
    if (!folder || event->mask & IN_IGNORED)
        return false;
    if (event->len == 0)
        return true; /* the folder itself was moved, taken away, opened to us */
    if (folder->is_walked && is_visible(event->name))
        return true;
    MEM_AUTO char *key = mem_format("%d/%s", event->wd, event->name);
    return has_name(watch, key);
}

/* Reads what events there are, as much as fits; says whether one of them matters. */
static bool read_events(const struct watch *watch)
{
    alignas(struct inotify_event) char bytes[EVENT_BYTES];
    ssize_t len = read(watch->inotify, bytes, sizeof bytes);
    bool matters = false;
    for (ssize_t at = 0; at < len;) {
        const struct inotify_event *event = (const struct inotify_event *)(const void *)(bytes + at);
        matters = matters || concerns(watch, event);
        at += (ssize_t)(sizeof *event + event->len);
    }
    return matters;
}

static enum wake wait_until(const struct watch *watch, int64_t until)
{
    struct pollfd ready[] = {{.fd = watch->signals, .events = POLLIN},
                             {.fd = watch->inotify, .events = POLLIN}};
    for (;;) {
        int64_t left = until - now_ms();
        int count = poll(ready, sizeof ready / sizeof *ready, left > 0 ? (int)left : 0);
        if (count > 0 && ready[0].revents)
            return WAKE_STOP;
        if (count > 0 && ready[1].revents && read_events(watch))
            return WAKE_CHANGE;
        if (left <= 0)
            return WAKE_TIME;
    }
}

/* Something has changed: waits until nothing more does. */
static enum wake gather(const struct watch *watch)
{
    int64_t end = now_ms() + WATCH_GATHER_MAX_MS;
    enum wake wake;
    do {
        int64_t quiet = now_ms() + WATCH_QUIET_MS;
        wake = wait_until(watch, quiet < end ? quiet : end);
    } while (wake == WAKE_CHANGE && now_ms() < end);
    return wake == WAKE_STOP ? WAKE_STOP : WAKE_CHANGE;
}

static void go_on(struct watch *watch)
{
    for (;;) {
        enum wake wake = wait_until(watch, now_ms() + (int64_t)watch->options->rescan * 1000);
        if (wake == WAKE_CHANGE)
            wake = gather(watch);
        if (wake == WAKE_STOP)
            return;
        run_again(watch, wake == WAKE_CHANGE);
    }
}

/* ---- from beginning to end ---- */

static int open_signals(struct error *error)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        error_set(error, "signals cannot be waited for: %s", strerror(errno));
    return fd;
}

static int open_inotify(const struct options *options)
{
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd < 0)
        fprintf(stderr, "watch: inotify is not to be had: %s; changes are seen every %u seconds\n",
                strerror(errno), options->rescan);
    return fd;
}

static int run_locked(struct watch *watch)
{
    watch->inotify = open_inotify(watch->options);
    int status = run_first(watch);
    if (status == 0)
        go_on(watch);
    struct folder *folders = watch->folders;
    watch->folders = NULL;
    drop_folders(watch, folders);
    free_names(watch);
    report_log_free(&watch->log);
    if (watch->inotify >= 0)
        close(watch->inotify);
    return status == 0 ? EXIT_ALL_TAKEN : EXIT_NOTHING_DONE;
}

int watch_run(const struct options *options)
{
    struct watch watch = {.options = options};
    struct error error = ERROR_NONE;
    struct report report;
    int code = EXIT_NOTHING_DONE;
    report_start(&report, true);
    watch.signals = open_signals(&error);
    int lock = watch.signals >= 0 ? lock_take(options->db, &error) : -1;
    if (lock >= 0)
        code = run_locked(&watch);
    else
        report_failure(&report, &error);
    lock_release(lock);
    if (watch.signals >= 0)
        close(watch.signals);
    return code;
}
