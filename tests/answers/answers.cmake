# SPDX-License-Identifier: GPL-2.0-or-later
# What the three programs answer, end to end: over the register written for the tests and, where it is at hand, the
# real one; to bad input; and while the index changes.
purposed_pytest(answers ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_answers.py)
purposed_pytest(answers/acronyms ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_acronyms.py)
purposed_pytest(answers/real ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_real.py)
purposed_pytest(answers/bad_input ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_bad_input.py)
purposed_pytest(answers/paging ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_paging.py)
purposed_pytest(answers/time ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_time.py)
purposed_pytest(answers/query ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_query.py)
purposed_pytest(answers/wrong_asks ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_wrong_asks.py)
purposed_pytest(answers/suggest ${CMAKE_CURRENT_SOURCE_DIR}/answers/test_suggest.py)
