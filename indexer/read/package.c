/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/package.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "indexer/read/reader.h"

enum { PACKAGE_BLOCK = 64 * 1024 /* bytes unpacked at once */ };

int package_open(struct package *package, const char *path, const char *shown, struct error *error)
{
    struct stat status;
    int fd = reader_open(path, shown, &status, error);
    if (fd < 0)
        return -1;
    close(fd);
    int code = 0;
    *package = (struct package){.zip = zip_open(path, ZIP_RDONLY, &code), .shown = shown};
    if (!package->zip) {
        zip_error_t zip_error;
        zip_error_init_with_code(&zip_error, code);
        error_set(error, "cannot be opened as a workbook: %s", zip_error_strerror(&zip_error));
        zip_error_fini(&zip_error);
    } else if (zip_get_num_entries(package->zip, 0) > PACKAGE_PARTS_MAX) {
        error_set(error, "more than %d parts in the zip file; that is no workbook of the register",
                  PACKAGE_PARTS_MAX);
        package_close(package);
    }
    error_at(error && error->is_set ? error : NULL, shown, NULL, 0);
    return package->zip ? 0 : -1;
}

void package_close(struct package *package)
{
    if (package->zip)
        zip_discard(package->zip);
    package->zip = NULL;
}

void package_list(const struct package *package, const char *inside, const char *ending,
                  struct strlist *parts)
{
    zip_int64_t count = zip_get_num_entries(package->zip, 0);
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(package->zip, (zip_uint64_t)i, 0);
        size_t len = name ? strlen(name) : 0;
        if (name && strstr(name, inside) && len > strlen(ending) &&
            strcmp(name + len - strlen(ending), ending) == 0)
            strlist_add(parts, name);
    }
}

/* Opens a part, unless it says of itself that it is too large. */
static zip_file_t *open_part(const struct package *package, const char *part, struct error *error)
{
    zip_stat_t status;
    if (zip_stat(package->zip, part, ZIP_FL_NOCASE, &status) != 0) {
        error_set(error, "has no part %s", part);
        return NULL;
    }
    if (status.valid & ZIP_STAT_SIZE && status.size > PACKAGE_PART_MAX) {
        error_set(error, "%s has %llu bytes unpacked, more than %llu", part, (unsigned long long)status.size,
                  (unsigned long long)PACKAGE_PART_MAX);
        return NULL;
    }
    if (status.valid & ZIP_STAT_SIZE && status.valid & ZIP_STAT_COMP_SIZE &&
        status.size > PACKAGE_RATIO_FROM && status.size / PACKAGE_RATIO_MAX > status.comp_size) {
        error_set(error, "%s unpacks to more than %d times its size: taken for a zip bomb", part,
                  PACKAGE_RATIO_MAX);
        return NULL;
    }
    zip_file_t *file = zip_fopen_index(package->zip, status.index, 0);
    if (!file)
        error_set(error, "%s cannot be unpacked: %s", part, zip_strerror(package->zip));
    return file;
}

/* One part while it is parsed. */
struct parse {
    XML_Parser parser;
    const struct package_handlers *handlers;
    const char *part;
    struct error *error;
    bool failed;
};

static void XMLCALL refuse_doctype(void *context, const XML_Char *name, const XML_Char *system,
                                   const XML_Char *public, int has_subset)
{
    struct parse *parse = context;
    (void)name, (void)system, (void)public, (void)has_subset;
    error_set(parse->error, "%s has a document type declaration; entities are not read", parse->part);
    parse->failed = true;
    XML_StopParser(parse->parser, XML_FALSE);
}

static void stop_if_asked(struct parse *parse)
{
    if (parse->handlers->stop && *parse->handlers->stop)
        XML_StopParser(parse->parser, XML_FALSE);
}

static void XMLCALL start_element(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct parse *parse = context;
    parse->handlers->start(parse->handlers->context, package_local_name(name), attributes);
    stop_if_asked(parse);
}

