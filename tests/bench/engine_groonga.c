/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "tests/bench/engines.h"
#include "tests/bench/process.h"

enum { COMMAND_MAX = 1 << 20, ANSWER_MAX = 64 << 20 };

struct groonga_engine {
    pid_t pid;
    FILE *commands, *answers;
    char *line;
    size_t cap;
};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench: Groonga: %.300s\n", what);
    exit(2);
}

/* ---- building ---- */

/* The parts' names, each behind `before`. */
static void put_parts(struct buf *to, const char *before, const char *between)
{
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        buf_printf(to, "%s%s%s", part ? between : "", before, field_parts()[part]->name);
}

/* The tables. Words are stemmed, as everybody's are. */
void groonga_begin(FILE *commands)
{
    BUF_AUTO struct buf parts = BUF_INIT(COMMAND_MAX);
    put_parts(&parts, "", ",");
    fputs("plugin_register token_filters/stem\n", commands);
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        fprintf(commands, "table_create Facet%d TABLE_HASH_KEY ShortText\n", facet);
    fputs("table_create Records TABLE_NO_KEY\n", commands);
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        fprintf(commands, "column_create Records %s COLUMN_SCALAR|COMPRESS_ZSTD Text\n",
                field_parts()[part]->name);
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        fprintf(commands,
                "column_create Records facet_%s COLUMN_VECTOR Facet%d\n"
                "column_create Facet%d records COLUMN_INDEX Records facet_%s\n",
                BENCH_FACET_NAMES[facet], facet, facet, BENCH_FACET_NAMES[facet]);
    fprintf(commands,
            "table_create Terms TABLE_PAT_KEY ShortText --default_tokenizer TokenBigram --normalizer "
            "NormalizerAuto --token_filters TokenFilterStem\n"
            "column_create Terms index COLUMN_INDEX|WITH_POSITION|WITH_SECTION Records %s\n"
            "load --table Records\n[\n",
            parts.data);
}

void groonga_add(FILE *commands, const struct bench_record *record)
{
    BUF_AUTO struct buf line = BUF_INIT(ANSWER_MAX);
    buf_byte(&line, '{');
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        json_text_member(&line, field_parts()[part]->name);
        json_text_string(&line, record->parts[part] ? record->parts[part] : "",
                         record->parts[part] ? strlen(record->parts[part]) : 0);
    }
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        buf_printf(&line, ",\"facet_%s\":[", BENCH_FACET_NAMES[facet]);
        for (size_t i = 0; i < record->value_counts[facet]; i++) {
            json_text_comma(&line);
            json_text_or_null(&line, record->values[facet][i]);
        }
        buf_byte(&line, ']');
    }
    buf_text(&line, "},\n");
    if (buf_failed(&line) || fwrite(line.data, 1, line.len, commands) != line.len)
        give_up("a record cannot be written");
}

void groonga_end(FILE *commands)
{
    fputs("]\n", commands);
}

/* ---- searching ---- */

static void command(struct groonga_engine *engine, const char *text)
{
    fputs(text, engine->commands);
    fputc('\n', engine->commands);
    if (fflush(engine->commands) != 0 || getline(&engine->line, &engine->cap, engine->answers) <= 0)
        give_up("it has ended");
    if (strncmp(engine->line, "[[0,", 4) != 0)
        give_up(engine->line);
}

struct groonga_engine *groonga_open(const char *path)
{
    int to[2], from[2];
    struct groonga_engine *engine = mem_zero(1, sizeof *engine);
    if (pipe(to) != 0 || pipe(from) != 0 || (engine->pid = fork()) < 0)
        give_up("no process or pipe can be had");
    if (engine->pid == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        closefrom(STDERR_FILENO + 1);
        execlp("groonga", "groonga", path, (char *)NULL);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    engine->commands = fdopen(to[1], "w");
    engine->answers = fdopen(from[0], "r");
    command(engine, "cache_limit 0");
    return engine;
}

static void put_facets(struct buf *to)
{
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        const char *name = BENCH_FACET_NAMES[facet];
        buf_printf(to,
                   " --drilldowns[%s].keys facet_%s --drilldowns[%s].sort_keys -_nsubrecs"
                   " --drilldowns[%s].limit 10 --drilldowns[%s].output_columns _key,_nsubrecs",
                   name, name, name, name, name);
    }
}

/* Snippets are of one part alone, which is less than everybody else looks through. */
void groonga_search(struct groonga_engine *engine, const struct bench_query *query)
{
    BUF_AUTO struct buf select = BUF_INIT(COMMAND_MAX);
    buf_text(&select, "select Records --match_columns \"");
    if (query->part)
        buf_text(&select, query->part);
    else
        put_parts(&select, "", "||");
    buf_text(&select, "\" --query ");
    json_text_string(&select, query->text, strlen(query->text));
    if (query->facet) {
        BUF_AUTO struct buf filter = BUF_INIT(COMMAND_MAX);
        buf_printf(&filter, "facet_%s @ ", query->facet);
        json_text_string(&filter, query->value, strlen(query->value));
        buf_text(&select, " --filter ");
        json_text_string(&select, filter.data, filter.len);
    }
    buf_printf(&select,
               " --output_columns \"_id,_score,title,organisation,snippet_html(%s)\" --sort_keys -_score"
               " --limit %d",
               query->part ? query->part : "objectives", BENCH_HITS);
    put_facets(&select);
    command(engine, select.data);
}

double groonga_processor(const struct groonga_engine *engine)
{
    return process_processor(engine->pid);
}

void groonga_close(struct groonga_engine *engine)
{
    fclose(engine->commands); /* its end of the pipe: it leaves */
    fclose(engine->answers);
    waitpid(engine->pid, NULL, 0);
    free(engine->line);
    free(engine);
}
