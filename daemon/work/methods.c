/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/methods.h"

#include <stdio.h>

#include "daemon/search/search.h"
#include "daemon/work/limits.h"
#include "daemon/work/metrics.h"

void methods_unknown(const char *method, char *message, size_t size)
{
    struct buf text = BUF_INIT(size);
    buf_printf(&text, "unknown method \"%.*s\"; there are: status", UNKNOWN_METHOD_SHOWN, method);
    for (size_t i = 0; i < METRIC_METHODS; i++)
        if (search_has_method(metric_method_name(i)))
            buf_printf(&text, " %s", metric_method_name(i));
    snprintf(message, size, "%s", text.data ? text.data : "unknown method");
    buf_free(&text);
}
