/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/organisations.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/hash.h"
#include "indexer/base/mem.h"
#include "indexer/register/key.h"

enum {
    ORGANISATIONS_MAX = 2000,     /* pieces of one list; what is over stays in the last */
    ORGANISATION_PIECES_MAX = 8,  /* that one name is put together of */
    ORGANISATION_NOTE_MAX = 1000, /* bytes of a note */
};

struct known_name {
    char *key;
    UT_hash_handle hh;
};

struct organisation_names {
    struct known_name *by_key;
};

struct organisation_names *organisation_names_new(void)
{
    return mem_zero(1, sizeof(struct organisation_names));
}

void organisation_names_free(struct organisation_names *names)
{
    if (!names)
        return;
    struct known_name *name, *next;
    HASH_ITER(hh, names->by_key, name, next)
    {
        HASH_DEL(names->by_key, name);
        free(name->key);
        free(name);
    }
    free(names);
}

static bool is_known(const struct organisation_names *names, const char *key)
{
    struct known_name *found = NULL;
    if (names && *key)
        HASH_FIND_STR(names->by_key, key, found);
    return found != NULL;
}

void organisation_names_add(struct organisation_names *names, const char *name)
{
    char *key = key_fold(name);
    if (!*key || is_known(names, key)) {
        free(key);
        return;
    }
    struct known_name *known = mem_zero(1, sizeof *known);
    known->key = key;
    HASH_ADD_KEYPTR(hh, names->by_key, known->key, strlen(known->key), known);
}

/* ---- The shape of names; all in keys, so folded and parted by '-' ---- */

static const char *const endings[] = {
    "ccg",         "icb",      "ics",           "icp",        "trust",       "council",    "limited",
    "ltd",         "plc",      "llp",           "llc",        "inc",         "gmbh",       "ag",
    "sa",          "bv",       "lhb",           "board",      "unit",        "csu",        "agency",
    "authority",   "alliance", "college",       "university", "hospital",    "hospitals",  "institute",
    "foundation",  "society",  "association",   "centre",     "partnership", "commission", "england",
    "wales",       "office",   "department",    "service",    "services",    "borough",    "group",
    "corporation", "company",  "federation",    "network",    "registry",    "charity",    "school",
    "improvement", "digital",  "commissioners",
};

/* Endings by which a name that begins with "NHS" is whole; councils and companies do not begin so. */
static const char *const nhs_endings[] = {
    "ccg",     "icb",         "ics",   "trust", "board",    "lhb",     "unit",     "csu",       "england",
    "digital", "improvement", "wales", "group", "alliance", "service", "services", "authority", "agency"};

/* Beginnings of names that end in a place or a subject. */
static const char *const beginnings[] = {
    "university-of-",    "the-university-of-",    "london-borough-of-", "royal-borough-of-",
    "royal-college-of-", "department-of-",        "department-for-",    "office-for-",
    "office-of-",        "institute-of-",         "institute-for-",     "national-institute-for-",
    "city-of-",          "ministry-of-",          "college-of-",        "faculty-of-",
    "isle-of-",          "health-data-research-", "imperial-college-",  "public-health-",
    "london-school-of-",
};

/* Pieces that are the end of the name before them. */
static const char *const suffixes[] = {"inc", "ltd", "limited", "llc", "llp", "plc", "gmbh"};

struct piece {
    char *text; /* *owned* */
    char *key;  /* *owned* */
};

struct pieces {
    struct piece *items;
    size_t count, cap;
};

static bool is_among(const char *word, size_t len, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
            return true;
    return false;
}

#define AMONG(word, len, words) is_among(word, len, words, sizeof(words) / sizeof *(words))

/* The last word of a key; a code as of a sub-location ("icb-06q") and a lone digit are passed over. */
static const char *last_word(const char *key, size_t *ret_len)
{
    size_t end = strlen(key);
    for (;;) {
        size_t start = end;
        bool has_digit = false;
        while (start > 0 && key[start - 1] != '-') {
            start--;
            has_digit |= key[start] >= '0' && key[start] <= '9';
        }
        *ret_len = end - start;
        if (!has_digit || start == 0 || end - start > 4)
            return key + start;
        end = start - 1;
    }
}

static bool ends_whole(const struct piece *piece)
{
    size_t len;
    const char *word = last_word(piece->key, &len);
    return AMONG(word, len, endings);
}

static bool begins_nhs(const struct piece *piece)
{
    return strncmp(piece->key, "nhs-", 4) == 0;
}

static bool begins_whole(const struct piece *piece)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(piece->key, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* "NHS ENGLAND (QUARRY HOUSE)", "Public Health England (PHE)": what ends in brackets is whole. */
static bool ends_in_bracket(const struct piece *piece)
{
    size_t len = strlen(piece->text);
    return len > 0 && piece->text[len - 1] == ')';
}

static bool is_suffix(const struct piece *piece)
{
    return AMONG(piece->key, strlen(piece->key), suffixes);
}

/* Whether a piece is a name by itself. */
static bool is_whole(const struct piece *piece, const struct organisation_names *names)
{
    return is_known(names, piece->key) || ends_whole(piece) || begins_whole(piece) || ends_in_bracket(piece);
}

/* Whether `last` can be the end of a name that `first` begins. */
static bool completes(const struct piece *first, const struct piece *last)
{
    size_t len;
    const char *word = last_word(last->key, &len);
    return begins_nhs(first) ? AMONG(word, len, nhs_endings) : AMONG(word, len, endings);
}

/* ---- Splitting ---- */

static void add_piece(struct pieces *pieces, const char *bytes, size_t len)
{
    MEM_AUTO char *raw = mem_copy(bytes, len);
    struct piece piece = {.text = key_tidy(raw)};
    piece.key = key_fold(piece.text);
    if (!*piece.key) {
        free(piece.text);
        free(piece.key);
        return;
    }
    pieces->items = mem_push(pieces->items, pieces->count, &pieces->cap, sizeof *pieces->items);
    pieces->items[pieces->count++] = piece;
}

static void pieces_free(struct pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        free(pieces->items[i].text);
        free(pieces->items[i].key);
    }
    free(pieces->items);
    *pieces = (struct pieces){0};
}

