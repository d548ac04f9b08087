/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/field.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"

#define MEMBER(member) .name = #member, .offset = offsetof(struct record, member), .release_offset = -1
#define RELEASE(record_member, release_member)                                                               \
    .name = #record_member, .offset = offsetof(struct record, record_member),                                \
    .release_offset = (ptrdiff_t)offsetof(struct release, release_member)
#define DERIVED(derived) .name = derived, .facet = derived, .offset = SIZE_MAX, .release_offset = -1

enum {
    PART = FIELD_USE_PART,
    FACET = FIELD_USE_FACET,
    RELEASE_FACET = FIELD_USE_FACET | FIELD_USE_RELEASE,
    RANGE = FIELD_USE_RANGE,
    SORT = FIELD_USE_SORT,
    HIT = FIELD_USE_HIT,
};

/* Numbers are never reused: a new facet takes the next one, wherever its row stands. */
enum {
    SLOT_LEGAL_BASIS = SLOT_FACETS,
    SLOT_OPT_OUTS,
    SLOT_IDENTIFIABILITY,
    SLOT_DUTY_OF_CONFIDENCE,
    SLOT_DATASET,
    SLOT_SENSITIVITY,
    SLOT_METHOD,
    SLOT_ORGANISATION,
    SLOT_ORGANISATION_TYPE,
    SLOT_CONTROLLER,
    SLOT_COMMERCIAL,
    SLOT_SUBLICENSING,
    SLOT_IN_FORCE,
    SLOT_EDITION,
    SLOT_FLAG,
    SLOT_GROUP,
    SLOT_VERSION,
};

/* Rows in the order of the record's JSON, then what is worked out. */
enum {
    ROW_ID,
    ROW_AGREEMENT,
    ROW_VERSION,
    ROW_TITLE,
    ROW_ORGANISATION,
    ROW_ORGANISATION_TYPES,
    ROW_CONTROLLERS,
    ROW_EDITION,
    ROW_EDITIONS,
    ROW_START,
    ROW_END,
    ROW_RELEASED_FROM,
    ROW_RELEASED_TO,
    ROW_COMMERCIAL,
    ROW_SUBLICENSING,
    ROW_COMMERCIAL_NOTE,
    ROW_IDENTIFIABILITY,
    ROW_OPT_OUTS,
    ROW_LEGAL_BASIS,
    ROW_DUTY_OF_CONFIDENCE,
    ROW_SENSITIVITY,
    ROW_METHOD,
    ROW_DATASETS,
    ROW_LEGAL_BASIS_TEXT,
    ROW_RELEASES,
    ROW_OBJECTIVES,
    ROW_EXPECTED_BENEFITS,
    ROW_YIELDED_BENEFITS,
    ROW_OUTPUTS,
    ROW_PROCESSING,
    ROW_PAGE_FILES,
    ROW_FLAGS,
    ROW_PARSE_NOTES,
    ROW_FIRST_SEEN,
    ROW_CHANGED,
    ROW_SOURCES,
    ROW_IN_FORCE,
    ROW_GROUP,
    ROW_COUNT,
};

