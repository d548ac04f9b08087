/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/prose.h"

#include <ctype.h>
#include <stdbool.h>

#include "tests/bench/draw.h"
#include "tests/bench/vocabulary.h"

enum {
    DRAW_TOPICS = 11, /* kinds of sequences, see draw_of() */
    DRAW_SHAPE,
    DRAW_PLAN,
    DRAW_BANK,
    DRAW_OWN,
    DRAW_EDIT,

    BANK_SENTENCES = 900, /* shared by all templates */
    BANK_PERCENT = 50,    /* of a template's sentences come from there */
    EDIT_PERCENT = 3,     /* of an agreement's sentences are not its template's */
    EMPTY_PERCENT = 12,   /* of parts other than the objectives */
    TOPIC_PERCENT = 36,   /* of templates speak of a topic */
    RARE_NOUN_PERCENT = 10,
    RARE_WORDS = 6000, /* known from the start; */
    RARE_GROWTH = 12,  /* and so many more with each template */
};

const char *const PROSE_PART_NAMES[PROSE_PARTS] = {"objectives", "expected_benefits", "yielded_benefits",
                                                   "outputs", "processing"};
/* Sentences of each part; about 20 KB in all. */
static const uint32_t part_sentences[PROSE_PARTS] = {55, 24, 18, 18, 48};

uint32_t prose_topics(uint32_t template)
{
    struct draw draw = draw_of(DRAW_TOPICS, template);
    uint32_t topics = 0;
    for (int topic = 0; topic < TOPIC_COUNT; topic++)
        if (topic != TOPIC_RISK && draw_chance(&draw, TOPIC_PERCENT))
            topics |= UINT32_C(1) << topic;
    /* Every other template: half of the small ones and, of the large ones, about half of the copies. */
    if (template % 3 == 0 || (template % 6 == 4))
        topics |= UINT32_C(1) << TOPIC_RISK;
    return topics ? topics : 2;
}

static int pick_topic(struct draw *draw, uint32_t topics)
{
    uint32_t skip = draw_below(draw, (uint32_t)__builtin_popcount(topics));
    while (skip-- > 0)
        topics &= topics - 1;
    return __builtin_ctz(topics);
}

/* ---- one sentence ---- */

struct sentence {
    const struct prose *prose;
    const struct topic *topic;
    uint32_t rare_words;
    struct draw draw;
};

/* Half by Zipf's law, half evenly: what people write is not as flat as the one nor as steep as the other. */
static const char *pick(struct draw *draw, const struct wordlist *words)
{
    uint32_t number = draw_chance(draw, 50) ? draw_rank(draw, words->count) : draw_below(draw, words->count);
    return words->items[number];
}

static void put_noun(struct buf *to, struct sentence *sentence)
{
    struct draw *draw = &sentence->draw;
    if (draw_chance(draw, RARE_NOUN_PERCENT)) {
        vocabulary_rare_word(to, draw_rank(draw, sentence->rare_words));
        return;
    }
    const char *noun = pick(draw, &NOUNS);
    buf_text(to, noun);
    size_t len = strlen(noun);
    if (draw_chance(draw, 30) && !strchr("sya", noun[len - 1]))
        buf_byte(to, 's');
}

static void put_slot(struct buf *to, struct sentence *sentence, char slot)
{
    struct draw *draw = &sentence->draw;
    switch (slot) {
    case 'N':
        put_noun(to, sentence);
        return;
    case 'V':
        buf_text(to, pick(draw, &VERBS));
        return;
    case 'A':
        buf_text(to, pick(draw, &ADJECTIVES));
        return;
    case 'T':
        buf_text(to, sentence->topic->words[draw_rank(draw, TOPIC_WORDS)]);
        return;
    case 'P':
        buf_text(to, sentence->topic->phrases[draw_rank(draw, TOPIC_PHRASES)]);
        return;
    case 'O':
        buf_text(to, sentence->prose->organisation);
        return;
    case 'D':
        buf_text(to, sentence->prose->data_sets[draw_below(draw, 2)]);
        return;
    case 'S':
        buf_text(to, pick(draw, &PROVISIONS));
        return;
    case 'R':
        vocabulary_rare_word(to, draw_rank(draw, sentence->rare_words));
        return;
    default:
        buf_printf(to, "%u", 2 + draw_rank(draw, 400));
    }
}

