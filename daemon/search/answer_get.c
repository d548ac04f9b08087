/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods `get` and `schema`: a record whole, and what there is to ask. */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/answer.h"
#include "daemon/search/marks.h"
#include "indexer/base/json_text.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/reference.h"

/* ---- get ---- */

/* The current document with exactly this id, 0 where there is none. */
static uint32_t document_of_id(const struct columns *columns, const char *id)
{
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    reference_split(id, &agreement, &version);
    size_t count;
    const uint32_t *documents = columns_agreement(columns, agreement, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(columns->ids[documents[i]], id) == 0)
            return documents[i];
    return 0;
}

/* The document that a person means by an id or an agreement, 0 where there is none. */
static uint32_t document_meant(const struct columns *columns, const char *id)
{
    MEM_AUTO char *tidy = mem_text(id + strspn(id, " \t\r\n"));
    for (size_t len = strlen(tidy); len && strchr(" \t\r\n", tidy[len - 1]); len--)
        tidy[len - 1] = '\0';
    uint32_t document = document_of_id(columns, tidy);
    if (document)
        return document;
    /* References are printed in capitals; the agreement leaves DARS- out. */
    for (char *at = tidy; *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    reference_split(tidy, &agreement, &version);
    size_t count;
    const uint32_t *documents = columns_agreement(columns, agreement, &count);
    for (size_t i = 0; i < count && version; i++) {
        MEM_AUTO char *other_agreement = NULL;
        MEM_AUTO char *other = NULL;
        reference_split(columns->ids[documents[i]], &other_agreement, &other);
        if (other && strcmp(other, version) == 0)
            return documents[i];
    }
    return count && !version ? documents[0] : 0;
}

/* The text that a record had in an edition, 0 where it had none. */
static uint32_t document_of_edition(const struct columns *columns, uint32_t document, const char *edition)
{
    if (columns_has_edition(columns, document, edition))
        return document;
    size_t count;
    const uint32_t *texts = columns_texts(columns, document, &count);
    for (size_t i = 0; i < count; i++) {
        MEM_AUTO char *id = columns_base_id(columns, texts[i]);
        if (strcmp(id, columns->ids[document]) == 0 && columns_has_edition(columns, texts[i], edition))
            return texts[i];
    }
    return 0;
}

bool answer_is_known(const struct inquiry *inquiry, const char *id)
{
    return document_meant(inquiry->columns, id) != 0;
}

enum search_status answer_find(struct inquiry *inquiry, const char *id, const char *edition,
                               uint32_t *ret_document)
{
    const struct columns *columns = inquiry->columns;
    uint32_t document = document_meant(columns, id);
    if (!document)
        return answer_fail(
            inquiry->error, -32003,
            "there is no record \"%.200s\"; a reference is looked for as the register prints it, or "
            "without DARS- and version",
            id);
    uint32_t of_edition = edition ? document_of_edition(columns, document, edition) : document;
    if (!of_edition)
        return answer_fail(inquiry->error, -32003, "%s has no text of the edition \"%.40s\"",
                           columns->ids[document], edition);
    *ret_document = of_edition;
    return SEARCH_OK;
}

static void put_versions(struct buf *to, const struct columns *columns, uint32_t document)
{
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    reference_split(columns->ids[document], &agreement, &version);
    size_t count;
    const uint32_t *documents = columns_agreement(columns, agreement, &count);
    json_text_member(to, "versions");
    buf_byte(to, '[');
    for (size_t i = 0; i < count; i++) {
        json_text_comma(to);
        json_text_or_null(to, columns->ids[documents[i]]);
    }
    buf_byte(to, ']');
}

enum search_status answer_put_record(struct inquiry *inquiry, uint32_t document, struct buf *to)
{
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    if (text_reader_get(inquiry->snapshot->texts, inquiry->worker->frame,
                        &inquiry->columns->addresses[document], sections, &error) != 0)
        return answer_fail(inquiry->error, -32603, "%s: %s", inquiry->columns->ids[document], error.text);
    const struct text_section *rest = &sections[TEXT_SECTION_REST];
    if (rest->len < 2)
        return answer_fail(inquiry->error, -32603, "%s: its stored record is damaged",
                           inquiry->columns->ids[document]);
    buf_append(to, rest->bytes, rest->len - 1); /* without the closing brace */
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const struct field *field = field_parts()[part];
        const struct text_section *section = &sections[TEXT_SECTION_PARTS + part];
        if (field->kind != FIELD_PROSE || !section->bytes)
            continue;
        json_text_member(to, field->name);
        json_text_string(to, section->bytes, section->len);
    }
    return SEARCH_OK;
}

