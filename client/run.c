/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/export.h"
#include "client/formats.h"
#include "client/labels.h"
#include "client/mcp.h"
#include "client/options.h"
#include "client/purpose.h"
#include "client/render.h"
#include "client/request.h"
#include "client/terminal.h"
#include "daemon/wire/rpc.h"

static enum exit_code complain(const char *text)
{
    terminal_complain(text);
    return EXIT_TROUBLE;
}

static const char *daemon_address(const struct options *options)
{
    const char *address = options->address ? options->address : getenv("PURPOSED_SOCKET");
    return address && *address ? address : NULL;
}

/* Labels are a nicety: without them names are shown. */
static json_t *fetch_schema(struct purpose_connection *daemon, const struct options *options)
{
    json_t *schema = NULL;
    bool is_needed = options->format == FORMAT_TEXT && options->command != COMMAND_SCHEMA &&
                     options->command != COMMAND_STATUS && options->command != COMMAND_CHANGES &&
                     options->command != COMMAND_SUGGEST;
    if (is_needed && purpose_call(daemon, "schema", NULL, &schema))
        return NULL;
    return schema;
}

static void lay_out(struct page *page, const json_t *result, const struct options *options,
                    const json_t *schema)
{
    struct view view = {
        .schema = schema, .limit = options->limit, .offset = (options->page - 1) * options->limit};
    switch (options->command) {
    case COMMAND_SEARCH:
        view.by_cursor = options->cursor != NULL;
        render_search(page, result, &view);
        break;
    case COMMAND_SHOW:
        render_record(page, result, &view);
        break;
    case COMMAND_SIMILAR:
        view.like = options->words.items[0];
        view.copies = options->copies;
        render_search(page, result, &view);
        break;
    case COMMAND_SUGGEST:
        render_suggestions(page, result);
        break;
    case COMMAND_COMPARE:
        view.full = options->full;
        render_compare(page, result, &view);
        break;
    case COMMAND_CHANGES:
        render_changes(page, result);
        break;
    case COMMAND_FACETS:
        view.facet = options->words.items[0];
        view.parent = options->parent;
        render_facets(page, result, &view);
        break;
    case COMMAND_SCHEMA:
        render_schema(page, result);
        break;
    case COMMAND_STATUS:
        render_status(page, result);
        break;
    case COMMAND_EXPORT:
    case COMMAND_MCP:
    case COMMAND_HELP:
    case COMMAND_COUNT:
        break;
    }
}

static enum exit_code print_result(const json_t *result, const struct options *options, const json_t *schema)
{
    struct error error = ERROR_NONE;
    struct terminal terminal = terminal_look(options->colour);
    struct page page = PAGE_INIT(terminal.width, terminal.colour);
    if (options->format == FORMAT_TEXT)
        lay_out(&page, result, options, schema);
    else if (options->format == FORMAT_JSON)
        format_json(&page.out, result, terminal.is_terminal);
    else
        format_rows(&page.out, result, options->command, options->format);
    if (buf_failed(&page.out))
        error_set(&error, "the answer is too large to show; ask for less with -n");
    else
        terminal_write(&terminal, page.out.data, page.out.len, !options->no_pager, &error);
    buf_free(&page.out);
    return error.is_set ? complain(error.text) : EXIT_FOUND;
}

/* Whether the result holds what was asked for. With -n 0 only the total was. */
static bool is_found(const json_t *result, const struct options *options)
{
    static const char *const LISTS[COMMAND_COUNT] = {[COMMAND_SEARCH] = "hits",
                                                     [COMMAND_SIMILAR] = "hits",
                                                     [COMMAND_FACETS] = "values",
                                                     [COMMAND_SUGGEST] = "suggestions"};
    const char *list = LISTS[options->command];
    if (options->command == COMMAND_CHANGES)
        return count_changes(result) > 0;
    return !list || json_array_size(json_object_get(result, list)) > 0 ||
           (!options->limit && json_integer_value(json_object_get(result, "total")) > 0);
}

static enum exit_code fail_call(const struct purpose_connection *daemon, enum purpose_status status)
{
    complain(purpose_error_text(daemon));
    bool is_missing = status == PURPOSE_REFUSED && purpose_error_code(daemon) == RPC_NOT_FOUND;
    return is_missing ? EXIT_NOTHING : EXIT_TROUBLE;
}

static enum exit_code ask(struct purpose_connection *daemon, const struct options *options,
                          const json_t *params)
{
    json_t *result = NULL;
    enum purpose_status status = purpose_call(daemon, request_method(options->command), params, &result);
    if (status)
        return fail_call(daemon, status);
    if (!json_is_object(result)) {
        json_decref(result);
        return complain("the daemon's result is no object; is it a purposed of this version?");
    }
    json_t *schema = fetch_schema(daemon, options);
    bool found = is_found(result, options);
    enum exit_code code = print_result(result, options, schema);
    json_decref(schema);
    json_decref(result);
    return code == EXIT_FOUND && !found ? EXIT_NOTHING : code;
}

static enum exit_code connect_and_ask(struct purpose_connection *daemon, const struct options *options,
                                      const json_t *params)
{
    purpose_set_timeout(daemon, options->seconds * 1000);
    enum purpose_status status = purpose_connect(daemon, daemon_address(options));
    if (status)
        return fail_call(daemon, status);
    return options->command == COMMAND_EXPORT ? export_run(daemon, options, params)
                                              : ask(daemon, options, params);
}

static enum exit_code call(const struct options *options)
{
    struct error error = ERROR_NONE;
    json_t *params = request_params(options, &error);
    if (!params)
        return complain(error.text);
    struct purpose_connection *daemon = purpose_new();
    enum exit_code code = daemon ? connect_and_ask(daemon, options, params) : complain("out of memory");
    purpose_free(daemon);
    json_decref(params);
    return code;
}

static enum exit_code print_help(const struct options *options)
{
    enum command command = options->command;
    if (command == COMMAND_HELP && options->words.len &&
        !strcmp(options->words.items[0], options_query_topic)) {
        options_help_query(stdout);
        return fflush(stdout) ? complain("cannot write the help") : EXIT_FOUND;
    }
    if (command == COMMAND_HELP && options->words.len)
        command = options_command(options->words.items[0]);
    /* `purpose --help` asks about the program, `purpose search --help` about the command. */
    if (command == COMMAND_SEARCH && options->help && !options->is_named)
        command = COMMAND_HELP;
    options_help(stdout, command);
    return fflush(stdout) ? complain("cannot write the help") : EXIT_FOUND;
}

static enum exit_code print_version(void)
{
    puts("purpose " PURPOSED_VERSION);
    return fflush(stdout) ? complain("cannot write the version") : EXIT_FOUND;
}

enum exit_code run(int argc, char **argv)
{
    struct options options;
    struct error error = ERROR_NONE;
    if (argc < 2) {
        options_help(stderr, COMMAND_HELP);
        return EXIT_TROUBLE;
    }
    if (options_parse(argc, argv, &options, &error))
        return complain(error.text);
    enum exit_code code = options.version                                   ? print_version()
                          : options.help || options.command == COMMAND_HELP ? print_help(&options)
                          : options.command == COMMAND_MCP ? mcp_run(&options, daemon_address(&options))
                                                           : call(&options);
    options_free(&options);
    return code;
}
