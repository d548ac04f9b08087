/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An invented register of any size, and a log of queries to it, as JSON Lines on standard output.
 *
 *     generate register N    N agreements as records of the contract; the first of a larger register are
 *                            those of a smaller one
 *     generate queries M     M queries of each class, by popularity (Zipf): the most asked ones come up again
 *
 * A query is {class, words[], phrase, part, params}: `params` as `search` takes them, `words` and the rest
 * for who searches without the daemon.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/json_text.h"
#include "indexer/base/strlist.h"
#include "tests/bench/draw.h"
#include "tests/bench/prose.h"
#include "tests/bench/vocabulary.h"

enum {
    DRAW_AGREEMENT = 1, /* kinds of sequences, see draw_of() */
    DRAW_REFERENCE,
    DRAW_QUERY,
    DRAW_POPULARITY,

    VERSIONS = 3,        /* of a reference */
    COPIES = 3,          /* agreements for each template, on average */
    COPIES_PERCENT = 70, /* how steeply templates differ in size: the largest has 30 % of two thirds of all */
    DATA_SETS = 210,
    RELEASES_MAX = 40,
    EDITIONS_MAX = 6,
    FIRST_YEAR = 2017,
    NAME_MAX_BYTES = 256,
    LINE_MAX_BYTES = 4 << 20,

    QUERIES_DISTINCT = 120, /* of each class */
    WIDE_NOUNS = 20,        /* the most frequent */
};

/* ---- an agreement ---- */

struct release_values {
    uint32_t data_set, identifiability, opt_outs, duty, sensitivity, method, month;
    uint32_t legal_bases[2], legal_basis_count;
};

struct agreement {
    uint32_t number, template;
    char organisation[NAME_MAX_BYTES];
    char data_sets[2][NAME_MAX_BYTES]; /* named in the prose */
    uint32_t organisation_number, start_month, years, first_edition, edition_count;
    struct release_values releases[RELEASES_MAX];
    uint32_t release_count;
};

static void name_into(char name[NAME_MAX_BYTES], void (*put)(struct buf *, uint32_t), uint32_t number)
{
    BUF_AUTO struct buf text = BUF_INIT(NAME_MAX_BYTES - 1);
    put(&text, number);
    snprintf(name, NAME_MAX_BYTES, "%s", text.data);
}

static uint32_t template_of(uint32_t number, struct draw *draw)
{
    uint32_t known = number / COPIES + 1;
    return number % COPIES == 0 ? number / COPIES : draw_steep_rank(draw, known, COPIES_PERCENT);
}

static void draw_release(struct draw *draw, const struct agreement *agreement, struct release_values *release)
{
    *release = (struct release_values){
        .data_set = draw_rank(draw, DATA_SETS),
        .identifiability = draw_rank(draw, IDENTIFIABILITIES.count),
        .opt_outs = draw_rank(draw, OPT_OUTS.count),
        .duty = draw_rank(draw, DUTIES.count),
        .sensitivity = draw_below(draw, SENSITIVITIES.count),
        .method = draw_rank(draw, METHODS.count),
        .month = agreement->start_month + draw_below(draw, agreement->years * 12),
        .legal_bases = {draw_rank(draw, LEGAL_BASES.count), draw_rank(draw, LEGAL_BASES.count)},
    };
    bool two = draw_chance(draw, 30) && release->legal_bases[0] != release->legal_bases[1];
    release->legal_basis_count = two ? 2 : 1;
}