static const struct field fields[ROW_COUNT] = {
    [ROW_ID] = {MEMBER(id), .label = "Reference", .help = "The reference as the register prints it.",
                .kind = FIELD_TEXT, .use = SORT | HIT, .slot = SLOT_NONE},
    [ROW_AGREEMENT] =
        {MEMBER(agreement), .label = "Agreement", .kind = FIELD_TEXT, .use = HIT, .slot = SLOT_NONE,
         .help = "The reference without DARS- and version: what joins versions, editions and pages."},
    [ROW_VERSION] = {MEMBER(version), .facet = "version", .label = "Version", .kind = FIELD_TEXT,
                     .use = FACET | HIT, .slot = SLOT_VERSION,
                     .help = "The version of the agreement, where the reference names one."},
    [ROW_TITLE] = {MEMBER(title), .label = "Title", .kind = FIELD_TEXT, .use = PART | SORT | HIT,
                   .prefix = "S", .slot = SLOT_NONE,
                   .help = "The title of the agreement, where the source has one."},
    [ROW_ORGANISATION] = {MEMBER(organisation), .facet = "organisation", .label = "Recipient",
                          .kind = FIELD_TEXT, .use = PART | FACET | SORT | HIT, .prefix = "XORG",
                          .slot = SLOT_ORGANISATION, .help = "The organisation that the data goes to."},
    [ROW_ORGANISATION_TYPES] = {MEMBER(organisation_types), .facet = "organisation_type",
                                .label = "Kind of organisation", .kind = FIELD_LIST, .use = FACET,
                                .slot = SLOT_ORGANISATION_TYPE,
                                .help = "What kind of organisation the recipient is."},
    [ROW_CONTROLLERS] = {MEMBER(controllers), .facet = "controller", .label = "Data controller",
                         .kind = FIELD_LIST, .use = FACET, .slot = SLOT_CONTROLLER,
                         .help = "Who decides what is done with the data, and answers for it."},
    [ROW_EDITION] = {MEMBER(edition), .label = "Edition", .kind = FIELD_DATE, .use = HIT, .slot = SLOT_NONE,
                     .help = "The newest edition of the register with this text."},
    [ROW_EDITIONS] = {MEMBER(editions), .facet = "edition", .label = "Edition", .kind = FIELD_LIST,
                      .use = FACET, .slot = SLOT_EDITION,
                      .help = "The editions of the register with this text."},
    [ROW_START] = {MEMBER(start), .label = "Start", .kind = FIELD_DATE, .use = RANGE | SORT | HIT,
                   .slot = SLOT_NONE, .help = "The first day of the agreement."},
    [ROW_END] = {MEMBER(end), .label = "End", .kind = FIELD_DATE, .use = RANGE | SORT | HIT,
                 .slot = SLOT_NONE, .help = "The last day of the agreement."},
    [ROW_RELEASED_FROM] = {MEMBER(released_from), .label = "First release", .kind = FIELD_DATE,
                           .use = RANGE | SORT, .slot = SLOT_NONE,
                           .help = "The month of the first release, as written."},
    [ROW_RELEASED_TO] = {MEMBER(released_to), .label = "Last release", .kind = FIELD_DATE, .slot = SLOT_NONE,
                         .help = "The month of the last release, as written."},
    [ROW_COMMERCIAL] = {MEMBER(commercial), .facet = "commercial", .label = "Commercial?",
                        .kind = FIELD_ANSWER, .use = FACET, .slot = SLOT_COMMERCIAL,
                        .help = "Whether the data may be used for commercial purposes."},
    [ROW_SUBLICENSING] = {MEMBER(sublicensing), .facet = "sublicensing", .label = "May it be passed on?",
                          .kind = FIELD_ANSWER, .use = FACET, .slot = SLOT_SUBLICENSING,
                          .help = "Whether the recipient may sublicense the data to others."},
    [ROW_COMMERCIAL_NOTE] = {MEMBER(commercial_note), .label = "Purposes", .kind = FIELD_PROSE, .use = PART,
                             .prefix = "XCOM", .slot = SLOT_NONE,
                             .help = "What a page says of its purposes beyond the objectives."},
    [ROW_IDENTIFIABILITY] = {RELEASE(identifiability, identifiability), .facet = "identifiability",
                             .label = "Could people be identified?", .kind = FIELD_LIST,
                             .use = RELEASE_FACET | HIT, .slot = SLOT_IDENTIFIABILITY,
                             .help = "Whether the data went out in a form that identifies people."},
    [ROW_OPT_OUTS] = {RELEASE(opt_outs, opt_outs), .facet = "opt_outs", .label = "Were opt-outs respected?",
                      .kind = FIELD_PATHS, .use = RELEASE_FACET | HIT, .slot = SLOT_OPT_OUTS,
                      .help = "Whether patients who had objected were left out, and if not, why."},
    [ROW_LEGAL_BASIS] = {RELEASE(legal_basis, legal_basis), .facet = "legal_basis", .label = "Legal basis",
                         .kind = FIELD_PATHS, .use = RELEASE_FACET | HIT, .slot = SLOT_LEGAL_BASIS,
                         .help = "The provisions relied on: instrument, section, subsection."},
    [ROW_DUTY_OF_CONFIDENCE] = {RELEASE(duty_of_confidence, duty_of_confidence),
                                .facet = "duty_of_confidence", .label = "Common law duty of confidentiality",
                                .kind = FIELD_LIST, .use = RELEASE_FACET, .slot = SLOT_DUTY_OF_CONFIDENCE,
                                .help = "How the common law duty of confidentiality was met."},
    [ROW_SENSITIVITY] = {RELEASE(sensitivity, sensitivity), .facet = "sensitivity",
                         .label = "Sensitive data?", .kind = FIELD_LIST, .use = RELEASE_FACET,
                         .slot = SLOT_SENSITIVITY, .help = "Whether the data is classed as sensitive."},
    [ROW_METHOD] = {RELEASE(method, method), .facet = "method", .label = "How the data went out",
                    .kind = FIELD_LIST, .use = RELEASE_FACET, .slot = SLOT_METHOD,
                    .help = "A page's access method, a workbook's frequency."},
    [ROW_DATASETS] = {RELEASE(datasets, dataset), .facet = "dataset", .label = "Data set", .kind = FIELD_LIST,
                      .use = RELEASE_FACET, .slot = SLOT_DATASET,
                      .help = "The data sets that were released."},
    [ROW_LEGAL_BASIS_TEXT] = {MEMBER(legal_basis_text), .label = "Legal basis, verbatim", .kind = FIELD_TEXT,
                              .slot = SLOT_NONE, .help = "The legal basis as the source spells it."},
    [ROW_RELEASES] =
        {MEMBER(releases), .label = "Releases", .kind = FIELD_RELEASES, .slot = SLOT_NONE,
         .help = "The distinct rows of releases: which data set went out in which form, on which basis."},
    [ROW_OBJECTIVES] = {MEMBER(objectives), .label = "Objectives", .kind = FIELD_PROSE, .use = PART,
                        .prefix = "XOBJ", .slot = SLOT_NONE, .help = "What the data is to be used for."},
    [ROW_EXPECTED_BENEFITS] = {MEMBER(expected_benefits), .label = "Expected benefits", .kind = FIELD_PROSE,
                               .use = PART, .prefix = "XEXP", .slot = SLOT_NONE,
                               .help = "The benefits that are hoped for."},
    [ROW_YIELDED_BENEFITS] = {MEMBER(yielded_benefits), .label = "Yielded benefits", .kind = FIELD_PROSE,
                              .use = PART, .prefix = "XYLD", .slot = SLOT_NONE,
                              .help = "The benefits that came of it so far."},
    [ROW_OUTPUTS] = {MEMBER(outputs), .label = "Outputs", .kind = FIELD_PROSE, .use = PART, .prefix = "XOUT",
                     .slot = SLOT_NONE, .help = "What is to be produced from the data."},
    [ROW_PROCESSING] = {MEMBER(processing), .label = "Processing", .kind = FIELD_PROSE, .use = PART,
                        .prefix = "XPRO", .slot = SLOT_NONE,
                        .help = "What is done with the data, where and by whom."},
    [ROW_PAGE_FILES] =
        {MEMBER(page_files), .label = "Files sent out", .kind = FIELD_NUMBER, .use = SORT | HIT,
         .slot = SLOT_NONE,
         .help =
             "How many data files the organisation's page says were disseminated, over all its agreements."},
    [ROW_FLAGS] = {MEMBER(flags), .facet = "flag", .label = "Warnings", .kind = FIELD_LIST, .use = FACET,
                   .slot = SLOT_FLAG, .help = "Warnings about the organisation on its page."},
    [ROW_PARSE_NOTES] = {MEMBER(parse_notes), .label = "Notes of the reading", .kind = FIELD_LIST,
                         .slot = SLOT_NONE, .help = "What was noticed while the source was read."},
    [ROW_FIRST_SEEN] =
        {MEMBER(first_seen), .label = "First seen", .kind = FIELD_DATE, .slot = SLOT_NONE,
         .help = "The edition, or else the day of indexing, in which the agreement was first met."},
    [ROW_CHANGED] = {MEMBER(changed), .label = "Changed", .kind = FIELD_DATE, .use = RANGE | SORT,
                     .slot = SLOT_NONE,
                     .help = "The edition, or else the day of indexing, in which its text last changed."},
    [ROW_SOURCES] = {MEMBER(sources), .label = "Sources", .kind = FIELD_SOURCES, .slot = SLOT_NONE,
                     .help = "The files the record was read from, with line or row."},
    [ROW_IN_FORCE] = {DERIVED("in_force"), .label = "In force in", .kind = FIELD_DERIVED, .use = FACET,
                      .slot = SLOT_IN_FORCE, .help = "The years from the agreement's start to its end."},
    [ROW_GROUP] = {DERIVED("group"), .label = "Same text", .kind = FIELD_DERIVED, .use = FACET,
                   .slot = SLOT_GROUP, .help = "The group of agreements that share their text."},
};

