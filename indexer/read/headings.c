/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/headings.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

enum { HEADING_TEXT_MAX = 256 /* bytes compared; notes inside headings go on longer */ };

enum {
    OF_STATEMENTS = 1 << SHEET_STATEMENTS,
    OF_RELEASES = 1 << SHEET_RELEASES,
    OF_LABELS = 1 << SHEET_LABELS
};

struct column_heading {
    const char *text; /* as normalised() writes it */
    enum entry_heading heading;
    unsigned kinds;
    unsigned needed; /* kinds that must have it, under this or another spelling */
    bool begins;     /* a note may follow it in the cell */
};

static const struct column_heading COLUMNS[] = {
    {"reference number", HEADING_REFERENCE, OF_STATEMENTS | OF_RELEASES, OF_STATEMENTS | OF_RELEASES, false},
    {"nic number", HEADING_REFERENCE, OF_STATEMENTS | OF_RELEASES, 0, false},
    {"application title", HEADING_TITLE, OF_STATEMENTS, 0, false},
    {"organisation", HEADING_ORGANISATION, OF_STATEMENTS | OF_RELEASES, OF_STATEMENTS, false},
    {"organisation name", HEADING_ORGANISATION, OF_STATEMENTS | OF_RELEASES, 0, false},
    {"applicant organisation", HEADING_ORGANISATION, OF_STATEMENTS | OF_RELEASES, 0, false},
    {"organisation type", HEADING_ORGANISATION_TYPE, OF_STATEMENTS, 0, false},
    {"applicant organisation type", HEADING_ORGANISATION_TYPE, OF_STATEMENTS, 0, false},
    {"data controller(s)", HEADING_CONTROLLERS, OF_STATEMENTS, 0, false},
    {"dsa start date", HEADING_START, OF_STATEMENTS, 0, false},
    {"dsa end date", HEADING_END, OF_STATEMENTS, 0, false},
    {"does sublicensing apply", HEADING_SUBLICENSING, OF_STATEMENTS, 0, true},
    {"for commercial purposes", HEADING_COMMERCIAL, OF_STATEMENTS, 0, true},
    {"objective for processing", HEADING_OBJECTIVES, OF_STATEMENTS, OF_STATEMENTS, true},
    {"processing activities", HEADING_PROCESSING, OF_STATEMENTS, OF_STATEMENTS, true},
    {"expected output", HEADING_OUTPUTS, OF_STATEMENTS, OF_STATEMENTS, true},
    {"expected measurable benefits", HEADING_EXPECTED_BENEFITS, OF_STATEMENTS, OF_STATEMENTS, true},
    {"yielded benefits", HEADING_YIELDED_BENEFITS, OF_STATEMENTS, 0, true},
    {"dataset", HEADING_DATASETS, OF_RELEASES, OF_RELEASES, false},
    {"type of data provided", HEADING_DATASETS, OF_RELEASES, 0, false},
    {"us", HEADING_DATASETS, OF_RELEASES, 0, false}, /* so headed in the edition of 2017 */
    {"type of data", HEADING_TYPE_OF_DATA, OF_RELEASES, OF_RELEASES, false},
    {"data provided to customer", HEADING_TYPE_OF_DATA, OF_RELEASES, 0, true},
    {"sensitive or non-sensitive", HEADING_SENSITIVITY, OF_RELEASES, OF_RELEASES, true},
    {"legal basis for provision of data", HEADING_LEGAL_BASIS, OF_RELEASES | OF_LABELS, OF_RELEASES, true},
    {"frequency", HEADING_METHOD, OF_RELEASES, OF_RELEASES, false},
    {"one off release or", HEADING_METHOD, OF_RELEASES, 0, true},
    {"patient opt-outs applied", HEADING_OPT_OUTS, OF_RELEASES, 0, true},
    {"common law duty of confidentiality", HEADING_DUTY_OF_CONFIDENCE, OF_RELEASES, 0, true},
    {"month file released", HEADING_MONTH, OF_RELEASES, 0, false},
    {"explanation", HEADING_EXPLANATION, OF_LABELS, OF_LABELS, false},
};
enum { COLUMNS_COUNT = sizeof COLUMNS / sizeof *COLUMNS };

/* Lower case, dashes alike, white space of every kind (line breaks, no-break spaces) as single spaces. */
static void normalise(const char *text, char normalised[HEADING_TEXT_MAX])
{
    size_t len = 0;
    bool space = false;
    while (*text && len + 2 < HEADING_TEXT_MAX) {
        size_t step = 1;
        char c = (char)tolower((unsigned char)*text);
        if (strncmp(text, "\xC2\xA0", 2) == 0) { /* U+00A0 */
            c = ' ';
            step = 2;
        } else if (strncmp(text, "\xE2\x80\x90", 2) == 0 && (unsigned char)text[2] >= 0x90 &&
                   (unsigned char)text[2] <= 0x95) { /* U+2010 to U+2015 */
            c = '-';
            step = 3;
        }
        text += step;
        if (isspace((unsigned char)c)) {
            space = len > 0;
            continue;
        }
        if (space)
            normalised[len++] = ' ';
        space = false;
        normalised[len++] = c;
    }
    normalised[len] = '\0';
}

