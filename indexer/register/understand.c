/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/understand.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/answers.h"
#include "indexer/register/dates.h"
#include "indexer/register/entry_text.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/reference.h"

enum {
    REFERENCE_MAX = 200,    /* bytes; it is a term of the index */
    METHOD_WORDS_MAX = 4,   /* of a bracketed note that is a method, not an explanation */
    METHOD_LINES_MAX = 100, /* that are looked at, since each may name several */
};

/* ---- Parts of an entry ---- */

/* Where the bracket that closes at the text's end opens, brackets nested; NULL where none does. */
static char *last_bracket(char *text)
{
    size_t len = entry_trimmed_length(text);
    if (len == 0 || text[len - 1] != ')')
        return NULL;
    long depth = 0;
    for (size_t i = len; i-- > 0;) {
        depth += (text[i] == ')') - (text[i] == '(');
        if (depth == 0)
            return text + i;
    }
    return NULL;
}

/* Whether a note says nothing that the objectives do not say. */
static bool repeats(const char *objectives, const char *prose)
{
    if (!objectives)
        return false;
    MEM_AUTO char *whole = key_fold(objectives);
    MEM_AUTO char *part = key_fold(prose);
    return strstr(whole, part) != NULL;
}

static void take_commercial_note(struct record *record, const char *prose)
{
    prose += entry_leading_space(prose);
    size_t len = entry_trimmed_length(prose);
    MEM_AUTO char *kept = mem_copy(prose, len);
    if (*kept && !repeats(record->objectives, kept))
        record->commercial_note = mem_text(kept);
}

/* "No (Kind, Kind)", "No, prose (Kind)", "()". Needs the objectives. */
static void take_purposes(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *text = entry_prose(entry, HEADING_PURPOSES);
    if (!text)
        return;
    char *open = last_bracket(text);
    if (open) {
        text[entry_trimmed_length(text) - 1] = '\0';
        answers_split_list(open + 1, &record->organisation_types);
        *open = '\0';
    }
    size_t len = strcspn(text, ",");
    MEM_AUTO char *answer = mem_copy(text, len);
    record->commercial = answers_yes_no(answer);
    if (record->commercial == ANSWER_UNKNOWN)
        take_commercial_note(record, text);
    else if (text[len])
        take_commercial_note(record, text + len + 1);
}

static void take_answer(const struct entry *entry, enum entry_heading heading, struct record *record,
                        enum answer *answer)
{
    MEM_AUTO char *text = entry_line(entry, heading);
    if (!text)
        return;
    *answer = answers_yes_no(text);
    if (*answer == ANSWER_UNKNOWN)
        entry_note(record, heading, "is neither Yes nor No", text);
}

static enum dates_system dates_of(const struct entry *entry)
{
    return entry->from_1904 ? DATES_FROM_1904 : DATES_FROM_1900;
}

static void take_date(const struct entry *entry, enum entry_heading heading, struct record *record,
                      char **date)
{
    MEM_AUTO char *text = entry_line(entry, heading);
    char parsed[11];
    if (text && dates_parse(text, dates_of(entry), parsed))
        *date = mem_text(parsed);
    else if (text)
        entry_note(record, heading, "is no date", text);
}

static char *text_or_null(const char *text)
{
    return *text ? mem_text(text) : NULL;
}

static void take_when(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *text = entry_line(entry, HEADING_WHEN);
    struct page_dates dates;
    if (!text)
        return;
    if (!dates_parse_when(text, &dates))
        entry_note(record, HEADING_WHEN, "was not wholly understood", text);
    record->start = text_or_null(dates.start);
    record->end = text_or_null(dates.end);
    record->released_from = text_or_null(dates.released_from);
    record->released_to = text_or_null(dates.released_to);
}

static void take_method_line(void *context, const char *line)
{
    struct record *record = context;
    size_t len = strlen(line), words = 1;
    if (*line != '(' || line[len - 1] != ')') {
        answers_split_list(line, &record->method);
        return;
    }
    /* A bracket on a line of its own names one more method, or explains those above it. */
    MEM_AUTO char *inside = mem_copy(line + 1, len - 2);
    for (const char *c = inside; *c; c++)
        words += *c == ' ';
    if (words <= METHOD_WORDS_MAX)
        answers_split_list(inside, &record->method);
    else
        entry_note(record, HEADING_METHOD, "has a note", inside);
}

