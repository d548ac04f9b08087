/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/order.h"

/* Sort keys for the direction asked: what has no value comes last either way. */
static uint32_t directed_key(const struct order *order, size_t document)
{
    uint32_t rank = order->columns->ranks[order->key][document];
    return order->descending || rank ? rank : UINT32_MAX;
}

bool order_is_before(const struct order *order, uint32_t document, uint32_t other)
{
    uint32_t key = directed_key(order, document), other_key = directed_key(order, other);
    if (key != other_key)
        return key < other_key ? !order->descending : order->descending;
    const uint32_t *ids = order->columns->ranks[SORT_ID];
    return ids[document] < ids[other];
}

enum shim_status order_top(const struct order *order, const struct bits *documents, size_t offset,
                           size_t limit, struct shim_hit *hits, size_t *ret_count, struct shim_error *error)
{
    const struct columns *columns = order->columns;
    uint32_t *keys = mem_alloc(columns->bits * sizeof *keys);
    for (size_t document = 0; document < columns->bits; document++)
        keys[document] = directed_key(order, document);
    enum shim_status status = shim_top_by_key(documents->words, documents->count, keys, order->descending,
                                              columns->ranks[SORT_ID], offset, limit, hits, ret_count, error);
    free(keys);
    return status;
}

/* ---- places ---- */

void order_note_place(const struct order *order, uint32_t document, struct cursor *cursor)
{
    const struct sort_values *values = &order->columns->values[order->key];
    uint32_t rank = order->columns->ranks[order->key][document];
    cursor->id = mem_text(order->columns->ids[document]);
    if (rank && values->texts)
        cursor->text = mem_text(values->texts[rank - 1]);
    else if (rank)
        cursor->number = values->numbers[rank - 1];
}

/* A place between the ranks of this epoch. */
struct border {
    bool has_value, is_there; /* whether any document has the place's value */
    uint32_t below;           /* values smaller than the place's */
    uint32_t last_id;         /* rank of the last id that is not behind the place's */
};

static struct border border_of(const struct order *order, const struct cursor *place)
{
    struct border border = {.has_value = place->text || place->number};
    bool has_id;
    size_t ids = columns_values_below(order->columns, SORT_ID, place->id, 0, &has_id);
    border.last_id = (uint32_t)ids + has_id;
    if (border.has_value)
        border.below = (uint32_t)columns_values_below(
            order->columns, order->key, place->text ? place->text : "", place->number, &border.is_there);
    return border;
}

static bool is_behind(const struct order *order, const struct border *border, size_t document)
{
    uint32_t rank = order->columns->ranks[order->key][document];
    bool id_is_behind = order->columns->ranks[SORT_ID][document] > border->last_id;
    if (!border->has_value)
        return !rank && id_is_behind;
    if (border->is_there && rank == border->below + 1)
        return id_is_behind;
    return !rank || (order->descending ? rank <= border->below : rank > border->below);
}

void order_keep_behind(const struct order *order, const struct cursor *place, struct bits *documents)
{
    struct border border = border_of(order, place);
    BITS_EACH(documents, document)
    {
        if (!is_behind(order, &border, document))
            bits_clear(documents, document);
    }
}