static void draw_agreement(uint32_t number, struct agreement *agreement)
{
    struct draw own = draw_of(DRAW_AGREEMENT, number);
    struct draw shared = draw_of(DRAW_REFERENCE, number / VERSIONS);
    *agreement = (struct agreement){.number = number, .template = template_of(number, &own)};
    agreement->organisation_number = draw_rank(&shared, 40 + number / VERSIONS / 4);
    agreement->start_month = draw_below(&shared, 60) + number % VERSIONS * 12;
    agreement->years = 1 + draw_below(&own, 3);
    agreement->edition_count = 1 + draw_below(&own, EDITIONS_MAX);
    agreement->first_edition = agreement->start_month / 3;
    name_into(agreement->organisation, vocabulary_organisation, agreement->organisation_number);
    agreement->release_count = 1 + draw_below(&own, 5) + draw_rank(&own, RELEASES_MAX - 10);
    for (uint32_t i = 0; i < agreement->release_count; i++)
        draw_release(&own, agreement, &agreement->releases[i]);
    for (uint32_t i = 0; i < 2; i++)
        name_into(agreement->data_sets[i], vocabulary_data_set,
                  agreement->releases[i % agreement->release_count].data_set);
}

/* ---- its JSON ---- */

static void put_text(struct buf *to, const char *name, const char *text)
{
    json_text_member(to, name);
    json_text_or_null(to, text);
}

static void put_list(struct buf *to, const char *name, const struct strlist *list)
{
    json_text_member(to, name);
    buf_byte(to, '[');
    for (size_t i = 0; i < list->len; i++) {
        json_text_comma(to);
        json_text_or_null(to, list->items[i]);
    }
    buf_byte(to, ']');
}

static void put_month(struct buf *to, uint32_t month)
{
    buf_printf(to, "\"%04u-%02u\"", FIRST_YEAR + month / 12, month % 12 + 1);
}

static uint32_t newest_edition(const struct agreement *agreement)
{
    return 3 * (agreement->first_edition + agreement->edition_count - 1);
}

/* Editions are quarters. */
static void put_editions(struct buf *to, const struct agreement *agreement)
{
    json_text_member(to, "editions");
    buf_byte(to, '[');
    for (uint32_t i = 0; i < agreement->edition_count; i++) {
        json_text_comma(to);
        put_month(to, 3 * (agreement->first_edition + i));
    }
    buf_byte(to, ']');
}

static const char *data_set_name(const struct release_values *release, char name[NAME_MAX_BYTES])
{
    name_into(name, vocabulary_data_set, release->data_set);
    return name;
}

static void put_release(struct buf *to, const struct agreement *agreement,
                        const struct release_values *release)
{
    char name[NAME_MAX_BYTES];
    json_text_comma(to);
    buf_byte(to, '{');
    put_text(to, "dataset", data_set_name(release, name));
    put_text(to, "identifiability", IDENTIFIABILITIES.items[release->identifiability]);
    put_text(to, "opt_outs", OPT_OUTS.items[release->opt_outs]);
    STRLIST_AUTO struct strlist bases = {0};
    for (uint32_t i = 0; i < release->legal_basis_count; i++)
        strlist_add(&bases, LEGAL_BASES.items[release->legal_bases[i]]);
    put_list(to, "legal_basis", &bases);
    put_text(to, "duty_of_confidence", DUTIES.items[release->duty]);
    put_text(to, "sensitivity", SENSITIVITIES.items[release->sensitivity]);
    put_text(to, "method", METHODS.items[release->method]);
    json_text_member(to, "month");
    put_month(to, release->month);
    buf_text(to, ",\"count\":1,\"editions\":[");
    put_month(to, newest_edition(agreement));
    buf_text(to, "]}");
}

static void put_releases(struct buf *to, const struct agreement *agreement)
{
    json_text_member(to, "releases");
    buf_byte(to, '[');
    for (uint32_t i = 0; i < agreement->release_count; i++)
        put_release(to, agreement, &agreement->releases[i]);
    buf_byte(to, ']');
}

enum summary {
    SUMMARY_DATA_SETS,
    SUMMARY_IDENTIFIABILITY,
    SUMMARY_OPT_OUTS,
    SUMMARY_LEGAL_BASIS,
    SUMMARY_DUTY,
    SUMMARY_SENSITIVITY,
    SUMMARY_METHOD,
    SUMMARY_COUNT
};
static const char *const summary_names[SUMMARY_COUNT] = {
    "datasets", "identifiability", "opt_outs", "legal_basis", "duty_of_confidence", "sensitivity", "method"};