/* Where the query stands in the parts, if there is one. */
static enum search_status put_marks(struct inquiry *inquiry, uint32_t document, struct buf *to)
{
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    enum search_status status = answer_parse(inquiry);
    if (status != SEARCH_OK || !inquiry->query)
        return status;
    if (text_reader_get(inquiry->snapshot->texts, inquiry->worker->frame,
                        &inquiry->columns->addresses[document], sections, &error) != 0)
        return answer_fail(inquiry->error, -32603, "%s: %s", inquiry->columns->ids[document], error.text);
    struct snippet_query *wanted = snippet_query_new(&inquiry->matcher, inquiry->query);
    json_text_member(to, "marks");
    marks_put(to, inquiry->worker->analyser, wanted, sections);
    snippet_query_free(wanted);
    answer_put_warnings(to, &inquiry->request.warnings);
    return SEARCH_OK;
}

enum search_status answer_get(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    if (request_parse_get(&inquiry->request, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    const char *id = json_string_value(json_object_get(params, "id"));
    json_t *edition = json_object_get(params, "edition");
    if (!id || strlen(id) > REQUEST_TEXT_MAX)
        return answer_fail(inquiry->error, -32602, "get needs an id, such as \"DARS-NIC-00574-V2H1F-v5.2\"");
    if (edition && !json_is_null(edition) && !json_is_string(edition))
        return answer_fail(inquiry->error, -32602, "edition takes a text: YYYY-MM");
    uint32_t document = 0;
    enum search_status status = answer_find(inquiry, id, json_string_value(edition), &document);
    if (status != SEARCH_OK)
        return status;
    status = answer_put_record(inquiry, document, to);
    if (status == SEARCH_OK)
        status = put_marks(inquiry, document, to);
    if (status != SEARCH_OK)
        return status;
    put_versions(to, inquiry->columns, document);
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    buf_byte(to, '}');
    return SEARCH_OK;
}

/* ---- schema ---- */

static const char *kind_name(enum field_kind kind)
{
    static const char *const names[] = {
        [FIELD_TEXT] = "text",       [FIELD_PROSE] = "prose",       [FIELD_DATE] = "date",
        [FIELD_LIST] = "list",       [FIELD_PATHS] = "paths",       [FIELD_ANSWER] = "yes or no",
        [FIELD_NUMBER] = "number",   [FIELD_RELEASES] = "releases", [FIELD_SOURCES] = "sources",
        [FIELD_DERIVED] = "derived",
    };
    return names[kind];
}

static void put_flag(struct buf *to, const char *name, bool flag)
{
    json_text_member(to, name);
    buf_text(to, flag ? "true" : "false");
}

static void put_field(struct buf *to, const struct field *field)
{
    json_text_comma(to);
    buf_byte(to, '{');
    json_text_member(to, "name");
    json_text_or_null(to, field->name);
    json_text_member(to, "label");
    json_text_or_null(to, field->label);
    json_text_member(to, "help");
    json_text_or_null(to, field->help);
    json_text_member(to, "kind");
    json_text_or_null(to, kind_name(field->kind));
    json_text_member(to, "level");
    json_text_or_null(to, field->use & FIELD_USE_RELEASE ? "release" : "record");
    json_text_member(to, "facet");
    json_text_or_null(to, field->use & FIELD_USE_FACET ? field->facet : NULL);
    put_flag(to, "part", field->use & FIELD_USE_PART);
    put_flag(to, "sort", field->use & FIELD_USE_SORT);
    put_flag(to, "range", field->use & FIELD_USE_RANGE);
    buf_byte(to, '}');
}

static void put_fields(struct buf *to)
{
    size_t count;
    const struct field *fields = field_table(&count);
    json_text_member(to, "fields");
    buf_byte(to, '[');
    for (size_t i = 0; i < count; i++)
        put_field(to, &fields[i]);
    buf_byte(to, ']');
}

static void put_schema_facets(struct buf *to, const struct columns *columns)
{
    json_text_member(to, "facets");
    buf_byte(to, '[');
    for (size_t i = 0; i < columns->facet_count; i++) {
        const struct field *field = columns->facets[i].field;
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "name");
        json_text_or_null(to, field->facet);
        json_text_member(to, "label");
        json_text_or_null(to, field->label);
        json_text_member(to, "help");
        json_text_or_null(to, field->help);
        json_text_member(to, "level");
        json_text_or_null(to, field->use & FIELD_USE_RELEASE ? "release" : "record");
        put_flag(to, "hierarchical", field->kind == FIELD_PATHS);
        json_text_member(to, "values");
        json_text_number(to, (long long)columns->facets[i].node_count - 1);
        buf_byte(to, '}');
    }
    buf_byte(to, ']');
}

static void put_parts(struct buf *to)
{
    json_text_member(to, "parts");
    buf_byte(to, '[');
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "name");
        json_text_or_null(to, field_parts()[part]->name);
        json_text_member(to, "label");
        json_text_or_null(to, field_parts()[part]->label);
        buf_byte(to, '}');
    }
    buf_byte(to, ']');
}