/* Length of the piece at `text`, up to a comma outside brackets, or to the text's end where there are too
 * many. */
static size_t piece_length(const char *text, bool is_last)
{
    size_t len = 0;
    for (long depth = 0; text[len] && (is_last || text[len] != ',' || depth > 0); len++) {
        depth += (text[len] == '(') - (text[len] == ')');
        if (depth < 0)
            depth = 0;
    }
    return len;
}

/* At most `max` pieces and a last one of all that is over. */
static void split_pieces(const char *text, size_t max, struct pieces *pieces)
{
    while (*text) {
        size_t len = piece_length(text, pieces->count >= max);
        add_piece(pieces, text, len);
        text += len;
        text += *text == ',';
    }
}

/* The text or the key of pieces from..to, *new*. */
static char *join(const struct piece *pieces, size_t count, bool keys)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += strlen(pieces[i].text) + strlen(pieces[i].key) + 2;
    struct buf buf = BUF_INIT(size);
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_text(&buf, keys ? "-" : ", ");
        buf_text(&buf, keys ? pieces[i].key : pieces[i].text);
    }
    return buf_take(&buf);
}

/* How many pieces make the longest known name that begins with the first; 0 for none. */
static size_t known_length(const struct piece *pieces, size_t count, const struct organisation_names *names)
{
    for (size_t len = count < ORGANISATION_PIECES_MAX ? count : ORGANISATION_PIECES_MAX; len > 0; len--) {
        MEM_AUTO char *key = join(pieces, len, true);
        if (is_known(names, key))
            return len;
    }
    return 0;
}

/* How many pieces make a name that begins with the first; *ret_doubt where that is only a guess. */
static size_t name_length(const struct piece *pieces, size_t count, const struct organisation_names *names,
                          bool *ret_doubt)
{
    *ret_doubt = false;
    size_t known = known_length(pieces, count, names);
    if (known)
        return known;
    if (is_whole(&pieces[0], names))
        return count > 1 && is_suffix(&pieces[1]) ? 2 : 1;
    for (size_t i = 1; i < count && i < ORGANISATION_PIECES_MAX; i++) {
        bool is_other = is_known(names, pieces[i].key) || begins_nhs(&pieces[i]) || begins_whole(&pieces[i]);
        if (is_other)
            break;
        if (completes(&pieces[0], &pieces[i]))
            return i + 1;
        if (is_whole(&pieces[i], names))
            break;
    }
    *ret_doubt = true;
    return 1;
}

/* What one run of a list has put together. */
struct split {
    struct strlist *organisations;
    struct strlist keys; /* of what is in `organisations` */
    struct strlist doubtful;
    size_t pieces; /* met in all runs */
};

static void split_run(const char *run, const struct organisation_names *names, struct split *split)
{
    struct pieces pieces = {0};
    split_pieces(run, split->pieces < ORGANISATIONS_MAX ? ORGANISATIONS_MAX - split->pieces : 0, &pieces);
    split->pieces += pieces.count;
    for (size_t at = 0; at < pieces.count;) {
        bool is_doubtful;
        size_t len = name_length(pieces.items + at, pieces.count - at, names, &is_doubtful);
        MEM_AUTO char *name = join(pieces.items + at, len, false);
        MEM_AUTO char *key = join(pieces.items + at, len, true);
        if (strlist_add_unique(&split->keys, key))
            strlist_add_unique(split->organisations, name);
        /* A list of one name leaves no doubt where it ends. */
        if (is_doubtful && pieces.count > 1)
            strlist_add_unique(&split->doubtful, name);
        at += len;
    }
    pieces_free(&pieces);
}

static void note_doubts(const struct strlist *doubtful, struct strlist *notes)
{
    struct buf buf = BUF_INIT(ORGANISATION_NOTE_MAX);
    buf_text(&buf, "Data controllers taken as written, as they do not end as names of organisations do: ");
    for (size_t i = 0; i < doubtful->len; i++) {
        if (buf.len + strlen(doubtful->items[i]) + 16 > ORGANISATION_NOTE_MAX) {
            buf_text(&buf, "; ...");
            break;
        }
        buf_text(&buf, i ? "; " : "");
        buf_text(&buf, doubtful->items[i]);
    }
    strlist_add_steal(notes, buf_take(&buf));
}

void organisations_split(const char *text, const struct organisation_names *names,
                         struct strlist *organisations, struct strlist *notes)
{
    struct split split = {.organisations = organisations};
    for (size_t i = 0; i < organisations->len; i++)
        strlist_add_steal(&split.keys, key_fold(organisations->items[i]));
    while (*text) {
        size_t len = split.pieces < ORGANISATIONS_MAX ? strcspn(text, ";\n\r|") : strlen(text);
        MEM_AUTO char *run = mem_copy(text, len);
        split_run(run, names, &split);
        text += len;
        text += *text != '\0';
    }
    if (split.doubtful.len)
        note_doubts(&split.doubtful, notes);
    strlist_free(&split.keys);
    strlist_free(&split.doubtful);
}
