/* SPDX-License-Identifier: MIT */
/* Asks a real daemon by each of libpurpose's methods and prints a line of what came, for test_library.py. */
#include <purpose.h>
#include <stdio.h>

static struct purpose_connection *daemon_;

static int fail(const char *method)
{
    fprintf(stderr, "%s: %s\n", method, purpose_error_text(daemon_));
    return 1;
}

static int find(void)
{
    static const char *const facets[] = {"dataset"};
    struct purpose_query query = {.size = sizeof query,
                                  .text = "\"risk stratification\"",
                                  .facets = facets,
                                  .facet_count = 1,
                                  .fold_copies = true};
    struct purpose_found *found = NULL;
    if (purpose_search(daemon_, &query, &found))
        return fail("search");
    printf("search %lld %d %s %s\n", found->total, found->groups > 0, found->facets[0]->name,
           found->hits[0]->snippets[0]->part);
    purpose_found_free(found);
    if (purpose_similar(daemon_, "NIC-410377-Q1D8M", false, NULL, &found))
        return fail("similar");
    printf("similar %d\n", found->hit_count > 0);
    purpose_found_free(found);
    struct purpose_values *values = NULL;
    if (purpose_facets(daemon_, "legal_basis", NULL, NULL, &values))
        return fail("facets");
    printf("facets %s\n", values->values[0]->value);
    purpose_values_free(values);
    struct purpose_suggestions *suggestions = NULL;
    if (purpose_suggest(daemon_, "strat", 3, &suggestions))
        return fail("suggest");
    printf("suggest %s\n", suggestions->items[0]->text);
    purpose_suggestions_free(suggestions);
    return 0;
}

static int show(void)
{
    struct purpose_record *record = NULL;
    if (purpose_get(daemon_, "NIC-410021-F7K2P", NULL, &record))
        return fail("get");
    printf("get %s %s %zu\n", record->id, record->version, record->versions.count);
    purpose_record_free(record);
    struct purpose_comparison *comparison = NULL;
    if (purpose_compare(daemon_, "NIC-410377-Q1D8M@2019-11", "NIC-410377-Q1D8M", &comparison))
        return fail("compare");
    size_t differing = 0;
    for (size_t i = 0; i < comparison->part_count; i++)
        differing += !comparison->parts[i]->equal;
    printf("compare %zu\n", differing);
    purpose_comparison_free(comparison);
    struct purpose_changes *changes = NULL;
    if (purpose_changes(daemon_, NULL, NULL, &changes))
        return fail("changes");
    printf("changes %s %s %zu %s\n", changes->from, changes->to, changes->changed.count,
           changes->changed.items[0]);
    purpose_changes_free(changes);
    return 0;
}

static int tell(void)
{
    struct purpose_schema *schema = NULL;
    if (purpose_schema(daemon_, &schema))
        return fail("schema");
    printf("schema %s %d %d\n", schema->fields[0]->name, schema->facet_count > 0, schema->acronym_count > 0);
    purpose_schema_free(schema);
    struct purpose_health *health = NULL;
    if (purpose_health(daemon_, &health))
        return fail("status");
    printf("status %d %lld\n", health->revision != NULL, health->records);
    purpose_health_free(health);
    return 0;
}

static int export_all(void)
{
    struct purpose_query query = {.size = sizeof query, .sort = "id"};
    struct purpose_export *records = NULL;
    struct purpose_record *record = NULL;
    size_t count = 0;
    if (purpose_export_open(daemon_, &query, &records))
        return fail("export");
    while (!purpose_export_next(records, &record) && record) {
        count++;
        purpose_record_free(record);
    }
    printf("export %d %zu\n", purpose_export_head(records)->total == (long long)count, count);
    purpose_export_free(records);
    return 0;
}

int main(void)
{
    daemon_ = purpose_new();
    int failed =
        purpose_connect(daemon_, NULL) ? fail("connect") : find() || show() || tell() || export_all();
    purpose_free(daemon_);
    return failed;
}
