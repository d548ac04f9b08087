/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the system knows of another process. */
#ifndef PURPOSED_BENCH_PROCESS_H
#define PURPOSED_BENCH_PROCESS_H

#include <sys/types.h>

/* Seconds that its threads have been on a processor. */
double process_processor(pid_t pid);
/* Memory of its own, in KiB: anonymous pages, those of files left out. */
long process_memory(pid_t pid);

#endif
