/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Targets of HTTP requests. Any bytes are a call whose params are JSON, the same each time, or a problem that
 * has a status of its own and can be told; and what is asked is asked again when it is encoded anew.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/http/route.h"
#include "daemon/http/target.h"
#include "indexer/base/mem.h"
#include "indexer/base/percent.h"
#include "tests/fuzz/support.h"

enum { ANEW_MAX = 1 << 20 };

static void check_problem(const struct problem *problem)
{
    BUF_AUTO struct buf text = BUF_INIT(ANEW_MAX);
    FUZZ_CHECK(problem->status == 400 || problem->status == 404 || problem->status == 414, "status %d",
               problem->status);
    FUZZ_CHECK(problem->detail[0], "nothing is said");
    problem_put(&text, problem);
    json_t *told = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(told, "no JSON: %s", text.data);
    json_decref(told);
}

/* The target taken apart and put together with everything percent-encoded. */
static void put_anew(const struct target *target, struct buf *to)
{
    const char *path = target->path;
    for (size_t len; *path; path += len) {
        len = *path == '/' ? 1 : strcspn(path, "/");
        MEM_AUTO char *step = mem_copy(path, len);
        if (*path == '/')
            buf_byte(to, '/');
        else
            percent_put(to, step);
    }
    for (size_t i = 0; i < target->count; i++) {
        buf_byte(to, i ? '&' : '?');
        percent_put(to, target->pairs[i].name);
        buf_byte(to, '=');
        percent_put(to, target->pairs[i].value);
    }
}

static void check_again(const char *text, size_t len, const struct route_call *call)
{
    struct target target;
    struct problem problem;
    struct route_call again;
    BUF_AUTO struct buf anew = BUF_INIT(ANEW_MAX);
    FUZZ_CHECK(target_parse(text, len, &target, &problem) == 0, "it was parsed before: %s", problem.detail);
    put_anew(&target, &anew);
    target_free(&target);
    if (anew.len > TARGET_MAX)
        return;
    FUZZ_CHECK(route_resolve(anew.data, anew.len, &again, &problem) == 0, "%s: %s", anew.data,
               problem.detail);
    FUZZ_CHECK(again.route == call->route && again.is_csv == call->is_csv, "%s", anew.data);
    FUZZ_CHECK(json_equal(again.params, call->params) || (!again.params && !call->params), "%s", anew.data);
    route_call_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct route_call call;
    struct problem problem;
    char *text = mem_alloc(size);
    memcpy(text, data, size);
    if (route_resolve(text, size, &call, &problem)) {
        check_problem(&problem);
    } else {
        char name[PROBLEM_PARAMETER_SIZE];
        check_again(text, size, &call);
        MEM_AUTO char *message = mem_copy(text, size);
        route_blame(call.route, message, name, sizeof name);
        route_call_free(&call);
    }
    free(text);
    return 0;
}