/* Other names of fields, in queries and filters, and plurals that are not an 's' more. */
static const struct {
    const char *alias, *name;
} aliases[] = {
    {"released", "released_from"},
    {"expected", "expected_benefits"},
    {"yielded", "yielded_benefits"},
    {"legal", "legal_basis"},
    {"legal_bases", "legal_basis"},
    {"sensitivities", "sensitivity"},
    {"identifiabilities", "identifiability"},
    {"duties_of_confidence", "duty_of_confidence"},
    {"starts", "start"},
};

static const struct field *const parts[FIELD_PART_COUNT] = {&fields[ROW_TITLE],
                                                            &fields[ROW_ORGANISATION],
                                                            &fields[ROW_OBJECTIVES],
                                                            &fields[ROW_EXPECTED_BENEFITS],
                                                            &fields[ROW_YIELDED_BENEFITS],
                                                            &fields[ROW_OUTPUTS],
                                                            &fields[ROW_PROCESSING],
                                                            &fields[ROW_COMMERCIAL_NOTE]};

static const struct field *const facets[] = {&fields[ROW_LEGAL_BASIS],
                                             &fields[ROW_OPT_OUTS],
                                             &fields[ROW_IDENTIFIABILITY],
                                             &fields[ROW_DUTY_OF_CONFIDENCE],
                                             &fields[ROW_DATASETS],
                                             &fields[ROW_SENSITIVITY],
                                             &fields[ROW_METHOD],
                                             &fields[ROW_ORGANISATION],
                                             &fields[ROW_ORGANISATION_TYPES],
                                             &fields[ROW_CONTROLLERS],
                                             &fields[ROW_COMMERCIAL],
                                             &fields[ROW_SUBLICENSING],
                                             &fields[ROW_IN_FORCE],
                                             &fields[ROW_EDITIONS],
                                             &fields[ROW_FLAGS],
                                             &fields[ROW_GROUP],
                                             &fields[ROW_VERSION]};

