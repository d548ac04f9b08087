/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines come out of a stream the same, however the stream was cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/wire/frame.h"

enum { LIMIT = 40, STREAM_MAX = 4000, ROUNDS = 3000 };

static uint64_t seed = 20210201;

static unsigned random_below(unsigned bound)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % bound;
}

/* What the reader told, one line each: ">text" for a line, "!" for one that was too long. */
static void drain(struct frame_reader *reader, struct buf *told)
{
    char *line;
    size_t len;
    enum frame_status status;
    while ((status = frame_reader_next(reader, &line, &len)) != FRAME_WAIT) {
        buf_byte(told, status == FRAME_LINE ? '>' : '!');
        if (status == FRAME_LINE) {
            assert_int_equal(line[len], '\0');
            buf_append(told, line, len);
        }
        buf_byte(told, '\n');
    }
}

/* The same told by splitting the whole stream at once; `*ret_rest` is where its unfinished line starts. */
static void tell_plainly(const char *stream, size_t len, struct buf *told, size_t *ret_rest)
{
    size_t from = 0;
    for (size_t at = 0; at < len; at++) {
        if (stream[at] != '\n')
            continue;
        size_t end = at > from && stream[at - 1] == '\r' ? at - 1 : at;
        buf_byte(told, end - from > LIMIT ? '!' : '>');
        if (end - from <= LIMIT)
            buf_append(told, stream + from, end - from);
        buf_byte(told, '\n');
        from = at + 1;
    }
    *ret_rest = from;
}

static size_t make_stream(char *stream)
{
    size_t len = 0;
    unsigned lines = random_below(30);
    for (unsigned i = 0; i < lines; i++) {
        unsigned text = random_below(4) ? random_below(20) : LIMIT - 3 + random_below(LIMIT);
        for (unsigned j = 0; j < text; j++)
            stream[len++] = "ab\r\0"[random_below(12) ? random_below(2) : 2 + random_below(2)];
        if (random_below(3) == 0)
            stream[len++] = '\r';
        if (i + 1 < lines || random_below(2))
            stream[len++] = '\n';
    }
    return len;
}

static void feed_in_pieces(struct frame_reader *reader, const char *stream, size_t len, struct buf *told)
{
    unsigned piece_max = 1 + random_below(3 * LIMIT);
    for (size_t at = 0; at < len;) {
        size_t piece = 1 + random_below(piece_max);
        if (piece > len - at)
            piece = len - at;
        /* A piece of its own, so that a sanitizer sees a read beyond its end. */
        char *copy = malloc(piece);
        assert_non_null(copy);
        memcpy(copy, stream + at, piece);
        assert_int_equal(frame_reader_feed(reader, copy, piece), FRAME_WAIT);
        free(copy);
        if (random_below(3))
            drain(reader, told);
        at += piece;
    }
    drain(reader, told);
}

static void test_pieces_do_not_show(void **state)
{
    (void)state;
    char stream[STREAM_MAX];
    struct buf wanted = BUF_INIT(2 * STREAM_MAX), told = BUF_INIT(2 * STREAM_MAX);
    for (int round = 0; round < ROUNDS; round++) {
        size_t len = make_stream(stream), rest;
        buf_reset(&wanted);
        buf_reset(&told);
        tell_plainly(stream, len, &wanted, &rest);
        struct frame_reader reader;
        frame_reader_init(&reader, LIMIT);
        feed_in_pieces(&reader, stream, len, &told);
        if (len - rest > LIMIT + 1 || (len - rest == LIMIT + 1 && stream[len - 1] != '\r'))
            buf_text(&wanted, "!\n");
        else
            assert_int_equal(frame_reader_pending(&reader), len - rest);
        frame_reader_free(&reader);
        assert_int_equal(told.len, wanted.len);
        if (wanted.len)
            assert_memory_equal(told.data, wanted.data, wanted.len);
    }
    buf_free(&wanted);
    buf_free(&told);
}

static void test_too_long_is_told_before_its_end_comes(void **state)
{
    (void)state;
    struct frame_reader reader;
    char *line, long_text[LIMIT + 1];
    size_t len;
    frame_reader_init(&reader, LIMIT);
    memset(long_text, 'x', sizeof long_text);
    assert_int_equal(frame_reader_feed(&reader, long_text, sizeof long_text), FRAME_WAIT);
    assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_TOO_LONG);
    for (int i = 0; i < 100000; i++) {
        assert_int_equal(frame_reader_feed(&reader, long_text, sizeof long_text), FRAME_WAIT);
        assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_WAIT);
    }
    assert_int_equal(frame_reader_pending(&reader), 0);
    assert_int_equal(frame_reader_feed(&reader, "x\ngood\n", 7), FRAME_WAIT);
    assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_LINE);
    assert_string_equal(line, "good");
    frame_reader_free(&reader);
}

static void test_memory_is_bounded_and_given_back(void **state)
{
    (void)state;
    struct frame_reader reader;
    size_t len, size = FRAME_FEED_MAX;
    char *line, *text = calloc(1, size);
    assert_non_null(text);
    frame_reader_init(&reader, size);
    memset(text, 'x', size);
    assert_int_equal(frame_reader_feed(&reader, text, size), FRAME_WAIT);
    assert_int_equal(frame_reader_feed(&reader, "\n", 1), FRAME_WAIT);
    assert_int_equal(frame_reader_feed(&reader, text, size), FRAME_WAIT);
    assert_int_equal(frame_reader_feed(&reader, text, size), FRAME_NO_MEMORY);
    assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_LINE);
    assert_int_equal(len, size);
    assert_int_equal(frame_reader_feed(&reader, "\n", 1), FRAME_WAIT);
    assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_LINE);
    assert_int_equal(frame_reader_next(&reader, &line, &len), FRAME_WAIT);
    assert_true(reader.bytes.cap <= FRAME_KEEP_MAX);
    frame_reader_free(&reader);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_do_not_show),
        cmocka_unit_test(test_too_long_is_told_before_its_end_comes),
        cmocka_unit_test(test_memory_is_bounded_and_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
