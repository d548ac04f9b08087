/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order of hits, places in it, folding and cursors, over records made up at random that come and go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/search/cursor.h"
#include "daemon/search/fold.h"
#include "daemon/search/order.h"
#include "indexer/base/mem.h"

enum { RECORDS = 60, VALUES = 9, GROUPS = 12, WALKS = 600, PAGE = 7 };

static uint64_t seed = 20261122;

static unsigned random_below(unsigned bound)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 11) % bound;
}

/* ---- records, and columns that say the same ---- */

struct made {
    char id[16], text[16];
    unsigned value, group; /* 0: none */
    bool is_there;         /* in the index */
    bool stays;            /* throughout a walk */
};

static struct made records[RECORDS];

static void make_record(struct made *record, size_t number)
{
    *record = (struct made){.value = random_below(VALUES), .group = random_below(GROUPS), .is_there = true};
    /* Ids whose order by bytes is another than by number. */
    snprintf(record->id, sizeof record->id, "%zu", number * 7 % RECORDS);
    if (record->value)
        snprintf(record->text, sizeof record->text, "%u", record->value * 5);
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct made *)a)->id, ((const struct made *)b)->id);
}

static void add_value(struct sort_values *values, const char *text, uint32_t number)
{
    if (values->texts)
        values->texts[values->count++] = mem_text(text);
    else
        values->numbers[values->count++] = number;
}

static int compare(enum sort_key key, const struct made *left, const struct made *right)
{
    if (key == SORT_ID)
        return strcmp(left->id, right->id);
    if (key == SORT_TITLE)
        return strcmp(left->text, right->text);
    return (left->value > right->value) - (left->value < right->value);
}

static void rank_records(struct columns *columns, enum sort_key key, const uint32_t *documents)
{
    struct sort_values *values = &columns->values[key];
    columns->ranks[key] = mem_zero(columns->bits, sizeof(uint32_t));
    if (key == SORT_START)
        values->numbers = mem_zero(RECORDS, sizeof *values->numbers);
    else
        values->texts = mem_zero(RECORDS, sizeof *values->texts);
    const struct made *last = NULL;
    for (;;) { /* the next larger value, and all that have it */
        const struct made *next = NULL;
        for (size_t i = 0; i < RECORDS; i++) {
            const struct made *record = &records[i];
            bool counts = record->is_there && (key == SORT_ID || record->value);
            if (counts && (!last || compare(key, record, last) > 0) &&
                (!next || compare(key, record, next) < 0))
                next = record;
        }
        if (!next)
            return;
        add_value(values, key == SORT_ID ? next->id : next->text, next->value);
        for (size_t i = 0; i < RECORDS; i++)
            if (records[i].is_there && compare(key, &records[i], next) == 0)
                columns->ranks[key][documents[i]] = (uint32_t)values->count;
        last = next;
    }
}

static void list_groups(struct columns *columns, const uint32_t *documents)
{
    size_t count;
    field_facets(&count);
    columns->facets = mem_zero(count, sizeof *columns->facets);
    struct facet_column *column = &columns->facets[field_facet_number(field_find("group"))];
    column->node_count = GROUPS;
    column->documents.starts = mem_zero(columns->bits + 1, sizeof(uint32_t));
    column->documents.items = mem_zero(columns->bits, sizeof(uint32_t));
    uint32_t items = 0;
    for (uint32_t document = 0; document < columns->bits; document++) {
        column->documents.starts[document] = items;
        for (size_t i = 0; i < RECORDS; i++)
            if (records[i].is_there && documents[i] == document)
                column->documents.items[items++] = records[i].group;
    }
    column->documents.starts[columns->bits] = items;
}

/* Columns of the records that are there, numbered at random. */
static struct columns *make_columns(struct bits *ret_documents)
{
    struct columns *columns = mem_zero(1, sizeof *columns);
    uint32_t documents[RECORDS];
    columns->bits = RECORDS + 1;
    columns->ids = mem_zero(columns->bits, sizeof *columns->ids);
    *ret_documents = bits_new(columns->bits);
    for (uint32_t i = 0; i < RECORDS; i++)
        documents[i] = i + 1;
    for (size_t i = RECORDS - 1; i > 0; i--) {
        size_t other = random_below((unsigned)i + 1);
        uint32_t moved = documents[i];
        documents[i] = documents[other];
        documents[other] = moved;
    }
    for (size_t i = 0; i < RECORDS; i++) {
        if (!records[i].is_there)
            continue;
        bits_set(ret_documents, documents[i]);
        columns->ids[documents[i]] = records[i].id;
    }
    rank_records(columns, SORT_ID, documents);
    rank_records(columns, SORT_START, documents);
    rank_records(columns, SORT_TITLE, documents);
    list_groups(columns, documents);
    return columns;
}

