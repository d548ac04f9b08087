/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/daemon.h"

#include <limits.h>
#include <signal.h>
#include <string.h>

#include "daemon/activation.h"
#include "daemon/address.h"
#include "daemon/internal.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

enum { DEFAULT_ADDRESS_MAX = PATH_MAX + 16 /* bytes: a folder's path and what stands around it */ };

/* Replies gathered since the last wait go out in one write a connection. */
static void on_before_wait(uv_prepare_t *prepare)
{
    struct daemon *daemon = prepare->data;
    while (!STAILQ_EMPTY(&daemon->dirty)) {
        struct session *session = STAILQ_FIRST(&daemon->dirty);
        STAILQ_REMOVE_HEAD(&daemon->dirty, dirty_link);
        session->is_dirty = false;
        session_advance(session);
    }
    if (daemon->http)
        http_before_wait(daemon->http);
}

static void on_sweep(uv_timer_t *timer)
{
    struct daemon *daemon = timer->data;
    struct session *session;
    for (session = LIST_FIRST(&daemon->sessions); session; session = LIST_NEXT(session, link))
        session_sweep(session);
    if (daemon->http)
        http_sweep(daemon->http);
    if (daemon->is_watched)
        activation_notify("WATCHDOG=1");
}

/* Often enough that no deadline is passed by much more than a quarter. */
static uint64_t sweep_interval(const struct limits *limits)
{
    uint64_t least = limits->line_ms < limits->write_ms ? limits->line_ms : limits->write_ms;
    if (limits->http_ms < least)
        least = limits->http_ms;
    if (limits->idle_ms && limits->idle_ms < least)
        least = limits->idle_ms;
    uint64_t interval = least / 4;
    return interval < SWEEP_MS_MIN ? SWEEP_MS_MIN : interval > SWEEP_MS_MAX ? SWEEP_MS_MAX : interval;
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    daemon_stop(handle->data);
}

static void close_all_connections(struct daemon *daemon)
{
    struct session *session;
    if (daemon->http && !daemon->is_http_settled)
        http_stop(daemon->http, true);
    for (session = LIST_FIRST(&daemon->sessions); session; session = LIST_NEXT(session, link))
        session_close(session);
}

static void on_drain_timeout(uv_timer_t *timer)
{
    log_line("connections still waiting at the end of the time for that are cut off");
    close_all_connections(timer->data);
}

void daemon_settle(struct daemon *daemon)
{
    bool has_http = daemon->http && !daemon->is_http_settled;
    if (!daemon->is_stopping || daemon->is_settled || daemon->session_count > 0 || has_http)
        return;
    daemon->is_settled = true;
    workers_stop(daemon->workers);
    epochs_stop(daemon->epochs);
    uv_close((uv_handle_t *)&daemon->before_wait, NULL);
    uv_close((uv_handle_t *)&daemon->sweep, NULL);
    uv_close((uv_handle_t *)&daemon->drain, NULL);
    uv_close((uv_handle_t *)&daemon->terminate, NULL);
    uv_close((uv_handle_t *)&daemon->interrupt, NULL);
}

void daemon_stop(struct daemon *daemon)
{
    struct session *session;
    if (daemon->is_stopping) {
        close_all_connections(daemon);
        return;
    }
    daemon->is_stopping = true;
    activation_notify("STOPPING=1");
    listen_close_all(daemon);
    daemon->http_address_count = 0;
    if (daemon->http)
        http_stop(daemon->http, false);
    for (session = LIST_FIRST(&daemon->sessions); session; session = LIST_NEXT(session, link))
        session_end(session);
    uv_timer_start(&daemon->drain, on_drain_timeout, daemon->options.limits.drain_ms, 0);
    daemon_settle(daemon);
}

/* ---- HTTP ---- */

size_t daemon_connections(const struct daemon *daemon)
{
    return daemon->session_count + (daemon->http ? http_connections(daemon->http) : 0);
}

static int on_http_status(void *data, const json_t *params, struct buf *result, char *message, size_t size)
{
    return status_run(data, params, result, message, size);
}

static size_t count_sessions(void *data)
{
    const struct daemon *daemon = data;
    return daemon->session_count;
}

static void on_http_settled(void *data)
{
    struct daemon *daemon = data;
    daemon->is_http_settled = true;
    daemon_settle(daemon);
}

