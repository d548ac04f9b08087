/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/markup.h"

#include <string.h>

#include "indexer/base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* Whether XML 1.0 (2.2) has no place for the character. */
static bool is_no_xml(const unsigned char *text, size_t len)
{
    if (len == 1)
        return (text[0] < 0x20 && text[0] != '\t' && text[0] != '\n' && text[0] != '\r') || text[0] == 0x7F;
    return len == 3 && text[0] == 0xEF && text[1] == 0xBF && text[2] >= 0xBE; /* U+FFFE, U+FFFF */
}

void markup_put_xml(struct buf *to, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    while (len > 0) {
        size_t one = utf8_length(text, len);
        if (one == 0 || is_no_xml((const unsigned char *)text, one))
            buf_text(to, REPLACEMENT);
        else if (*text == '&')
            buf_text(to, "&amp;");
        else if (*text == '<')
            buf_text(to, "&lt;");
        else if (*text == '>')
            buf_text(to, "&gt;");
        else if (*text == '"')
            buf_text(to, "&quot;");
        else if (*text == '\'')
            buf_text(to, "&#39;");
        else
            buf_append(to, text, one);
        one += one == 0;
        text += one;
        len -= one;
    }
}

void markup_put_element(struct buf *to, const char *name, const char *text)
{
    buf_printf(to, "<%s>", name);
    markup_put_xml(to, text);
    buf_printf(to, "</%s>\n", name);
}

void markup_put_plain(struct buf *to, const char *html)
{
    static const struct {
        const char *escape;
        char byte;
    } escapes[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    while (*html) {
        const char *end = *html == '<' ? strchr(html, '>') : NULL;
        size_t passed = end ? (size_t)(end - html) + 1 : 0;
        for (size_t i = 0; !passed && *html == '&' && i < sizeof escapes / sizeof *escapes; i++) {
            size_t len = strlen(escapes[i].escape);
            if (strncmp(html, escapes[i].escape, len) != 0)
                continue;
            buf_byte(to, escapes[i].byte);
            passed = len;
        }
        if (!passed) {
            buf_byte(to, *html);
            passed = 1;
        }
        html += passed;
    }
}
