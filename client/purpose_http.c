/* SPDX-License-Identifier: MIT */
#include "client/purpose_http.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CALL_PATH "/api/rpc"
#define CALL_TYPE "application/json"
#define PROBLEM_TYPE "application/problem+json"

struct purpose_http {
    CURL *curl;
    struct curl_slist *headers;
    char address[PURPOSE_ADDRESS_SIZE];
    char url[HTTP_URL_SIZE];
    struct buf reply;
    bool is_too_long;
    char text[CURL_ERROR_SIZE];
};

__attribute__((format(printf, 3, 4))) static enum purpose_status
fail(struct dial_error *error, enum purpose_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->status = status;
    return status;
}

/* ---- the library ---- */

static struct {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_easy_init) init;
    __typeof__(&curl_easy_setopt) set;
    __typeof__(&curl_easy_perform) perform;
    __typeof__(&curl_easy_getinfo) get;
    __typeof__(&curl_easy_cleanup) cleanup;
    __typeof__(&curl_easy_strerror) error;
    __typeof__(&curl_slist_append) append;
    __typeof__(&curl_slist_free_all) free_list;
    __typeof__(&curl_url) url_new;
    __typeof__(&curl_url_set) url_set;
    __typeof__(&curl_url_get) url_get;
    __typeof__(&curl_url_cleanup) url_free;
    __typeof__(&curl_free) free;
    bool is_there;
} lib;

static pthread_once_t lib_once = PTHREAD_ONCE_INIT;

