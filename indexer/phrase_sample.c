/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/phrase_sample.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/text/stop_words.h"

enum {
    SLOTS = 2 * PHRASE_SAMPLE_RUNS, /* a power of two */
    SEEN_MAX = 8,                   /* a power of two: a run, and its neighbours */
    WORD_SHORTEST = 2,              /* bytes of a word that a phrase begins or ends with */
    TEXT_BLOCK = 1 << 20,           /* bytes that spellings are taken from */
    TEXT_BLOCKS_MAX = PHRASE_SAMPLE_TEXT_MAX / TEXT_BLOCK,
    NOTHING = 0, /* the neighbour where a sentence begins or ends */
};

/* A token lately read. */
struct seen {
    uint64_t stem;
    uint32_t word;     /* hash of it */
    size_t start, end; /* in the text */
    bool joins;        /* nothing but a space or a hyphen parts it from the one before */
    bool begins, ends; /* a phrase may begin, or end, with it */
};

/* What has most of the votes: has had, where it is more than half. */
struct majority {
    uint32_t what, votes;
};

struct run {
    uint64_t key;
    uint32_t records, last; /* that have it; the last of them */
    uint32_t places;
    struct majority left, right, spelling;
    char *text; /* the spelling's; NULL: none kept yet */
};

struct phrase_sample {
    struct run *runs;
    size_t run_count, run_cap;
    uint32_t *slots; /* key to number of the run plus 1 */
    uint32_t record;
    char *blocks[TEXT_BLOCKS_MAX]; /* of spellings */
    size_t block_count, block_used;
    const char *text;           /* of the part under way, borrowed */
    struct seen seen[SEEN_MAX]; /* a ring: see seen_at() */
    size_t seen_count;
};

struct phrase_sample *phrase_sample_new(void)
{
    struct phrase_sample *sample = mem_zero(1, sizeof *sample);
    sample->slots = mem_zero(SLOTS, sizeof *sample->slots);
    return sample;
}

void phrase_sample_free(struct phrase_sample *sample)
{
    if (!sample)
        return;
    for (size_t i = 0; i < sample->block_count; i++)
        free(sample->blocks[i]);
    free(sample->runs);
    free(sample->slots);
    free(sample);
}

/* The token read `back` before the last one. */
static struct seen *seen_at(struct phrase_sample *sample, size_t back)
{
    return &sample->seen[(sample->seen_count - 1 - back) % SEEN_MAX];
}

/* ---- runs ---- */

/* Where the key's run is entered, or is to be. */
static uint32_t *slot_of(struct phrase_sample *sample, uint64_t key)
{
    size_t slot = key % SLOTS;
    while (sample->slots[slot] && sample->runs[sample->slots[slot] - 1].key != key)
        slot = (slot + 1) % SLOTS;
    return &sample->slots[slot];
}

/* Drops the rarest runs until half of the room is free. */
static void drop_rarest(struct phrase_sample *sample)
{
    for (uint32_t least = 2; sample->run_count > PHRASE_SAMPLE_RUNS / 2; least++) {
        size_t kept = 0;
        for (size_t i = 0; i < sample->run_count; i++)
            if (sample->runs[i].records >= least)
                sample->runs[kept++] = sample->runs[i];
        sample->run_count = kept;
    }
    memset(sample->slots, 0, SLOTS * sizeof *sample->slots);
    for (size_t i = 0; i < sample->run_count; i++)
        *slot_of(sample, sample->runs[i].key) = (uint32_t)i + 1;
}

static struct run *run_of(struct phrase_sample *sample, uint64_t key)
{
    uint32_t *slot = slot_of(sample, key);
    if (*slot)
        return &sample->runs[*slot - 1];
    if (sample->run_count == PHRASE_SAMPLE_RUNS) {
        drop_rarest(sample);
        slot = slot_of(sample, key);
    }
    sample->runs = mem_push(sample->runs, sample->run_count, &sample->run_cap, sizeof *sample->runs);
    sample->runs[sample->run_count] = (struct run){.key = key};
    *slot = (uint32_t)++sample->run_count;
    return &sample->runs[sample->run_count - 1];
}

