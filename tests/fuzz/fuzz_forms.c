/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of records in the forms that others read: lines of the input are a hit's members. The feed is XML, the
 * results and suggestions are JSON, and no cell of a table is one that a spreadsheet would run.
 */
#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/http/markup.h"
#include "daemon/http/render.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { FORM_MAX = 16 << 20, LINES = 8 };

struct lines {
    char *at[LINES];
};

static void check_xml(const struct buf *text)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    enum XML_Status status = XML_Parse(parser, text->data, (int)text->len, 1);
    FUZZ_CHECK(status == XML_STATUS_OK, "line %lu: %s\n%s", XML_GetCurrentLineNumber(parser),
               XML_ErrorString(XML_GetErrorCode(parser)), text->data);
    XML_ParserFree(parser);
}

static void check_json(const struct buf *text)
{
    json_t *value = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(value, "no JSON: %s", text->data);
    json_decref(value);
}

/* A cell is quoted where it holds a quote or what parts cells, and is no formula. Returns where the next
 * begins. */
static const char *check_cell(const char *at)
{
    bool is_quoted = *at == '"';
    at += is_quoted;
    FUZZ_CHECK(!*at || !strchr("=+-@\t", *at), "a spreadsheet would run \"%.20s\"", at);
    if (is_quoted) {
        for (; *at != '"' || at[1] == '"'; at += 1 + (*at == '"'))
            FUZZ_CHECK(*at, "a cell has no end");
        at++;
    } else {
        at += strcspn(at, ",;\"\t\r\n");
    }
    FUZZ_CHECK(*at == ',' || !strncmp(at, "\r\n", 2), "behind a cell stands \"%.20s\"", at);
    return at + (*at == ',' ? 1 : 2);
}

static void check_csv(const struct buf *text)
{
    for (const char *at = text->data; *at;)
        at = check_cell(at);
}

static void check_search(const struct lines *lines)
{
    json_t *result = json_pack(
        "{s:i, s:[{s:s, s:s, s:s, s:s, s:[s,s], s:[{s:s, s:s}]}], s:[{s:s, s:s, s:i}]}", "total", 9, "hits",
        "id", lines->at[0], "title", lines->at[1], "organisation", lines->at[2], "changed", lines->at[3],
        "legal_basis", lines->at[4], lines->at[5], "snippets", "part", lines->at[6], "html", lines->at[7],
        "suggestions", "text", lines->at[1], "kind", lines->at[2], "count", 1);
    json_t *params = json_pack("{s:s, s:i, s:i}", "q", lines->at[1], "offset", 2, "limit", 1);
    MEM_AUTO char *target = mem_format("/search.atom?q=%s&offset=2&%s", lines->at[0], lines->at[2]);
    const struct render_call call = {"http://127.0.0.1:80", target, params};
    void (*const forms[])(const json_t *, const struct render_call *,
                          struct buf *) = {render_atom, render_results, render_suggestions};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        BUF_AUTO struct buf text = BUF_INIT(FORM_MAX);
        forms[i](result, &call, &text);
        fuzz_check_utf8(text.data, text.len, "a form");
        (i == 0 ? check_xml : check_json)(&text);
    }
    json_decref(params);
    json_decref(result);
}

static void check_export(const struct lines *lines)
{
    json_t *result =
        json_pack("{s:[{s:s, s:s, s:s, s:[s,s], s:[], s:s, s:i, s:b}]}", "records", "id", lines->at[0],
                  "title", lines->at[1], "objectives", lines->at[2], "datasets", lines->at[3], lines->at[4],
                  "controllers", "processing", lines->at[5], "page_files", 3, "commercial", 1);
    BUF_AUTO struct buf csv = BUF_INIT(FORM_MAX);
    BUF_AUTO struct buf jsonl = BUF_INIT(FORM_MAX);
    render_csv(result, true, true, &csv);
    check_csv(&csv);
    render_jsonl(result, &jsonl);
    FUZZ_CHECK(strchr(jsonl.data, '\n') == jsonl.data + jsonl.len - 1, "more lines than records");
    check_json(&jsonl);
    json_decref(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lines lines;
    if (!fuzz_is_utf8((const char *)data, size))
        return 0;
    MEM_AUTO char *text = mem_copy(data, size);
    char *at = text;
    for (size_t i = 0; i < LINES; i++) {
        size_t len = strcspn(at, "\n");
        lines.at[i] = at;
        at += len + (at[len] != '\0');
        lines.at[i][len] = '\0';
    }
    check_search(&lines);
    check_export(&lines);
    return 0;
}
