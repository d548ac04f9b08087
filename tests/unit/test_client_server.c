/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_client_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "indexer/base/buf.h"

enum { MISSING = 1 << 30 /* bytes that are promised and do not come */ };
enum { PATH_SIZE = 256, LINE_SIZE = 1 << 16, REPLY_MAX = 1 << 24, TRICKLE_MS = 20, FLOOD_SIZE = 1 << 20 };

struct server {
    struct server_script script;
    char folder[PATH_SIZE / 2];
    char path[PATH_SIZE];
    char address[PATH_SIZE + 8];
    int listener;
    int stop[2]; /* a pipe; its reading end is readable once the thread is to end */
    pthread_t thread;
};

static void must(bool is_well, const char *what)
{
    if (is_well)
        return;
    perror(what);
    abort();
}

/* Waits for `events`, at most `timeout` ms; false where the server is to stop. */
static bool may_go_on(const struct server *server, int fd, short events, int timeout)
{
    struct pollfd ready[] = {{.fd = server->stop[0], .events = POLLIN}, {.fd = fd, .events = events}};
    while (poll(ready, 2, timeout) < 0)
        continue;
    return !ready[0].revents;
}

static bool send_all(const struct server *server, int fd, const char *bytes, size_t len)
{
    while (len) {
        if (!may_go_on(server, fd, POLLOUT, -1))
            return false;
        ssize_t count = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count <= 0)
            return false;
        bytes += count;
        len -= (size_t)count;
    }
    return true;
}

static bool read_line(const struct server *server, int fd, char *line)
{
    size_t len = 0;
    while (len + 1 < LINE_SIZE) {
        if (!may_go_on(server, fd, POLLIN, -1) || recv(fd, line + len, 1, 0) != 1)
            return false;
        if (line[len++] == '\n')
            break;
    }
    line[len] = '\0';
    return true;
}

/* A request's body of HTTP, in the place of a line. */
static bool read_body(const struct server *server, int fd, char *line)
{
    size_t len = 0;
    bool is_asked = false;
    while (read_line(server, fd, line) && line[0] != '\r') {
        if (!strncasecmp(line, "Content-Length:", 15))
            len = strtoul(line + 15, NULL, 10);
        is_asked = is_asked || !strncasecmp(line, "Expect:", 7);
    }
    if (is_asked)
        send_all(server, fd, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    line[len < LINE_SIZE ? len : 0] = '\0';
    for (size_t at = 0; at < len; at++)
        if (!may_go_on(server, fd, POLLIN, -1) || recv(fd, line + at % LINE_SIZE, 1, 0) != 1)
            return false;
    return len > 0;
}

static bool read_request(const struct server *server, int fd, char *line)
{
    return server->script.door == SERVER_HTTP ? read_body(server, fd, line) : read_line(server, fd, line);
}

/* The head before `len` bytes of a body. */
static bool send_head(const struct server *server, int fd, size_t len)
{
    char head[LINE_SIZE / 16];
    const char *own = server->script.head;
    if (server->script.door != SERVER_HTTP)
        return true;
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n",
             own ? own : "200 OK\r\nContent-Type: application/json", len);
    return send_all(server, fd, head, strlen(head));
}

/* Bytes of a script, which are whole where their line is. */
static bool send_part(const struct server *server, int fd, const char *bytes, size_t len)
{
    bool is_whole = len && bytes[len - 1] == '\n';
    return (!len || send_head(server, fd, len + (is_whole ? 0 : MISSING))) &&
           send_all(server, fd, bytes, len);
}

static const char *script_bytes(const struct server *server)
{
    return server->script.bytes ? server->script.bytes : "";
}

/* `text` with each $ID in it the request's id, and each $PARAMS its parameters. */
static void put_reply(struct buf *to, const char *text, const char *line, long id)
{
    static const char PARAMS[] = "\"params\":";
    const char *params = strstr(line, PARAMS);
    const char *end = strrchr(line, '}');
    for (const char *mark; (mark = strchr(text, '$')); text = mark + (mark[1] == 'I' ? 3 : 7)) {
        must(!strncmp(mark, "$ID", 3) || !strncmp(mark, "$PARAMS", 7), "a known mark");
        buf_append(to, text, (size_t)(mark - text));
        if (mark[1] == 'I')
            buf_printf(to, "%ld", id);
        else if (params)
            buf_append(to, params + strlen(PARAMS), (size_t)(end - params) - strlen(PARAMS));
        else
            buf_text(to, "null");
    }
    buf_text(to, text);
}

/* The file for the call with this id: METHOD-ID.json, or else METHOD.json; NULL where there is neither. */
static FILE *open_file(const struct server *server, const char *method, long id)
{
    char path[PATH_SIZE * 2];
    snprintf(path, sizeof path, "%s/%s-%ld.json", script_bytes(server), method, id);
    FILE *file = fopen(path, "r");
    if (file)
        return file;
    snprintf(path, sizeof path, "%s/%s.json", script_bytes(server), method);
    return fopen(path, "r");
}