static void take_method(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *text = entry_text(entry, HEADING_METHOD);
    if (text && !entry_each_line(text, METHOD_LINES_MAX, take_method_line, record))
        entry_note_left_out(record, HEADING_METHOD, METHOD_LINES_MAX);
}

static void take_controllers(const struct entry *entry, const struct organisation_names *names,
                             struct record *record)
{
    MEM_AUTO char *text = entry_text(entry, HEADING_CONTROLLERS);
    if (text)
        organisations_split(text, names, &record->controllers, &record->parse_notes);
}

static void take_legal_basis(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *text = entry_prose(entry, HEADING_LEGAL_BASIS);
    if (!text || !*text)
        return;
    legal_basis_parse(text, &record->legal_basis);
    record->legal_basis_text = mem_text(text);
}

static void take_answers(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *type = entry_line(entry, HEADING_TYPE_OF_DATA);
    if (type && !answers_type_of_data(type, &record->identifiability))
        entry_note(record, HEADING_TYPE_OF_DATA, "says", type);
    MEM_AUTO char *opt_outs = entry_line(entry, HEADING_OPT_OUTS);
    if (opt_outs)
        answers_parse_page(opt_outs, &record->opt_outs, &record->identifiability,
                           &record->duty_of_confidence);
    MEM_AUTO char *sensitivity = entry_line(entry, HEADING_SENSITIVITY);
    if (sensitivity)
        answers_sensitivity(sensitivity, &record->sensitivity);
}

/* "1,234 data files in total were disseminated unsafely": the first number. */
static void take_page_files(const struct entry *entry, struct record *record)
{
    MEM_AUTO char *text = entry_line(entry, HEADING_PAGE_FILES);
    if (!text)
        return;
    const char *digit = text + strcspn(text, "0123456789");
    if (!*digit) {
        entry_note(record, HEADING_PAGE_FILES, "names no number", text);
        return;
    }
    long files = 0;
    for (; isdigit((unsigned char)*digit) || (*digit == ',' && isdigit((unsigned char)digit[1])); digit++)
        if (*digit != ',' && files < RECORD_NUMBER_MAX)
            files = files * 10 + (*digit - '0');
    record->page_files = files < RECORD_NUMBER_MAX ? files : RECORD_NUMBER_MAX;
}

static void take_prose(const struct entry *entry, struct record *record)
{
    record->objectives = entry_prose(entry, HEADING_OBJECTIVES);
    record->expected_benefits = entry_prose(entry, HEADING_EXPECTED_BENEFITS);
    record->yielded_benefits = entry_prose(entry, HEADING_YIELDED_BENEFITS);
    record->outputs = entry_prose(entry, HEADING_OUTPUTS);
    record->processing = entry_prose(entry, HEADING_PROCESSING);
}

/* What pages alone have. */
static void take_page(const struct entry *entry, struct record *record)
{
    take_purposes(entry, record);
    take_answers(entry, record);
    take_legal_basis(entry, record);
    take_when(entry, record);
    take_method(entry, record);
    entry_take_lines(entry, HEADING_DATASETS, record, &record->datasets);
    take_page_files(entry, record);
    entry_take_lines(entry, HEADING_FLAGS, record, &record->flags);
    entry_take_lines(entry, HEADING_PAGE_NOTES, record, &record->parse_notes);
}

/* What sheets alone have. */
static void take_sheet(const struct entry *entry, struct record *record)
{
    record->has_releases = true;
    MEM_AUTO char *types = entry_line(entry, HEADING_ORGANISATION_TYPE);
    if (types)
        answers_split_list(types, &record->organisation_types);
    take_answer(entry, HEADING_COMMERCIAL, record, &record->commercial);
    take_date(entry, HEADING_START, record, &record->start);
    take_date(entry, HEADING_END, record, &record->end);
}

