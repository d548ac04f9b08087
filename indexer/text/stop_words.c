/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/stop_words.h"

#include <string.h>

/* In the order of their bytes. */
static const char *const stop_words[] = {
    "a",          "about",   "above",    "across",     "after",    "against",   "all",     "along",
    "already",    "also",    "although", "am",         "among",    "amongst",   "an",      "and",
    "another",    "any",     "anyone",   "are",        "around",   "as",        "at",      "be",
    "became",     "because", "become",   "been",       "before",   "behind",    "being",   "below",
    "beneath",    "beside",  "besides",  "between",    "beyond",   "both",      "but",     "by",
    "can",        "cannot",  "could",    "did",        "do",       "does",      "doing",   "done",
    "down",       "due",     "during",   "each",       "eg",       "either",    "else",    "etc",
    "even",       "ever",    "every",    "few",        "for",      "from",      "further", "had",
    "has",        "have",    "having",   "he",         "hence",    "her",       "here",    "hers",
    "herself",    "him",     "himself",  "his",        "how",      "however",   "i",       "ie",
    "if",         "in",      "into",     "is",         "it",       "its",       "itself",  "just",
    "least",      "less",    "like",     "many",       "may",      "me",        "might",   "more",
    "moreover",   "most",    "much",     "must",       "my",       "neither",   "no",      "nor",
    "not",        "now",     "of",       "off",        "often",    "on",        "once",    "one",
    "only",       "onto",    "or",       "other",      "others",   "otherwise", "our",     "ours",
    "out",        "over",    "own",      "per",        "rather",   "same",      "shall",   "she",
    "should",     "since",   "so",       "some",       "such",     "than",      "that",    "the",
    "their",      "theirs",  "them",     "themselves", "then",     "there",     "thereby", "therefore",
    "therein",    "thereof", "these",    "they",       "this",     "those",     "though",  "through",
    "throughout", "thus",    "to",       "together",   "too",      "toward",    "towards", "under",
    "unless",     "until",   "up",       "upon",       "us",       "very",      "via",     "was",
    "we",         "well",    "were",     "what",       "whatever", "when",      "where",   "whereas",
    "whereby",    "wherein", "whether",  "which",      "while",    "who",       "whom",    "whose",
    "why",        "will",    "with",     "within",     "without",  "would",     "yet",     "you",
    "your",       "yours",
};

bool stop_word_is(const char *word, size_t len)
{
    size_t low = 0, high = sizeof stop_words / sizeof *stop_words;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(stop_words[middle], word, len);
        if (order == 0 && stop_words[middle][len] == '\0')
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
