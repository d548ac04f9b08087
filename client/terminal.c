/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/text.h"

enum {
    SHELL_NOT_FOUND = 127, /* how a shell ends that finds no such program */
    COMPLAINT_MAX = 4096,  /* bytes of one complaint */
};

static const char DEFAULT_PAGER[] = "less";

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value && *value;
}

static bool wants_colour(enum colour colour, bool is_terminal)
{
    const char *kind = getenv("TERM");
    if (colour != COLOUR_AUTO)
        return colour == COLOUR_ALWAYS;
    return is_terminal && !is_set("NO_COLOR") && kind && strcmp(kind, "dumb") != 0;
}

struct terminal terminal_look(enum colour colour)
{
    struct winsize size = {.ws_col = 0};
    bool is_terminal = isatty(STDOUT_FILENO);
    struct terminal terminal = {.is_terminal = is_terminal, .width = PAGE_WIDTH_PIPE};
    terminal.colour = wants_colour(colour, is_terminal);
    if (!is_terminal || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
        return terminal;
    terminal.rows = size.ws_row;
    terminal.width = size.ws_col;
    if (terminal.width > PAGE_WIDTH_MAX)
        terminal.width = PAGE_WIDTH_MAX;
    if (terminal.width < PAGE_WIDTH_MIN)
        terminal.width = PAGE_WIDTH_MIN;
    return terminal;
}

/* 0, or an errno. */
static int write_all(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t count = write(fd, bytes, len);
        if (count < 0 && errno != EINTR)
            return errno;
        if (count > 0) {
            bytes += count;
            len -= (size_t)count;
        }
    }
    return 0;
}

int terminal_write_plain(const char *bytes, size_t len, struct error *error)
{
    int reason = write_all(STDOUT_FILENO, bytes, len);
    if (reason)
        error_set(error, "cannot write the answer: %s", strerror(reason));
    errno = reason;
    return reason ? -1 : 0;
}

static const char *pager_command(void)
{
    const char *pager = getenv("PAGER");
    return pager ? pager : DEFAULT_PAGER;
}

/* The pager's own process: reads the pipe and never comes back. */
static void become_pager(const int pipe_ends[2])
{
    dup2(pipe_ends[0], STDIN_FILENO);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
    setenv("LESS", "FRX", 0); /* colours shown, and gone at once where all fits; as git does it */
    execl("/bin/sh", "sh", "-c", pager_command(), (char *)NULL);
    _exit(SHELL_NOT_FOUND);
}

/* Writes through the pager; false where there is none to be had and nothing was shown. */
static bool write_paged(const char *bytes, size_t len)
{
    int ends[2];
    int status = 0;
    if (pipe(ends))
        return false;
    pid_t pager = fork();
    if (pager == 0)
        become_pager(ends);
    close(ends[0]);
    if (pager < 0) {
        close(ends[1]);
        return false;
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before_pipe;
    struct sigaction before_stop;
    sigaction(SIGPIPE, &ignore, &before_pipe); /* the reader may leave the pager before the end */
    sigaction(SIGINT, &ignore, &before_stop);  /* which is the pager's to take */
    write_all(ends[1], bytes, len);
    close(ends[1]);
    while (waitpid(pager, &status, 0) < 0 && errno == EINTR)
        continue;
    sigaction(SIGPIPE, &before_pipe, NULL);
    sigaction(SIGINT, &before_stop, NULL);
    return !(WIFEXITED(status) && WEXITSTATUS(status) == SHELL_NOT_FOUND);
}

static bool fits(const struct terminal *terminal, const char *bytes, size_t len)
{
    int lines = 0;
    for (size_t i = 0; i < len && lines < terminal->rows; i++)
        lines += bytes[i] == '\n';
    return lines < terminal->rows;
}

int terminal_write(const struct terminal *terminal, const char *bytes, size_t len, bool pager,
                   struct error *error)
{
    const char *command = pager_command();
    bool is_paged = pager && terminal->is_terminal && *command && strcmp(command, "cat") != 0;
    if (is_paged && !fits(terminal, bytes, len) && write_paged(bytes, len))
        return 0;
    return terminal_write_plain(bytes, len, error);
}

void terminal_complain(const char *text)
{
    struct buf line = BUF_INIT(COMPLAINT_MAX);
    text_add(&line, STYLE_PLAIN, text);
    fprintf(stderr, "purpose: %s\n", line.data ? line.data : "");
    buf_free(&line);
}
