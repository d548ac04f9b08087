/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that write pages share. */
#ifndef PURPOSED_WEB_PAGE_H
#define PURPOSED_WEB_PAGE_H

#include "daemon/web/html.h"
#include "daemon/web/state.h"
#include "daemon/web/web.h"

enum {
    PAGE_HTML_MAX = 16 << 20, /* bytes of a piece of a page */
    PAGE_FACET_VALUES = 6,    /* values of a facet beside the hits */
    PAGE_DEEPER_MAX = 12,     /* values whose children are shown too */
    PAGE_TEXTS = 50,          /* versions and older texts of a record */
    PAGE_SNIPPETS = 4,        /* parts that a hit says have the words */
    PAGE_SIMILAR = 5,         /* records like the one shown */
    PAGE_NUMBER_MAX = 1000000000,
    PAGE_CHANGES_FEW = 8,  /* changes of a kind beside those of others */
    PAGE_CHANGES = 50,     /* changes on a page of one kind */
    PAGE_NEWEST = 6,       /* changes on the start page */
    PAGE_NAMES_MAX = 1000, /* texts among which the names of changes are looked up */
    PAGE_RELEASES = 40,    /* releases of a record that are shown at once */
};

#define PAGE_UNSAID "<span class=\"unsaid\">not stated</span>"

/* Which call of a record's page gives what. */
enum { CALL_RECORD, CALL_TEXTS, CALL_SIMILAR, CALL_GROUP, CALL_COPIES };

enum page_kind {
    PAGE_START,
    PAGE_RESULTS,
    PAGE_RECORD,
    PAGE_COMPARE,
    PAGE_CHANGES_KIND,
    PAGE_VALUES,
    PAGE_ABOUT,
};

struct web_page {
    enum page_kind kind;
    char *rest; /* the record's id, the facet's name */
    const struct field *facet;
    struct state state;
    json_t *params[WEB_CALLS_MAX];  /* of the calls made */
    json_t *results[WEB_CALLS_MAX]; /* NULL: not asked, or failed */
    char *failures[WEB_CALLS_MAX];  /* why a call failed */
    int codes[WEB_CALLS_MAX];
};

/* ---- JSON ---- */

/* "" where there is none. */
const char *page_string(const json_t *value);
const char *page_text(const json_t *object, const char *name);
const json_t *page_list(const json_t *object, const char *name);
/* 0 to PAGE_NUMBER_MAX: bars are drawn in proportion to it. */
long long page_number(const json_t *object, const char *name);

/* The group of the texts that are the record's or nearly, as a value of its facet; "" where it is not known.
 */
const char *page_group(const struct web_page *page);

/* ---- words ---- */

/* "Health and Social Care Act 2012 s261(1)", of a path; "Yes: patient objections upheld". *new* */
char *page_path_words(const char *path);
/* The label of a part or another field by its name. */
const char *page_label(const char *name);
/* What a value of a facet is called: "(none)" becomes "not stated", yes and no are written large. */
const char *page_value(const struct field *field, const char *label);
/* Whether a value of a list lies below another one of it: what is chosen is listed whatever its level. */
bool page_is_below(const json_t *values, const json_t *value);
/* What was looked for, in quotation marks unless it has its own. */
void page_query(struct buf *to, const char *q);
/* "1 agreement", "12 agreements" */
void page_count(struct buf *to, long long count, const char *one, const char *many);
/* How many agreements a value of a facet has; the word is only heard. */
void page_found(struct buf *to, const json_t *value);
/* "2 February 2021" of "2021-02-02", "February 2021" of "2021-02"; other texts as they are. */
void page_date(struct buf *to, const char *date);
char *page_date_words(const char *date); /* *new* */
/* "from 1 April 2018 to 31 March 2021"; false where neither is known. */
bool page_span(struct buf *to, const char *from, const char *until);
/* The address of a record's page. `edition`: of an older text, may be NULL. `state`: the search whose words
 * are marked there, may be NULL. */
void page_record_url(struct buf *to, const char *id, const char *edition, const struct state *state);
/* The edition of a hit that is an older text, else NULL. */
const char *page_older(const json_t *hit);
/* The edition that the page is to show a record of; NULL: its newest. */
const char *page_edition(const struct web_page *page);
/* Legal bases as a list, each with its plain words; "not stated" where there are none. */
void page_bases(struct buf *to, const json_t *paths, bool with_words);
/* Values on one line, parted by semicolons; "not stated" where there are none. */
void page_values(struct buf *to, const struct field *field, const json_t *values);

/* ---- pieces: each is written into <main> ---- */

void start_put(const struct web_page *page, struct buf *to);
void results_put(const struct web_page *page, struct buf *to);
/* `explained`: the hit with what its score is made of, where it is to say which words it has; may be NULL. */
void hit_put(struct buf *to, const json_t *hit, const struct state *state, const json_t *explained);
void facets_put(const struct web_page *page, struct buf *to);
/* The children asked for: call 1 those of what call 0 shows, call 2 theirs. */
json_t *facets_deeper(const struct web_page *page, unsigned number);
void record_put(const struct web_page *page, struct buf *to);
void compare_put(const struct web_page *page, struct buf *to);
void changes_put(const struct web_page *page, struct buf *to);
/* The newest changes, on the start page. */
void newest_put(const struct web_page *page, struct buf *to);
/* The search that gives names to changes, of which `changes` has the ids: to those that the page shows. *new*
 */
json_t *changes_names(const struct web_page *page, const json_t *changes);
void values_put(const struct web_page *page, struct buf *to);
void about_put(const struct web_page *page, struct buf *to);
/* Agreements in force by year, or releases by legal basis; nothing where neither says anything. */
void chart_put(struct buf *to, const json_t *facets, const struct state *state);
/* The search box. `is_large`: on the start page. */
void search_box_put(struct buf *to, const struct state *state, bool is_large);
/* Warnings of a reply, and parameters that were passed over. */
void notices_put(struct buf *to, const struct state *state, const json_t *result);

/* ---- around it ---- */

/* What the page is called in tabs, and what a preview of its link says; plain text. */
void preview_title(const struct web_page *page, struct buf *to);
void preview_description(const struct web_page *page, struct buf *to);

struct shell {
    const char *title, *description;
    const char *path; /* canonical address, as it stands in an attribute; NULL: none */
    const char *feed; /* likewise */
    bool is_passing;  /* the page is to be asked for again */
};

void shell_open(struct buf *to, const struct shell *shell, const char *base, const struct state *state);
void shell_close(struct buf *to);

#endif