static const struct column_heading *match(unsigned kinds, const char *text)
{
    char normalised[HEADING_TEXT_MAX];
    normalise(text, normalised);
    for (size_t i = 0; i < COLUMNS_COUNT; i++) {
        const struct column_heading *column = &COLUMNS[i];
        size_t len = strlen(column->text);
        if ((column->kinds & kinds) && strncmp(normalised, column->text, len) == 0 &&
            (normalised[len] == '\0' || (column->begins && !isalnum((unsigned char)normalised[len]))))
            return column;
    }
    return NULL;
}

enum entry_heading headings_match(enum sheet_kind kind, const char *text)
{
    const struct column_heading *column = match(1u << kind, text);
    return column ? column->heading : HEADING_NONE;
}

static void find(enum sheet_kind kind, const struct heading_cell *cells, size_t count,
                 bool found[HEADING_COUNT])
{
    memset(found, 0, HEADING_COUNT * sizeof *found);
    for (size_t i = 0; i < count; i++) {
        enum entry_heading heading = headings_match(kind, cells[i].text);
        if (heading != HEADING_NONE)
            found[heading] = true;
    }
}

enum sheet_kind headings_recognise(const struct heading_cell *cells, size_t count)
{
    bool found[HEADING_COUNT];
    find(SHEET_STATEMENTS, cells, count, found);
    if (found[HEADING_OBJECTIVES] + found[HEADING_PROCESSING] + found[HEADING_OUTPUTS] +
            found[HEADING_EXPECTED_BENEFITS] >=
        2)
        return SHEET_STATEMENTS;
    find(SHEET_RELEASES, cells, count, found);
    if (found[HEADING_DATASETS] + found[HEADING_TYPE_OF_DATA] + found[HEADING_SENSITIVITY] +
            found[HEADING_LEGAL_BASIS] + found[HEADING_METHOD] + found[HEADING_OPT_OUTS] >=
        3)
        return SHEET_RELEASES;
    find(SHEET_LABELS, cells, count, found);
    return found[HEADING_LEGAL_BASIS] && found[HEADING_EXPLANATION] ? SHEET_LABELS : SHEET_UNKNOWN;
}

/* All spellings of a heading in sheets of this kind. */
static void add_missing(struct buf *missing, enum sheet_kind kind, enum entry_heading heading)
{
    const char *between = missing->len ? ", " : "";
    for (size_t i = 0; i < COLUMNS_COUNT; i++) {
        if (COLUMNS[i].heading != heading || !(COLUMNS[i].kinds & (1u << kind)))
            continue;
        buf_printf(missing, "%s\"%s\"", between, COLUMNS[i].text);
        between = " or ";
    }
}

void headings_missing(enum sheet_kind kind, const struct heading_cell *cells, size_t count,
                      struct buf *missing)
{
    bool found[HEADING_COUNT];
    find(kind, cells, count, found);
    for (size_t i = 0; i < COLUMNS_COUNT; i++)
        if ((COLUMNS[i].needed & (1u << kind)) && !found[COLUMNS[i].heading])
            add_missing(missing, kind, COLUMNS[i].heading);
    /* A list of data sets has no answers on opt-outs; one of releases, which names recipients or months, has.
     */
    if (kind == SHEET_RELEASES && (found[HEADING_ORGANISATION] || found[HEADING_MONTH]) &&
        !found[HEADING_OPT_OUTS])
        add_missing(missing, kind, HEADING_OPT_OUTS);
}

/* Letters alone, in lower case: "Data Releases" and "DataReleases" are one name. */
static void letters_of(const char *name, char letters[HEADING_TEXT_MAX])
{
    size_t len = 0;
    for (; *name && len + 1 < HEADING_TEXT_MAX; name++)
        if (isalpha((unsigned char)*name))
            letters[len++] = (char)tolower((unsigned char)*name);
    letters[len] = '\0';
}

enum sheet_kind sheet_kind_named(const char *name)
{
    static const struct {
        const char *letters;
        enum sheet_kind kind;
        bool inside; /* a longer name */
    } names[] = {
        {"amendment", SHEET_SKIPPED, true},        {"correction", SHEET_SKIPPED, true},
        {"previousregister", SHEET_SKIPPED, true}, {"purposestatements", SHEET_STATEMENTS, false},
        {"agreements", SHEET_STATEMENTS, false},   {"datareleases", SHEET_RELEASES, false},
        {"datasets", SHEET_RELEASES, false},       {"explanation", SHEET_LABELS, true},
    };
    char letters[HEADING_TEXT_MAX];
    letters_of(name, letters);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].inside ? strstr(letters, names[i].letters) != NULL
                            : strcmp(letters, names[i].letters) == 0)
            return names[i].kind;
    return SHEET_UNKNOWN;
}

const char *sheet_kind_sought(enum sheet_kind kind)
{
    switch (kind) {
    case SHEET_STATEMENTS:
        return "agreements (PurposeStatements or Agreements, headed \"Reference Number\", \"Objective for "
               "Processing\", \"Processing Activities\", ...)";
    case SHEET_RELEASES:
        return "releases (DataReleases or Datasets, headed \"NIC Number\" or \"Reference Number\", "
               "\"Dataset\" or "
               "\"Type of Data Provided\", \"Legal Basis for Provision of Data\", ...)";
    case SHEET_LABELS:
        return "explanations (headed \"Legal Basis for Provision of Data\" and \"Explanation\")";
    default:
        return "the register";
    }
}
