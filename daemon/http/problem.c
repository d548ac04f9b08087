/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/wire/rpc.h"
#include "indexer/base/json_text.h"

static const struct {
    int status;
    const char *title;
} TITLES[] = {
    {400, "Bad Request"},           {404, "Not Found"},         {405, "Method Not Allowed"},
    {413, "Content Too Large"},     {414, "URI Too Long"},      {415, "Unsupported Media Type"},
    {421, "Misdirected Request"},   {429, "Too Many Requests"}, {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"}, {501, "Not Implemented"},   {503, "Service Unavailable"},
};

static const struct {
    int code, status;
} STATUSES[] = {
    {RPC_PARSE_ERROR, 400},    {RPC_INVALID_REQUEST, 400}, {RPC_INVALID_PARAMS, 400}, {RPC_NOT_FOUND, 404},
    {RPC_UNKNOWN_METHOD, 501}, {RPC_OVERLOADED, 503},      {RPC_DEADLINE, 503},       {RPC_NO_INDEX, 503},
};

int problem_set(struct problem *problem, int status, const char *parameter, const char *format, ...)
{
    va_list args;
    *problem = (struct problem){.status = status};
    snprintf(problem->parameter, sizeof problem->parameter, "%s", parameter ? parameter : "");
    va_start(args, format);
    vsnprintf(problem->detail, sizeof problem->detail, format, args);
    va_end(args);
    return -1;
}

int problem_status(int code)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++)
        if (STATUSES[i].code == code)
            return STATUSES[i].status;
    return 500;
}

/* "Not Found" and the like. */
static const char *title_of(int status)
{
    for (size_t i = 0; i < sizeof TITLES / sizeof *TITLES; i++)
        if (TITLES[i].status == status)
            return TITLES[i].title;
    return "Error";
}

void problem_put(struct buf *to, const struct problem *problem)
{
    buf_byte(to, '{');
    json_text_member(to, "type");
    json_text_or_null(to, "about:blank");
    json_text_member(to, "title");
    json_text_or_null(to, title_of(problem->status));
    json_text_member(to, "status");
    json_text_number(to, problem->status);
    json_text_member(to, "detail");
    json_text_or_null(to, problem->detail);
    if (problem->parameter[0]) {
        json_text_member(to, "parameter");
        json_text_or_null(to, problem->parameter);
    }
    if (problem->code) {
        json_text_member(to, "code");
        json_text_number(to, problem->code);
    }
    buf_byte(to, '}');
}