/* ---- spellings and neighbours ---- */

/* True where `what` is the new majority. NOTHING never is one. */
static bool vote(struct majority *majority, uint32_t what)
{
    if (what != NOTHING && majority->votes > 0 && majority->what == what) {
        majority->votes++;
    } else if (majority->votes > 0) {
        majority->votes--;
    } else if (what != NOTHING) {
        *majority = (struct majority){what, 1};
        return true;
    }
    return false;
}

static bool is_majority(const struct majority *majority, uint32_t places)
{
    /* Of `places` votes, those for it less those against it. */
    return (uint64_t)majority->votes * 100 > (uint64_t)places * (2 * PHRASE_SAME_PERCENT - 100);
}

/* The text from one token to another, spaces of all kinds made single ones; its length, or 0 where it is too
 * long. */
static size_t spell(struct phrase_sample *sample, size_t words, char text[PHRASE_TEXT_MAX + 1])
{
    size_t len = 0;
    for (size_t word = words; word >= 1; word--) {
        const struct seen *seen = seen_at(sample, word);
        size_t bytes = seen->end - seen->start;
        if (word < words)
            text[len++] = sample->text[seen->start - 1] == '-' ? '-' : ' ';
        if (len + bytes >= PHRASE_TEXT_MAX)
            return 0;
        memcpy(text + len, sample->text + seen->start, bytes);
        len += bytes;
    }
    text[len] = '\0';
    return len;
}

/* Room for a spelling, or NULL where there is no more. */
static char *take_room(struct phrase_sample *sample, size_t bytes)
{
    if (sample->block_count == 0 || sample->block_used + bytes > TEXT_BLOCK) {
        if (sample->block_count == TEXT_BLOCKS_MAX)
            return NULL;
        sample->blocks[sample->block_count++] = mem_alloc(TEXT_BLOCK);
        sample->block_used = 0;
    }
    char *room = sample->blocks[sample->block_count - 1] + sample->block_used;
    sample->block_used += bytes;
    return room;
}

/* Most runs are met in one record only, and need no spelling. */
static void take_spelling(struct phrase_sample *sample, struct run *run, size_t words)
{
    char text[PHRASE_TEXT_MAX + 1];
    size_t len = run->records < PHRASE_RECORDS_MIN ? 0 : spell(sample, words, text);
    if (len == 0 || !vote(&run->spelling, (uint32_t)XXH3_64bits(text, len) | 1))
        return;
    if (!run->text || strlen(run->text) < len)
        run->text = take_room(sample, len + 1);
    if (run->text)
        memcpy(run->text, text, len + 1);
}

/* ---- reading ---- */

/* The run that ends with the last token but one. */
static void take_run(struct phrase_sample *sample, uint64_t key, size_t words)
{
    const struct seen *first = seen_at(sample, words);
    const struct seen *before = words + 1 < sample->seen_count ? seen_at(sample, words + 1) : NULL;
    struct run *run = run_of(sample, key);
    run->places++;
    vote(&run->left, first->joins && before ? before->word : NOTHING);
    vote(&run->right, seen_at(sample, 0)->joins ? seen_at(sample, 0)->word : NOTHING);
    if (run->last == sample->record)
        return;
    run->last = sample->record;
    run->records++;
    take_spelling(sample, run, words);
}

/* Takes the runs that end with the last token but one: the last is their neighbour. */
static void take_runs(struct phrase_sample *sample)
{
    uint64_t key = 0;
    if (sample->seen_count < 2 || !seen_at(sample, 1)->ends)
        return;
    for (size_t words = 1; words <= PHRASE_WORDS_MAX && words < sample->seen_count; words++) {
        key = phrase_key(key, seen_at(sample, words)->stem);
        if (words >= PHRASE_WORDS_MIN && seen_at(sample, words)->begins)
            take_run(sample, key, words);
        if (!seen_at(sample, words)->joins)
            return;
    }
}

