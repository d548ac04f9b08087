/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "daemon/wire/rpc.h"
#include "indexer/base/json_text.h"

enum { LOG_SLACK = 6 /* a byte takes at most that many as JSON */ };

#define NAME "purposed: "

static enum log_form form = LOG_TEXT;

/* The loop's. */
static struct {
    uint64_t second;
    unsigned told, left_out;
} pace;

void log_set_form(enum log_form wanted)
{
    form = wanted;
}

/* One write, so that lines of several threads do not mix; where stderr is gone there is nobody to tell. */
static void put_out(struct buf *line)
{
    buf_byte(line, '\n');
    if (!buf_failed(line) && write(STDERR_FILENO, line->data, line->len) < 0)
        return;
}

/* Opens an object with the time, which tells lines in order also when the clock was set: it is for people. */
static void open_object(struct buf *line)
{
    struct timespec now;
    struct tm utc;
    char text[32] = "";
    clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &utc))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    buf_printf(line, "{\"time\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

static void put_member(struct buf *line, const char *name, const char *text)
{
    if (!text)
        return;
    json_text_member(line, name);
    size_t len = strlen(text);
    json_text_string(line, text, len < LOG_LINE_MAX ? len : LOG_LINE_MAX);
}

static void put_number(struct buf *line, const char *name, uint64_t number)
{
    json_text_member(line, name);
    json_text_number(line, (long long)number);
}

__attribute__((format(printf, 1, 0))) static void put_line(const char *format, va_list args)
{
    char text[LOG_LINE_MAX];
    vsnprintf(text, sizeof text, format, args);
    BUF_AUTO struct buf line = BUF_INIT((size_t)LOG_LINE_MAX * LOG_SLACK);
    if (form == LOG_JSON) {
        open_object(&line);
        put_member(&line, "message", text);
        buf_byte(&line, '}');
    } else {
        for (char *at = text; *at; at++)
            if ((unsigned char)*at < 0x20 || *at == 0x7F)
                *at = '?';
        buf_printf(&line, NAME "%s", text);
    }
    put_out(&line);
}

void log_line(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_line(format, args);
    va_end(args);
}

void log_request(char id[LOG_ID_SIZE], char door, uint64_t connection, uint64_t number)
{
    snprintf(id, LOG_ID_SIZE, "%c%" PRIu64 ".%" PRIu64, door, connection, number);
}

bool log_is_failure(int code)
{
    return code == RPC_INTERNAL || code == RPC_OVERLOADED || code == RPC_DEADLINE;
}

/* Whether there is room for another in this second. A flood of failures is told by its beginning and its
 * size. */
static bool may_tell(void)
{
    uint64_t second = uv_hrtime() / UINT64_C(1000000000);
    if (second != pace.second) {
        if (pace.left_out)
            log_line("%u more calls that failed or were slow, and connections cut off, are not told",
                     pace.left_out);
        pace.second = second;
        pace.told = pace.left_out = 0;
    }
    if (pace.told < LOG_TOLD_A_SECOND) {
        pace.told++;
        return true;
    }
    pace.left_out++;
    return false;
}

void log_trouble(const char *format, ...)
{
    if (!may_tell())
        return;
    va_list args;
    va_start(args, format);
    put_line(format, args);
    va_end(args);
}

static void put_call(const struct log_call *call)
{
    BUF_AUTO struct buf line = BUF_INIT((size_t)4 * LOG_LINE_MAX * LOG_SLACK);
    open_object(&line);
    put_member(&line, "message", call->code ? "a call failed" : call->is_slow ? "a slow call" : "a call");
    put_member(&line, "request", call->request);
    put_member(&line, "id", call->id);
    put_member(&line, "method", call->method);
    put_number(&line, "waited_us", call->waited_us);
    put_number(&line, "took_us", call->took_us);
    if (call->code) {
        json_text_member(&line, "code");
        json_text_number(&line, call->code);
        put_member(&line, "error", call->message);
    }
    put_member(&line, "asked", call->asked);
    put_member(&line, "understood", call->understood);
    buf_byte(&line, '}');
    put_out(&line);
}

void log_call(const struct log_call *call)
{
    if (!call->is_wanted && !may_tell())
        return;
    if (form == LOG_JSON) {
        put_call(call);
        return;
    }
    char code[16] = "";
    if (call->code)
        snprintf(code, sizeof code, ": %d ", call->code);
    log_line("%s%s%s %s: %s%s%" PRIu64 " us, waited %" PRIu64 " us%s%s%s%s%s", call->request,
             call->id ? " id " : "", call->id ? call->id : "", call->method, call->asked ? call->asked : "",
             call->asked ? " " : "", call->took_us, call->waited_us, call->is_slow ? ", slow" : "",
             call->understood ? ", understood as: " : "", call->understood ? call->understood : "", code,
             call->code ? call->message : "");
}
