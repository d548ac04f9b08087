/* SPDX-License-Identifier: MIT */
#include "indexer/base/cell.h"

#include <string.h>

/* What is to be known of a text before it can be written. */
struct look {
    char first, last; /* bytes of it that stay; 0: none does */
    bool is_parted;   /* it holds what parts cells or rows, or a quote */
};

/* Bytes of the control character at `text`, which is left out; 0 where another stands there. The C1 controls
 * are U+0080 to U+009F, in UTF-8 0xC2 and a byte. */
static size_t control_length(const char *text)
{
    unsigned char byte = (unsigned char)text[0];
    unsigned char next = (unsigned char)text[1];
    if (byte == 0xC2 && next >= 0x80 && next < 0xA0)
        return 2;
    return (byte < ' ' && byte != '\t' && byte != '\r' && byte != '\n') || byte == 0x7F;
}

static struct look look_at(const char *text)
{
    struct look look = {0};
    while (*text) {
        size_t control = control_length(text);
        if (control) {
            text += control;
            continue;
        }
        if (!look.first)
            look.first = *text;
        look.last = *text;
        look.is_parted = look.is_parted || strchr(",;\"\t\r\n", *text);
        text++;
    }
    return look;
}

static void put_byte(struct buf *to, char byte, bool is_quoted, enum cell_form form)
{
    if (is_quoted && byte == '"')
        buf_byte(to, '"');
    bool is_line = byte == '\t' || byte == '\r' || byte == '\n';
    buf_byte(to, form == CELL_TSV && is_line ? ' ' : byte);
}

void cell_put(struct buf *to, const char *text, enum cell_form form)
{
    struct look look = text ? look_at(text) : (struct look){0};
    if (!look.first)
        return;
    bool is_quoted = form == CELL_CSV && (look.is_parted || look.first == ' ' || look.last == ' ');
    if (is_quoted)
        buf_byte(to, '"');
    if (strchr("=+-@\t\r\n", look.first))
        buf_byte(to, '\'');
    while (*text) {
        size_t control = control_length(text);
        if (!control)
            put_byte(to, *text, is_quoted, form);
        text += control ? control : 1;
    }
    if (is_quoted)
        buf_byte(to, '"');
}

void cell_next(struct buf *to, enum cell_form form)
{
    buf_byte(to, form == CELL_TSV ? '\t' : ',');
}

void cell_end_row(struct buf *to, enum cell_form form)
{
    buf_text(to, form == CELL_TSV ? "\n" : "\r\n");
}