static void push_seen(struct phrase_sample *sample, struct seen seen)
{
    sample->seen_count++;
    *seen_at(sample, 0) = seen;
    take_runs(sample);
}

/* Whether two words stand in one phrase: a hyphen between them, or spaces. */
static bool is_joined(const char *gap, size_t len)
{
    if (len == 1 && *gap == '-')
        return true;
    for (size_t i = 0; i < len; i++) {
        bool is_no_break = i + 1 < len && (unsigned char)gap[i] == 0xC2 && (unsigned char)gap[i + 1] == 0xA0;
        if (gap[i] != ' ' && gap[i] != '\t' && !is_no_break)
            return false;
        i += is_no_break;
    }
    return len > 0;
}

/* What is searched in another form than it is counted in ("SUS+", "s261(5)(d)") is in no phrase. */
static struct seen see(struct phrase_sample *sample, const struct token *token)
{
    const struct term *term = &token->term;
    struct seen seen = {.stem = phrase_stem(term), .start = token->start, .end = token->start + token->len};
    bool is_reference = memchr(term->bytes, '-', term->len) != NULL;
    bool is_stop = term->len < WORD_SHORTEST || stop_word_is(token->word.bytes, token->word.len);
    bool is_plain = term->len == token->exact.len && memcmp(term->bytes, token->exact.bytes, term->len) == 0;
    size_t before = sample->seen_count > 0 ? seen_at(sample, 0)->end : seen.start;
    seen.word = (uint32_t)seen.stem | 1;
    seen.ends = !is_reference && !is_stop && is_plain;
    seen.begins = seen.ends && !(term->bytes[0] >= '0' && term->bytes[0] <= '9');
    seen.joins = !is_reference && is_plain && seen.start > before &&
                 is_joined(sample->text + before, seen.start - before);
    return seen;
}

static void add_part(struct phrase_sample *sample, struct analyser *analyser, const char *text)
{
    struct token token;
    sample->text = text;
    sample->seen_count = 0;
    analyser_begin(analyser, text, strlen(text));
    while (analyser_next(analyser, &token))
        push_seen(sample, see(sample, &token));
    push_seen(sample, (struct seen){0}); /* the end is the last word's neighbour */
}

void phrase_sample_add(struct phrase_sample *sample, struct analyser *analyser, const struct record *record)
{
    sample->record++;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const char *text = field_part_text(field_parts()[part], record);
        if (text)
            add_part(sample, analyser, text);
    }
}

/* ---- choosing ---- */

/* The most frequent first; of equals the longer, then by spelling. */
static int by_worth(const void *a, const void *b)
{
    const struct run *left = a, *right = b;
    if (left->records != right->records)
        return left->records > right->records ? -1 : 1;
    size_t left_len = strlen(left->text), right_len = strlen(right->text);
    if (left_len != right_len)
        return left_len > right_len ? -1 : 1;
    return strcmp(left->text, right->text);
}

static bool is_phrase(const struct run *run)
{
    return run->text && run->records >= PHRASE_RECORDS_MIN && !is_majority(&run->left, run->places) &&
           !is_majority(&run->right, run->places);
}

struct phrase_list phrase_sample_choose(struct phrase_sample *sample, size_t max)
{
    size_t count = 0;
    for (size_t i = 0; i < sample->run_count; i++)
        if (is_phrase(&sample->runs[i]))
            sample->runs[count++] = sample->runs[i];
    sample->run_count = 0; /* what was moved is entered nowhere */
    if (count > 1)
        qsort(sample->runs, count, sizeof *sample->runs, by_worth);
    struct phrase_list list = {.count = count < max ? count : max};
    list.items = mem_zero(list.count + 1, sizeof *list.items);
    for (size_t i = 0; i < list.count; i++)
        list.items[i] = (struct phrase){mem_text(sample->runs[i].text), sample->runs[i].key, 0};
    return list;
}
