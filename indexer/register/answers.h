/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opt-outs, identifiability and the duty of confidence, told apart.
 *
 * A page's one line holds all three: answers parted by commas outside brackets, a new one beginning with Y,
 * N, Yes, No, Anonymised, Identifiable, Aggregated or Pseudonymised; what stands in brackets behind an answer
 * are reasons, which are the duty of confidence. A sheet's cell holds one answer and is never split.
 */
#ifndef PURPOSED_REGISTER_ANSWERS_H
#define PURPOSED_REGISTER_ANSWERS_H

#include <stdbool.h>

#include "indexer/base/strlist.h"
#include "indexer/register/record.h"

/* Adds what a page's "Opt outs honoured" line says to the three lists. */
void answers_parse_page(const char *text, struct strlist *opt_outs, struct strlist *identifiability,
                        struct strlist *duty_of_confidence);
/* Adds the confidentiality classes that a page's "Type of data" names. Returns false where it says something
 * else, which is to be kept otherwise; that nothing is disclosed is no value and no doubt. */
bool answers_type_of_data(const char *text, struct strlist *identifiability);
/* One opt-outs answer as a *new* path: "Yes", "No > data flow is not identifiable"; NULL for no answer. */
char *answers_opt_out(const char *text);
/* yes/no in its spellings; ANSWER_UNKNOWN for anything else. */
enum answer answers_yes_no(const char *text);
/* The values of a page's comma list, commas in brackets not parting them; differing only in case counts once.
 */
void answers_split_list(const char *text, struct strlist *values);
/* "Sensitive" and "Non-Sensitive" in their spellings; any other value tidied, verbatim. */
void answers_sensitivity(const char *text, struct strlist *values);

#endif
