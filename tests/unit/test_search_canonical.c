/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which questions are the same, however they are spelt: pairs of parameters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/search/search.h"

enum { KEY_MAX = 1 << 16 };

struct pair {
    const char *method, *one, *other;
};

static const struct pair same[] = {
    {"search", "{}", NULL},
    {"search", "{\"q\":\"a\",\"limit\":5}", "{\"limit\":5,\"q\":\"a\"}"},
    {"search", "{\"q\":\"a\"}",
     "{\"q\":\"a\",\"limit\":10,\"offset\":0,\"snippets\":1,\"match\":\"all\",\"sort\":\"relevance\","
     "\"same_release\":true,\"history\":false,\"newest_version\":false,\"fold_copies\":false,"
     "\"explain\":false,\"facets\":[],\"filters\":{},\"parts\":[],\"cursor\":null}"},
    {"search", "{}", "{\"q\":null}"},
    {"search", "{\"filters\":{\"dataset\":[\"x\"]}}", "{\"filters\":{\"datasets\":[\"x\"]}}"},
    {"search", "{\"filters\":{\"dataset\":[\"x\"]}}", "{\"filters\":{\"dataset\":\"x\"}}"},
    {"search", "{}", "{\"filters\":{\"dataset\":[]}}"},
    {"search", "{\"facets\":[\"dataset\"]}", "{\"facets\":[\"datasets\"]}"},
    {"search", "{\"facets\":[\"dataset\"]}",
     "{\"facets\":[{\"name\":\"datasets\",\"limit\":20,\"offset\":0,\"sort\":\"count\","
     "\"count\":\"records\",\"parent\":null}]}"},
    {"search", "{\"parts\":[\"objectives\",\"outputs\"]}", "{\"parts\":[\"outputs\",\"objectives\"]}"},
    {"search", "{\"parts\":[\"benefits\"]}", "{\"parts\":[\"expected_benefits\",\"yielded_benefits\"]}"},
    {"search", "{\"parts\":\"outputs\"}", "{\"parts\":[\"outputs\"]}"},
    {"similar", "{\"id\":\"a\"}", "{\"id\":\"a\",\"copies\":false,\"limit\":10}"},
    {"facets", "{\"name\":\"dataset\"}", "{\"name\":\"datasets\",\"limit\":20,\"sort\":\"count\"}"},
    {"suggest", "{\"q\":\"a\"}", "{\"limit\":null,\"q\":\"a\"}"},
};

static const struct pair different[] = {
    {"search", "{\"q\":\"a\"}", "{\"q\":\"b\"}"},
    {"search", "{\"q\":\"a\"}", "{\"q\":\"A\"}"},
    {"search", "{\"q\":\"a\"}", "{\"q\":\"a\",\"limit\":20}"},
    {"search", "{\"q\":\"a\"}", "{\"q\":\"a\",\"same_release\":false}"},
    {"search", "{\"q\":\"a\"}", "{\"q\":\"a\",\"cursor\":\"x\"}"},
    {"search", "{\"filters\":{\"dataset\":[\"x\"]}}", "{\"filters\":{\"dataset\":[\"y\"]}}"},
    {"search", "{\"filters\":{\"dataset\":[\"x\"]}}", "{\"filters\":{\"organisation\":[\"x\"]}}"},
    {"search", "{\"filters\":{\"dataset\":[\"x\"]}}",
     "{\"filters\":{\"dataset\":[\"x\"],\"datasets\":[\"y\"]}}"},
    {"search", "{\"filters\":{\"dataset\":[\"y\"]}}",
     "{\"filters\":{\"dataset\":[\"x\"],\"datasets\":[\"y\"]}}"},
    {"search", "{\"facets\":[\"dataset\",\"opt_outs\"]}", "{\"facets\":[\"opt_outs\",\"dataset\"]}"},
    {"search", "{\"facets\":[\"dataset\"]}", "{\"facets\":[{\"name\":\"dataset\",\"as\":\"d\"}]}"},
    {"search", "{\"facets\":[\"dataset\"]}", "{\"facets\":[{\"name\":\"dataset\",\"limit\":10}]}"},
    {"search", "{\"parts\":[\"outputs\"]}", "{\"parts\":[\"objectives\"]}"},
    {"facets", "{\"name\":\"dataset\"}", "{\"name\":\"dataset\",\"limit\":10}"},
    /* What one of them takes, the other must not be taken for. */
    {"search", "{}", "{\"copies\":false}"},
    {"search", "{}", "{\"colour\":null}"},
    {"search", "{}", "{\"limit\":\"10\"}"},
    {"search", "{}", "{\"limit\":10.0}"},
    {"search", "{}", "{\"match\":true}"},
    {"search", "{}", "{\"history\":0}"},
    {"search", "{}", "{\"parts\":[\"colour\"]}"},
    {"search", "{}", "{\"filters\":{\"start\":[]}}"},
    {"search", "{}", "{\"filters\":{\"dataset\":null}}"},
    {"similar", "{\"id\":\"a\"}", "{\"id\":\"a\",\"history\":false}"},
    {"facets", "{\"name\":\"dataset\"}", "{\"name\":\"dataset\",\"snippets\":1}"},
    {"suggest", "{\"q\":\"a\"}", "{\"q\":\"a\",\"offset\":0}"},
    {"changes", "{}", "{\"from\":null}"},
};

static void put_key(const char *method, const char *params, struct buf *to)
{
    json_t *json = params ? json_loads(params, 0, NULL) : NULL;
    assert_true(!params || json);
    assert_true(search_key(method, json, to));
    json_decref(json);
}

static bool are_same(const struct pair *pair)
{
    BUF_AUTO struct buf one = BUF_INIT(KEY_MAX);
    BUF_AUTO struct buf other = BUF_INIT(KEY_MAX);
    put_key(pair->method, pair->one, &one);
    put_key(pair->method, pair->other, &other);
    return one.len == other.len && memcmp(one.data, other.data, one.len) == 0;
}

static void test_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!are_same(&same[i]))
            fail_msg("%s %s is not %s", same[i].method, same[i].one, same[i].other);
}

static void test_different(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof different / sizeof *different; i++)
        if (are_same(&different[i]))
            fail_msg("%s %s is %s", different[i].method, different[i].one, different[i].other);
}

static void test_methods(void **state)
{
    BUF_AUTO struct buf key = BUF_INIT(KEY_MAX);
    BUF_AUTO struct buf small = BUF_INIT(8);
    json_t *params = json_pack("{s:s}", "q", "asthma");
    (void)state;
    assert_false(search_key("get", params, &key));
    assert_false(search_key("export", params, &key));
    assert_false(search_key("nothing", params, &key));
    assert_int_equal(key.len, 0);
    assert_false(search_key("search", params, &small));
    assert_true(search_key("search", params, &key));
    json_decref(params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_different),
        cmocka_unit_test(test_methods),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
