/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do they answer the same? */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "daemon/search/function_words.h"
#include "daemon/search/ranking.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "tests/bench/rounds.h"

/* Whether the daemon's scores are raw Xapian's weights, as far as a reply writes them out. */
static bool same_scores(const json_t *answers, const struct bench_hits *hits)
{
    bool same = json_array_size(answers) == hits->count;
    for (size_t i = 0; i < hits->count && same; i++) {
        double score = json_number_value(json_object_get(json_array_get(answers, i), "score"));
        same = fabs(score - hits->weights[i]) < 1e-3;
    }
    return same;
}

/* What the first round of questions, which warms all caches, says of each class. */
struct comparison {
    size_t asked, compared, same;
    double matched; /* records, over all questions */
};

static bool has_function_word(const struct bench_query *query)
{
    for (size_t i = 0; i < query->term_count; i++)
        if (is_function_word(query->terms[i]))
            return true;
    return false;
}

/* The reply to a request line, parsed, *new*. NULL with `error`. */
static json_t *reply_to(struct bench *bench, const char *request, struct error *error)
{
    BUF_AUTO struct buf reply = BUF_INIT(SERVED_REPLY_MAX);
    double us;
    if (served_ask(&bench->served[0], 1, &request, 1, &us, &reply, error) < 0)
        return NULL;
    json_t *object = json_loads(reply.data, 0, NULL);
    if (!object)
        error_set(error, "the daemon's reply is not JSON");
    return object;
}

/* Whether the daemon says that it looks for another form beside a word (what COPI stands for, beside "copy"):
 * 1 or 0, or -1 with `error`. */
static int is_widened(struct bench *bench, const struct search *search, struct error *error)
{
    json_t *request = json_loads(search->bare_request, 0, NULL);
    json_object_set_new(json_object_get(request, "params"), "explain", json_true());
    MEM_AUTO char *text = json_dumps(request, JSON_COMPACT);
    MEM_AUTO char *line = mem_format("%s\n", text);
    json_decref(request);
    json_t *reply = reply_to(bench, line, error);
    const char *tree = json_string_value(json_object_get(json_object_get(reply, "result"), "query"));
    int is = !reply ? -1 : tree && strstr(tree, "(the vocabulary's)");
    json_decref(reply);
    return is;
}

/* Not compared: function words and where in a text a phrase stands, of which raw knows nothing, and what the
 * daemon answers with any of the words because nothing has them all. */
static bool is_compared(const struct bench_query *query, const struct bench_hits *hits)
{
    return hits->count > 0 && !(query->part && query->phrase) && !has_function_word(query);
}

/* Nor, where the answers differ, what the daemon widens. */
static int compare_one(struct bench *bench, const struct search *search, struct comparison *found,
                       struct error *error)
{
    struct bench_hits hits;
    const struct bench_boost boosts[] = {{field_find("title")->prefix, RANKING_TITLE},
                                         {field_find("objectives")->prefix, RANKING_OBJECTIVES}};
    struct raw_engine *raw = bench->clients[ENGINE_RAW].engines[0];
    raw_search_boosted(raw, &search->query, boosts, sizeof boosts / sizeof *boosts, &hits);
    json_t *reply = reply_to(bench, search->bare_request, error);
    if (!reply)
        return -1;
    const json_t *result = json_object_get(reply, "result");
    size_t total = (size_t)json_integer_value(json_object_get(result, "total"));
    bool compared = is_compared(&search->query, &hits),
         same = compared && same_scores(json_object_get(result, "hits"), &hits) &&
                total == raw_count(raw, &search->query);
    json_decref(reply);
    found->asked++;
    found->matched += (double)total;
    int widened = compared && !same ? is_widened(bench, search, error) : 0;
    if (!compared || widened != 0)
        return widened < 0 ? -1 : 0;
    found->compared++;
    found->same += same;
    if (!same)
        fprintf(stderr, "bench: another total or other scores than raw Xapian's: %s", search->bare_request);
    return 0;
}

int bench_compare(struct bench *bench, struct error *error)
{
    struct comparison found[SEARCH_CLASSES_MAX] = {0};
    for (size_t i = 0; i < bench->searches.count; i++) {
        const struct search *search = &bench->searches.items[i];
        if (compare_one(bench, search, &found[search->class], error) != 0)
            return -1;
    }
    printf("| class | searches | records matched, mean | same total and ten scores as raw |\n| --- | ---: | "
           "---: | ---: |\n");
    for (size_t kind = 0; kind < bench->searches.classes.len; kind++)
        printf("| %s | %zu | %.0f | %zu of %zu |\n", bench->searches.classes.items[kind], found[kind].asked,
               found[kind].matched / (double)found[kind].asked, found[kind].same, found[kind].compared);
    return 0;
}
