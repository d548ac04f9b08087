/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description of the API (OpenAPI 3.1), made of the route table, the field table and a template. */
#ifndef PURPOSED_HTTP_OPENAPI_H
#define PURPOSED_HTTP_OPENAPI_H

#include <stdbool.h>

#include "indexer/base/buf.h"

/* Appends the JSON text. A route whose method `has_method` denies is left out. */
void openapi_put(struct buf *to, bool (*has_method)(const char *method));

#endif