/* Puts together the reply whose result is in a method's file; nothing where the file is empty. */
static void put_file(const struct server *server, struct buf *to, const char *method, long id)
{
    char bytes[LINE_SIZE];
    size_t len;
    FILE *file = open_file(server, method, id);
    if (!file) {
        buf_printf(to, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"error\":{\"code\":-32601,\"message\":\"no %s\"}}\n",
                   id, method);
        return;
    }
    size_t before = to->len;
    buf_printf(to, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"result\":", id);
    size_t empty = to->len;
    while ((len = fread(bytes, 1, sizeof bytes, file)) > 0)
        for (size_t i = 0; i < len; i++)
            buf_byte(to, bytes[i] == '\n' ? ' ' : bytes[i]);
    fclose(file);
    if (to->len == empty)
        to->len = before;
    else
        buf_text(to, "}\n");
}

static bool answer(const struct server *server, int fd, const char *line)
{
    char method[64] = "";
    const char *id = strstr(line, "\"id\":");
    const char *name = strstr(line, "\"method\":\"");
    struct buf reply = BUF_INIT(REPLY_MAX);
    must(id && name && sscanf(name, "\"method\":\"%63[a-z]", method) == 1, "a request");
    if (server->script.act == SERVER_METHODS)
        put_file(server, &reply, method, atol(id + 5));
    else
        put_reply(&reply, script_bytes(server), line, atol(id + 5));
    bool is_sent = reply.len && send_part(server, fd, reply.data, reply.len);
    buf_free(&reply);
    return is_sent && server->script.act != SERVER_CLOSE;
}

static void flood(const struct server *server, int fd)
{
    char *bytes = malloc(FLOOD_SIZE);
    must(bytes, "memory");
    memset(bytes, 'x', FLOOD_SIZE);
    send_head(server, fd, MISSING);
    while (send_all(server, fd, bytes, FLOOD_SIZE))
        continue;
    free(bytes);
}

static void hang(const struct server *server, int fd)
{
    send_part(server, fd, script_bytes(server), strlen(script_bytes(server)));
    may_go_on(server, -1, 0, -1);
}

static void serve(const struct server *server, int fd)
{
    char *line = malloc(LINE_SIZE);
    must(line, "memory");
    switch (server->script.act) {
    case SERVER_REPLY:
    case SERVER_METHODS:
    case SERVER_CLOSE:
        while (read_request(server, fd, line) && answer(server, fd, line))
            continue;
        break;
    case SERVER_HANG:
        hang(server, fd);
        break;
    case SERVER_SLAM:
        send_all(server, fd, script_bytes(server), strlen(script_bytes(server)));
        break;
    case SERVER_TRICKLE:
        send_head(server, fd, MISSING);
        while (may_go_on(server, -1, 0, TRICKLE_MS) && send_all(server, fd, "x", 1))
            continue;
        break;
    case SERVER_FLOOD:
        flood(server, fd);
        break;
    case SERVER_NO_ACCEPT:
        break;
    }
    free(line);
    close(fd);
}

static void *run(void *data)
{
    const struct server *server = data;
    bool accepts = server->script.act != SERVER_NO_ACCEPT;
    while (may_go_on(server, accepts ? server->listener : -1, POLLIN, -1)) {
        int fd = accept(server->listener, NULL, NULL);
        if (fd >= 0)
            serve(server, fd);
    }
    return NULL;
}

static void listen_unix(struct server *server, int backlog)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(server->address, sizeof server->address, "unix:%s", server->path);
    must(strlen(server->path) < sizeof to.sun_path, "a short path");
    strcpy(to.sun_path, server->path);
    server->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server->listener >= 0 && !bind(server->listener, (struct sockaddr *)&to, sizeof to) &&
             !listen(server->listener, backlog),
         server->path);
}

static void listen_tcp(struct server *server, int backlog)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof to;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(server->listener >= 0 && !bind(server->listener, (struct sockaddr *)&to, sizeof to) &&
             !listen(server->listener, backlog) &&
             !getsockname(server->listener, (struct sockaddr *)&to, &len),
         "tcp");
    snprintf(server->address, sizeof server->address, "%s127.0.0.1:%u",
             server->script.door == SERVER_HTTP ? "http://" : "tcp:", ntohs(to.sin_port));
}

struct server *server_start(struct server_script script)
{
    struct server *server = calloc(1, sizeof *server);
    int backlog = script.act == SERVER_NO_ACCEPT ? 0 : 16;
    const char *tmp = getenv("TMPDIR");
    must(server, "memory");
    server->script = script;
    snprintf(server->folder, sizeof server->folder, "%s/purpose-XXXXXX", tmp ? tmp : "/tmp");
    must(mkdtemp(server->folder), server->folder);
    snprintf(server->path, sizeof server->path, "%s/purposed", server->folder);
    must(!mkdir(server->path, 0700), server->path);
    snprintf(server->path, sizeof server->path, "%s/purposed/sock", server->folder);
    if (script.door != SERVER_UNIX)
        listen_tcp(server, backlog);
    else
        listen_unix(server, backlog);
    must(!pipe(server->stop), "pipe");
    must(!pthread_create(&server->thread, NULL, run, server), "thread");
    return server;
}

const char *server_address(const struct server *server)
{
    return server->address;
}

const char *server_folder(const struct server *server)
{
    return server->folder;
}

void server_stop(struct server *server)
{
    must(write(server->stop[1], "", 1) == 1, "stop");
    pthread_join(server->thread, NULL);
    close(server->stop[0]);
    close(server->stop[1]);
    close(server->listener);
    unlink(server->path);
    *strrchr(server->path, '/') = '\0';
    rmdir(server->path);
    rmdir(server->folder);
    free(server);
}