/* What `sort` takes, and which filters are ranges. */
static void put_sorts_and_ranges(struct buf *to)
{
    json_text_member(to, "sorts");
    buf_text(to, "[\"relevance\"");
    for (enum sort_key key = 0; key < SORT_KEY_COUNT; key++) {
        json_text_comma(to);
        json_text_or_null(to, request_sort_name(key));
    }
    buf_byte(to, ']');
    json_text_member(to, "ranges");
    buf_byte(to, '[');
    for (enum range_kind kind = 0; kind < RANGE_COUNT; kind++) {
        json_text_comma(to);
        json_text_or_null(to, request_range_name(kind));
    }
    buf_byte(to, ']');
}

/* What the provisions in this index say in plain words. */
static void put_explanations(struct buf *to, const struct columns *columns)
{
    json_text_member(to, "explanations");
    buf_byte(to, '{');
    for (size_t i = 0; i < columns->facet_count; i++) {
        const struct facet_column *column = &columns->facets[i];
        if (strcmp(column->field->facet, "legal_basis") != 0)
            continue;
        for (size_t node = 1; node < column->node_count; node++) {
            const char *explanation = legal_basis_explain(column->nodes[node].key);
            if (!explanation)
                continue;
            json_text_comma(to);
            json_text_or_null(to, column->nodes[node].key);
            buf_byte(to, ':');
            json_text_or_null(to, explanation);
        }
    }
    buf_byte(to, '}');
}

static void put_limits(struct buf *to)
{
    const struct search_limits *set = search_limits();
    const struct {
        const char *name;
        long long value;
    } limits[] = {
        {"query_bytes", (long long)set->query_bytes},
        {"query_words", (long long)set->query_words},
        {"expansions", (long long)set->expansions},
        {"limit", (long long)set->hits},
        {"window", (long long)set->window},
        {"facets", SEARCH_FACETS_MAX},
        {"facet_values", SEARCH_FACET_VALUES_MAX},
        {"filter_values", SEARCH_FILTER_VALUES_MAX},
        {"snippets", SEARCH_SNIPPETS_MAX},
        {"marks", SEARCH_MARKS_MAX},
        {"export_bytes", SEARCH_EXPORT_BYTES_MAX},
        {"export_params", SEARCH_EXPORT_PARAMS_MAX},
    };
    json_text_member(to, "limits");
    buf_byte(to, '{');
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        json_text_member(to, limits[i].name);
        json_text_number(to, limits[i].value);
    }
    buf_byte(to, '}');
}

enum search_status answer_schema(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    static const char *const known[] = {NULL};
    if (json_object_size(params) && request_check_names(params, known, "schema", inquiry->error) != 0)
        return SEARCH_FAILED;
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "records");
    json_text_number(to, inquiry->columns->record_count);
    put_fields(to);
    put_schema_facets(to, inquiry->columns);
    put_parts(to);
    put_sorts_and_ranges(to);
    put_explanations(to, inquiry->columns);
    vocabulary_put(inquiry->snapshot->vocabulary, to);
    put_limits(to);
    buf_byte(to, '}');
    return SEARCH_OK;
}
