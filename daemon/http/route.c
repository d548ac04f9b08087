/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/route.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daemon/http/target.h"
#include "daemon/search/search.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"

enum {
    NAMES_SHOWN_MAX = 2048, /* bytes of a list of names */
    FACET_NAME_MAX = 64,    /* bytes of a facet's name in facet.NAME.limit */
    BLAME_WORDS_MAX = 3,    /* words of a message among which a parameter's name is looked for */
};

#define FACET_PREFIX "facet."

/* ---- which route ---- */

static bool takes_rest(const struct route *route)
{
    return route->rest != NULL;
}

static const struct route *find_route(const char *path)
{
    size_t count;
    const struct route *routes = route_table(&count);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(routes[i].path);
        if (takes_rest(&routes[i]) ? strncmp(path, routes[i].path, len) == 0 && path[len]
                                   : strcmp(path, routes[i].path) == 0)
            return &routes[i];
    }
    return NULL;
}

static const struct route_param *find_param(const struct route *route, const char *name)
{
    for (size_t i = 0; route->params[i]; i++) {
        const struct route_param *param = route->params[i];
        /* Lists may be called by one of their items. */
        size_t len = strlen(param->name);
        bool is_one = param->type == ROUTE_LIST && param->name[len - 1] == 's' && strlen(name) == len - 1 &&
                      strncmp(name, param->name, len - 1) == 0;
        if (is_one || strcmp(param->name, name) == 0)
            return param;
    }
    return NULL;
}

/* The field that a filter is called by, NULL where none is. */
static const struct field *find_filter(const struct route *route, const char *name)
{
    const struct field *field = route->takes & ROUTE_TAKES_FILTERS ? field_find(name) : NULL;
    return field && field->use & (FIELD_USE_FACET | FIELD_USE_RANGE) ? field : NULL;
}

/* ---- values ---- */

/* A date in a message, an id in a list and the like: what is wrong names the parameter. */
static int take_number(const struct pair *pair, json_t **ret_value, struct problem *problem)
{
    size_t digits = strspn(pair->value, "0123456789");
    if (pair->value[digits])
        return problem_set(problem, 400, pair->name, "%s takes a whole number, not \"%.40s\"", pair->name,
                           pair->value);
    *ret_value = json_integer(strtoll(pair->value, NULL, 10)); /* too long a one is the largest there is */
    return 0;
}

static int take_flag(const struct pair *pair, json_t **ret_value, struct problem *problem)
{
    static const char *const answers[] = {"0", "1", "no", "yes", "false", "true"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (strcmp(answers[i], pair->value) == 0) {
            *ret_value = json_boolean(i % 2);
            return 0;
        }
    }
    return problem_set(problem, 400, pair->name, "%s takes 1 or 0, yes or no, true or false, not \"%.40s\"",
                       pair->name, pair->value);
}

static int take_word(const struct pair *pair, const char *const *words, json_t **ret_value,
                     struct problem *problem)
{
    BUF_AUTO struct buf list = BUF_INIT(NAMES_SHOWN_MAX);
    for (size_t i = 0; words[i]; i++) {
        if (strcmp(words[i], pair->value) == 0) {
            *ret_value = json_string(pair->value);
            return 0;
        }
        buf_printf(&list, "%s%s", i ? ", " : "", words[i]);
    }
    return problem_set(problem, 400, pair->name, "%s takes one of %s, not \"%.40s\"", pair->name, list.data,
                       pair->value);
}

static int take_value(const struct route_param *param, const struct pair *pair, json_t **ret_value,
                      struct problem *problem)
{
    switch (param->type) {
    case ROUTE_NUMBER:
        return take_number(pair, ret_value, problem);
    case ROUTE_FLAG:
        return take_flag(pair, ret_value, problem);
    case ROUTE_WORD:
        return take_word(pair, param->words, ret_value, problem);
    case ROUTE_TEXT:
    case ROUTE_LIST:
        break;
    }
    *ret_value = json_string(pair->value);
    return 0;
}