/* Whatever TLS library it was built with: both have the same functions. */
static void *open_library(void)
{
    static const char *const NAMES[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *library = NULL;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES && !library; i++)
        library = dlopen(NAMES[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    return library;
}

static void load(void)
{
    const struct {
        const char *name;
        void *to;
    } wanted[] = {
        {"curl_global_init", &lib.global_init},  {"curl_easy_init", &lib.init},
        {"curl_easy_setopt", &lib.set},          {"curl_easy_perform", &lib.perform},
        {"curl_easy_getinfo", &lib.get},         {"curl_easy_cleanup", &lib.cleanup},
        {"curl_easy_strerror", &lib.error},      {"curl_slist_append", &lib.append},
        {"curl_slist_free_all", &lib.free_list}, {"curl_url", &lib.url_new},
        {"curl_url_set", &lib.url_set},          {"curl_url_get", &lib.url_get},
        {"curl_url_cleanup", &lib.url_free},     {"curl_free", &lib.free},
    };
    void *library = open_library();
    for (size_t i = 0; library && i < sizeof wanted / sizeof *wanted; i++) {
        void *is = dlsym(library, wanted[i].name);
        if (!is)
            return;
        memcpy(wanted[i].to, &is, sizeof is); /* POSIX has functions and data of one size */
    }
    lib.is_there = library && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

/* ---- addresses ---- */

bool purpose_http_is(const char *address)
{
    return !strncmp(address, "http:", 5) || !strncmp(address, "https:", 6);
}

static enum purpose_status refuse_address(const char *address, struct dial_error *error)
{
    return fail(error, PURPOSE_BAD_ARGUMENT,
                "address %s is not understood; it takes http://HOST:PORT or https://HOST, as in "
                "http://127.0.0.1:7700",
                address);
}

/* Whether the host is this machine: no proxy leads there, and nothing is gained by compressing. */
static bool is_loopback(const char *host)
{
    return !strcasecmp(host, "localhost") || !strncmp(host, "127.", 4) || !strcmp(host, "[::1]");
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (lib.url_get(url, part, &text, 0))
        return false;
    lib.free(text);
    return true;
}

/* Whether it is one of a host that nothing but a path follows; and whether that is this machine. */
static bool read_url(const char *text, bool *ret_is_loopback)
{
    char *host = NULL;
    CURLU *url = lib.url_new();
    bool is_good = url &&
                   text[strcspn(text, "/") + 2] != '/' && /* it would pass over slashes to find a host */
                   !lib.url_set(url, CURLUPART_URL, text, 0) && !lib.url_get(url, CURLUPART_HOST, &host, 0) &&
                   !has_part(url, CURLUPART_USER) && !has_part(url, CURLUPART_QUERY) &&
                   !has_part(url, CURLUPART_FRAGMENT);
    if (is_good)
        *ret_is_loopback = is_loopback(host);
    lib.free(host);
    lib.url_free(url);
    return is_good;
}

/* ---- what is sent, and what comes ---- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *data)
{
    struct purpose_http *http = data;
    http->is_too_long = http->reply.len + size * count > PURPOSE_REPLY_MAX;
    buf_append(&http->reply, bytes, size * count);
    return buf_failed(&http->reply) ? 0 : size * count;
}

static bool set_up(struct purpose_http *http, bool is_here)
{
    CURL *curl = http->curl = lib.init();
    const char *authorities = getenv("SSL_CERT_FILE"); /* as OpenSSL and others know it */
    http->headers = lib.append(NULL, "Content-Type: " CALL_TYPE);
    if (!curl || !http->headers)
        return false;
    lib.set(curl, CURLOPT_URL, http->url);
    lib.set(curl, CURLOPT_HTTPHEADER, http->headers);
    lib.set(curl, CURLOPT_ERRORBUFFER, http->text);
    lib.set(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    lib.set(curl, CURLOPT_WRITEDATA, http);
    lib.set(curl, CURLOPT_NOSIGNAL, 1L);
    lib.set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    lib.set(curl, CURLOPT_USERAGENT, "libpurpose/" PURPOSED_VERSION);
    lib.set(curl, CURLOPT_ACCEPT_ENCODING, is_here ? NULL : "gzip");
    if (is_here)
        lib.set(curl, CURLOPT_NOPROXY, "*");
    if (authorities && *authorities)
        lib.set(curl, CURLOPT_CAINFO, authorities);
    return true;
}

struct purpose_http *purpose_http_new(const char *address, struct dial_error *error)
{
    bool is_here = false;
    const char *after = strchr(address, ':') + 1;
    const char *host = strncmp(after, "//", 2) ? after : after + 2;
    size_t len = strlen(host);
    pthread_once(&lib_once, load);
    if (!lib.is_there) {
        fail(error, PURPOSE_NO_DAEMON,
             "%s needs libcurl, which is not here (in Debian, the package libcurl4); a Unix socket or tcp: "
             "needs nothing",
             address);
        return NULL;
    }
    struct purpose_http *http = calloc(1, sizeof *http);
    if (!http) {
        fail(error, PURPOSE_NO_MEMORY, "out of memory");
        return NULL;
    }
    http->reply = (struct buf)BUF_INIT(PURPOSE_REPLY_MAX);
    snprintf(http->address, sizeof http->address, "%s", address);
    while (len && host[len - 1] == '/')
        len--;
    snprintf(http->url, sizeof http->url, "%.*s//%.*s" CALL_PATH, (int)(after - address), address, (int)len,
             host);
    if (!read_url(http->url, &is_here))
        refuse_address(address, error);
    else if (set_up(http, is_here))
        return http;
    else
        fail(error, PURPOSE_NO_MEMORY, "out of memory");
    purpose_http_free(http);
    return NULL;
}

void purpose_http_free(struct purpose_http *http)
{
    if (!http)
        return;
    if (http->curl)
        lib.cleanup(http->curl);
    lib.free_list(http->headers);
    buf_free(&http->reply);
    free(http);
}

/* ---- what went wrong ---- */

static const char *reason(const struct purpose_http *http, CURLcode code)
{
    return http->text[0] ? http->text : lib.error(code);
}

static enum purpose_status fail_to_reach(const struct purpose_http *http, CURLcode code,
                                         struct dial_error *error)
{
    long why = 0;
    lib.get(http->curl, CURLINFO_OS_ERRNO, &why);
    if (why != ECONNREFUSED || !strncmp(http->address, "https:", 6))
        return fail(error, PURPOSE_NO_DAEMON, "%s cannot be reached: %s", http->address, reason(http, code));
    return fail(error, PURPOSE_NO_DAEMON,
                "no daemon listens at %s; start it with: purposed --db DIR --listen %s", http->address,
                http->address);
}

static enum purpose_status fail_transfer(const struct purpose_http *http, CURLcode code, int timeout,
                                         struct dial_error *error)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return fail(error, PURPOSE_TIMEOUT,
                    "no whole reply from %s within %g s; try again, or allow it more time", http->address,
                    timeout / 1000.0);
    case CURLE_OUT_OF_MEMORY:
        return fail(error, PURPOSE_NO_MEMORY, "out of memory");
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return fail(error, PURPOSE_NO_DAEMON, "the host of %s is not known: %s", http->address,
                    reason(http, code));
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
        return fail_to_reach(http, code, error);
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return fail(error, PURPOSE_LOST,
                    "the daemon at %s closed the connection before its reply was whole; see whether it is "
                    "still running",
                    http->address);
    default:
        return fail(error, PURPOSE_BAD_REPLY,
                    "what came from %s is no JSON-RPC reply; see whether a purposed listens there (%s)",
                    http->address, reason(http, code));
    }
}

static enum purpose_status fail_write(const struct purpose_http *http, struct dial_error *error)
{
    if (!http->is_too_long)
        return fail(error, PURPOSE_NO_MEMORY, "out of memory");
    return fail(error, PURPOSE_BAD_REPLY, "the reply from %s is longer than %d MiB; ask for less at a time",
                http->address, PURPOSE_REPLY_MAX / (1024 * 1024));
}

/* ---- replies that are no call's ---- */

/* Whether a Content-Type is this one, whatever its parameters. */
static bool is_type(const char *type, const char *wanted)
{
    size_t len = strlen(wanted);
    return type && !strncasecmp(type, wanted, len) && strchr("; \t", type[len]);
}

/* When to ask again, as far as it was said. */
static void put_retry(const struct purpose_http *http, char *text, size_t size)
{
    curl_off_t seconds = 0;
    lib.get(http->curl, CURLINFO_RETRY_AFTER, &seconds);
    text[0] = '\0';
    if (seconds > 0)
        snprintf(text, size, " (again in %lld s)", (long long)seconds);
}

/* Problem details (RFC 9457): said by the daemon before it looked at the call, or by a server of HTTP. */
static enum purpose_status fail_by_problem(const struct purpose_http *http, long status, int *ret_code,
                                           struct dial_error *error)
{
    char again[64];
    size_t len = http->reply.len < HTTP_DETAIL_MAX ? http->reply.len : HTTP_DETAIL_MAX;
    json_t *problem = json_loadb(http->reply.data ? http->reply.data : "", len, 0, NULL);
    const char *detail = json_string_value(json_object_get(problem, "detail"));
    *ret_code = (int)json_integer_value(json_object_get(problem, "code"));
    put_retry(http, again, sizeof again);
    if (status == 405) /* of a path for readers; calls have their own */
        fail(error, PURPOSE_BAD_REPLY,
             "%s takes no calls; see whether a purposed of this version listens there", http->address);
    else if (detail)
        fail(error, PURPOSE_REFUSED, "%s%s", detail, again);
    else
        fail(error, PURPOSE_REFUSED, "%s refuses the call with HTTP status %ld%s", http->address, status,
             again);
    json_decref(problem);
    return error->status;
}

static enum purpose_status fail_by_status(const struct purpose_http *http, long status, const char *type,
                                          struct dial_error *error)
{
    char *target = NULL, again[64];
    lib.get(http->curl, CURLINFO_REDIRECT_URL, &target);
    if (target) {
        size_t len = strlen(target), path = strlen(CALL_PATH);
        if (len > path && !strcmp(target + len - path, CALL_PATH))
            len -= path;
        return fail(error, PURPOSE_BAD_REPLY, "%s sends its callers on to %.*s; name that instead",
                    http->address, (int)len, target);
    }
    put_retry(http, again, sizeof again);
    if (status == 429 || status == 503)
        return fail(error, PURPOSE_REFUSED, "%s is too busy: try again later%s", http->address, again);
    return fail(error, PURPOSE_BAD_REPLY,
                "what came from %s is no JSON-RPC reply but %s (HTTP status %ld); see whether a purposed "
                "listens there",
                http->address, type ? type : "of no type", status);
}

static enum purpose_status take_reply(struct purpose_http *http, const struct buf **ret_reply, int *ret_code,
                                      struct dial_error *error)
{
    long status = 0;
    char *type = NULL;
    lib.get(http->curl, CURLINFO_RESPONSE_CODE, &status);
    lib.get(http->curl, CURLINFO_CONTENT_TYPE, &type);
    if (is_type(type, PROBLEM_TYPE))
        return fail_by_problem(http, status, ret_code, error);
    if (!is_type(type, CALL_TYPE) || (status >= 300 && status < 400))
        return fail_by_status(http, status, type, error);
    *ret_reply = &http->reply;
    return PURPOSE_OK;
}

enum purpose_status purpose_http_post(struct purpose_http *http, const struct buf *request, int timeout,
                                      const struct buf **ret_reply, int *ret_code, struct dial_error *error)
{
    buf_reset(&http->reply);
    http->is_too_long = false;
    http->text[0] = '\0';
    *ret_code = 0;
    lib.set(http->curl, CURLOPT_TIMEOUT_MS, (long)timeout);
    lib.set(http->curl, CURLOPT_POSTFIELDS, request->data);
    lib.set(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len);
    CURLcode code = lib.perform(http->curl);
    if (code == CURLE_WRITE_ERROR)
        return fail_write(http, error);
    if (code)
        return fail_transfer(http, code, timeout, error);
    return take_reply(http, ret_reply, ret_code, error);
}
