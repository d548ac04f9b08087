# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory that is refused to a program by memory.c, at a moment chosen from outside while it runs."""
import mmap
import os
import struct

from support import BUILD

FOR_GOOD = 1 << 40


class Memory:
    """The numbers that memory.c shares: allocations made, the first and the last to be refused, refused."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(32))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 32)

    def environment(self):
        return {"LD_PRELOAD": str(BUILD / "tests" / "memory.so"), "FAULT_MEMORY": str(self.path)}

    def numbers(self):
        return struct.unpack("4q", self.shared[:])

    def made(self):
        return self.numbers()[0]

    def refused(self):
        return self.numbers()[3]

    def start(self, first=0, more=0):
        """For a program that is to be started: its first-th allocation fails, and so many after it. 0: none."""
        self.shared[:] = struct.pack("4q", 0, 0, 0, 0)
        self.refuse(first, more)

    def refuse(self, first, more=0):
        self.shared[8:24] = struct.pack("2q", first, first + more)

    def refuse_soon(self, nth, more=0):
        """For a program that runs: its nth allocation from now on."""
        self.refuse(self.made() + nth, more)

    def is_back(self):
        self.refuse(0)

    def close(self):
        self.shared.close()
