# SPDX-License-Identifier: GPL-2.0-or-later
"""The power goes in the middle of a run: only what was brought to disk is there, names in folders included; or some of
the rest as well, whole or in part."""
import random

from disk import Disk
from faulting import SANITIZED, SEED, some

# Of the moments; all of them with PURPOSED_FAULT_ALL=1. Strictly, few disks differ from one another.
SHARE = 0.2 if SANITIZED else 1
SHARE_TORN = 0.03 if SANITIZED else 0.15
TORN_AT_THE_END = 3 if SANITIZED else 10  # disks after the run on which some of the rest is there


def restore(scenario, left):
    """The index folder as the disk has it."""
    scenario.back()
    scenario.clear()
    for path, data in left.items():
        if path == "db" or path.startswith("db/"):
            if data is None:
                (scenario.root / path).mkdir()
            else:
                (scenario.root / path).write_bytes(data)


def disks(scenario):
    """The disk before each change, and after the last."""
    scenario.back()
    disk = Disk(scenario.root)
    for op in scenario.ops:
        yield f"the power went before {op}", disk, False
        disk.do(op)
    yield "the power went after the run", disk, True


def test_only_what_was_synced_is_there(scenario):
    different, moments = {}, []
    for moment, disk, over in disks(scenario):
        left = disk.left()
        key = (over, *sorted(left.items()))
        if key not in different:
            different[key] = True
            moments.append((moment, left, over))
    for moment, left, over in some(moments, SHARE):
        restore(scenario, left)
        scenario.look(moment, acknowledged=over)


def test_some_of_the_rest_is_there_too(scenario):
    chance = random.Random(SEED)
    moments = [(f"torn, {moment}", disk.left(chance), over) for moment, disk, over in disks(scenario)]
    for moment, left, over in some(moments, SHARE_TORN):
        restore(scenario, left)
        scenario.look(moment, acknowledged=over)
    *_, (_, disk, _) = disks(scenario)
    for n in range(TORN_AT_THE_END):
        restore(scenario, disk.left(chance))
        scenario.look(f"torn after the run, {n}", acknowledged=True)
