/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Generations: an index folder holds CURRENT, the name of the generation in use, and the generations'
 * folders.
 *
 * A rebuild fills a new folder beside the current one and becomes current by renaming a new CURRENT over the
 * old one: at once or not at all. Readers open what CURRENT names; a folder that is open goes on being
 * readable after it was removed.
 */
#ifndef PURPOSED_STORE_GENERATION_H
#define PURPOSED_STORE_GENERATION_H

#include "indexer/base/error.h"

enum { GENERATION_NAME_SIZE = 32 }; /* bytes, NUL included */

/* What CURRENT names. 0; 1 where there is no CURRENT (no index yet); with `error` -1 where it cannot be read,
 * -2 where it names none (a new generation mends that). */
int generation_current(const char *db, char ret_name[GENERATION_NAME_SIZE], struct error *error);
/* Makes the folder of a new generation, its number one above any there. 0, or -1 with `error`. */
int generation_create(const char *db, char ret_name[GENERATION_NAME_SIZE], struct error *error);
/* Syncs the generation's files and folders, then makes it current. 0, or -1 with `error` (the old one stays).
 */
int generation_publish(const char *db, const char *name, struct error *error);
/* Removes every generation but `keep` (NULL: all), and what a writer that was cut short has left in the
 * folder and in the one that is kept. What cannot be removed is left for the next time. The writer's alone.
 */
void generation_remove_others(const char *db, const char *keep);

/* Paths inside a generation, *new*. */
char *generation_postings(const char *db, const char *name);
char *generation_text(const char *db, const char *name);
char *generation_text_dictionary(const char *db, const char *name);

/* Syncs a file or folder to disk. 0, or -1 with `error`. */
int generation_sync(const char *path, struct error *error);
/* Syncs the folder that `path` lies in, so that a folder just made is still there after a power cut. */
int generation_sync_parent(const char *path, struct error *error);

#endif
