/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of document numbers, one bit each. */
#ifndef PURPOSED_SHIM_BITMAP_HH
#define PURPOSED_SHIM_BITMAP_HH

#include <cstddef>
#include <cstdint>
#include <vector>

namespace shim
{

/* The lowest set bit of `words` that is at least `from`, or `bits` where there is none below it. */
inline size_t next_bit(const uint64_t *words, size_t bits, size_t from) noexcept
{
    if (from >= bits)
        return bits;
    const size_t n = (bits + 63) / 64;
    size_t at = from / 64;
    uint64_t word = words[at] & (~uint64_t{0} << from % 64);
    while (word == 0) {
        if (++at == n)
            return bits;
        word = words[at];
    }
    size_t found = at * 64 + static_cast<size_t>(__builtin_ctzll(word));
    return found < bits ? found : bits;
}

class Bitmap
{
  public:
    explicit Bitmap(size_t bits) : bits_(bits), words_((bits + 63) / 64)
    {
    }

    /* Calls `visit` with each set bit of `words` below `bits`, ascending. */
    template <typename Visit> static void each(const uint64_t *words, size_t bits, Visit &&visit)
    {
        for (size_t at = 0; at * 64 < bits; at++) {
            uint64_t word = words[at];
            if (bits - at * 64 < 64)
                word &= (uint64_t{1} << (bits - at * 64)) - 1;
            for (; word; word &= word - 1)
                visit(at * 64 + static_cast<size_t>(__builtin_ctzll(word)));
        }
    }

    /* All bits from 1 on: no document has number 0. */
    static Bitmap full(size_t bits)
    {
        Bitmap all(bits);
        for (uint64_t &word : all.words_)
            word = ~uint64_t{0};
        if (bits % 64)
            all.words_.back() >>= 64 - bits % 64;
        if (bits)
            all.clear(0);
        return all;
    }

    /* Keeps the bits that are set in `words`, which has room for as many. */
    void keep(const uint64_t *words) noexcept
    {
        for (size_t i = 0; i < words_.size(); i++)
            words_[i] &= words[i];
    }

    size_t bits() const noexcept
    {
        return bits_;
    }
    const std::vector<uint64_t> &words() const noexcept
    {
        return words_;
    }

    void set(size_t bit) noexcept
    {
        words_[bit / 64] |= uint64_t{1} << bit % 64;
    }
    void clear(size_t bit) noexcept
    {
        words_[bit / 64] &= ~(uint64_t{1} << bit % 64);
    }
    bool has(size_t bit) const noexcept
    {
        return words_[bit / 64] >> bit % 64 & 1;
    }
    size_t next(size_t from) const noexcept
    {
        return next_bit(words_.data(), bits_, from);
    }

    size_t count() const noexcept
    {
        size_t sum = 0;
        for (uint64_t word : words_)
            sum += static_cast<size_t>(__builtin_popcountll(word));
        return sum;
    }

    /* The others have the same number of bits. */
    void operator|=(const Bitmap &other) noexcept
    {
        for (size_t i = 0; i < words_.size(); i++)
            words_[i] |= other.words_[i];
    }
    void operator&=(const Bitmap &other) noexcept
    {
        for (size_t i = 0; i < words_.size(); i++)
            words_[i] &= other.words_[i];
    }
    void operator-=(const Bitmap &other) noexcept
    {
        for (size_t i = 0; i < words_.size(); i++)
            words_[i] &= ~other.words_[i];
    }

  private:
    size_t bits_;
    std::vector<uint64_t> words_;
};

} // namespace shim

#endif
