/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One line that came, the calls it makes, and the replies to them.
 *
 * A reply goes out as soon as it is ready; those of a batch go out together, as one array on one line, when
 * the last of them is.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/internal.h"
#include "daemon/search/search.h"
#include "daemon/work/log.h"
#include "daemon/work/methods.h"
#include "indexer/base/mem.h"

enum {
    REPLY_ENVELOPE_MAX = 64 + RPC_ID_MAX,                                 /* bytes around a result */
    ERROR_REPLY_MAX = 128 + RPC_ID_MAX + 6 * sizeof(struct search_error), /* of an error, all of it escaped */
};

struct exchange {
    LIST_ENTRY(exchange) link;
    struct session *session;
    struct rpc_message message;
    size_t line_len;
    uint64_t first;    /* number of its first call among the connection's */
    struct buf batch;  /* its replies so far */
    size_t counted;    /* bytes of those that the session knows of */
    size_t waiting;    /* calls not yet answered, and one while calls are being made */
    struct job jobs[]; /* one a call */
};

static struct metrics *metrics_of(const struct exchange *exchange)
{
    return &exchange->session->daemon->metrics;
}

static uint64_t reply_max(const struct exchange *exchange)
{
    return exchange->session->daemon->options.limits.reply_bytes;
}

/* Replies */

static void count_answer(struct exchange *exchange, const struct rpc_call *call, int code)
{
    const struct job *job = &exchange->jobs[call - exchange->message.calls];
    uint64_t took = job->ended_at ? uv_hrtime() - job->queued_at : 0;
    metrics_answer(metrics_of(exchange), METRIC_SOCKET, call->method, code, took);
}

/* Where the reply to a call goes, its separator put already. */
static struct buf *open_reply(struct exchange *exchange)
{
    if (!exchange->message.is_batch)
        return &exchange->session->out;
    buf_byte(&exchange->batch, exchange->batch.len ? ',' : '[');
    return &exchange->batch;
}

/* Ends the line of a reply, or of a batch's. */
static void end_line(struct session *session)
{
    buf_byte(&session->out, '\n');
    if (buf_failed(&session->out))
        session_cut_off(session, "no memory for its replies");
    else
        session_mark(session);
}

static void close_reply(struct exchange *exchange)
{
    if (!exchange->message.is_batch) {
        end_line(exchange->session);
        return;
    }
    exchange->session->unsent_batches += exchange->batch.len - exchange->counted;
    exchange->counted = exchange->batch.len;
}

static void put_error(struct exchange *exchange, const struct rpc_call *call, int code, const char *message)
{
    count_answer(exchange, call, code);
    rpc_put_error(open_reply(exchange), call->id, code, message);
    close_reply(exchange);
}

static void put_result(struct exchange *exchange, const struct rpc_call *call, const struct buf *result)
{
    if (exchange->message.is_batch && exchange->batch.len + result->len > reply_max(exchange)) {
        put_error(exchange, call, RPC_INVALID_PARAMS,
                  "the batch's replies would pass a reply's limit: ask for less");
        return;
    }
    count_answer(exchange, call, 0);
    rpc_put_result(open_reply(exchange), call->id, result->data, result->len);
    close_reply(exchange);
}

void exchange_refuse(struct session *session, int code, const char *message)
{
    metrics_answer(&session->daemon->metrics, METRIC_SOCKET, NULL, code, 0);
    rpc_put_error(&session->out, "null", code, message);
    end_line(session);
}

/* Replies of a batch, all together. */
static size_t batch_max(const struct limits *limits)
{
    return limits->reply_bytes + RPC_BATCH_MAX * (size_t)(REPLY_ENVELOPE_MAX + ERROR_REPLY_MAX);
}

size_t exchange_output_max(const struct limits *limits)
{
    return limits->output_bytes + OUTPUT_PAUSE + batch_max(limits);
}

static void put_batch(struct exchange *exchange)
{
    struct buf *batch = &exchange->batch;
    if (batch->len == 0)
        return; /* notifications alone */
    buf_byte(batch, ']');
    if (buf_failed(batch)) {
        exchange_refuse(exchange->session, RPC_INTERNAL, "no room for the batch's replies");
        return;
    }
    buf_append(&exchange->session->out, batch->data, batch->len);
    end_line(exchange->session);
}

static void exchange_free(struct exchange *exchange)
{
    rpc_message_free(&exchange->message);
    buf_free(&exchange->batch);
    free(exchange);
}

/* One of what was waited for is there; the last one ends the exchange. */
static void settle(struct exchange *exchange)
{
    struct session *session = exchange->session;
    if (--exchange->waiting > 0)
        return;
    session->unanswered -= exchange->line_len;
    session->unsent_batches -= exchange->counted;
    if (!session->is_closing && exchange->message.is_batch)
        put_batch(exchange);
    LIST_REMOVE(exchange, link);
    exchange_free(exchange);
    session_release(session);
}

/* Calls */

