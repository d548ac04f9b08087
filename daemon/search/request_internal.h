/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that take a request out of its parameters share. An absent parameter and null leave the
 * default; the rest return 0, or -1 with `error`. */
#ifndef PURPOSED_SEARCH_REQUEST_INTERNAL_H
#define PURPOSED_SEARCH_REQUEST_INTERNAL_H

#include "daemon/search/request.h"

/* Names as "a, b, c", for messages; *new*. */
char *request_list_names(const char *const *names, size_t count);

/* *Borrowed*; NULL for null too. */
json_t *request_given(const json_t *params, const char *name);
int request_take_bool(const json_t *params, const char *name, bool *ret_value, struct search_error *error);
int request_take_count(const json_t *params, const char *name, size_t max, size_t *ret_value,
                       struct search_error *error);
int request_take_text(const json_t *params, const char *name, const char **ret_text,
                      struct search_error *error);
int request_take_word(const json_t *params, const char *name, const char *const *words, size_t count,
                      size_t *ret_word, struct search_error *error);
/* Index of the facet in field_facets(), or -1 with `error` naming the known ones. */
int request_facet_named(const char *name, const char *parameter, struct search_error *error);

int request_take_filters(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error);
/* The nodes of the paths that a person means by a short form of a provision. */
bool request_select_provision(struct selection *selection, const struct facet_column *column,
                              const char *typed, struct strlist *warnings);
/* Adds a warning, unless there are many already. */
void request_warn_of_value(struct request *request, const struct facet_column *column, const char *typed);

#endif
