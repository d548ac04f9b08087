/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line a failure, on stderr. Never what somebody asked, unless the daemon was told to log queries. */
#ifndef PURPOSED_DAEMON_LOG_H
#define PURPOSED_DAEMON_LOG_H

/* Writes "purposed: ", the text and a line's end in one go. Any thread; control characters come out as "?".
 */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

#endif
