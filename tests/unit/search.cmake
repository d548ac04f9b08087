# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(search_query SOURCES unit/test_search_query.c LINKS room_search)
purposed_unit_test(search_expand SOURCES unit/test_search_expand.c LINKS room_search)
purposed_unit_test(search_pages SOURCES unit/test_search_pages.c LINKS room_search)
purposed_unit_test(store SOURCES unit/test_store.c LINKS room_store)
purposed_unit_test(base SOURCES unit/test_base.c LINKS room_base PkgConfig::JANSSON)
purposed_unit_test(search_typed SOURCES unit/test_search_typed.c LINKS room_search)
purposed_unit_test(search_ranking SOURCES unit/test_search_ranking.c LINKS room_search)
purposed_unit_test(search_canonical SOURCES unit/test_search_canonical.c LINKS room_search)
