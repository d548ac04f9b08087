/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/passage.h"

#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/edges.h"
#include "indexer/text/fold.h"
#include "indexer/text/passage_match.h"

enum {
    LENGTH_MIN = 40, /* bytes; shorter passages are nothing to read */
    LENGTH_MAX = 65536,
    ITEM_LINE_MAX = 16384, /* bytes before a passage in which its line must begin to be a list's item */
    ITEM_LETTERS_MAX = 5,  /* "xviii" */
    ITEM_DIGITS_MAX = 3,
};

/* What no passage has taken yet: text[from .. to). */
struct gap {
    size_t from, to;
};

/* The matches a passage is built around. */
struct window {
    size_t start, end;
    uint64_t units;
    size_t spread; /* from the first to the last thing that counts */
    struct gap gap;
};

struct choice {
    const struct passage_query *query;
    const struct matches *matches;
    const char *text;
    size_t len, length;
    const struct passage *taken;
    size_t taken_count;
    uint16_t seen[PASSAGE_ITEMS_MAX]; /* how often each item is in the window */
};

/* The item that a match counts as. */
static uint32_t item_of(const struct choice *choice, const struct match *match)
{
    return passage_query_counts_as(choice->query, match->item);
}

static uint64_t units_of(const struct choice *choice, const struct match *match)
{
    return choice->query->items[item_of(choice, match)].units;
}

/* The gap a match stands in; false where a passage has it, or part of it. */
static bool find_gap(const struct choice *choice, const struct match *match, struct gap *gap)
{
    *gap = (struct gap){0, choice->len};
    for (size_t i = 0; i < choice->taken_count; i++) {
        const struct passage *passage = &choice->taken[i];
        if (passage->end <= match->start)
            gap->from = passage->end > gap->from ? passage->end : gap->from;
        else if (passage->start >= match->end)
            gap->to = passage->start < gap->to ? passage->start : gap->to;
        else
            return false;
    }
    return true;
}

/* The end of the first matches from `first` on that are worth `units` together, and how far on the last
 * begins. */
static void measure(const struct choice *choice, size_t first, struct window *window)
{
    bool counted[PASSAGE_ITEMS_MAX] = {false};
    const struct match *found = choice->matches->found;
    uint64_t units = 0;

    window->end = found[first].end;
    for (size_t i = first; units < window->units; i++) {
        if (counted[item_of(choice, &found[i])])
            continue;
        counted[item_of(choice, &found[i])] = true;
        units += units_of(choice, &found[i]);
        window->end = found[i].end > window->end ? found[i].end : window->end;
        window->spread = found[i].start - found[first].start;
    }
}

static bool is_better(const struct window *window, const struct window *best)
{
    return window->units > best->units || (window->units == best->units && window->spread < best->spread);
}

/* Slides a window over the matches of one gap, from `first` up to `last`; improves `best`. */
static void slide(struct choice *choice, size_t first, size_t last, struct gap gap, struct window *best)
{
    const struct match *found = choice->matches->found;
    uint64_t units = 0;
    size_t to = first;

    memset(choice->seen, 0, sizeof choice->seen);
    for (size_t from = first; from < last; from++) {
        while (to < last && (to == from || found[to].end <= found[from].start + choice->length)) {
            if (choice->seen[item_of(choice, &found[to])]++ == 0)
                units += units_of(choice, &found[to]);
            to++;
        }
        if (units >= best->units) {
            struct window window = {.start = found[from].start, .units = units, .gap = gap};
            measure(choice, from, &window);
            if (is_better(&window, best))
                *best = window;
        }
        if (--choice->seen[item_of(choice, &found[from])] == 0)
            units -= units_of(choice, &found[from]);
    }
}

static bool find_window(struct choice *choice, struct window *best)
{
    size_t count = choice->matches->count;
    const struct match *found = choice->matches->found;

    *best = (struct window){.units = 0};
    for (size_t first = 0; first < count;) {
        struct gap gap, next;
        size_t last = first + 1;
        if (!find_gap(choice, &found[first], &gap)) {
            first++;
            continue;
        }
        while (last < count && find_gap(choice, &found[last], &next) && next.from == gap.from)
            last++;
        slide(choice, first, last, gap, best);
        first = last;
    }
    return best->units > 0;
}

