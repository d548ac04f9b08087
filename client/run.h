/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program `purpose`, from its command line to its exit code. */
#ifndef PURPOSED_CLIENT_RUN_H
#define PURPOSED_CLIENT_RUN_H

enum exit_code { EXIT_FOUND = 0, EXIT_NOTHING = 1, EXIT_TROUBLE = 2 }; /* as grep's */

enum exit_code run(int argc, char **argv);

#endif
