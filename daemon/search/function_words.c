/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/function_words.h"

#include <stdlib.h>
#include <string.h>

/* Stems, in the order of their bytes. */
static const char words[][12] = {
    "a",      "about",    "abov",       "across",  "after",   "again",  "against", "all",      "along",
    "also",   "although", "am",         "among",   "amongst", "an",     "and",     "ani",      "are",
    "arent",  "as",       "at",         "be",      "becaus",  "been",   "befor",   "below",    "between",
    "both",   "but",      "by",         "can",     "could",   "despit", "did",     "do",       "doe",
    "down",   "dure",     "each",       "except",  "few",     "for",    "from",    "had",      "has",
    "have",   "he",       "her",        "here",    "herself", "him",    "himself", "his",      "how",
    "i",      "if",       "in",         "into",    "is",      "it",     "itself",  "just",     "may",
    "me",     "might",    "more",       "most",    "must",    "my",     "myself",  "no",       "nor",
    "not",    "now",      "of",         "off",     "on",      "onc",    "onli",    "onto",     "or",
    "other",  "our",      "ourselv",    "out",     "over",    "own",    "per",     "same",     "shall",
    "she",    "should",   "sinc",       "so",      "some",    "such",   "than",    "that",     "the",
    "their",  "them",     "themselv",   "then",    "there",   "these",  "they",    "this",     "those",
    "though", "through",  "throughout", "till",    "to",      "too",    "toward",  "under",    "unless",
    "until",  "up",       "upon",       "veri",    "via",     "was",    "we",      "were",     "what",
    "when",   "where",    "whether",    "whi",     "which",   "while",  "who",     "whom",     "whose",
    "will",   "with",     "within",     "without", "would",   "you",    "your",    "yourself", "yourselv",
};

static int compare(const void *term, const void *word)
{
    return strcmp(term, word);
}

bool is_function_word(const char *term)
{
    return bsearch(term, words, sizeof words / sizeof *words, sizeof *words, compare) != NULL;
}