static void XMLCALL end_element(void *context, const XML_Char *name)
{
    struct parse *parse = context;
    if (parse->handlers->end)
        parse->handlers->end(parse->handlers->context, package_local_name(name));
    stop_if_asked(parse);
}

static void XMLCALL text_run(void *context, const XML_Char *text, int len)
{
    struct parse *parse = context;
    if (parse->handlers->text)
        parse->handlers->text(parse->handlers->context, text, len);
}

static int feed(struct parse *parse, const char *block, size_t len, uint64_t fed, bool last)
{
    if (XML_Parse(parse->parser, block, (int)len, last) == XML_STATUS_OK) {
        XML_Index at = XML_GetCurrentByteIndex(parse->parser); /* -1 before the first tag */
        if (fed - (uint64_t)(at < 0 ? 0 : at) <= PACKAGE_TOKEN_MAX)
            return 0;
        error_set(parse->error, "%s has a tag of more than %d bytes", parse->part, PACKAGE_TOKEN_MAX);
        return -1;
    }
    if (!parse->failed && parse->handlers->stop && *parse->handlers->stop)
        return 1;
    error_set(parse->error, "%s is damaged: %s (line %lu of it)", parse->part,
              XML_ErrorString(XML_GetErrorCode(parse->parser)), XML_GetCurrentLineNumber(parse->parser));
    return -1;
}

/* 0 at the end, 1 stopped, -1 with an error. */
static int feed_all(struct parse *parse, zip_file_t *file)
{
    MEM_AUTO char *block = mem_alloc(PACKAGE_BLOCK);
    uint64_t fed = 0;
    for (;;) {
        zip_int64_t got = zip_fread(file, block, PACKAGE_BLOCK);
        if (got < 0) {
            error_set(parse->error, "%s cannot be unpacked: %s", parse->part,
                      zip_error_strerror(zip_file_get_error(file)));
            return -1;
        }
        fed += (uint64_t)got;
        if (fed > PACKAGE_PART_MAX) {
            error_set(parse->error, "%s has more than %llu bytes unpacked", parse->part,
                      (unsigned long long)PACKAGE_PART_MAX);
            return -1;
        }
        int result = feed(parse, block, (size_t)got, fed, got == 0);
        if (result != 0 || got == 0)
            return result;
    }
}

int package_parse(const struct package *package, const char *part, const struct package_handlers *handlers,
                  struct error *error)
{
    zip_file_t *file = open_part(package, part, error);
    if (!file)
        return -1;
    struct parse parse = {
        .parser = XML_ParserCreate(NULL), .handlers = handlers, .part = part, .error = error};
    int result = -1;
    if (parse.parser) {
        XML_SetUserData(parse.parser, &parse);
        XML_SetElementHandler(parse.parser, start_element, end_element);
        XML_SetCharacterDataHandler(parse.parser, text_run);
        XML_SetStartDoctypeDeclHandler(parse.parser, refuse_doctype);
        result = feed_all(&parse, file);
        XML_ParserFree(parse.parser);
    }
    zip_fclose(file);
    return result < 0 ? -1 : 0;
}

const char *package_local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *package_attribute(const char **attributes, const char *name, bool prefixed)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(package_local_name(attributes[0]), name) == 0 && (!prefixed || strchr(attributes[0], ':')))
            return attributes[1];
    return NULL;
}

void package_resolve(const char *from, const char *target, char resolved[PACKAGE_NAME_MAX])
{
    const char *slash = strrchr(from, '/');
    size_t folder = target[0] == '/' || !slash ? 0 : (size_t)(slash - from);
    target += target[0] == '/';
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        while (folder && from[--folder] != '/')
            continue;
    }
    snprintf(resolved, PACKAGE_NAME_MAX, "%.*s%s%s", (int)folder, from, folder ? "/" : "", target);
}
