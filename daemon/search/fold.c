/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/fold.h"

uint32_t fold_group(const struct fold *fold, uint32_t document)
{
    const struct lists *lists = &fold->column->documents;
    uint32_t first = lists->starts[document];
    return first < lists->starts[document + 1] ? lists->items[first] : NODE_NONE;
}

uint32_t fold_copies(const struct fold *fold, uint32_t document)
{
    uint32_t group = fold_group(fold, document);
    return group == NODE_NONE ? 1 : fold->sizes[group];
}

void fold_count(const struct columns *columns, const struct bits *documents, struct fold *ret_fold)
{
    struct fold fold = {.column = &columns->facets[field_facet_number(field_find("group"))]};
    fold.sizes = mem_zero(fold.column->node_count, sizeof *fold.sizes);
    BITS_EACH(documents, document)
    {
        uint32_t group = fold_group(&fold, (uint32_t)document);
        fold.total += group == NODE_NONE || fold.sizes[group] == 0;
        fold.sizes[group]++;
    }
    *ret_fold = fold;
}

void fold_free(struct fold *fold)
{
    free(fold->sizes);
    *fold = (struct fold){0};
}

void fold_keep_first(const struct fold *fold, const struct order *order, struct bits *documents)
{
    uint32_t *first = mem_zero(fold->column->node_count, sizeof *first);
    BITS_EACH(documents, document)
    {
        uint32_t group = fold_group(fold, (uint32_t)document);
        if (group == NODE_NONE)
            continue;
        /* No document has the number 0. */
        uint32_t before = first[group];
        if (before && order_is_before(order, before, (uint32_t)document)) {
            bits_clear(documents, document);
            continue;
        }
        if (before)
            bits_clear(documents, before);
        first[group] = (uint32_t)document;
    }
    free(first);
}

size_t fold_hits(const struct fold *fold, struct shim_hit *hits, size_t count, struct bits *documents)
{
    struct bits met = bits_new(fold->column->node_count);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t group = fold_group(fold, hits[i].document);
        bits_clear(documents, hits[i].document);
        if (group != NODE_NONE && bits_has(&met, group))
            continue;
        if (group != NODE_NONE)
            bits_set(&met, group);
        hits[kept++] = hits[i];
    }
    BITS_EACH(documents, document)
    {
        uint32_t group = fold_group(fold, (uint32_t)document);
        if (group != NODE_NONE && bits_has(&met, group))
            bits_clear(documents, document);
    }
    bits_free(&met);
    return kept;
}
