/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --watch: a run, then another whenever something changes under the SOURCEs, until SIGTERM or SIGINT.
 *
 * Folders are followed one by one with inotify, sub-folders as they come; so are the folders that SOURCEs and
 * the targets of links lie in. inotify only says that it is time to look: what changed is found by the run
 * itself. It can lose events and does not see everything (a file written through another hard link, network
 * file systems), so the sources are also looked over every so often.
 */
#ifndef PURPOSED_INDEXER_WATCH_H
#define PURPOSED_INDEXER_WATCH_H

#include "indexer/options.h"

enum {
    WATCH_QUIET_MS = 300,        /* a burst has ended when nothing happened for so long */
    WATCH_GATHER_MAX_MS = 5000,  /* a burst is not waited for any longer */
    WATCH_FOLDERS_MAX = 1 << 16, /* folders followed; more are seen by looking them over */
};

/* Returns the exit code. Holds the index folder's lock until then. `options` asks for pruning. Blocks SIGTERM
 * and SIGINT in the calling thread and in those it starts. */
int watch_run(const struct options *options);

#endif