static void free_columns(struct columns *columns)
{
    struct facet_column *column = &columns->facets[field_facet_number(field_find("group"))];
    free(column->documents.starts);
    free(column->documents.items);
    free(columns->facets);
    for (int key = 0; key < SORT_KEY_COUNT; key++) {
        for (size_t i = 0; columns->values[key].texts && i < columns->values[key].count; i++)
            free(columns->values[key].texts[i]);
        free(columns->values[key].texts);
        free(columns->values[key].numbers);
        free(columns->ranks[key]);
    }
    free(columns->ids);
    free(columns);
}

static const struct made *record_of(const char *id)
{
    struct made wanted;
    snprintf(wanted.id, sizeof wanted.id, "%s", id);
    return bsearch(&wanted, records, RECORDS, sizeof *records, by_id);
}

/* ---- the same, plainly ---- */

static bool comes_before(enum sort_key key, bool descending, const struct made *left,
                         const struct made *right)
{
    bool left_has = key == SORT_ID || left->value, right_has = key == SORT_ID || right->value;
    if (left_has != right_has)
        return left_has;
    int order = left_has ? compare(key, left, right) : 0;
    return order ? (order < 0) != descending : strcmp(left->id, right->id) < 0;
}

/* ---- walks ---- */

/* One page behind the cursor, which moves on; its ids to `ids`. Returns how many there were. */
static size_t turn_page(enum sort_key key, bool descending, bool folded, char **cursor, const char **ids)
{
    struct bits documents;
    struct columns *columns = make_columns(&documents);
    struct order order = {columns, key, descending};
    struct shim_hit hits[PAGE];
    size_t count;
    struct fold fold;
    fold_count(columns, &documents, &fold);
    if (folded)
        fold_keep_first(&fold, &order, &documents);
    assert_true(!folded || bits_total(&documents) == fold.total);
    if (*cursor) {
        struct cursor place;
        assert_int_equal(cursor_read(*cursor, strlen(*cursor), &place), 0);
        order_keep_behind(&order, &place, &documents);
        cursor_free(&place);
        free(*cursor);
        *cursor = NULL;
    }
    struct shim_error error;
    assert_int_equal(order_top(&order, &documents, 0, 1 + random_below(PAGE), hits, &count, &error), SHIM_OK);
    for (size_t i = 0; i < count; i++)
        ids[i] = record_of(columns->ids[hits[i].document])->id;
    if (count > 0) {
        struct cursor place = {0};
        order_note_place(&order, hits[count - 1].document, &place);
        *cursor = cursor_write(&place, CURSOR_SEARCH_MAX);
        assert_non_null(*cursor);
        cursor_free(&place);
    }
    fold_free(&fold);
    bits_free(&documents);
    free_columns(columns);
    return count;
}

/* Some that need not stay go, others come. */
static void change_records(void)
{
    for (size_t i = 0; i < RECORDS; i++)
        if (!records[i].stays && random_below(3) == 0)
            records[i].is_there = !records[i].is_there;
}

static void make_records(unsigned staying)
{
    for (size_t i = 0; i < RECORDS; i++) {
        make_record(&records[i], i);
        records[i].stays = random_below(100) < staying;
    }
    qsort(records, RECORDS, sizeof *records, by_id);
}

static void walk(unsigned staying, bool folded, const char **met, size_t *ret_count, enum sort_key key,
                 bool descending)
{
    char *cursor = NULL;
    size_t count;
    *ret_count = 0;
    make_records(staying);
    do {
        assert_true(*ret_count + PAGE <= 2 * RECORDS);
        count = turn_page(key, descending, folded, &cursor, met + *ret_count);
        *ret_count += count;
        change_records();
    } while (count > 0);
    free(cursor);
}

static void test_walks(void **state)
{
    (void)state;
    static const enum sort_key keys[] = {SORT_ID, SORT_START, SORT_TITLE};
    for (unsigned i = 0; i < WALKS; i++) {
        const char *met[2 * RECORDS + PAGE];
        enum sort_key key = keys[i % 3];
        bool descending = i / 3 % 2, folded = i / 6 % 2;
        size_t count, stayed = 0, expected = 0;
        walk(i % 4 ? 60 : 100, folded, met, &count, key, descending);
        for (size_t at = 1; at < count; at++)
            assert_true(comes_before(key, descending, record_of(met[at - 1]), record_of(met[at])));
        for (size_t at = 0; at < count; at++)
            stayed += record_of(met[at])->stays;
        for (size_t record = 0; record < RECORDS; record++)
            expected += records[record].stays;
        assert_true(folded || stayed == expected);
    }
}

