/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/mcp_fit.h"

#include <stdbool.h>
#include <string.h>

enum {
    WORD_MAX = 40,    /* bytes by which a text is cut shorter so that no word is cut */
    ESCAPED_SIZE = 6, /* bytes of a control character as JSON: \u0001 */
};

const struct fit fits[] = {{60, 1000}, {20, 300}, {6, 120}, {2, 60}};
const size_t fit_count = sizeof fits / sizeof *fits;

size_t fit_size(const json_t *value)
{
    return value ? json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) : 0;
}

static size_t escaped_size(unsigned char byte)
{
    if (byte >= ' ')
        return byte == '"' || byte == '\\' ? 2 : 1;
    return strchr("\b\f\n\r\t", byte) && byte ? 2 : ESCAPED_SIZE;
}

static bool is_inside(const char *text, size_t len, size_t at)
{
    return at < len && ((unsigned char)text[at] & 0xC0) == 0x80;
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\n';
}

/* Where to end so that `room` is not passed: at a character, at white space if some is near. At least one
 * character is taken, so that whoever goes on gets to the end. */
static size_t find_end(const char *text, size_t len, size_t begin, size_t room)
{
    size_t end = begin, used = 0;
    while (end < len && used + escaped_size((unsigned char)text[end]) <= room)
        used += escaped_size((unsigned char)text[end++]);
    if (end == len)
        return end;
    size_t word = end;
    while (word > begin && end - word < WORD_MAX && !is_space(text[word - 1]))
        word--;
    if (word > begin && is_space(text[word - 1]))
        return word;
    while (end > begin && is_inside(text, len, end))
        end--;
    if (end == begin)
        do
            end++;
        while (is_inside(text, len, end));
    return end;
}

json_t *fit_text_from(const char *text, size_t len, size_t offset, size_t room, size_t *ret_next)
{
    size_t begin = offset < len ? offset : len;
    while (begin && is_inside(text, len, begin))
        begin--;
    size_t end = begin < len ? find_end(text, len, begin, room) : len;
    *ret_next = end < len ? end : 0;
    return json_stringn(text + begin, end - begin);
}

static json_t *new_cut(const json_t *text, size_t room)
{
    static const char ELLIPSIS[] = "…";
    size_t next = 0;
    json_t *cut =
        fit_text_from(json_string_value(text), json_string_length(text), 0, room - sizeof ELLIPSIS, &next);
    if (!next)
        return cut;
    json_t *marked = json_sprintf("%s%s", json_string_value(cut), ELLIPSIS);
    json_decref(cut);
    return marked ? marked : json_string(ELLIPSIS);
}

void fit_text(json_t *to, const json_t *from, const char *name, const struct fit *fit)
{
    const json_t *text = json_object_get(from, name);
    if (json_is_string(text))
        json_object_set_new(to, name, new_cut(text, fit->text));
}

void fit_flag(json_t *to, const json_t *from, const char *name)
{
    json_t *flag = json_object_get(from, name);
    if (json_is_boolean(flag))
        json_object_set(to, name, flag);
}

void fit_count_of(json_t *to, const json_t *from, const char *name)
{
    json_t *number = json_object_get(from, name);
    if (json_is_integer(number) && json_integer_value(number) >= 0)
        json_object_set(to, name, number);
}

void fit_texts(json_t *to, const json_t *from, const char *name, const struct fit *fit, json_t *notes)
{
    const json_t *list = json_object_get(from, name);
    json_t *texts = json_array();
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        if (json_is_string(item) && json_array_size(texts) < fit->items)
            json_array_append_new(texts, new_cut(item, fit->text));
    }
    size_t shown = json_array_size(texts), count = json_array_size(list);
    if (notes && shown < count)
        json_array_append_new(notes, json_sprintf("%s: %zu of %zu are shown; more with a larger max_tokens",
                                                  name, shown, count));
    if (shown)
        json_object_set(to, name, texts);
    json_decref(texts);
}

void fit_share(const size_t *needs, size_t *gives, size_t count, size_t room)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        gives[i] = 0;
        left += needs[i] > 0;
    }
    for (bool goes_on = left > 0; goes_on;) {
        size_t share = left ? room / left : 0;
        goes_on = false;
        for (size_t i = 0; i < count; i++) {
            if (gives[i] || !needs[i] || needs[i] > share)
                continue;
            gives[i] = needs[i];
            room -= needs[i];
            left--;
            goes_on = true;
        }
    }
    for (size_t i = 0; i < count; i++)
        if (needs[i] && !gives[i])
            gives[i] = room / left;
}
