/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a snapshot holds; for this room's own eyes. */
#ifndef PURPOSED_SEARCH_SNAPSHOT_H
#define PURPOSED_SEARCH_SNAPSHOT_H

#include <stdatomic.h>
#include <sys/types.h>

#include "daemon/search/columns.h"
#include "daemon/search/completions.h"
#include "daemon/search/kept.h"
#include "daemon/search/search.h"
#include "daemon/search/values.h"
#include "daemon/search/vocabulary.h"
#include "indexer/store/generation.h"
#include "indexer/store/text_store.h"
#include "indexer/text/analyser.h"
#include "shim/shim.h"

/* What one worker has to itself. */
struct snapshot_worker {
    struct shim_reader *reader;
    struct analyser *analyser;
    struct text_frame *frame;
};

/* Which index it is, apart from what its generation is called: the file of its texts. */
struct snapshot_identity {
    dev_t device;
    ino_t inode;
};

struct snapshot {
    atomic_uint references;
    char generation[GENERATION_NAME_SIZE];
    struct snapshot_identity identity;
    uint64_t epoch;
    char revision[GENERATION_NAME_SIZE + 24];
    struct columns *columns;
    struct vocabulary *vocabulary;
    struct values *values;           /* of the columns' facets */
    struct kept *kept;               /* sets of documents */
    struct completions *completions; /* borrows from the columns */
    struct text_reader *texts;
    struct snapshot_worker *workers;
    unsigned worker_count;
};

#endif