enum { FACET_COUNT = sizeof facets / sizeof *facets };

const struct field *field_table(size_t *ret_count)
{
    *ret_count = ROW_COUNT;
    return fields;
}

const struct field *const *field_parts(void)
{
    return parts;
}

const struct field *const *field_facets(size_t *ret_count)
{
    *ret_count = FACET_COUNT;
    return facets;
}

int field_facet_number(const struct field *field)
{
    for (int i = 0; i < FACET_COUNT; i++)
        if (facets[i] == field)
            return i;
    return -1;
}

static char name_character(char c)
{
    return c == '-' ? '_' : c;
}

/* Whether `typed` is `name`, one of them perhaps with an 's' more. */
static bool same_name(const char *typed, const char *name)
{
    while (*typed && name_character(*typed) == *name) {
        typed++;
        name++;
    }
    return strcmp(typed, name) == 0 || (strcmp(typed, "s") == 0 && !*name) ||
           (strcmp(name, "s") == 0 && !*typed);
}

static const struct field *find_exactly(const char *name)
{
    for (size_t i = 0; i < FACET_COUNT; i++)
        if (same_name(name, facets[i]->facet))
            return facets[i];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (same_name(name, fields[i].name))
            return &fields[i];
    return NULL;
}

const struct field *field_find(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (same_name(name, aliases[i].alias))
            return find_exactly(aliases[i].name);
    return find_exactly(name);
}

