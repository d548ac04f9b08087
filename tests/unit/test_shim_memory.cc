/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lets the n-th allocation fail, for every n: no call ends the program, and what a call says is what
 * happened. In C++, since what fails is operator new, the library's and the shim's. */
#include <cstdlib>
#include <cstring>
#include <new>

extern "C" {
#include "test_shim_support.h"
}

namespace
{

long allocations_left = -1; /* below 0: all succeed */
bool has_failed;

void *allocate(size_t size)
{
    if (allocations_left == 0) {
        has_failed = true;
        throw std::bad_alloc();
    }
    if (allocations_left > 0)
        allocations_left--;
    void *memory = std::malloc(size ? size : 1);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

} // namespace

void *operator new(size_t size)
{
    return allocate(size);
}

void *operator new[](size_t size)
{
    return allocate(size);
}

void *operator new(size_t size, const std::nothrow_t &) noexcept
{
    try {
        return allocate(size);
    } catch (...) {
        return nullptr;
    }
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete[](void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, size_t) noexcept
{
    std::free(memory);
}

void operator delete[](void *memory, size_t) noexcept
{
    std::free(memory);
}

namespace
{

const int MOST_ALLOCATIONS = 3000; /* more than any step below makes */

/* Runs `step` with the first, second, … allocation failing, until it gets by without the one that would.
 * Gives how often it failed. */
template <typename Step> int fail_each(Step &&step)
{
    for (int n = 0; n < MOST_ALLOCATIONS; n++) {
        allocations_left = n;
        has_failed = false;
        const bool succeeded = step();
        allocations_left = -1;
        if (!has_failed) {
            assert_true(succeeded);
            return n;
        }
    }
    fail_msg("a step that never ends");
    return 0;
}

/* A status that fits: success, though an allocation may have failed that the call could do without, or no
 * memory. */
bool is_ok(shim_status status)
{
    if (status != SHIM_OK)
        assert_int_equal(status, SHIM_NO_MEMORY);
    return status == SHIM_OK;
}

shim_query *some_query()
{
    const char *terms[] = {"risk", "stratification"};
    const size_t lens[] = {4, 14};
    shim_query *parts[] = {shim_query_phrase(terms, lens, 2), shim_query_near(terms, lens, 2, 3),
                           shim_query_prefix("ri", 2, 10), shim_query_range(1, "a", 1, "b", 1)};
    shim_query *any = shim_query_or(parts, 4);
    shim_query *both[] = {shim_query_scale(any, 2),
                          shim_query_and_not(shim_query_all(), shim_query_word("x", 1))};
    return shim_query_filter(shim_query_and(both, 2), shim_query_word("risk", 4));
}

void test_building_queries(void **)
{
    int failures = fail_each([] {
        shim_query *query = some_query();
        char *text = query ? shim_query_text(query) : nullptr;
        const bool made = text != nullptr;
        shim_query_free(query);
        shim_free(text);
        return made;
    });
    assert_true(failures > 20);
}

/* What the shim matches by itself. */
shim_query *boolean_query()
{
    shim_query *parts[] = {shim_query_word("of", 2), shim_query_prefix("strat", 5, 10),
                           shim_query_range(1, "a", 1, "b", 1)};
    shim_query *both[] = {shim_query_scale(shim_query_or(parts, 3), 2),
                          shim_query_and_not(shim_query_all(), shim_query_word("x", 1))};
    return shim_query_filter(shim_query_and(both, 2), shim_query_word("risk", 4));
}

void test_reading_and_matching(void **state)
{
    const char *texts[] = {"risk stratification", "risk of stratification", "x"};
    const char *path = static_cast<const char *>(*state);
    index_texts(path, texts, 3);
    shim_query *query = boolean_query();
    int failures = fail_each([&] {
        uint64_t words[1] = {0};
        shim_reader *reader = nullptr;
        bool whole = is_ok(shim_reader_open(path, &reader, nullptr)) &&
                     is_ok(shim_match(reader, query, words, 64, nullptr));
        assert_int_equal(words[0], whole ? 6 : 0);
        shim_reader_free(reader);
        return whole;
    });
    assert_true(failures > 50);
    shim_query_free(query);
}

void test_walking(void **state)
{
    const char *texts[] = {"risk stratification", "a rather long term that-needs-memory-of-its-own"};
    const char *path = static_cast<const char *>(*state);
    index_texts(path, texts, 2);
    fail_each([&] {
        shim_reader *reader = nullptr;
        shim_terms *terms = nullptr;
        const char *term;
        size_t len, n = 0;
        uint32_t count, *positions = nullptr;
        bool whole = is_ok(shim_reader_open(path, &reader, nullptr)) &&
                     is_ok(shim_reader_terms(reader, "", 0, &terms, nullptr));
        shim_status status = SHIM_OK;
        while (whole && (status = shim_terms_next(terms, &term, &len, &count, nullptr)) == SHIM_OK)
            n++;
        whole = whole && (status == SHIM_END || is_ok(status));
        if (whole)
            assert_int_equal(n, 9);
        whole = whole && is_ok(shim_reader_positions(reader, 2, "long", 4, &positions, &n, nullptr));
        shim_free(positions);
        shim_terms_free(terms);
        shim_reader_free(reader);
        return whole;
    });
}

void test_documents(void **)
{
    int failures = fail_each([] {
        const uint32_t positions[] = {1, 5};
        shim_document *document = shim_document_new();
        bool whole = document && is_ok(shim_document_add_postings(document, "after", 5, positions, 2, 2)) &&
                     is_ok(shim_document_add_term(document, "a term of some length", 21, 1)) &&
                     is_ok(shim_document_set_value(document, 1, "a value of some length", 22)) &&
                     is_ok(shim_document_set_data(document, "data of some length too", 23));
        if (document)
            shim_document_clear(document);
        shim_document_free(document);
        return whole;
    });
    assert_true(failures > 5);
}

void test_stemming(void **)
{
    fail_each([] {
        shim_stemmer *stemmer = nullptr;
        char stem[SHIM_TERM_MAX];
        size_t len;
        bool whole = is_ok(shim_stemmer_new("english", &stemmer, nullptr)) &&
                     is_ok(shim_stemmer_stem(stemmer, "incomprehensibilities", 21, stem, &len));
        shim_stemmer_free(stemmer);
        return whole;
    });
}

} // namespace

int main()
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_building_queries),
        cmocka_unit_test_setup_teardown(test_reading_and_matching, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_walking, make_folder, remove_folder),
        cmocka_unit_test(test_documents),
        cmocka_unit_test(test_stemming),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
