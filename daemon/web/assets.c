/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/web/web.h"

#include <string.h>

#include "daemon/web/icon_svg.h"
#include "daemon/web/page_css.h"
#include "daemon/web/page_js.h"

static const struct web_asset assets[] = {
    {"page.css", "text/css; charset=utf-8", page_css, sizeof page_css},
    {"page.js", "text/javascript; charset=utf-8", page_js, sizeof page_js},
    {"icon.svg", "image/svg+xml", icon_svg, sizeof icon_svg},
};

const struct web_asset *web_asset_find(const char *name)
{
    for (size_t i = 0; i < sizeof assets / sizeof *assets; i++)
        if (strcmp(assets[i].name, name) == 0)
            return &assets[i];
    return NULL;
}