int daemon_start_http(struct daemon *daemon, struct error *error)
{
    const struct http_host host = {
        .loop = daemon->loop,
        .epochs = daemon->epochs,
        .workers = daemon->workers,
        .limits = &daemon->options.limits,
        .metrics = &daemon->metrics,
        .base_url = daemon->options.base_url,
        .is_public = daemon->options.is_public,
        .log_queries = daemon->options.log_queries,
        .data = daemon,
        .status = on_http_status,
        .sessions = count_sessions,
        .settled = on_http_settled,
    };
    return http_start(&host, &daemon->http, error);
}

static int listen_on_default(struct daemon *daemon, struct error *error)
{
    struct buf address = BUF_INIT(DEFAULT_ADDRESS_MAX);
    int status = address_default(&daemon->group, &address, error);
    if (status == 0)
        status = listen_open(daemon, address.data, error);
    buf_free(&address);
    return status;
}

static int listen_on_all(struct daemon *daemon, struct error *error)
{
    const struct daemon_options *options = &daemon->options;
    char names[LISTENERS_MAX][ACTIVATION_NAME_SIZE];
    for (size_t i = 0; i < LISTENERS_MAX; i++)
        activation_name(i, names[i]);
    size_t taken = activation_count();
    if (taken > LISTENERS_MAX) {
        error_set(error, "more than %d sockets were handed over, which is as many as can be listened on",
                  LISTENERS_MAX);
        return -1;
    }
    for (size_t i = 0; i < taken; i++)
        if (listen_take(daemon, ACTIVATION_FIRST + (int)i, names[i], error))
            return -1;
    if (options->listen_count == 0)
        return taken > 0 ? 0 : listen_on_default(daemon, error);
    for (size_t i = 0; i < options->listen_count; i++)
        if (listen_open(daemon, options->listen[i], error))
            return -1;
    return 0;
}

static void start_handles(struct daemon *daemon)
{
    uv_loop_t *loop = daemon->loop;
    uint64_t interval = sweep_interval(&daemon->options.limits);
    uv_prepare_init(loop, &daemon->before_wait);
    uv_timer_init(loop, &daemon->sweep);
    uv_timer_init(loop, &daemon->drain);
    uv_signal_init(loop, &daemon->terminate);
    uv_signal_init(loop, &daemon->interrupt);
    daemon->before_wait.data = daemon->sweep.data = daemon->drain.data = daemon;
    daemon->terminate.data = daemon->interrupt.data = daemon;
    uv_prepare_start(&daemon->before_wait, on_before_wait);
    uv_timer_start(&daemon->sweep, on_sweep, interval, interval);
    uv_signal_start(&daemon->terminate, on_signal, SIGTERM);
    uv_signal_start(&daemon->interrupt, on_signal, SIGINT);
    epochs_watch(daemon->epochs, loop);
}

int daemon_start(uv_loop_t *loop, const struct daemon_options *options, struct daemon **ret_daemon,
                 struct error *error)
{
    struct daemon *daemon = mem_zero(1, sizeof *daemon);
    daemon->loop = loop;
    daemon->options = *options;
    daemon->metrics.started_ms = uv_now(loop);
    LIST_INIT(&daemon->sessions);
    STAILQ_INIT(&daemon->dirty);
    /* A client that is gone is told by the write's status. */
    signal(SIGPIPE, SIG_IGN);
    search_set_limits(&options->limits.search);
    daemon->epochs = epochs_new(options->db, (unsigned)options->limits.workers);
    if (workers_start(loop, daemon->epochs, &daemon->options.limits, &daemon->workers, error)) {
        uv_run(loop, UV_RUN_DEFAULT);
        daemon_free(daemon);
        return -1;
    }
    start_handles(daemon);
    if (address_take_group(options->group, &daemon->group, error) || listen_on_all(daemon, error)) {
        daemon_stop(daemon);
        uv_run(loop, UV_RUN_DEFAULT);
        daemon_free(daemon);
        return -1;
    }
    for (size_t i = 0; i < daemon->listener_count; i++)
        log_line("listening on %s", listener_address(daemon->listeners[i]));
    for (size_t i = 0; i < daemon->http_address_count; i++)
        log_line("listening on %s", daemon->http_addresses[i]);
    daemon->is_watched = activation_is_watched();
    activation_notify("READY=1");
    *ret_daemon = daemon;
    return 0;
}

const char *daemon_address(const struct daemon *daemon, size_t number)
{
    if (number < daemon->listener_count)
        return listener_address(daemon->listeners[number]);
    number -= daemon->listener_count;
    return number < daemon->http_address_count ? daemon->http_addresses[number] : NULL;
}

void daemon_free(struct daemon *daemon)
{
    if (!daemon)
        return;
    epochs_free(daemon->epochs);
    http_free(daemon->http);
    free(daemon);
}
