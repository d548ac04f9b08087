/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim/internal.hh"

using shim::guarded;

extern "C" {

struct shim_document *shim_document_new(void)
{
    return shim::made([] { return new shim_document; });
}

void shim_document_free(struct shim_document *document)
{
    delete document;
}

void shim_document_clear(struct shim_document *document)
{
    guarded(nullptr, [&] {
        document->document.clear_terms();
        document->document.clear_values();
        document->document.set_data(std::string());
        return SHIM_OK;
    });
}

enum shim_status shim_document_add_term(struct shim_document *document, const char *term, size_t len,
                                        uint32_t count)
{
    if (!shim::fits_term(term, len))
        return SHIM_INVALID;
    return guarded(nullptr, [&] {
        document->document.add_term(std::string(term, len), count);
        return SHIM_OK;
    });
}

enum shim_status shim_document_add_postings(struct shim_document *document, const char *term, size_t len,
                                            const uint32_t *positions, size_t n, uint32_t count)
{
    if (n == 0)
        return shim_document_add_term(document, term, len, count);
    if (!shim::fits_term(term, len))
        return SHIM_INVALID;
    return guarded(nullptr, [&] {
        const std::string name(term, len);
        document->document.add_posting(name, positions[0], count);
        for (size_t i = 1; i < n; i++)
            document->document.add_posting(name, positions[i], 0);
        return SHIM_OK;
    });
}

enum shim_status shim_document_set_value(struct shim_document *document, uint32_t slot, const void *bytes,
                                         size_t len)
{
    if (slot == Xapian::BAD_VALUENO)
        return SHIM_INVALID;
    return guarded(nullptr, [&] {
        document->document.add_value(slot, len ? std::string(static_cast<const char *>(bytes), len)
                                               : std::string());
        return SHIM_OK;
    });
}

enum shim_status shim_document_set_data(struct shim_document *document, const void *bytes, size_t len)
{
    return guarded(nullptr, [&] {
        document->document.set_data(len ? std::string(static_cast<const char *>(bytes), len) : std::string());
        return SHIM_OK;
    });
}

} // extern "C"