/* The reference, *new*; NULL with `error`. */
static char *take_reference(const struct entry *entry, struct error *error)
{
    char *reference = entry_line(entry, HEADING_REFERENCE);
    if (!reference)
        error_set(error, "no reference: expected one such as DARS-NIC-12345-A1B2C");
    else if (reference_edition(reference))
        error_set(error, "a reference may not end in \"%s\", which names an edition",
                  strrchr(reference, '@'));
    else if (strlen(reference) <= REFERENCE_MAX)
        return reference;
    else
        error_set(error, "the reference is %zu bytes long: expected at most %d", strlen(reference),
                  REFERENCE_MAX);
    error_at(error, entry->file, entry->sheet, entry->line);
    free(reference);
    return NULL;
}

static const char *edition_of(const struct entry *entry, const char *edition)
{
    if (edition)
        return edition;
    return entry->edition && dates_is_edition(entry->edition) ? entry->edition : NULL;
}

static void set_edition(struct record *record, const char *edition)
{
    if (!edition)
        return;
    free(record->edition);
    record->edition = mem_text(edition);
    strlist_add_unique(&record->editions, edition);
}

/* Cuts a value that is too long, at the end of a character. */
static bool cut_value(char *value)
{
    if (!value || strlen(value) <= RECORD_VALUE_MAX)
        return false;
    size_t len = RECORD_VALUE_MAX;
    while (len > 0 && ((unsigned char)value[len] & 0xC0) == 0x80)
        len--;
    value[len] = '\0';
    return true;
}

/* Neither a list nor a value is longer than what a record that is read may have. */
static void bound_field(struct record *record, const struct field *field)
{
    void *at = (char *)record + field->offset;
    bool is_list = field->kind == FIELD_LIST || field->kind == FIELD_PATHS, was_cut = false;
    struct strlist *list = is_list ? at : NULL;
    if (list && strlist_cut(list, RECORD_LIST_MAX))
        strlist_add_steal(&record->parse_notes, mem_format("%s: more than %d; the rest is left out",
                                                           field->label, RECORD_LIST_MAX));
    for (size_t i = 0; list && i < list->len; i++)
        was_cut |= cut_value(list->items[i]);
    if (field->kind == FIELD_TEXT && field->facet)
        was_cut = cut_value(*(char **)at);
    if (was_cut)
        strlist_add_steal(&record->parse_notes,
                          mem_format("%s: cut off behind %d bytes", field->label, RECORD_VALUE_MAX));
}

static void bound_fields(struct record *record)
{
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind != FIELD_DERIVED)
            bound_field(record, &fields[i]);
}

static struct record *understand_agreement(const struct entry *entry, const struct organisation_names *names,
                                           const char *edition, struct error *error)
{
    char *reference = take_reference(entry, error);
    if (!reference)
        return NULL;
    struct record *record = record_new();
    record->id = reference;
    reference_split(reference, &record->agreement, &record->version);
    record->title = entry_line(entry, HEADING_TITLE);
    record->organisation = entry_line(entry, HEADING_ORGANISATION);
    take_prose(entry, record);
    take_controllers(entry, names, record);
    take_answer(entry, HEADING_SUBLICENSING, record, &record->sublicensing);
    if (entry->kind == ENTRY_PAGE_AGREEMENT)
        take_page(entry, record);
    else
        take_sheet(entry, record);
    entry_note_damage(entry, record);
    bound_fields(record);
    set_edition(record, edition_of(entry, edition));
    record_add_source(record, entry->file, entry->sheet, entry->line);
    return record;
}

/* ---- Records as JSON ---- */

/* Where it was read from this time is what matters for keeping the index in step with its sources. */
static void replace_sources(struct record *record, const struct entry *entry)
{
    record_forget_sources(record);
    record_add_source(record, entry->file, entry->sheet, entry->line);
}

static struct record *read_json(const struct entry *entry, struct error *error)
{
    const struct entry_field *field = &entry->fields[HEADING_JSON];
    struct record *record = NULL;
    if (field->text)
        record = record_from_text(field->text, field->len, RECORD_WHOLE, error);
    else
        error_set(error, "expected a record as a JSON object, found nothing");
    if (!record)
        return NULL;
    if (strlen(record->id) <= REFERENCE_MAX && !reference_edition(record->id))
        return record;
    if (strlen(record->id) > REFERENCE_MAX)
        error_set(error, "member `id`: expected at most %d bytes", REFERENCE_MAX);
    else
        error_set(error, "member `id`: may not end in \"%s\", which names an edition",
                  strrchr(record->id, '@'));
    record_free(record);
    return NULL;
}

