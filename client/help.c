/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/help.h"

#include <string.h>

enum {
    OPTION_COLUMNS = 24, /* columns that an option's name and value take in the help */
    HELP_COLUMNS = 80,   /* of a line of the help */
};

const char options_query_topic[] = "query";

enum command options_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(help_commands[i].name, name))
            return (enum command)i;
    return COMMAND_COUNT;
}

const char *options_command_name(enum command command)
{
    return help_commands[command].name;
}

static void print_wrapped(FILE *to, const char *text, int indent, int width)
{
    int used = 0;
    while (*text) {
        int len = (int)strcspn(text, " ");
        if (used && used + 1 + len > width - indent) {
            fprintf(to, "\n%*s", indent, "");
            used = 0;
        }
        used += fprintf(to, "%s%.*s", used ? " " : "", len, text);
        text += len + (text[len] == ' ');
    }
    fputc('\n', to);
}

static void print_option(FILE *to, const struct help_option *option)
{
    char name[64];
    int len = snprintf(name, sizeof name, "  ");
    if (option->key < KEY_FIRST_LONG)
        len += snprintf(name + len, sizeof name - (size_t)len, "-%c%s", option->key,
                        option->name[0] ? ", " : "");
    if (option->name[0])
        len += snprintf(name + len, sizeof name - (size_t)len, "--%s", option->name);
    if (option->value)
        snprintf(name + len, sizeof name - (size_t)len, " %s", option->value);
    fprintf(to, "%-*s", OPTION_COLUMNS, name);
    print_wrapped(to, option->help, OPTION_COLUMNS, HELP_COLUMNS);
}

static void print_options(FILE *to, enum command command)
{
    fputs("\nOptions:\n", to);
    for (const struct help_option *option = help_options; option->name; option++)
        if (option->commands & HELP_FOR(command))
            print_option(to, option);
}

static void print_program(FILE *to)
{
    fputs("purpose: search NHS England's register of data releases\n\n", to);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "%s purpose %s\n", i ? "      " : "Usage:", help_commands[i].usage);
    fputs("\nCommands:\n", to);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-9s %s\n", help_commands[i].name, help_commands[i].summary);
    print_options(to, COMMAND_SEARCH);
    fprintf(to, "\n%s", help_commands[COMMAND_HELP].details);
}

void options_help(FILE *to, enum command command)
{
    if (command == COMMAND_HELP) {
        print_program(to);
        return;
    }
    fprintf(to, "purpose %s: %s\n\nUsage: purpose %s\n", help_commands[command].name,
            help_commands[command].summary, help_commands[command].usage);
    print_options(to, command);
    fprintf(to, "\n%s", help_commands[command].details);
}

void options_help_query(FILE *to)
{
    fputs(help_query, to);
}