/* What the releases say, each value once. */
static void put_summaries(struct buf *to, const struct agreement *agreement)
{
    struct strlist values[SUMMARY_COUNT] = {0};
    for (uint32_t i = 0; i < agreement->release_count; i++) {
        const struct release_values *release = &agreement->releases[i];
        char name[NAME_MAX_BYTES];
        strlist_add_unique(&values[SUMMARY_DATA_SETS], data_set_name(release, name));
        strlist_add_unique(&values[SUMMARY_IDENTIFIABILITY],
                           IDENTIFIABILITIES.items[release->identifiability]);
        strlist_add_unique(&values[SUMMARY_OPT_OUTS], OPT_OUTS.items[release->opt_outs]);
        for (uint32_t n = 0; n < release->legal_basis_count; n++)
            strlist_add_unique(&values[SUMMARY_LEGAL_BASIS], LEGAL_BASES.items[release->legal_bases[n]]);
        strlist_add_unique(&values[SUMMARY_DUTY], DUTIES.items[release->duty]);
        strlist_add_unique(&values[SUMMARY_SENSITIVITY], SENSITIVITIES.items[release->sensitivity]);
        strlist_add_unique(&values[SUMMARY_METHOD], METHODS.items[release->method]);
    }
    for (int i = 0; i < SUMMARY_COUNT; i++) {
        put_list(to, summary_names[i], &values[i]);
        strlist_free(&values[i]);
    }
}

static void put_identity(struct buf *to, const struct agreement *agreement)
{
    uint32_t reference = agreement->number / VERSIONS, version = agreement->number % VERSIONS;
    struct draw draw = draw_of(DRAW_REFERENCE, UINT64_C(1) << 32 | reference);
    unsigned digits = 100000 + reference % 900000;
    unsigned tail[5];
    for (int i = 0; i < 5; i++)
        tail[i] = draw_below(&draw, i % 2 ? 10 : 26);
    json_text_member(to, "id");
    buf_printf(to, "\"DARS-NIC-%u-%c%u%c%u%c-v%u.0\"", digits, 'A' + tail[0], tail[1], 'A' + tail[2], tail[3],
               'A' + tail[4], version + 1);
    json_text_member(to, "title");
    const struct topic *topic = &TOPICS[__builtin_ctz(prose_topics(agreement->template))];
    buf_printf(to, "\"Project %u: %s and %s\"", agreement->template + 1, topic->phrases[0], topic->words[1]);
    put_text(to, "organisation", agreement->organisation);
    STRLIST_AUTO struct strlist kinds = {0};
    strlist_add(&kinds, ORGANISATION_TYPES.items[agreement->organisation_number % ORGANISATION_TYPES.count]);
    put_list(to, "organisation_types", &kinds);
    STRLIST_AUTO struct strlist controllers = {0};
    strlist_add(&controllers, agreement->organisation);
    put_list(to, "controllers", &controllers);
}

static void put_span(struct buf *to, const struct agreement *agreement)
{
    uint32_t year = FIRST_YEAR + agreement->start_month / 12, month = agreement->start_month % 12 + 1;
    json_text_member(to, "start");
    buf_printf(to, "\"%04u-%02u-01\"", year, month);
    json_text_member(to, "end");
    buf_printf(to, "\"%04u-%02u-28\"", year + agreement->years, month);
    json_text_member(to, "commercial");
    buf_text(to, agreement->organisation_number % 8 == 3 ? "true" : "false");
    json_text_member(to, "sublicensing");
    buf_text(to, agreement->template % 5 == 0 ? "true" : "false");
}