static void put_sentence(struct buf *to, struct sentence *sentence)
{
    const char *pattern = SENTENCES.items[draw_below(&sentence->draw, SENTENCES.count)];
    size_t start = to->len;
    for (const char *at = pattern; *at; at++) {
        if (*at == '%')
            put_slot(to, sentence, *++at);
        else
            buf_byte(to, *at);
    }
    if (to->len > start)
        to->data[start] = (char)toupper((unsigned char)to->data[start]);
}

/* ---- a part ---- */

/* What stands at place `at` of the template: a sentence of the bank that fits one of its topics, or its own.
 */
static struct sentence planned(const struct prose *prose, uint32_t topics, int part, uint32_t at)
{
    struct draw plan = draw_of(DRAW_PLAN, (uint64_t)prose->template << 16 | (uint32_t)part << 8 | at);
    struct sentence sentence = {.prose = prose, .rare_words = RARE_WORDS};
    int topic = pick_topic(&plan, topics);
    sentence.topic = &TOPICS[topic];
    if (draw_chance(&plan, BANK_PERCENT)) {
        uint32_t number = draw_rank(&plan, BANK_SENTENCES / TOPIC_COUNT);
        sentence.draw = draw_of(DRAW_BANK, (uint64_t)topic << 32 | number);
        return sentence;
    }
    sentence.rare_words += RARE_GROWTH * prose->template;
    sentence.draw = draw_of(DRAW_OWN, draw_next(&plan));
    return sentence;
}

static struct sentence edited(const struct prose *prose, uint32_t topics, struct draw *edit)
{
    struct sentence sentence = {.prose = prose,
                                .topic = &TOPICS[pick_topic(edit, topics)],
                                .rare_words = RARE_WORDS + RARE_GROWTH / 3 * prose->number};
    sentence.draw = draw_of(DRAW_EDIT, draw_next(edit));
    return sentence;
}

/* Says what the agreement is about, topic by topic, in the topic's own phrase. */
static void put_opening(struct buf *to, const struct prose *prose, uint32_t topics)
{
    buf_text(to, prose->organisation);
    buf_text(to, " asks for data for these purposes:\n");
    for (int topic = 0; topic < TOPIC_COUNT; topic++)
        if (topics & UINT32_C(1) << topic)
            buf_printf(to, "- %s and %s\n", TOPICS[topic].phrases[0], TOPICS[topic].words[0]);
}

/* Between two sentences: mostly a space, at times a new paragraph or an item of a list. */
static void put_joint(struct buf *to, struct draw *shape, uint32_t at)
{
    uint32_t kind = draw_below(shape, 100);
    if (kind < 70)
        buf_byte(to, ' ');
    else if (kind < 85)
        buf_byte(to, '\n');
    else if (kind < 93)
        buf_printf(to, "\n%u. ", at);
    else
        buf_text(to, "\n\xE2\x80\xA2 ");
}

void prose_part(struct buf *to, const struct prose *prose, int part)
{
    struct draw shape = draw_of(DRAW_SHAPE, (uint64_t)prose->template << 3 | (uint32_t)part);
    struct draw edit = draw_of(DRAW_EDIT, (uint64_t)prose->number << 3 | (uint32_t)part);
    uint32_t topics = prose_topics(prose->template);
    if (part == 0)
        put_opening(to, prose, topics);
    else if (draw_chance(&shape, EMPTY_PERCENT))
        return;
    uint32_t count = part_sentences[part] * (60 + draw_below(&shape, 80)) / 100;
    for (uint32_t at = 0; at < count; at++) {
        if (at > 0)
            put_joint(to, &shape, at);
        struct sentence sentence = draw_chance(&edit, EDIT_PERCENT) ? edited(prose, topics, &edit)
                                                                    : planned(prose, topics, part, at);
        put_sentence(to, &sentence);
    }
}
