/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>

#include "shim/internal.hh"

namespace
{

/* The library names itself in some messages, which mean nothing to whoever knows only shim.h. */
std::string without_name(std::string text)
{
    static const struct {
        const char *said, *meant;
    } names[] = {
        {"Xapian::", ""}, {"a Xapian ", "an "}, {"Xapian ", ""}, {"Xapian", "index"}, {" glass ", " index "}};
    for (const auto &name : names)
        for (size_t at; (at = text.find(name.said)) != std::string::npos;)
            text.replace(at, std::strlen(name.said), name.meant);
    return text;
}

shim_status report_error(shim_error *error, shim_status status, const Xapian::Error &thrown) noexcept
{
    try {
        std::string text = without_name(thrown.get_msg());
        const char *system = thrown.get_error_string();
        if (system)
            text.append(": ").append(system);
        return shim::report(error, status, text.c_str());
    } catch (...) {
        return shim::report(error, status, shim_status_text(status));
    }
}

/* A plain database error is the system's refusal where it carries one, else a file that ends too early. */
shim_status plain_database_status(const Xapian::DatabaseError &thrown) noexcept
{
    try {
        return thrown.get_error_string() ? SHIM_IO : SHIM_DAMAGED;
    } catch (...) {
        return SHIM_IO;
    }
}

} // namespace

namespace shim
{

bool is_sound_but_unread(const Xapian::DatabaseCorruptError &problem)
{
    return problem.get_msg() == "Too few chunks of compressed data";
}

shim_status report(shim_error *error, shim_status status, const char *text) noexcept
{
    if (error) {
        error->status = status;
        std::snprintf(error->text, sizeof(error->text), "%s", text);
    }
    return status;
}

shim_status report_errno(shim_error *error, const char *path, const char *what) noexcept
{
    if (error) {
        char reason[96];
        const char *text = strerror_r(errno, reason, sizeof(reason));
        error->status = SHIM_IO;
        std::snprintf(error->text, sizeof(error->text), "%s: %s: %s", path, what, text);
    }
    return SHIM_IO;
}

shim_status at_path(shim_status status, const char *path, shim_error *error) noexcept
{
    if (status == SHIM_OK || !error || std::strstr(error->text, path))
        return status;
    char text[SHIM_ERROR_SIZE];
    std::memcpy(text, error->text, sizeof(text));
    /* A path may be longer than all of the text; what is wrong must be seen all the same. */
    std::snprintf(error->text, sizeof(error->text), "%.120s: %.130s", path, text);
    return status;
}

shim_status caught(shim_error *error) noexcept
{
    try {
        throw;
    } catch (const Xapian::DatabaseModifiedError &) {
        return report(error, SHIM_CHANGED, "the index has moved on since this reader last looked");
    } catch (const Xapian::DatabaseLockError &thrown) {
        return report_error(error, SHIM_LOCKED, thrown);
    } catch (const Xapian::DatabaseVersionError &thrown) {
        return report_error(error, SHIM_DAMAGED, thrown);
    } catch (const Xapian::DatabaseCorruptError &thrown) {
        return report_error(error, SHIM_DAMAGED, thrown);
    } catch (const Xapian::DatabaseOpeningError &thrown) {
        return report_error(error, SHIM_NO_INDEX, thrown);
    } catch (const Xapian::DatabaseCreateError &thrown) {
        return report_error(error, SHIM_IO, thrown);
    } catch (const Xapian::DatabaseError &thrown) {
        return report_error(error, plain_database_status(thrown), thrown);
    } catch (const Xapian::DocNotFoundError &) {
        return report(error, SHIM_NOT_FOUND, "no such document");
    } catch (const Xapian::WildcardError &) {
        return report(error, SHIM_TOO_MANY, "a prefix has more terms than it may have");
    } catch (const Xapian::RangeError &thrown) {
        return report_error(error, SHIM_DAMAGED, thrown); /* a stored number that cannot be */
    } catch (const Xapian::SerialisationError &thrown) {
        return report_error(error, SHIM_DAMAGED, thrown);
    } catch (const Xapian::InvalidArgumentError &thrown) {
        return report_error(error, SHIM_INVALID, thrown);
    } catch (const Xapian::InvalidOperationError &thrown) {
        return report_error(error, SHIM_INVALID, thrown);
    } catch (const Xapian::Error &thrown) {
        return report_error(error, SHIM_INTERNAL, thrown);
    } catch (const std::bad_alloc &) {
        return report(error, SHIM_NO_MEMORY, shim_status_text(SHIM_NO_MEMORY));
    } catch (const std::length_error &) {
        return report(error, SHIM_NO_MEMORY, shim_status_text(SHIM_NO_MEMORY));
    } catch (const std::exception &thrown) {
        return report(error, SHIM_INTERNAL, thrown.what());
    } catch (...) {
        return report(error, SHIM_INTERNAL, shim_status_text(SHIM_INTERNAL));
    }
}

bool fits_term(const char *term, size_t len) noexcept
{
    if (!term || len == 0 || len > SHIM_TERM_MAX)
        return false;
    size_t stored = len;
    for (size_t i = 0; i < len; i++)
        stored += term[i] == '\0';
    return stored <= SHIM_TERM_MAX;
}

shim_status check_term(const char *term, size_t len, shim_error *error) noexcept
{
    if (fits_term(term, len))
        return SHIM_OK;
    return report(error, SHIM_INVALID, "a term must have 1 to 245 bytes, NUL bytes counting twice");
}

void *copy_out(std::string_view bytes)
{
    char *copy = static_cast<char *>(std::malloc(bytes.size() + 1));
    if (!copy)
        throw std::bad_alloc();
    std::memcpy(copy, bytes.data(), bytes.size());
    copy[bytes.size()] = '\0';
    return copy;
}

} // namespace shim

extern "C" const char *shim_status_text(enum shim_status status)
{
    switch (status) {
    case SHIM_OK:
        return "no error";
    case SHIM_END:
        return "no more";
    case SHIM_NOT_FOUND:
        return "not found";
    case SHIM_CHANGED:
        return "the index has changed";
    case SHIM_NO_INDEX:
        return "no index";
    case SHIM_DAMAGED:
        return "the index is damaged";
    case SHIM_LOCKED:
        return "the index is being written by another";
    case SHIM_INVALID:
        return "invalid argument or order of calls";
    case SHIM_TOO_MANY:
        return "too many expansions";
    case SHIM_IO:
        return "the file system refused";
    case SHIM_NO_MEMORY:
        return "no memory";
    case SHIM_INTERNAL:
        return "internal error";
    }
    return "unknown status";
}

extern "C" void shim_on_no_memory(void (*end)(void))
{
    std::set_new_handler(end);
}

extern "C" void shim_free(void *bytes)
{
    std::free(bytes);
}
