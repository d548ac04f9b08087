/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PURPOSED_HTTP_TAKEN_H
#define PURPOSED_HTTP_TAKEN_H

#include <stdint.h>

/* Bytes that the other side of a TCP connection has acknowledged since its beginning; 0 where it cannot be
 * told. */
uint64_t taken_bytes(int fd);
/* Bytes that came from there, whether they were read or not; 0 where it cannot be told. */
uint64_t taken_received(int fd);

#endif
