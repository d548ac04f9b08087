# SPDX-License-Identifier: GPL-2.0-or-later
"""kill -9 at many moments of a run (tests/fault has every call, of a smaller one): what is there then is the old state
or the new one, whole, and a second run finishes the job.

Most moments are calls that change a file, counted by strace: the run ends at the n-th of them. The others, or all
where strace is not there or may not trace, are shares of the time that an undisturbed run takes."""
import os
import shutil
import signal
import subprocess
import time

from conftest import agreement, page

SANITIZED = bool(os.environ.get("PURPOSED_SANITIZE"))
MOMENTS = 10 if SANITIZED else 24
TRIES = 5
CALLS = "write,pwrite64,writev,pwritev,fsync,fdatasync,rename,unlink,ftruncate,mkdir"
EDITION = ("--edition", "2021-02")


def write_register(place, pages, changed=()):
    """Pages of four agreements, the first two of those in `changed` saying something else."""
    for n in range(pages):
        words = ["linked cohort audit", "risk stratification of the planned service"][n in changed]
        entries = [agreement(f"NIC-{n}-{k}", f"Project {n} {k}", f"{words if k < 2 else 'research planning'} {n} {k}. " * 40,
                             datasets=("Example Data Set", f"Example Survey {words if k < 2 else ''}")) for k in range(4)]
        place.write(f"{n:03}.txt", page(f"Trust {n}", *entries))


class Run:
    """A run to be killed: from the state `start`, of the sources as they are now."""

    def __init__(self, place):
        self.place = place
        self.start = place.folder / "start"
        self.old = place.dump() if place.db.exists() else None
        if place.db.exists():
            shutil.copytree(place.db, self.start)
        self.arguments = ("--db", "db", "--jobs", "1", "--quiet", *EDITION, "pages")

    def back(self):
        shutil.rmtree(self.place.db, ignore_errors=True)
        if self.start.exists():
            shutil.copytree(self.start, self.place.db)

    def undisturbed(self):
        self.back()
        started = time.monotonic()
        assert self.place.run(*self.arguments).code == 0
        self.seconds = time.monotonic() - started
        self.new = self.place.dump()
        assert self.new != self.old

    def calls(self):
        """How many calls of the main thread change a file; 0 where they cannot be counted."""
        if SANITIZED or not shutil.which("strace"):
            return 0
        self.back()
        log = self.place.folder / "calls"
        done = subprocess.run(["strace", "-o", log, "-e", f"trace={CALLS}", *self.place.command(*self.arguments)],
                              cwd=self.place.folder, capture_output=True, timeout=1500)
        return sum("(" in line for line in log.read_text().splitlines()) if done.returncode == 0 else 0

    def kill_at_call(self, number):
        done = subprocess.run(["strace", "-o", "/dev/null", "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={number}",
                               *self.place.command(*self.arguments)], cwd=self.place.folder, capture_output=True, timeout=1500)
        return done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)

    def kill_after(self, share):
        """After a share of the time a run takes. One that is over by then says how long it is, and there is another."""
        for _ in range(TRIES):
            self.back()
            started = time.monotonic()
            run = subprocess.Popen(self.place.command(*self.arguments), cwd=self.place.folder, stderr=subprocess.DEVNULL)
            try:
                run.wait(self.seconds * share)
            except subprocess.TimeoutExpired:
                run.kill()
            if run.wait() == -signal.SIGKILL:
                return True
            self.seconds = time.monotonic() - started
        return False

    def look(self, moment):
        """What a killed run left, and what the next one makes of it."""
        place = self.place
        check = place.run("--db", "db", "--check")
        if (place.db / "CURRENT").exists():
            state = place.dump()
            assert state in (self.old, self.new), f"{moment}: neither the old state nor the new one"
            assert check.code == 0 or "run purpose-index on any source" in check.out, f"{moment}: {check.out}{check.err}"
        else:
            assert self.old is None, f"{moment}: the index is gone"
            assert check.code == 2, f"{moment}: {check.out}{check.err}"
        again = place.run(*self.arguments)
        assert (again.code, again.err) == (0, ""), f"{moment}: {again.err}"
        assert place.dump() == self.new, f"{moment}: the second run did not finish the job"
        check = place.run("--db", "db", "--check")
        assert check.code == 0, f"{moment}: {check.out}{check.err}"
        assert len(list(place.db.glob("gen-*"))) == 1, f"{moment}: an old generation is left"

    def kill_everywhere(self, moments):
        self.undisturbed()
        calls = self.calls()
        at_calls = moments * 3 // 4 if calls else 0
        killed = 0
        for n in range(at_calls):
            self.back()
            number = 1 + n * calls // at_calls
            killed += self.kill_at_call(number)
            self.look(f"call {number} of {calls}")
        for n in range(moments - at_calls):
            share = (n + 0.5) / (moments - at_calls)
            killed += self.kill_after(share)
            self.look(f"after {share:.0%} of the time")
        assert killed > moments // 2, "the runs were over before they were killed"


def test_killed_while_some_records_change(place):
    write_register(place, 20)
    place.index(*EDITION, "pages")
    generation = (place.db / "CURRENT").read_text()
    write_register(place, 20, changed=range(3, 11))
    run = Run(place)
    run.undisturbed()
    assert (place.db / "CURRENT").read_text() == generation, "sixteen of eighty records are changed in place"
    run.kill_everywhere(MOMENTS)


def test_killed_while_all_is_built_anew(place):
    write_register(place, 12)
    place.index(*EDITION, "pages")
    generation = (place.db / "CURRENT").read_text()
    write_register(place, 16, changed=range(12))
    run = Run(place)
    run.undisturbed()
    assert (place.db / "CURRENT").read_text() != generation
    run.kill_everywhere(MOMENTS // 3)


def test_killed_in_the_first_run(place):
    write_register(place, 8)
    Run(place).kill_everywhere(4)
