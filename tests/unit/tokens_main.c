/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of {"text": ...} in, a JSON array of the text's tokens out for each: the analyser for tests in other
 * languages. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/text/analyser.h"

static json_t *term_json(struct term term)
{
    return json_stringn(term.bytes, term.len);
}

static json_t *token_json(const struct token *token)
{
    json_t *extra = json_array();

    for (size_t i = 0; i < token->extra_count; i++)
        json_array_append_new(extra, term_json(token->extra[i]));
    return json_pack("{s:I s:I s:I s:o s:o s:o s:o s:o s:I s:b}", "p", (json_int_t)token->position, "s",
                     (json_int_t)token->start, "l", (json_int_t)token->len, "t", term_json(token->term), "w",
                     term_json(token->word), "e", term_json(token->exact), "x", extra, "j",
                     term_json(token->joined), "js", (json_int_t)token->joined_span, "n",
                     (int)token->is_name);
}

static json_t *tokens_json(struct analyser *analyser, const char *text, size_t len)
{
    json_t *tokens = json_array();
    struct token token;

    analyser_begin(analyser, text, len);
    while (analyser_next(analyser, &token))
        json_array_append_new(tokens, token_json(&token));
    return tokens;
}

static int answer(struct analyser *analyser, const char *line, size_t len)
{
    json_error_t error;
    json_t *question = json_loadb(line, len, JSON_ALLOW_NUL, &error);
    json_t *text = json_object_get(question, "text");
    json_t *tokens;

    if (!json_is_string(text)) {
        fprintf(stderr, "test-tokens: expected {\"text\": \"...\"}: %s\n", question ? "no text" : error.text);
        json_decref(question);
        return -1;
    }
    tokens = tokens_json(analyser, json_string_value(text), json_string_length(text));
    json_dumpf(tokens, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    fflush(stdout);
    json_decref(tokens);
    json_decref(question);
    return 0;
}

int main(void)
{
    struct analyser *analyser = analyser_new();
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int status = EXIT_SUCCESS;

    if (analyser == NULL) {
        fputs("test-tokens: no stemmer\n", stderr);
        return EXIT_FAILURE;
    }
    while (status == EXIT_SUCCESS && (len = getline(&line, &size, stdin)) > 0) {
        if (answer(analyser, line, (size_t)len) != 0)
            status = EXIT_FAILURE;
    }
    free(line);
    analyser_free(analyser);
    return status;
}
