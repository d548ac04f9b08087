/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the shim's tests share: a folder of their own, documents from words, and calls that must succeed. */
#ifndef PURPOSED_TEST_SHIM_SUPPORT_H
#define PURPOSED_TEST_SHIM_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shim/shim.h"

enum { TEST_PATH_MAX = 256 };

/* cmocka fixtures: *state is the path of an empty folder, gone after the test. */
int make_folder(void **state);
int remove_folder(void **state);
/* *Borrowed* until the third call after: folder/name. */
const char *in_folder(void **state, const char *name);
void copy_folder(const char *from, const char *to);

/* Fails the test with the error's text unless `status` is `wanted`. */
void expect_status(enum shim_status status, enum shim_status wanted, const struct shim_error *error,
                   const char *what);
#define EXPECT(wanted, call) expect_status((call), (wanted), &error, #call)

/* A document of the words of `text`, parted by spaces, at positions from 1; `|` leaves 100 positions out. */
struct shim_document *document_of(const char *text);
struct shim_query *word_of(const char *word);
/* A phrase of the words of `text`. */
struct shim_query *phrase_of(const char *text);
struct shim_query *near_of(const char *text, unsigned distance);

/* Opens, begins, replaces identity Q<i> by texts[i], commits, closes. */
void index_texts(const char *path, const char *const *texts, size_t n);
struct shim_reader *open_reader(const char *path);
/* The numbers of the documents that match, as text: "1 2 5"; steals the query. *Borrowed* until the next
 * call. */
const char *matches(struct shim_reader *reader, struct shim_query *query);
uint32_t frequency(struct shim_reader *reader, const char *term);
uint32_t document_count(struct shim_reader *reader);

#endif
