/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim/counts.hh"

#include <algorithm>

namespace shim
{

void Counts::make_room(size_t bytes)
{
    while (!arrays_.empty() && bytes_ + bytes > bytes_max_) {
        const auto oldest =
            std::min_element(arrays_.begin(), arrays_.end(),
                             [](const auto &a, const auto &b) { return a.second.asked < b.second.asked; });
        bytes_ -= oldest->second.counts.size() * sizeof(uint16_t);
        arrays_.erase(oldest);
    }
}

const uint16_t *Counts::find(const Xapian::Database &index, const std::string &term, Xapian::doccount having,
                             bool make)
{
    const auto kept = arrays_.find(term);
    if (kept != arrays_.end()) {
        kept->second.asked = ++asked_;
        return kept->second.counts.data();
    }
    const size_t documents = size_t{index.get_lastdocid()} + 1, bytes = documents * sizeof(uint16_t);
    if (!make || having < documents / SHARE || bytes > bytes_max_ ||
        index.get_wdf_upper_bound(term) >= UINT16_MAX)
        return nullptr;
    std::vector<uint16_t> counts(documents);
    const auto end = index.postlist_end(term);
    for (auto at = index.postlist_begin(term); at != end; ++at)
        counts[*at] = static_cast<uint16_t>(at.get_wdf() + 1);
    make_room(bytes);
    const auto entered = arrays_.emplace(term, Array{std::move(counts), ++asked_}).first;
    bytes_ += bytes;
    return entered->second.counts.data();
}

void Counts::clear() noexcept
{
    arrays_.clear();
    bytes_ = 0;
}

} // namespace shim
