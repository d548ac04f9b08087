/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cstring>

#include "shim/internal.hh"

using shim::guarded;

struct shim_stemmer {
    Xapian::Stem stem;
    std::string word; /* keeps its memory from word to word */
};

extern "C" {

enum shim_status shim_stemmer_new(const char *language, struct shim_stemmer **ret_stemmer,
                                  struct shim_error *error)
{
    return guarded(error, [&] {
        *ret_stemmer = new shim_stemmer{Xapian::Stem(language), {}};
        return SHIM_OK;
    });
}

void shim_stemmer_free(struct shim_stemmer *stemmer)
{
    delete stemmer;
}

enum shim_status shim_stemmer_stem(struct shim_stemmer *stemmer, const char *word, size_t len,
                                   char ret_stem[SHIM_TERM_MAX], size_t *ret_len)
{
    if (len > SHIM_TERM_MAX)
        return SHIM_INVALID;
    return guarded(nullptr, [&] {
        stemmer->word.assign(word, len);
        const std::string stem = stemmer->stem(stemmer->word);
        if (stem.size() > SHIM_TERM_MAX)
            return SHIM_INVALID;
        std::memcpy(ret_stem, stem.data(), stem.size());
        *ret_len = stem.size();
        return SHIM_OK;
    });
}

} // extern "C"
