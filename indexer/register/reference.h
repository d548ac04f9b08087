/* SPDX-License-Identifier: GPL-2.0-or-later */
/* References: what joins versions, editions and pages. */
#ifndef PURPOSED_REGISTER_REFERENCE_H
#define PURPOSED_REGISTER_REFERENCE_H

#include <stdbool.h>

/* "DARS-NIC-00574-V2H1F-v5.2" gives agreement "NIC-00574-V2H1F" and version "5.2"; other kinds of reference
 * stand as they are, version NULL. Both *new*; the id's "#n" counts for neither. */
void reference_split(const char *id, char **ret_agreement, char **ret_version);
/* The "YYYY-MM" behind the '@' that it ends with, by which older editions' texts are told from a record; NULL
 * where it does not end so, as no reference may. */
const char *reference_edition(const char *id);
/* Compares versions as numbers, part by part; NULL is the oldest. <0, 0, >0. */
int reference_compare_versions(const char *a, const char *b);
/* The id without "#n", *new*: the reference whose releases these are. */
char *reference_base(const char *id);

#endif