/* The nearest place at or before `at` (not before `low`) where a line or sentence begins; SIZE_MAX: none. */
static size_t beginning_before(const struct choice *choice, size_t low, size_t at)
{
    for (size_t here = at + 1; here-- > low;) {
        if (edge_is_word_beginning(choice->text, here) && edge_space(choice->text, choice->len, here) == 0 &&
            edge_is_beginning(choice->text, choice->len, here))
            return here;
    }
    return SIZE_MAX;
}

/* The first place from `low` up to `at` where a word begins. */
static size_t word_from(const struct choice *choice, size_t low, size_t at)
{
    while (low < at &&
           !(edge_is_word_beginning(choice->text, low) && edge_space(choice->text, choice->len, low) == 0))
        low++;
    return low;
}

/* Where a passage that ends at `end` or further on begins: with the sentence where that fits, else a little
 * before. */
static size_t choose_start(const struct choice *choice, const struct window *window)
{
    size_t width = window->end - window->start;
    size_t spare = width < choice->length ? choice->length - width : 0;
    size_t room = window->start - window->gap.from;
    size_t lead = spare < room ? spare : room;
    size_t start = beginning_before(choice, window->start - lead, window->start);

    if (start != SIZE_MAX)
        return start;
    lead = lead < spare / 3 ? lead : spare / 3;
    return word_from(choice, window->start - lead, window->start);
}

/* Where a passage that begins at `start` and must reach to `least` ends: with a line or sentence where one
 * ends in the second half of what fits, else with a word. */
static size_t choose_end(const struct choice *choice, size_t start, size_t least, size_t to)
{
    size_t limit = to - start > choice->length ? start + choice->length : to;
    size_t low = start + choice->length / 2;
    size_t word = SIZE_MAX;

    limit = limit > least ? limit : least;
    low = low > least ? low : least;
    if (edge_skip(choice->text, choice->len, limit) == choice->len)
        return edge_skip_back(choice->text, choice->len);
    for (size_t at = limit; at > start && at >= least; at--) {
        if (!edge_is_word_end(choice->text, choice->len, at) || edge_is_word_beginning(choice->text, at))
            continue;
        word = word == SIZE_MAX ? at : word;
        if (at < low)
            break;
        if (edge_is_end(choice->text, choice->len, at))
            return at;
    }
    return word != SIZE_MAX ? word : edge_character(choice->text, choice->len, limit);
}