/* The list or object that is the member `name`, made where there is none. *Borrowed*. */
static json_t *member(json_t *object, const char *name, json_t *(*make)(void))
{
    json_t *is = json_object_get(object, name);
    if (is)
        return is;
    is = make();
    json_object_set_new(object, name, is);
    return is;
}

static int take_param(struct route_call *call, const struct route_param *param, const struct pair *pair,
                      struct problem *problem)
{
    const char *name = param->member ? param->member : param->name;
    json_t *value;
    if (param->type != ROUTE_LIST && json_object_get(call->params, name))
        return problem_set(problem, 400, pair->name, "%s is given twice; it takes one value", pair->name);
    if (take_value(param, pair, &value, problem))
        return -1;
    if (param->type == ROUTE_LIST)
        json_array_append_new(member(call->params, name, json_array), value);
    else
        json_object_set_new(call->params, name, value);
    return 0;
}

/* ---- filters ---- */

static void set_bound(json_t *range, const char *name, const char *text, size_t len)
{
    if (len > 0)
        json_object_set_new(range, name, json_stringn(text, len));
}

static int take_range(json_t *filters, const char *name, const struct pair *pair, struct problem *problem)
{
    if (json_object_get(filters, name))
        return problem_set(problem, 400, pair->name, "%s is given twice; it takes one range", pair->name);
    const char *dots = strstr(pair->value, "..");
    json_t *range = json_object();
    set_bound(range, "from", pair->value, dots ? (size_t)(dots - pair->value) : strlen(pair->value));
    const char *to = dots ? dots + 2 : pair->value;
    set_bound(range, "to", to, strlen(to));
    json_object_set_new(filters, name, range);
    return 0;
}

static int take_filter(struct route_call *call, const struct field *field, const struct pair *pair,
                       struct problem *problem)
{
    json_t *filters = member(call->params, "filters", json_object);
    const char *name = field_filter_name(field);
    if (!(field->use & FIELD_USE_FACET))
        return take_range(filters, name, pair, problem);
    json_array_append_new(member(filters, name, json_array), json_string(pair->value));
    return 0;
}

/* ---- facets to count ---- */

static const char *const count_words[] = {"records", "releases", NULL};
static const char *const sort_words[] = {"count", "value", NULL};

static const struct route_param facet_options[] = {
    {"name", NULL, ROUTE_TEXT, NULL, NULL},         {"limit", NULL, ROUTE_NUMBER, NULL, NULL},
    {"offset", NULL, ROUTE_NUMBER, NULL, NULL},     {"parent", NULL, ROUTE_TEXT, NULL, NULL},
    {"contains", NULL, ROUTE_TEXT, NULL, NULL},     {"sort", NULL, ROUTE_WORD, sort_words, NULL},
    {"count", NULL, ROUTE_WORD, count_words, NULL},
};

/* The facet that is to stand under `as` in the reply, asked for now if it is not yet. *Borrowed*; NULL with
 * `problem` where there are too many: each is looked for among the others. */
static json_t *counted(struct route_call *call, const char *as, struct problem *problem)
{
    json_t *facets = member(call->params, "facets", json_array);
    json_t *facet;
    size_t i;
    json_array_foreach(facets, i, facet)
    {
        if (strcmp(json_string_value(json_object_get(facet, "as")), as) == 0)
            return facet;
    }
    if (json_array_size(facets) == SEARCH_FACETS_MAX) {
        problem_set(problem, 400, "facet", "facet is given too often: at most %d facets are counted",
                    SEARCH_FACETS_MAX);
        return NULL;
    }
    facet = json_pack("{s:s, s:s}", "name", as, "as", as);
    json_array_append_new(facets, facet);
    return facet;
}

static int take_option(json_t *facet, const struct route_param *option, const struct pair *pair,
                       struct problem *problem)
{
    json_t *value;
    const json_t *is = json_object_get(facet, option->name);
    bool is_preset = is == json_object_get(facet, "name") && json_equal(is, json_object_get(facet, "as"));
    if (is && !is_preset)
        return problem_set(problem, 400, pair->name, "%s is given twice; it takes one value", pair->name);
    if (take_value(option, pair, &value, problem))
        return -1;
    json_object_set_new(facet, option->name, value);
    return 0;
}

