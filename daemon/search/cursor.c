/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/cursor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "daemon/search/canonical.h"
#include "indexer/base/mem.h"

enum {
    CHECKSUM_SIZE = 8,
    HEX_SIZE = 17,            /* 64 bits in hexadecimal, and a NUL */
    CURSOR_SEED = 0x50555231, /* of the checksum: another form of cursor gets another */
};

uint64_t cursor_hash(const void *bytes, size_t len)
{
    return XXH3_64bits(bytes, len);
}

/* ---- base64url ---- */

static const char DIGITS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void put_base64(struct buf *to, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t group = (uint32_t)bytes[i] << 16;
        group |= n > 1 ? (uint32_t)bytes[i + 1] << 8 : 0;
        group |= n > 2 ? (uint32_t)bytes[i + 2] : 0;
        for (size_t digit = 0; digit <= n; digit++)
            buf_byte(to, DIGITS[group >> (18 - 6 * digit) & 63]);
    }
}

/* One text for one run of bytes: -1 also where bits that stand for nothing are set. */
static int take_base64(const char *text, size_t len, struct buf *to)
{
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < len; i++) {
        const char *digit = text[i] ? strchr(DIGITS, text[i]) : NULL;
        if (!digit)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - DIGITS);
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_byte(to, (char)(unsigned char)(bits >> count));
            bits &= (1U << count) - 1;
        }
    }
    return bits == 0 && count < 6 && !buf_failed(to) ? 0 : -1;
}

/* ---- the checksum ---- */

static void checksum(const void *payload, size_t len, unsigned char sum[CHECKSUM_SIZE])
{
    uint64_t hash = XXH3_64bits_withSeed(payload, len, CURSOR_SEED);
    for (size_t i = 0; i < CHECKSUM_SIZE; i++)
        sum[i] = (unsigned char)(hash >> (8 * i));
}

char *cursor_seal(const char *payload, size_t len)
{
    BUF_AUTO struct buf bytes = BUF_INIT(CHECKSUM_SIZE + len);
    struct buf text = BUF_INIT(2 * (CHECKSUM_SIZE + len));
    unsigned char sum[CHECKSUM_SIZE];
    checksum(payload, len, sum);
    buf_append(&bytes, sum, sizeof sum);
    buf_append(&bytes, payload, len);
    put_base64(&text, (const unsigned char *)bytes.data, bytes.len);
    return buf_take(&text);
}

int cursor_unseal(const char *text, size_t len, struct buf *to)
{
    unsigned char sum[CHECKSUM_SIZE];
    if (take_base64(text, len, to) != 0 || to->len < CHECKSUM_SIZE)
        return -1;
    checksum(to->data + CHECKSUM_SIZE, to->len - CHECKSUM_SIZE, sum);
    if (memcmp(sum, to->data, CHECKSUM_SIZE) != 0)
        return -1;
    buf_consume(to, CHECKSUM_SIZE);
    return 0;
}

/* ---- the payload ---- */

static json_t *hex(uint64_t number)
{
    return json_sprintf("%016llx", (unsigned long long)number);
}

static bool take_hex(const char *text, uint64_t *ret_number)
{
    char *end;
    if (strlen(text) != HEX_SIZE - 1 || strspn(text, "0123456789abcdef") != HEX_SIZE - 1)
        return false;
    *ret_number = strtoull(text, &end, 16);
    return true;
}

char *cursor_write(const struct cursor *cursor, size_t max)
{
    json_t *value = cursor->by_weight ? json_real(cursor->score)
                    : cursor->text    ? json_string(cursor->text)
                    : cursor->number  ? json_integer(cursor->number)
                                      : json_null();
    json_t *json =
        json_pack("{s:o, s:s, s:o}", "question", hex(cursor->question), "id", cursor->id, "value", value);
    if (json && cursor->by_weight) {
        json_object_set_new(json, "rank", json_integer((json_int_t)cursor->rank));
        json_object_set_new(json, "revision", hex(cursor->revision));
    }
    if (json && cursor->params)
        json_object_set(json, "params", (json_t *)cursor->params);
    MEM_AUTO char *payload = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!payload)
        return NULL;
    char *text = cursor_seal(payload, strlen(payload));
    if (text && strlen(text) <= max)
        return text;
    free(text);
    return NULL;
}

static bool take_value(const json_t *value, struct cursor *cursor)
{
    json_int_t number = json_integer_value(value);
    if (cursor->by_weight) {
        cursor->score = json_real_value(value);
        return json_is_real(value) && isfinite(cursor->score);
    }
    if (json_is_string(value) && json_string_length(value) <= CURSOR_ID_MAX)
        cursor->text = mem_text(json_string_value(value));
    else if (json_is_integer(value) && number > 0 && number <= UINT32_MAX)
        cursor->number = (uint32_t)number;
    else
        return json_is_null(value);
    return true;
}

static bool take_payload(json_t *json, struct cursor *cursor)
{
    const char *question, *id, *revision = NULL;
    json_t *value, *params = NULL;
    json_int_t rank = 0;
    if (json_unpack(json, "{s:s, s:s, s:o, s?I, s?s, s?o !}", "question", &question, "id", &id, "value",
                    &value, "rank", &rank, "revision", &revision, "params", &params) != 0)
        return false;
    cursor->by_weight = revision != NULL;
    cursor->id = mem_text(id);
    cursor->rank = (uint64_t)rank;
    cursor->params = params;
    return *id && strlen(id) <= CURSOR_ID_MAX && rank >= 0 && (!params || json_is_object(params)) &&
           take_hex(question, &cursor->question) && (!revision || take_hex(revision, &cursor->revision)) &&
           take_value(value, cursor);
}

int cursor_read(const char *text, size_t len, struct cursor *ret_cursor)
{
    BUF_AUTO struct buf payload = BUF_INIT(CURSOR_EXPORT_MAX);
    *ret_cursor = (struct cursor){0};
    if (len > CURSOR_EXPORT_MAX || cursor_unseal(text, len, &payload) != 0)
        return -1;
    ret_cursor->json = json_loadb(payload.data, payload.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    return ret_cursor->json && take_payload(ret_cursor->json, ret_cursor) ? 0 : -1;
}

void cursor_free(struct cursor *cursor)
{
    free(cursor->id);
    free(cursor->text);
    json_decref(cursor->json);
    *cursor = (struct cursor){0};
}

/* ---- questions ---- */

uint64_t cursor_question(const json_t *params)
{
    /* What else may differ from page to page. */
    static const char *const others[] = {"cursor", "offset",  "limit", "snippets",
                                         "facets", "explain", "fields"};
    json_t *question = canonical_params(json_object_get(params, "id") ? "similar" : "search", params);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        json_object_del(question, others[i]);
    MEM_AUTO char *text = json_dumps(question, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(question);
    return text ? cursor_hash(text, strlen(text)) : 0;
}
