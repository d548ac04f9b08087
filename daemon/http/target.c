/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/target.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/base/utf8.h"

static int hex(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    digit |= 0x20;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool is_utf8(const char *text, size_t len)
{
    while (len > 0) {
        size_t one = utf8_length(text, len);
        if (one == 0)
            return false;
        text += one;
        len -= one;
    }
    return true;
}

/* The text decoded, *new*; NULL with why in `*ret_why`. */
static char *decode(const char *text, size_t len, bool plus_is_space, const char **ret_why)
{
    char *plain = mem_alloc(len + 1);
    size_t to = 0;
    *ret_why = NULL;
    for (size_t i = 0; i < len && !*ret_why; i++) {
        char byte = text[i];
        if (byte == '%') {
            int high = i + 2 < len ? hex(text[i + 1]) : -1;
            int low = high >= 0 ? hex(text[i + 2]) : -1;
            if (low < 0)
                *ret_why = "a % that is not followed by two hexadecimal digits";
            byte = (char)(high * 16 + low);
            i += 2;
        } else if (byte == '+' && plus_is_space) {
            byte = ' ';
        }
        if (!*ret_why && byte == '\0')
            *ret_why = "a NUL (%00)";
        plain[to++] = byte;
    }
    if (!*ret_why && !is_utf8(plain, to))
        *ret_why = "bytes that are no UTF-8";
    plain[to] = '\0';
    if (!*ret_why)
        return plain;
    free(plain);
    return NULL;
}

static int take_pair(struct target *target, const char *text, size_t len, struct problem *problem)
{
    const char *why;
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;
    char *name = decode(text, name_len, true, &why);
    if (!name)
        return problem_set(problem, 400, NULL, "the name of parameter %zu has %s", target->count + 1, why);
    char *value = equals ? decode(equals + 1, len - name_len - 1, true, &why) : mem_text("");
    if (!value) {
        problem_set(problem, 400, name, "%.*s has %s", TARGET_NAME_SHOWN, name, why);
        free(name);
        return -1;
    }
    target->pairs[target->count++] = (struct pair){name, value};
    return 0;
}

static int take_query(struct target *target, const char *text, size_t len, struct problem *problem)
{
    size_t count = 1;
    for (size_t i = 0; i < len; i++)
        count += text[i] == '&';
    if (count > TARGET_PAIRS_MAX)
        return problem_set(problem, 400, NULL, "at most %d parameters are taken", TARGET_PAIRS_MAX);
    target->pairs = mem_zero(count, sizeof *target->pairs);
    while (len > 0) {
        const char *end = memchr(text, '&', len);
        size_t one = end ? (size_t)(end - text) : len;
        if (one > 0 && take_pair(target, text, one, problem))
            return -1;
        one += end != NULL;
        text += one;
        len -= one;
    }
    return 0;
}

size_t target_path_start(const char *text, size_t len)
{
    static const char SCHEME[] = "http://";
    size_t scheme = sizeof SCHEME - 1;
    if (len < scheme || strncasecmp(text, SCHEME, scheme) != 0)
        return 0;
    const char *slash = memchr(text + scheme, '/', len - scheme);
    return slash ? (size_t)(slash - text) : 0;
}

int target_parse(const char *text, size_t len, struct target *ret_target, struct problem *problem)
{
    struct target target = {.path = NULL};
    const char *why;
    if (len > TARGET_MAX)
        return problem_set(problem, 414, NULL, "a request's target may have %d bytes, not %zu", TARGET_MAX,
                           len);
    size_t start = target_path_start(text, len);
    const char *query = memchr(text + start, '?', len - start);
    size_t end = query ? (size_t)(query - text) : len;
    if (end == start || text[start] != '/')
        return problem_set(problem, 400, NULL, "a request's target begins with \"/\"");
    target.path = decode(text + start, end - start, false, &why);
    if (!target.path)
        return problem_set(problem, 400, NULL, "the path has %s", why);
    if (query && take_query(&target, query + 1, len - end - 1, problem)) {
        target_free(&target);
        return -1;
    }
    *ret_target = target;
    return 0;
}

void target_free(struct target *target)
{
    for (size_t i = 0; i < target->count; i++) {
        free(target->pairs[i].name);
        free(target->pairs[i].value);
    }
    free(target->pairs);
    free(target->path);
    *target = (struct target){.path = NULL};
}