/* Appends the record; returns the bytes of its prose. */
static size_t put_agreement(struct buf *to, const struct agreement *agreement)
{
    size_t prose_bytes = 0;
    buf_byte(to, '{');
    put_identity(to, agreement);
    json_text_member(to, "edition");
    put_month(to, newest_edition(agreement));
    put_editions(to, agreement);
    put_span(to, agreement);
    put_summaries(to, agreement);
    put_releases(to, agreement);
    struct prose prose = {.number = agreement->number,
                          .template = agreement->template,
                          .organisation = agreement->organisation,
                          .data_sets = {agreement->data_sets[0], agreement->data_sets[1]}};
    for (int part = 0; part < PROSE_PARTS; part++) {
        BUF_AUTO struct buf text = BUF_INIT(LINE_MAX_BYTES);
        prose_part(&text, &prose, part);
        json_text_member(to, PROSE_PART_NAMES[part]);
        json_text_string(to, text.len ? text.data : "", text.len);
        prose_bytes += text.len;
    }
    buf_byte(to, '}');
    return prose_bytes;
}

static int write_line(struct buf *line)
{
    buf_byte(line, '\n');
    bool written = !buf_failed(line) && fwrite(line->data, 1, line->len, stdout) == line->len;
    buf_reset(line);
    return written ? 0 : -1;
}

static int write_register(uint32_t count)
{
    BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
    unsigned long long prose_bytes = 0;
    for (uint32_t number = 0; number < count; number++) {
        struct agreement agreement;
        draw_agreement(number, &agreement);
        prose_bytes += put_agreement(&line, &agreement);
        if (write_line(&line) != 0)
            return -1;
    }
    fprintf(stderr, "%u agreements, %llu bytes of prose\n", count, prose_bytes);
    return 0;
}

/* ---- queries ---- */

enum query_sort {
    QUERY_WORD,
    QUERY_AND,
    QUERY_PHRASE,
    QUERY_PART,
    QUERY_PART_PHRASE,
    QUERY_FILTERED,
    QUERY_FACETS,
    QUERY_CLASSES
};
static const char *const class_names[QUERY_CLASSES] = {"word",        "and",      "phrase",      "part",
                                                       "part phrase", "filtered", "three facets"};

/* A word of the topic (in a third of all), one that most have, or a rare one. */
static void add_word(struct strlist *words, struct draw *draw, const struct topic *topic)
{
    uint32_t kind = draw_below(draw, 100);
    if (kind < 65) {
        strlist_add_unique(words, topic->words[draw_below(draw, TOPIC_WORDS)]);
    } else if (kind < 92) {
        strlist_add_unique(words, NOUNS.items[draw_below(draw, NOUNS.count)]);
    } else {
        BUF_AUTO struct buf word = BUF_INIT(NAME_MAX_BYTES);
        vocabulary_rare_word(&word, draw_rank(draw, 4000));
        strlist_add_unique(words, word.data);
    }
}

/* Words asked for together are mostly of one topic. */
static void add_words(struct strlist *words, struct draw *draw, uint32_t count)
{
    const struct topic *topic = &TOPICS[draw_below(draw, TOPIC_COUNT)];
    while (count-- > 0)
        add_word(words, draw, topic);
}

static void add_phrase(struct strlist *words, struct draw *draw)
{
    const char *phrase = draw_chance(draw, 80)
                             ? TOPICS[draw_below(draw, TOPIC_COUNT)].phrases[draw_below(draw, TOPIC_PHRASES)]
                             : COMMON_PHRASES.items[draw_below(draw, COMMON_PHRASES.count)];
    while (*phrase) {
        size_t len = strcspn(phrase, " ");
        strlist_add_copy(words, phrase, len);
        phrase += len + strspn(phrase + len, " ");
    }
}

/* What most agreements say: every full answer counts three facets, but here they are counted over most of
 * the register. */
static void add_wide_words(struct strlist *words, struct draw *draw)
{
    strlist_add_unique(words, NOUNS.items[draw_rank(draw, WIDE_NOUNS)]);
    if (draw_chance(draw, 30))
        strlist_add_unique(words, NOUNS.items[draw_rank(draw, WIDE_NOUNS)]);
}