/* facet.NAME.OPTION */
static int take_facet_option(struct route_call *call, const struct pair *pair, struct problem *problem)
{
    char as[FACET_NAME_MAX];
    const char *from = pair->name + strlen(FACET_PREFIX);
    const char *dot = strrchr(from, '.');
    size_t len = dot ? (size_t)(dot - from) : 0;
    if (len > 0 && len < sizeof as) {
        snprintf(as, sizeof as, "%.*s", (int)len, from);
        for (size_t i = 0; i < sizeof facet_options / sizeof *facet_options; i++) {
            if (strcmp(facet_options[i].name, dot + 1) != 0)
                continue;
            json_t *facet = counted(call, as, problem);
            return facet ? take_option(facet, &facet_options[i], pair, problem) : -1;
        }
    }
    return problem_set(problem, 400, pair->name,
                       "%.*s is not understood; facets take facet.NAME.limit, .offset, .parent, .contains, "
                       ".sort, .count and .name",
                       TARGET_NAME_SHOWN, pair->name);
}

/* ---- all together ---- */

static int refuse_unknown(const struct route *route, const struct pair *pair, struct problem *problem)
{
    BUF_AUTO struct buf list = BUF_INIT(NAMES_SHOWN_MAX);
    for (size_t i = 0; route->params[i]; i++)
        buf_printf(&list, "%s%s", i ? ", " : "", route->params[i]->name);
    if (route->takes & ROUTE_TAKES_FACETS)
        buf_text(&list, ", facet");
    if (route->takes & ROUTE_TAKES_FILTERS)
        buf_text(&list, ", and the names of facets and of start, end, released, changed as filters");
    return problem_set(problem, 400, pair->name, "there is no parameter \"%.*s\" here; %s%s",
                       TARGET_NAME_SHOWN, pair->name, list.len ? "there are " : "none is taken",
                       list.len ? list.data : "");
}

static int take_pair(struct route_call *call, const struct pair *pair, struct problem *problem)
{
    const struct route *route = call->route;
    bool takes_facets = route->takes & ROUTE_TAKES_FACETS;
    const struct route_param *param = find_param(route, pair->name);
    const struct field *filter = param ? NULL : find_filter(route, pair->name);
    bool is_facet = takes_facets && (strcmp(pair->name, "facet") == 0 || strcmp(pair->name, "facets") == 0);
    bool is_option = takes_facets && strncmp(pair->name, FACET_PREFIX, strlen(FACET_PREFIX)) == 0;
    if (!param && !filter && !is_facet && !is_option)
        return refuse_unknown(route, pair, problem);
    if (pair->value[0] == '\0')
        return 0;
    if (param)
        return take_param(call, param, pair, problem);
    if (filter)
        return take_filter(call, filter, pair, problem);
    if (is_option)
        return take_facet_option(call, pair, problem);
    return counted(call, pair->value, problem) ? 0 : -1;
}

/* A facet under its own name is called as the protocol calls it. */
static void drop_own_names(json_t *facets)
{
    json_t *facet;
    size_t i;
    json_array_foreach(facets, i, facet)
    {
        if (json_equal(json_object_get(facet, "as"), json_object_get(facet, "name")))
            json_object_del(facet, "as");
    }
}

/* What a form is asked for in without saying so. */
static void set_defaults(struct route_call *call)
{
    drop_own_names(json_object_get(call->params, "facets"));
    if (call->route->kind == ROUTE_ATOM) {
        if (!json_object_get(call->params, "sort"))
            json_object_set_new(call->params, "sort", json_string("-changed"));
        if (!json_object_get(call->params, "limit"))
            json_object_set_new(call->params, "limit", json_integer(ROUTE_FEED_LIMIT));
    }
    /* A search box asks from the first key on, and before it. */
    if (call->route->method && strcmp(call->route->method, "suggest") == 0 &&
        !json_object_get(call->params, "q"))
        json_object_set_new(call->params, "q", json_string(""));
    if (call->route->kind == ROUTE_EXPORT) {
        const char *format = json_string_value(json_object_get(call->params, "format"));
        call->is_csv = format && strcmp(format, "csv") == 0;
        json_object_del(call->params, "format");
    }
}