/* Tells of a call that ended, where it is to be told. */
static void tell(const struct exchange *exchange, const struct rpc_call *call, int code, const char *message)
{
    const struct session *session = exchange->session;
    const struct job *job = &exchange->jobs[call - exchange->message.calls];
    const struct daemon_options *options = &session->daemon->options;
    uint64_t whole = job->ended_at - job->queued_at, slow_ms = options->limits.slow_ms;
    bool is_slow = slow_ms && job->ended_at && whole >= slow_ms * 1000000;
    if (!options->log_queries && !is_slow && !log_is_failure(code))
        return;
    bool may_tell = options->log_queries || is_slow;
    char *asked = may_tell && call->params ? json_dumps(call->params, JSON_COMPACT) : NULL;
    struct log_call told = {.id = call->id,
                            .method = call->method,
                            .asked = asked,
                            .understood = job->understood,
                            .waited_us = (job->started_at - job->queued_at) / 1000,
                            .took_us = (job->ended_at - job->started_at) / 1000,
                            .is_slow = is_slow,
                            .is_wanted = options->log_queries,
                            .code = code,
                            .message = message};
    log_request(told.request, 's', session->number, exchange->first + (uint64_t)(job - exchange->jobs));
    log_call(&told);
    free(asked);
}

static void on_done(struct job *job)
{
    struct exchange *exchange = job->owner;
    struct session *session = exchange->session;
    struct metrics *metrics = metrics_of(exchange);
    const struct rpc_call *call = &exchange->message.calls[job - exchange->jobs];
    session->in_flight--;
    metrics->waited_ns += job->started_at - job->queued_at;
    metrics->searched_ns += job->ended_at - job->started_at;
    metrics->reruns += job->reruns;
    if (session_unsent(session) > session->daemon->options.limits.output_bytes)
        session_cut_off(session, "too many bytes of replies unread");
    if (!session->is_closing) {
        tell(exchange, call, job->code, job->error.message);
        if (job->code)
            put_error(exchange, call, job->code, job->error.message);
        else
            put_result(exchange, call, &job->result);
    }
    buf_free(&job->result);
    free(job->understood);
    settle(exchange);
}

static void submit(struct exchange *exchange, const struct rpc_call *call, struct job *job)
{
    struct session *session = exchange->session;
    job->method = call->method;
    job->params = call->params;
    job->weight = exchange->line_len / exchange->message.count;
    job->reply_max = reply_max(exchange);
    job->rounds = &session->rounds;
    job->done = on_done;
    job->owner = exchange;
    if (!workers_submit(session->daemon->workers, job)) {
        static const char WHY[] = "too many calls are waiting: try again later";
        job->queued_at = 0;
        tell(exchange, call, RPC_OVERLOADED, WHY);
        put_error(exchange, call, RPC_OVERLOADED, WHY);
        return;
    }
    exchange->waiting++;
    session->in_flight++;
}

static void put_unknown(struct exchange *exchange, const struct rpc_call *call)
{
    char message[METHODS_UNKNOWN_SIZE];
    methods_unknown(call->method, message, sizeof message);
    put_error(exchange, call, RPC_UNKNOWN_METHOD, message);
}

static void put_status(struct exchange *exchange, const struct rpc_call *call)
{
    struct buf result = BUF_INIT(reply_max(exchange));
    char message[RPC_MESSAGE_SIZE];
    int code = status_run(exchange->session->daemon, call->params, &result, message, sizeof message);
    if (code)
        put_error(exchange, call, code, message);
    else
        put_result(exchange, call, &result);
    buf_free(&result);
}

static void call_start(struct exchange *exchange, const struct rpc_call *call, struct job *job)
{
    metrics_of(exchange)->calls++;
    /* No method changes anything, so a call whose answer nobody wants needs not be run. */
    if (!call->id)
        metrics_of(exchange)->notifications++;
    else if (call->error)
        put_error(exchange, call, call->error, call->message);
    else if (strcmp(call->method, "status") == 0)
        put_status(exchange, call);
    else if (search_has_method(call->method))
        submit(exchange, call, job);
    else
        put_unknown(exchange, call);
}

void exchange_start(struct session *session, const char *line, size_t len)
{
    struct rpc_message message;
    if (rpc_parse(line, len, &message)) {
        session_cut_off(session, "no memory for its request");
        return;
    }
    struct exchange *exchange = mem_zero(1, sizeof *exchange + message.count * sizeof exchange->jobs[0]);
    exchange->session = session;
    exchange->message = message;
    exchange->line_len = len;
    exchange->waiting = 1;
    exchange->first = session->calls + 1;
    session->calls += message.count;
    exchange->batch = (struct buf)BUF_INIT(batch_max(&session->daemon->options.limits));
    session->unanswered += len;
    LIST_INSERT_HEAD(&session->exchanges, exchange, link);
    for (size_t i = 0; i < message.count && !session->is_closing; i++)
        call_start(exchange, &message.calls[i], &exchange->jobs[i]);
    settle(exchange);
}

void exchange_cancel_all(struct session *session)
{
    struct exchange *exchange;
    for (exchange = LIST_FIRST(&session->exchanges); exchange; exchange = LIST_NEXT(exchange, link))
        for (size_t i = 0; i < exchange->message.count; i++)
            atomic_store(&exchange->jobs[i].is_cancelled, true);
    if (session->in_flight > 0)
        workers_drop_cancelled(session->daemon->workers);
}
