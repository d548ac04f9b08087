/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as JSON Lines: what is read as a record says the same after every further round through JSON. */
#include <string.h>

#include "tests/fuzz/support.h"

static void look(const struct entry *entry, void *context)
{
    long *line = context;
    const struct entry_field *json = &entry->fields[HEADING_JSON];
    FUZZ_CHECK(entry->kind == ENTRY_RECORD, "an entry of kind %d", entry->kind);
    FUZZ_CHECK(entry->line > *line, "line %ld behind line %ld", entry->line, *line);
    *line = entry->line;
    FUZZ_CHECK(json->len > 0 && *json->text == '{' && !memchr(json->text, '\n', json->len), "not one object");

    struct error error = ERROR_NONE;
    json_t *object = json_loadb(json->text, json->len, 0, NULL);
    RECORD_AUTO struct record *record = object ? record_from_json(object, &error) : NULL;
    if (record) {
        RECORD_AUTO struct record *copy = record_copy(record);
        fuzz_check_record(record);
        json_t *one = record_to_json(record), *other = record_to_json(copy);
        FUZZ_CHECK(json_equal(one, other), "the copy is another record");
        json_decref(one);
        json_decref(other);
    } else if (object) {
        FUZZ_CHECK(error.is_set && *error.text, "a record is refused without a word");
        fuzz_check_utf8(error.text, strlen(error.text), "an error");
    }
    json_decref(object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    long line = 0;
    fuzz_read(data, size, READ_JSONL, look, &line);
    return 0;
}
