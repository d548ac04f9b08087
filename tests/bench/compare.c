/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do they answer the same? */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "daemon/search/function_words.h"
#include "daemon/search/ranking.h"
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

/* Not compared: filters, function words and where in a text a phrase stands, of which raw knows nothing, and
 * what the daemon answers with any of the words because nothing has them all. */
static bool is_compared(const struct bench_query *query, const struct bench_hits *hits)
{
    return hits->count > 0 && !query->facet && !(query->part && query->phrase) && !has_function_word(query);
}

static int compare_one(struct bench *bench, const struct search *search, struct comparison *found,
                       struct error *error)
{
    BUF_AUTO struct buf reply = BUF_INIT(SERVED_REPLY_MAX);
    const char *request = search->bare_request;
    struct bench_hits hits;
    double us;
    const struct bench_boost boosts[] = {{field_find("title")->prefix, RANKING_TITLE},
                                         {field_find("objectives")->prefix, RANKING_OBJECTIVES}};
    raw_search_boosted(bench->clients[ENGINE_RAW].engines[0], &search->query, boosts,
                       sizeof boosts / sizeof *boosts, &hits);
    if (served_ask(&bench->served[0], 1, &request, 1, &us, &reply, error) < 0)
        return -1;
    json_t *object = json_loads(reply.data, 0, NULL);
    const json_t *result = json_object_get(object, "result");
    found->asked++;
    found->matched += json_number_value(json_object_get(result, "total"));
    if (is_compared(&search->query, &hits)) {
        bool same = same_scores(json_object_get(result, "hits"), &hits);
        found->compared++;
        found->same += same;
        if (!same)
            fprintf(stderr, "bench: other scores than raw Xapian's: %s", request);
    }
    json_decref(object);
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
    printf("| class | searches | records matched, mean | same ten scores as raw |\n| --- | ---: | ---: | "
           "---: |\n");
    for (size_t kind = 0; kind < bench->searches.classes.len; kind++)
        printf("| %s | %zu | %.0f | %zu of %zu |\n", bench->searches.classes.items[kind], found[kind].asked,
               found[kind].matched / (double)found[kind].asked, found[kind].same, found[kind].compared);
    return 0;
}
