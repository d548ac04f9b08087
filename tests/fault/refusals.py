# SPDX-License-Identifier: GPL-2.0-or-later
"""What is refused to a program that runs, at a moment chosen from outside: memory by memory.c, reading by faults.c."""
import mmap
import os
import struct

from faulting import HERE
from support import BUILD

FOR_GOOD = 1 << 40


class Refusals:
    """The numbers that refusals.h shares: calls made, the first and the last to be refused, refused."""

    def __init__(self, path):
        self.path = path
        path.write_bytes(bytes(32))
        with open(path, "r+b") as file:
            self.shared = mmap.mmap(file.fileno(), 32)

    def numbers(self):
        return struct.unpack("4q", self.shared[:])

    def made(self):
        return self.numbers()[0]

    def refused(self):
        return self.numbers()[3]

    def start(self, first=0, more=0):
        """For a program that is to be started: its first-th call fails, and so many after it. 0: none."""
        self.shared[:] = struct.pack("4q", 0, 0, 0, 0)
        self.refuse(first, more)

    def refuse(self, first, more=0):
        self.shared[8:24] = struct.pack("2q", first, first + more)

    def refuse_soon(self, nth, more=0):
        """For a program that runs: its nth call from now on."""
        self.refuse(self.made() + nth, more)

    def relent(self):
        self.refuse(0)

    def close(self):
        self.shared.close()


class Memory(Refusals):
    def environment(self):
        return {"LD_PRELOAD": str(BUILD / "tests" / "memory.so"), "FAULT_MEMORY": str(self.path)}


class Reads(Refusals):
    """Of what lies below `root`."""

    def __init__(self, path, root):
        super().__init__(path)
        self.root = root

    def environment(self):
        options = f"{os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
        return {"LD_PRELOAD": str(BUILD / "tests" / "faults.so"), "FAULT_READS": str(self.path), "FAULT_ROOT": str(self.root),
                "ASAN_OPTIONS": options, "LSAN_OPTIONS": f"suppressions={HERE / 'libxapian.supp'}:print_suppressions=0",
                "TSAN_OPTIONS": f"suppressions={HERE / 'files.supp'}:print_suppressions=0"}
