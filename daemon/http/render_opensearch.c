/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The description that browsers and metasearch engines add this server by (OpenSearch 1.1, draft 6). */
#include "daemon/http/markup.h"
#include "daemon/http/render.h"
#include "daemon/http/route.h"

static void put_url(struct buf *to, const char *base, const char *type, const char *rel, const char *template)
{
    buf_printf(to, "<Url type=\"%s\" rel=\"%s\" indexOffset=\"0\" template=\"", type, rel);
    markup_put_xml(to, base);
    markup_put_xml(to, template);
    buf_text(to, "\"/>\n");
}

void render_opensearch(const char *base, struct buf *to)
{
    buf_text(to,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n"
             "<ShortName>Purposed</ShortName>\n"
             "<LongName>What health data is used for</LongName>\n"
             "<Description>NHS England's register of data releases: who got what, on which legal basis, and "
             "what for.</Description>\n"
             "<Tags>health data register agreements NHS</Tags>\n");
    put_url(to, base, "text/html", "results", "/?q={searchTerms}&offset={startIndex?}&limit={count?}");
    put_url(to, base, "application/atom+xml", "results",
            "/search.atom?q={searchTerms}&offset={startIndex?}&limit={count?}");
    put_url(to, base, "application/json", "results",
            "/search.json?q={searchTerms}&offset={startIndex?}&limit={count?}");
    put_url(to, base, "application/x-suggestions+json", "suggestions", "/suggest?q={searchTerms}");
    put_url(to, base, "application/opensearchdescription+xml", "self", "/opensearch.xml");
    buf_text(to, "<Query role=\"example\" searchTerms=\"risk%20stratification\"/>\n"
                 "<Attribution>" RENDER_ATTRIBUTION "</Attribution>\n"
                 "<SyndicationRight>open</SyndicationRight>\n"
                 "<AdultContent>false</AdultContent>\n"
                 "<Language>en-GB</Language>\n"
                 "<OutputEncoding>UTF-8</OutputEncoding>\n"
                 "<InputEncoding>UTF-8</InputEncoding>\n"
                 "</OpenSearchDescription>\n");
}
