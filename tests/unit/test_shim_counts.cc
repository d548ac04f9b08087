/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arrays of how often documents have a word: what they say, how many of them stay, and which go. */
#include <string>

#include "shim/counts.hh"

extern "C" {
#include "test_shim_support.h"
}

namespace
{

const unsigned DOCUMENTS = 64;
const size_t ARRAY_BYTES = (DOCUMENTS + 1) * sizeof(uint16_t);

/* Document n has "every" n times, "even" once where n is even, "once" where n is 1; number 3 is free. */
Xapian::WritableDatabase make_index()
{
    Xapian::WritableDatabase index("", Xapian::DB_BACKEND_INMEMORY);
    for (unsigned n = 1; n <= DOCUMENTS; n++) {
        Xapian::Document document;
        document.add_term("every", n);
        if (n % 2 == 0)
            document.add_term("even");
        if (n == 1)
            document.add_term("once");
        index.add_document(document);
    }
    index.delete_document(3);
    return index;
}

const uint16_t *find(shim::Counts &counts, const Xapian::Database &index, const std::string &term,
                     bool make = true)
{
    return counts.find(index, term, index.get_termfreq(term), make);
}

void test_counts_are_the_lists(void **)
{
    const Xapian::WritableDatabase index = make_index();
    shim::Counts counts;
    const uint16_t *every = find(counts, index, "every");
    assert_non_null(every);
    for (unsigned n = 0; n <= DOCUMENTS; n++)
        assert_int_equal(n == 0 || n == 3 ? 0 : n + 1, every[n]);
    const uint16_t *even = find(counts, index, "even");
    assert_non_null(even);
    for (unsigned n = 0; n <= DOCUMENTS; n++)
        assert_int_equal(n && n % 2 == 0 ? 2 : 0, even[n]);
    assert_int_equal(2 * ARRAY_BYTES, counts.bytes());
}

void test_only_what_pays_is_made(void **)
{
    Xapian::WritableDatabase index = make_index();
    Xapian::Document often;
    often.add_term("every", UINT16_MAX);
    shim::Counts counts;
    assert_null(find(counts, index, "once"));
    assert_null(find(counts, index, "even", false));
    assert_non_null(find(counts, index, "even"));
    assert_non_null(find(counts, index, "even", false)); /* it is there */
    index.add_document(often);
    assert_null(find(counts, index, "every")); /* it does not fit the array */
    assert_int_equal(ARRAY_BYTES, counts.bytes());
}

void test_the_one_asked_about_longest_ago_goes(void **)
{
    Xapian::WritableDatabase index("", Xapian::DB_BACKEND_INMEMORY);
    for (unsigned n = 1; n <= DOCUMENTS; n++) {
        Xapian::Document document;
        for (const char *term : {"a", "b", "c"})
            document.add_term(term);
        index.add_document(document);
    }
    shim::Counts counts(2 * ARRAY_BYTES);
    assert_non_null(find(counts, index, "a"));
    assert_non_null(find(counts, index, "b"));
    assert_non_null(find(counts, index, "a"));
    assert_non_null(find(counts, index, "c"));
    assert_int_equal(2 * ARRAY_BYTES, counts.bytes());
    assert_null(find(counts, index, "b", false));
    assert_non_null(find(counts, index, "a", false));
    assert_non_null(find(counts, index, "c", false));
    counts.clear();
    assert_int_equal(0, counts.bytes());
    assert_null(find(counts, index, "a", false));
    shim::Counts none(ARRAY_BYTES - 1);
    assert_null(find(none, index, "a"));
    assert_int_equal(0, none.bytes());
}

} // namespace

int main()
{
    const CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_are_the_lists),
        cmocka_unit_test(test_only_what_pays_is_made),
        cmocka_unit_test(test_the_one_asked_about_longest_ago_goes),
    };
    return cmocka_run_group_tests(tests, nullptr, nullptr);
}
