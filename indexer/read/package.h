/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parts of a workbook: a zip of XML documents, each streamed through expat within named bounds. For this
 * room only.
 */
#ifndef PURPOSED_READ_PACKAGE_H
#define PURPOSED_READ_PACKAGE_H

#include <expat.h>
#include <stdbool.h>
#include <stdint.h>
#include <zip.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"

enum {
    PACKAGE_PARTS_MAX = 10000,
    PACKAGE_RATIO_MAX = 400,       /* bytes unpacked from one packed, of parts above PACKAGE_RATIO_FROM */
    PACKAGE_RATIO_FROM = 16 << 20, /* bytes */
    PACKAGE_TOKEN_MAX = 8 << 20,   /* bytes of one tag with its attributes */
    PACKAGE_NAME_MAX = 512,        /* bytes of a part's name */
};
static const uint64_t PACKAGE_PART_MAX = (uint64_t)2 << 30; /* bytes of one part, unpacked */

struct package {
    zip_t *zip;
    const char *shown;
};

struct package_handlers {
    void *context;
    XML_StartElementHandler start;
    XML_EndElementHandler end; /* may be NULL, as may `text` */
    XML_CharacterDataHandler text;
    const bool *stop; /* the handlers set it to end the parsing early; may be NULL */
};

/* 0, or -1 with `error`. */
int package_open(struct package *package, const char *path, const char *shown, struct error *error);
void package_close(struct package *package);

/* Adds the names of all parts that have `inside` in their name and end in `ending`. */
void package_list(const struct package *package, const char *inside, const char *ending,
                  struct strlist *parts);

/* 0 when the part was parsed to its end or stopped; -1 with `error` (its text, no place) when there is no
 * such part, it is damaged, too large, no XML, or has a document type declaration. What the handlers were
 * told before stays told. */
int package_parse(const struct package *package, const char *part, const struct package_handlers *handlers,
                  struct error *error);

/* The name of an element or attribute without its namespace prefix, *borrowed*. */
const char *package_local_name(const char *name);
/* An attribute by its local name, *borrowed*; NULL where absent. `prefixed`: only one with a namespace
 * prefix. */
const char *package_attribute(const char **attributes, const char *name, bool prefixed);
/* What a relationship's target means, seen from the part `from`: "/xl/a.xml" or "../a.xml". */
void package_resolve(const char *from, const char *target, char resolved[PACKAGE_NAME_MAX]);

#endif