/* At the text's end a passage has room left: more of what comes before. */
static size_t reach_back(const struct choice *choice, const struct window *window, size_t start, size_t end)
{
    size_t low = end > choice->length ? end - choice->length : 0;

    low = low > window->gap.from ? low : window->gap.from;
    for (size_t at = low; at < start; at++) {
        if (edge_is_word_beginning(choice->text, at) && edge_space(choice->text, choice->len, at) == 0 &&
            edge_is_beginning(choice->text, choice->len, at))
            return at;
    }
    return edge_is_beginning(choice->text, choice->len, start) ? start : word_from(choice, low, start);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool is_label(const char *label, size_t len)
{
    size_t digits = 0, romans = 0;

    for (size_t i = 0; i < len; i++) {
        digits += fold_is_digit(label[i]) ? 1 : 0;
        romans += strchr("ivxIVX", label[i]) != NULL ? 1 : 0;
    }
    if (digits > 0)
        return digits == len && len <= ITEM_DIGITS_MAX;
    return len == 1 || (romans == len && len <= ITEM_LETTERS_MAX);
}

/* "3.", "3)", "(a)", "a.", "iv." at `at`, white space behind it. */
static void read_item(const char *text, size_t len, size_t at, struct passage *passage)
{
    size_t start, end;
    bool is_open;

    while (at < len && is_blank(text[at]))
        at++;
    is_open = at < len && text[at] == '(';
    start = end = at + (is_open ? 1 : 0);
    while (end < len && end - start <= ITEM_LETTERS_MAX && fold_ascii[(unsigned char)text[end]] != 0)
        end++;
    if (end == start || end + 1 >= len || edge_space(text, len, end + 1) == 0 ||
        !is_label(text + start, end - start))
        return;
    if (text[end] == ')' || (text[end] == '.' && !is_open)) {
        passage->item_start = start;
        passage->item_len = end - start;
    }
}

/* Looks at the beginning of the line that the passage begins in. */
static void find_item(const char *text, size_t len, struct passage *passage)
{
    size_t at = passage->start;

    passage->item_start = passage->item_len = 0;
    while (at > 0 && text[at - 1] != '\n' && text[at - 1] != '\r' &&
           !(text[at - 1] == '\xA8' && at >= 3 && memcmp(text + at - 3, "\xE2\x80\xA8", 3) == 0)) {
        if (passage->start - at == ITEM_LINE_MAX)
            return;
        at--;
    }
    read_item(text, len, at, passage);
}

static struct passage cut(const struct choice *choice, const struct window *window)
{
    struct passage passage = {.score = (double)window->units / MATCH_UNIT};
    size_t least = window->end;

    /* A phrase over a page of dots is not shown whole. */
    if (least - window->start > 2 * choice->length)
        least = edge_character(choice->text, choice->len, window->start + 2 * choice->length);
    passage.start = choose_start(choice, window);
    passage.end = choose_end(choice, passage.start, least, window->gap.to);
    if (passage.end - passage.start < choice->length &&
        edge_skip(choice->text, choice->len, passage.end) == choice->len)
        passage.start = reach_back(choice, window, passage.start, passage.end);
    find_item(choice->text, choice->len, &passage);
    return passage;
}

/* A text that holds nothing of the query shows its beginning. */
static size_t cut_beginning(const struct choice *choice, struct passage *passage)
{
    size_t start = edge_skip(choice->text, choice->len, 0);

    if (start == choice->len)
        return 0;
    *passage = (struct passage){.start = start, .score = 0};
    passage->end = choose_end(choice, start, start + 1, choice->len);
    find_item(choice->text, choice->len, passage);
    return 1;
}

static size_t bounded_length(size_t length)
{
    if (length == 0)
        return PASSAGE_LENGTH_DEFAULT;
    if (length < LENGTH_MIN)
        return LENGTH_MIN;
    return length < LENGTH_MAX ? length : LENGTH_MAX;
}

/* What passage_find() does, with `first_units` as struct matches has it. */
static size_t find(struct analyser *analyser, const struct passage_query *query, const char *text,
                   size_t text_len, size_t length, uint64_t first_units, struct passage *passages,
                   size_t wanted)
{
    struct matches matches = {.first_units = first_units};
    struct choice choice = {
        .query = query, .matches = &matches, .text = text, .len = text_len, .taken = passages};
    struct window window = {.units = 0};

    if (wanted == 0)
        return 0;
    choice.length = bounded_length(length);
    /* Of equal stretches the first is best, and those of a single thing are equal. */
    matches.first_only = wanted == 1 && passage_query_is_single(query);
    if (!passage_query_is_empty(query))
        matches_collect(&matches, analyser, query, text, 0, text_len);
    wanted = wanted < PASSAGE_COUNT_MAX ? wanted : PASSAGE_COUNT_MAX;
    while (choice.taken_count < wanted && find_window(&choice, &window)) {
        passages[choice.taken_count] = cut(&choice, &window);
        choice.taken_count++;
    }
    matches_free(&matches);
    return choice.taken_count > 0 ? choice.taken_count : cut_beginning(&choice, passages);
}

size_t passage_find(struct analyser *analyser, const struct passage_query *query, const char *text,
                    size_t text_len, size_t length, struct passage *passages, size_t wanted)
{
    return find(analyser, query, text, text_len, length, 0, passages, wanted);
}

size_t passage_find_one(struct analyser *analyser, const struct passage_query *query, const char *text,
                        size_t text_len, size_t length, double bound, struct passage *ret_passage)
{
    return find(analyser, query, text, text_len, length, (uint64_t)(bound * MATCH_UNIT), ret_passage, 1);
}
