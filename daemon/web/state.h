/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a page's address says, and addresses that say something else: the search that one looks at is wholly
 * in its URL, and every link of a page is that URL with one thing changed.
 */
#ifndef PURPOSED_WEB_STATE_H
#define PURPOSED_WEB_STATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/web/web.h"
#include "indexer/base/buf.h"
#include "indexer/base/strlist.h"
#include "indexer/register/field.h"

enum {
    STATE_FILTERS_MAX = 200,  /* values chosen */
    STATE_UNKNOWN_MAX = 8,    /* parameters that are named in the notice */
    STATE_LIMIT = 10,         /* hits of a page */
    STATE_LIMIT_MAX = 100,    /* likewise, at most */
    STATE_OFFSET_MAX = 99000, /* hits passed over */
    STATE_VALUES = 50,        /* values of a facet's page */
};

struct state_filter {
    const struct field *field;
    char *value;
};

struct state {
    char *q;        /* "" where none is given */
    char *sort;     /* NULL: by relevance */
    char *part;     /* where to look; NULL: everywhere */
    char *contains; /* of a facet's page; NULL: all values */
    char *parent;
    char *from, *to; /* editions */
    char *kind;      /* of changes; NULL: all */
    struct strlist ids;
    struct state_filter filters[STATE_FILTERS_MAX];
    size_t filter_count;
    struct {
        const struct field *field;
        char *text;
    } ranges[4];
    size_t range_count;
    bool shows_copies, history, newest_version, by_name;
    bool any; /* any of the words will do */
    long offset, limit;
    struct strlist unknown; /* parameters that were passed over */
};

void state_take(struct state *state, const struct web_pair *pairs, size_t count);
void state_free(struct state *state);
/* Whether anything is looked for. */
bool state_is_search(const struct state *state);
/* Whether the value is chosen; its number among the filters, or -1. */
int state_find(const struct state *state, const struct field *field, const char *value);
/* The params of `search` but for facets. *new* */
json_t *state_params(const struct state *state);
/* What decides which records match, as `search` and `facets` take it. *new* */
json_t *state_question(const struct state *state);

/* What is other in a link. Zeroed: nothing; the offset goes unless it is given. */
struct state_change {
    const char *path; /* NULL: "/" */
    int drop;         /* number of a filter and one; -1: all */
    int drop_range;   /* number of a range and one */
    const struct field *drop_field;
    const struct field *add_field; /* what stands above or below the value goes */
    const char *add_value;
    const char *sort, *q, *parent;
    long offset;
    bool flip_copies, flip_history, flip_newest, flip_any, drop_q, drop_part;
    bool for_api;    /* names as the API has them */
    bool for_values; /* a facet's page keeps what its values are looked for by */
};

/* Without a value that is chosen, though perhaps by another spelling. */
struct state_change state_without(const struct state *state, const struct field *field, const char *value);
/* Appends the address, escaped as it stands in an attribute. */
void state_url(struct buf *to, const struct state *state, const struct state_change *change);
/* Hidden fields that carry the search. `is_values`: in the form of a facet's page; else in the search box,
 * which asks for `q` and where and how to look itself. */
void state_hidden(struct buf *to, const struct state *state, bool is_values);

#endif