static void test_the_first_of_each_group_stands_for_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WALKS; i++) {
        const char *met[2 * RECORDS + PAGE];
        enum sort_key key = i % 2 ? SORT_TITLE : SORT_START;
        bool descending = i / 2 % 2;
        size_t count, expected = 0;
        walk(100, true, met, &count, key, descending);
        for (size_t record = 0; record < RECORDS; record++) {
            bool is_first = true, is_met = false;
            for (size_t other = 0; other < RECORDS && records[record].group; other++)
                is_first &= records[other].group != records[record].group ||
                            !comes_before(key, descending, &records[other], &records[record]);
            for (size_t at = 0; at < count; at++)
                is_met |= met[at] == records[record].id;
            assert_int_equal(is_first, is_met);
            expected += is_first;
        }
        assert_int_equal(count, expected);
    }
}

static void test_copies_are_counted(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WALKS; i++) {
        struct bits documents;
        make_records(0);
        change_records();
        struct columns *columns = make_columns(&documents);
        struct fold fold;
        fold_count(columns, &documents, &fold);
        BITS_EACH(&documents, document)
        {
            const struct made *record = record_of(columns->ids[document]);
            uint32_t copies = record->group == 0;
            for (size_t other = 0; other < RECORDS && record->group; other++)
                copies += records[other].is_there && records[other].group == record->group;
            assert_int_equal(fold_copies(&fold, (uint32_t)document), copies);
        }
        fold_free(&fold);
        bits_free(&documents);
        free_columns(columns);
    }
}

/* Hits in order lose what copies one before, and documents what was met, windows of them as one run. */
static void test_hits_are_folded_window_by_window(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WALKS; i++) {
        struct bits left;
        make_records(100);
        struct columns *columns = make_columns(&left);
        struct order order = {columns, SORT_TITLE, false};
        struct shim_hit hits[RECORDS], window[RECORDS];
        struct shim_error error;
        struct fold fold;
        size_t count, expected, met = 0;
        fold_count(columns, &left, &fold);
        struct bits first = bits_copy(&left);
        fold_keep_first(&fold, &order, &first);
        assert_int_equal(order_top(&order, &first, 0, RECORDS, hits, &expected, &error), SHIM_OK);
        while (bits_total(&left) > 0) {
            assert_int_equal(order_top(&order, &left, 0, 1 + random_below(PAGE), window, &count, &error),
                             SHIM_OK);
            count = fold_hits(&fold, window, count, &left);
            for (size_t at = 0; at < count; at++)
                assert_int_equal(window[at].document, hits[met++].document);
        }
        assert_int_equal(met, expected);
        bits_free(&first);
        bits_free(&left);
        fold_free(&fold);
        free_columns(columns);
    }
}

/* ---- cursors ---- */

static void test_cursors_come_back_as_they_were(void **state)
{
    (void)state;
    json_t *params = json_pack("{s:s, s:{s:[s]}}", "q", "caf\xC3\xA9 \"s251\"", "filters", "group", "a");
    const struct cursor cursors[] = {
        {.question = UINT64_MAX,
         .id = (char *)"DARS-NIC-1-A1B2C-v1.0#2@2020-08",
         .text = (char *)"a \"title\""},
        {.question = 0, .id = (char *)"x", .number = UINT32_MAX},
        {.question = 1, .id = (char *)"x"},
        {.id = (char *)"y",
         .by_weight = true,
         .score = 0.1 + 0.2,
         .rank = 100000,
         .revision = UINT64_MAX - 1},
        {.id = (char *)"z", .text = (char *)"", .params = params},
    };
    for (size_t i = 0; i < sizeof cursors / sizeof *cursors; i++) {
        const struct cursor *wanted = &cursors[i];
        struct cursor got;
        MEM_AUTO char *text = cursor_write(wanted, CURSOR_SEARCH_MAX);
        assert_non_null(text);
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                         strlen(text));
        assert_int_equal(cursor_read(text, strlen(text), &got), 0);
        assert_true(got.question == wanted->question && got.number == wanted->number &&
                    got.by_weight == wanted->by_weight && got.score == wanted->score &&
                    got.rank == wanted->rank && got.revision == wanted->revision);
        assert_string_equal(got.id, wanted->id);
        assert_int_equal(!got.text, !wanted->text);
        if (got.text && wanted->text)
            assert_string_equal(got.text, wanted->text);
        assert_true(!wanted->params ? !got.params : json_equal(got.params, wanted->params));
        cursor_free(&got);
    }
    json_decref(params);
}

