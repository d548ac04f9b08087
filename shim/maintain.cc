/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole indexes: made compact, and verified. */
#include <cstring>
#include <filesystem>
#include <ostream>
#include <streambuf>
#include <sys/stat.h>
#include <unistd.h>

#include "shim/internal.hh"

using shim::guarded;
using shim::report;

namespace
{

/* Keeps the first bytes written to it and lets the rest go: a badly damaged index has a line for each of its
 * blocks. */
class FirstBytes final : public std::streambuf
{
  public:
    std::string_view text() const
    {
        return std::string_view(kept_, used_);
    }

  protected:
    int_type overflow(int_type byte) override
    {
        char one = static_cast<char>(byte);
        if (byte != traits_type::eof())
            xsputn(&one, 1);
        return traits_type::not_eof(byte);
    }

    std::streamsize xsputn(const char *bytes, std::streamsize n) override
    {
        size_t room = sizeof(kept_) - used_;
        size_t taken = static_cast<size_t>(n) < room ? static_cast<size_t>(n) : room;
        std::memcpy(kept_ + used_, bytes, taken);
        used_ += taken;
        return n;
    }

  private:
    char kept_[4096];
    size_t used_ = 0;
};

/* The lines that name a table or say that it is well are of no use in an error. */
bool is_finding(std::string_view line)
{
    return !line.empty() && line.back() != ':' && line.find("checked OK") == std::string_view::npos &&
           line.find("Lazily created") == std::string_view::npos && line.rfind("Continuing", 0) != 0;
}

std::string first_finding(std::string_view log)
{
    while (!log.empty()) {
        size_t end = log.find('\n');
        std::string_view line = log.substr(0, end);
        if (is_finding(line))
            return std::string(line);
        log.remove_prefix(end == std::string_view::npos ? log.size() : end + 1);
    }
    return "the tables do not agree with each other";
}

/* The library's check of all tables. One of them that the library cannot read although it is sound ends that
 * check: what it would have come to after is then checked by itself. */
size_t findings(const std::string &path, FirstBytes &log)
{
    std::ostream out(&log);
    try {
        return Xapian::Database::check(path, 0, &out);
    } catch (const Xapian::DatabaseCorruptError &problem) {
        const std::string_view text = log.text();
        if (!shim::is_sound_but_unread(problem) || text.find("\nspelling:\n") == std::string_view::npos)
            throw;
    }
    const std::string behind = path + "/synonym.glass";
    return access(behind.c_str(), F_OK) == 0 ? Xapian::Database::check(behind, 0, &out) : 0;
}

/* The folder did not exist before, so whatever is there is a failed compaction's. */
void remove_partial(const char *folder) noexcept
{
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

} // namespace

/* The library's check (1.4.22) deletes its version object by the size of the object's base. No allocator
 * minds, but AddressSanitizer ends the program for it. */
#if defined(__has_feature)
#define SHIM_HAS_FEATURE(feature) __has_feature(feature)
#else
#define SHIM_HAS_FEATURE(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || SHIM_HAS_FEATURE(address_sanitizer)
extern "C" const char *__asan_default_options(void);
extern "C" const char *__asan_default_options(void)
{
    return "new_delete_type_mismatch=0";
}
#endif

extern "C" {

enum shim_status shim_compact(const char *const *from, size_t n, const char *to, struct shim_error *error)
{
    if (n == 0)
        return report(error, SHIM_INVALID, "nothing to make an index from");
    const char *place = to;
    bool started = false;
    shim_status status = guarded(error, [&] {
        struct stat there;
        if (lstat(to, &there) == 0)
            return report(error, SHIM_INVALID, "the folder of the compact index is there already");
        Xapian::Database sources;
        for (size_t i = 0; i < n; i++)
            sources.add_database(shim::open_index(place = from[i]));
        place = to;
        started = true;
        /* FULL is as quick as STANDARD and leaves no room in blocks, which a rebuilt index needs least:
         * FULLER was seen to be larger. */
        sources.compact(to, Xapian::Compactor::FULL);
        const shim_status tables = shim::make_tables(to, error);
        return tables == SHIM_OK ? shim::sync_folder(to, error) : tables;
    });
    if (status != SHIM_OK && started)
        remove_partial(to);
    return shim::at_path(status, place, error);
}

enum shim_status shim_check(const char *path, struct shim_error *error)
{
    shim_status status = guarded(error, [&] {
        /* Opened first, since the check itself takes a single table or stub file for an index too. */
        shim::open_index(path);
        const shim_status tables = shim::find_tables(path, error);
        if (tables != SHIM_OK)
            return tables;
        FirstBytes log;
        if (findings(path, log) == 0)
            return SHIM_OK;
        return report(error, SHIM_DAMAGED, first_finding(log.text()).c_str());
    });
    return shim::at_path(status, path, error);
}

} // extern "C"
