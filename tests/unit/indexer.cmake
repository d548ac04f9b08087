# SPDX-License-Identifier: GPL-2.0-or-later
purposed_unit_test(indexer_merge SOURCES unit/test_indexer_merge.c LINKS purposed_indexer)
purposed_unit_test(indexer_ledger SOURCES unit/test_indexer_ledger.c LINKS purposed_indexer)
purposed_unit_test(indexer_phrases SOURCES unit/test_indexer_phrases.c LINKS purposed_indexer)
