/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often each document has a word, as a flat array, for the words that many documents have: walking such a
 * word's list through the library costs ten times as much as reading the array. Made when a word is first
 * asked about, and kept for the epoch; the one asked about longest ago goes first.
 */
#ifndef PURPOSED_SHIM_COUNTS_HH
#define PURPOSED_SHIM_COUNTS_HH

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <xapian.h>

namespace shim
{

class Counts
{
  public:
    static constexpr size_t BYTES_MAX = 4 << 20; /* of all arrays */
    static constexpr size_t SHARE = 16; /* a word that fewer than one document in so many has, has none */

    Counts() = default;
    explicit Counts(size_t bytes_max) : bytes_max_(bytes_max)
    {
    }

    /* By document number: how often it has the word plus 1, 0 where it has it not. *Borrowed*, until the next
     * call; NULL where the word has none, or there is none yet and it is not to be made. Throws. */
    const uint16_t *find(const Xapian::Database &index, const std::string &term, Xapian::doccount having,
                         bool make);
    void clear() noexcept;
    size_t bytes() const noexcept
    {
        return bytes_;
    }

  private:
    struct Array {
        std::vector<uint16_t> counts;
        uint64_t asked; /* when: higher is later */
    };

    void make_room(size_t bytes);

    std::unordered_map<std::string, Array> arrays_;
    size_t bytes_max_ = BYTES_MAX;
    size_t bytes_ = 0;
    uint64_t asked_ = 0;
};

} // namespace shim

#endif