const char *field_filter_name(const struct field *field)
{
    if (field == &fields[ROW_RELEASED_FROM])
        return "released";
    return field->facet ? field->facet : field->name;
}

const char *field_part_text(const struct field *part, const struct record *record)
{
    return *(char *const *)((const char *)record + part->offset);
}

static void clear(struct strlist *values)
{
    for (size_t i = 0; i < values->len; i++)
        free(values->items[i]);
    values->len = 0;
}

static void add_year(struct strlist *values, int year)
{
    char text[16];
    snprintf(text, sizeof text, "%04d", year);
    strlist_add_unique(values, text);
}

static void years_in_force(const struct record *record, struct strlist *values)
{
    if (!record->start && !record->end)
        return;
    int first = atoi(record->start ? record->start : record->end);
    int last = atoi(record->end ? record->end : record->start);
    if (last < first || last - first >= FIELD_YEARS_MAX) {
        add_year(values, first);
        add_year(values, last);
        return;
    }
    for (int year = first; year <= last; year++)
        add_year(values, year);
}

static void add_text(struct strlist *values, const char *text)
{
    if (text && *text)
        strlist_add_unique(values, text);
}

void field_record_values(const struct field *facet, const struct record *record, struct strlist *values)
{
    clear(values);
    if (facet == &fields[ROW_IN_FORCE])
        years_in_force(record, values);
    if (facet->kind == FIELD_DERIVED)
        return;
    const void *at = (const char *)record + facet->offset;
    if (facet->kind == FIELD_LIST || facet->kind == FIELD_PATHS)
        strlist_merge(values, at);
    else if (facet->kind != FIELD_ANSWER)
        add_text(values, *(char *const *)at);
    else if (*(const enum answer *)at != ANSWER_UNKNOWN)
        strlist_add(values, *(const enum answer *)at == ANSWER_YES ? "yes" : "no");
}

void field_release_values(const struct field *facet, const struct release *release, struct strlist *values)
{
    clear(values);
    if (facet->release_offset < 0)
        return;
    const void *at = (const char *)release + facet->release_offset;
    if (facet == &fields[ROW_LEGAL_BASIS])
        strlist_merge(values, at);
    else
        add_text(values, *(char *const *)at);
}

void field_as_level(char *text)
{
    for (char *mark; (mark = strstr(text, FIELD_PATH_SEPARATOR)) != NULL;)
        mark[1] = '-';
}

char *field_key(const struct field *facet, const char *spelling)
{
    char *key = NULL;
    switch ((int)(facet - fields)) {
    case ROW_DATASETS:
    case ROW_ORGANISATION:
    case ROW_CONTROLLERS:
    case ROW_METHOD:
        key = key_loose(spelling);
        break;
    case ROW_ORGANISATION_TYPES:
    case ROW_IDENTIFIABILITY:
    case ROW_DUTY_OF_CONFIDENCE:
    case ROW_SENSITIVITY:
    case ROW_FLAGS:
        key = key_fold(spelling);
        break;
    default: /* paths, years, editions, versions and answers are spelt in one way only */
        return mem_text(spelling);
    }
    if (*key)
        return key;
    free(key);
    return key_tidy(spelling);
}
