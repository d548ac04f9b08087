/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of an index that the library does without. */
#include <fcntl.h>
#include <unistd.h>

#include "shim/internal.hh"

namespace
{

const char *const lazy_tables[] = {"/position.glass", "/spelling.glass"};

} // namespace

namespace shim
{

shim_status make_tables(const char *path, shim_error *error) noexcept
{
    return guarded(error, [&] {
        for (const char *table : lazy_tables) {
            int file = open((std::string(path) + table).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
            if (file < 0)
                return report_errno(error, path, "cannot make a table");
            close(file);
        }
        return SHIM_OK;
    });
}

shim_status find_tables(const char *path, shim_error *error) noexcept
{
    return guarded(error, [&] {
        for (const char *table : lazy_tables)
            if (access((std::string(path) + table).c_str(), F_OK) != 0)
                return report(error, SHIM_DAMAGED,
                              (std::string("the table ") + (table + 1) + " is gone").c_str());
        return SHIM_OK;
    });
}

} // namespace shim