static struct record *understand_json(const struct entry *entry, const char *edition, struct error *error)
{
    struct record *record = read_json(entry, error);
    if (!record) {
        error_at(error, entry->file, entry->sheet, entry->line);
        return NULL;
    }
    set_edition(record, edition_of(entry, edition));
    replace_sources(record, entry);
    return record;
}

struct record *understand_statement(const struct entry *entry, const struct organisation_names *names,
                                    const char *edition, struct error *error)
{
    switch (entry->kind) {
    case ENTRY_PAGE_AGREEMENT:
    case ENTRY_SHEET_STATEMENT:
        return understand_agreement(entry, names, edition, error);
    case ENTRY_RECORD:
        return understand_json(entry, edition, error);
    case ENTRY_SHEET_RELEASE:
    case ENTRY_SHEET_LABEL:
        break;
    }
    error_set(error, "expected an agreement, found a row of another kind");
    error_at(error, entry->file, entry->sheet, entry->line);
    return NULL;
}

/* ---- Releases ---- */

static char *release_sensitivity(const struct entry *entry)
{
    MEM_AUTO char *text = entry_line(entry, HEADING_SENSITIVITY);
    if (!text)
        return NULL;
    STRLIST_AUTO struct strlist values = {0};
    answers_sensitivity(text, &values);
    return mem_text(values.len == 1 ? values.items[0] : text);
}

static void take_month(const struct entry *entry, struct release *release)
{
    MEM_AUTO char *text = entry_line(entry, HEADING_MONTH);
    char month[8];
    if (text && dates_parse_month(text, dates_of(entry), month))
        release->month = mem_text(month);
}

/* 0, or -1 with `error` where a value is too long. */
static int check_release(const struct entry *entry, const struct release *release, struct error *error)
{
    const char *const values[] = {release->dataset,  release->identifiability,
                                  release->opt_outs, release->duty_of_confidence,
                                  release->method,   release->sensitivity};
    size_t longest = 0;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (values[i] && strlen(values[i]) > longest)
            longest = strlen(values[i]);
    for (size_t i = 0; i < release->legal_basis.len; i++)
        if (strlen(release->legal_basis.items[i]) > longest)
            longest = strlen(release->legal_basis.items[i]);
    if (longest <= RECORD_VALUE_MAX && release->legal_basis.len <= RECORD_LIST_MAX)
        return 0;
    error_set(error, "a release with a value of %zu bytes and %zu legal bases: expected at most %d and %d",
              longest, release->legal_basis.len, RECORD_VALUE_MAX, RECORD_LIST_MAX);
    error_at(error, entry->file, entry->sheet, entry->line);
    return -1;
}

int understand_release(const struct entry *entry, const char *edition, char **ret_reference,
                       struct release *ret_release, struct error *error)
{
    char *reference = take_reference(entry, error);
    if (!reference)
        return -1;
    struct release release = {.count = 1};
    release.dataset = entry_line(entry, HEADING_DATASETS);
    release.identifiability = entry_line(entry, HEADING_TYPE_OF_DATA);
    release.duty_of_confidence = entry_line(entry, HEADING_DUTY_OF_CONFIDENCE);
    release.sensitivity = release_sensitivity(entry);
    release.method = entry_line(entry, HEADING_METHOD);
    MEM_AUTO char *opt_outs = entry_line(entry, HEADING_OPT_OUTS);
    release.opt_outs = opt_outs ? answers_opt_out(opt_outs) : NULL;
    MEM_AUTO char *legal_basis = entry_line(entry, HEADING_LEGAL_BASIS);
    if (legal_basis)
        legal_basis_parse(legal_basis, &release.legal_basis);
    take_month(entry, &release);
    const char *known_edition = edition_of(entry, edition);
    if (known_edition)
        strlist_add(&release.editions, known_edition);
    if (check_release(entry, &release, error) != 0) {
        release_free(&release);
        free(reference);
        return -1;
    }
    *ret_reference = reference;
    *ret_release = release;
    return 0;
}