static void test_a_cursor_too_long_is_none(void **state)
{
    (void)state;
    struct cursor cursor = {.id = (char *)"a"};
    MEM_AUTO char *text = cursor_write(&cursor, CURSOR_SEARCH_MAX);
    MEM_AUTO char *fits = cursor_write(&cursor, strlen(text));
    assert_non_null(fits);
    assert_null(cursor_write(&cursor, strlen(text) - 1));
}

/* A search's cursor and an export's, with each of their characters changed, left out and doubled. */
static void test_a_changed_cursor_is_refused(void **state)
{
    (void)state;
    struct cursor cursor = {.question = 99, .id = (char *)"DARS-NIC-1-A1B2C", .text = (char *)"title"}, got;
    MEM_AUTO char *text = cursor_write(&cursor, CURSOR_SEARCH_MAX);
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        MEM_AUTO char *changed = mem_text(text);
        for (int byte = 0; byte < 256; byte++) {
            changed[i] = (char)byte;
            assert_int_equal(cursor_read(changed, len, &got), byte == (unsigned char)text[i] ? 0 : -1);
            cursor_free(&got);
        }
        MEM_AUTO char *shorter = mem_text(text);
        memmove(shorter + i, shorter + i + 1, len - i);
        assert_int_equal(cursor_read(shorter, len - 1, &got), -1);
        cursor_free(&got);
        MEM_AUTO char *longer = mem_format("%.*s%c%s", (int)i + 1, text, text[i], text + i + 1);
        assert_int_equal(cursor_read(longer, len + 1, &got), -1);
        cursor_free(&got);
        assert_int_equal(cursor_read(text, i, &got), -1);
        cursor_free(&got);
    }
}

/* What holds together by its checksum and yet is no cursor. */
static void test_payloads(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"question\":\"0\"}",
        "{\"question\":\"000000000000000\",\"id\":\"a\",\"value\":null}",
        "{\"question\":\"000000000000000G\",\"id\":\"a\",\"value\":null}",
        "{\"question\":\"0000000000000000\",\"id\":\"\",\"value\":null}",
        "{\"question\":\"0000000000000000\",\"id\":7,\"value\":null}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\"}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":0}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":-1}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":4294967296}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":1.5}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":[]}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":null,\"more\":1}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":null,\"params\":[]}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":1,\"revision\":\"0000000000000000\"}",
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":1.5,\"revision\":\"x\",\"rank\":1}",
        ("{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":1.5,\"revision\":\"0000000000000000\","
         "\"rank\":-1}"),
        "{\"question\":\"0000000000000000\",\"id\":\"a\",\"id\":\"b\",\"value\":null}",
    };
    struct cursor got;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        MEM_AUTO char *text = cursor_seal(bad[i], strlen(bad[i]));
        assert_int_equal(cursor_read(text, strlen(text), &got), -1);
        cursor_free(&got);
    }
    const char *good = "{\"question\":\"0000000000000000\",\"id\":\"a\",\"value\":null}";
    MEM_AUTO char *text = cursor_seal(good, strlen(good));
    assert_int_equal(cursor_read(text, strlen(text), &got), 0);
    cursor_free(&got);
}

static void test_questions(void **state)
{
    (void)state;
    static const struct {
        const char *left, *right;
        bool same;
    } cases[] = {
        {"{}", "{\"limit\": 3, \"cursor\": \"x\", \"snippets\": 2, \"facets\": [], \"explain\": true}", true},
        {"{\"q\": \"a\", \"sort\": \"id\"}", "{\"sort\": \"id\", \"q\": \"a\"}", true},
        {"{\"q\": \"a\"}", "{\"q\": \"a\", \"filters\": null, \"offset\": 20}", true},
        {"{\"q\": \"a\"}", "{\"q\": \"b\"}", false},
        {"{\"q\": \"a\"}", "{\"q\": \"a\", \"sort\": \"id\"}", false},
        {"{\"q\": \"a\"}", "{\"q\": \"a\", \"fold_copies\": true}", false},
        {"{\"filters\": {\"group\": [\"a\"]}}", "{\"filters\": {\"group\": [\"b\"]}}", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *left = json_loads(cases[i].left, 0, NULL), *right = json_loads(cases[i].right, 0, NULL);
        assert_int_equal(cursor_question(left) == cursor_question(right), cases[i].same);
        json_decref(left);
        json_decref(right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walks),
        cmocka_unit_test(test_the_first_of_each_group_stands_for_it),
        cmocka_unit_test(test_copies_are_counted),
        cmocka_unit_test(test_hits_are_folded_window_by_window),
        cmocka_unit_test(test_cursors_come_back_as_they_were),
        cmocka_unit_test(test_a_cursor_too_long_is_none),
        cmocka_unit_test(test_a_changed_cursor_is_refused),
        cmocka_unit_test(test_payloads),
        cmocka_unit_test(test_questions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