static void put_filter(struct buf *to, struct draw *draw)
{
    json_text_member(to, "filters");
    buf_byte(to, '{');
    switch (draw_below(draw, 3)) {
    case 0:
        buf_text(to, "\"legal_basis\":[");
        json_text_or_null(to, LEGAL_BASES.items[draw_rank(draw, 8)]);
        break;
    case 1: {
        char name[NAME_MAX_BYTES];
        name_into(name, vocabulary_organisation, draw_rank(draw, 20));
        buf_text(to, "\"organisation\":[");
        json_text_or_null(to, name);
        break;
    }
    default: {
        char name[NAME_MAX_BYTES];
        name_into(name, vocabulary_data_set, draw_rank(draw, 60));
        buf_text(to, "\"dataset\":[");
        json_text_or_null(to, name);
    }
    }
    buf_text(to, "]}");
}

static void put_q(struct buf *to, const struct strlist *words, bool phrase)
{
    BUF_AUTO struct buf q = BUF_INIT(NAME_MAX_BYTES);
    buf_text(&q, phrase ? "\"" : "");
    for (size_t i = 0; i < words->len; i++)
        buf_printf(&q, "%s%s", i ? " " : "", words->items[i]);
    buf_text(&q, phrase ? "\"" : "");
    put_text(to, "q", q.data);
}

static void put_query(struct buf *to, enum query_sort class, uint32_t number)
{
    struct draw draw = draw_of(DRAW_QUERY, (uint64_t) class << 32 | number);
    STRLIST_AUTO struct strlist words = {0};
    bool phrase = class == QUERY_PHRASE || class == QUERY_PART_PHRASE;
    bool part = class == QUERY_PART || class == QUERY_PART_PHRASE;
    if (class == QUERY_FACETS) {
        add_wide_words(&words, &draw);
    } else if (number == 0 && class != QUERY_WORD && class != QUERY_PART) {
        strlist_add(&words, "risk");
        strlist_add(&words, "stratification");
    } else if (phrase) {
        add_phrase(&words, &draw);
    } else {
        uint32_t more = class == QUERY_WORD  ? 0
                        : class == QUERY_AND ? 1 + draw_below(&draw, 2)
                                             : draw_below(&draw, 2);
        add_words(&words, &draw, 1 + more);
    }
    const char *part_name = part ? PROSE_PART_NAMES[draw_rank(&draw, PROSE_PARTS)] : NULL;
    buf_byte(to, '{');
    put_text(to, "class", class_names[class]);
    put_list(to, "words", &words);
    json_text_member(to, "phrase");
    buf_text(to, phrase ? "true" : "false");
    put_text(to, "part", part_name);
    json_text_member(to, "params");
    buf_byte(to, '{');
    put_q(to, &words, phrase);
    if (part) {
        buf_text(to, ",\"parts\":[");
        json_text_or_null(to, part_name);
        buf_byte(to, ']');
    }
    if (class == QUERY_FILTERED)
        put_filter(to, &draw);
    buf_text(to, "}}");
}

static int write_queries(uint32_t count)
{
    BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
    for (int kind = 0; kind < QUERY_CLASSES; kind++) {
        struct draw popularity = draw_of(DRAW_POPULARITY, (uint64_t)kind);
        for (uint32_t i = 0; i < count; i++) {
            put_query(&line, (enum query_sort)kind, draw_rank(&popularity, QUERIES_DISTINCT));
            if (write_line(&line) != 0)
                return -1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long count = argc == 3 ? strtoul(argv[2], &end, 10) : 0;
    bool wants_register = argc == 3 && strcmp(argv[1], "register") == 0;
    if (!end || *end || count < 1 || count > 1000000 ||
        (!wants_register && strcmp(argv[1], "queries") != 0)) {
        fputs("usage: generate register|queries COUNT (1 to 1000000)\n", stderr);
        return 2;
    }
    int status = wants_register ? write_register((uint32_t)count) : write_queries((uint32_t)count);
    if (status == 0 && fflush(stdout) == 0)
        return 0;
    perror("generate: standard output cannot be written");
    return 2;
}