static int take_target(struct route_call *call, const struct target *target, struct problem *problem)
{
    call->params = json_object();
    if (call->route->rest)
        json_object_set_new(call->params, call->route->rest,
                            json_string(target->path + strlen(call->route->path)));
    for (size_t i = 0; i < target->count; i++)
        if (take_pair(call, &target->pairs[i], problem))
            return -1;
    set_defaults(call);
    return 0;
}

static int refuse_path(struct problem *problem)
{
    return problem_set(problem, 404, NULL, "there is nothing at this path; /openapi.json says what there is");
}

static int take_page(struct route_call *call, const struct target *target, struct problem *problem)
{
    struct web_pair *pairs = mem_zero(target->count, sizeof *pairs);
    for (size_t i = 0; i < target->count; i++)
        pairs[i] = (struct web_pair){target->pairs[i].name, target->pairs[i].value};
    call->page = web_page_new(target->path, pairs, target->count);
    free(pairs);
    return call->page ? 0 : refuse_path(problem);
}

static int take_asset(struct route_call *call, const struct target *target, struct problem *problem)
{
    call->rest = mem_text(target->path + strlen(call->route->path));
    return web_asset_find(call->rest) ? 0 : refuse_path(problem);
}

int route_resolve(const char *text, size_t len, struct route_call *ret_call, struct problem *problem)
{
    struct target target;
    struct route_call call = {.params = NULL};
    if (target_parse(text, len, &target, problem))
        return -1;
    call.route = find_route(target.path);
    int status = 0;
    if (!call.route)
        status = refuse_path(problem);
    else if (call.route->kind == ROUTE_PAGE)
        status = take_page(&call, &target, problem);
    else if (call.route->kind == ROUTE_ASSET)
        status = take_asset(&call, &target, problem);
    else
        status = take_target(&call, &target, problem);
    target_free(&target);
    if (status)
        route_call_free(&call);
    else
        *ret_call = call;
    return status;
}

bool route_takes_calls(const char *text, size_t len)
{
    struct target target;
    struct problem problem;
    if (target_parse(text, len, &target, &problem))
        return false;
    const struct route *route = find_route(target.path);
    target_free(&target);
    return route && route->kind == ROUTE_CALL;
}

void route_call_free(struct route_call *call)
{
    json_decref(call->params);
    free(call->rest);
    web_page_free(call->page);
    *call = (struct route_call){.params = NULL};
}

/* ---- blame ---- */

static bool is_name(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

void route_blame(const struct route *route, const char *message, char *name, size_t size)
{
    name[0] = '\0';
    for (int words = 0; *message && words < BLAME_WORDS_MAX;) {
        char word[PROBLEM_PARAMETER_SIZE];
        size_t len = 0;
        while (is_name(message[len]))
            len++;
        snprintf(word, sizeof word, "%.*s", (int)len, message);
        const struct route_param *param = len ? find_param(route, word) : NULL;
        for (size_t i = 0; !param && len && route->params[i]; i++)
            if (route->params[i]->member && strcmp(route->params[i]->member, word) == 0)
                param = route->params[i];
        bool is_facets = route->takes & ROUTE_TAKES_FACETS && strcmp(word, "facets") == 0;
        bool is_rest = route->rest && strcmp(route->rest, word) == 0;
        if (param || is_facets || is_rest || (len && find_filter(route, word))) {
            snprintf(name, size, "%s", param ? param->name : is_facets ? "facet" : word);
            return;
        }
        message += len ? len : 1;
        words += len > 0;
    }
}
