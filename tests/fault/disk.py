# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder as a disk keeps it when the power goes: what was written into a file is there once the file was synced, a
name in a folder once the folder was. Strictly, nothing else is; otherwise a part of the rest, as a disk may have got to
it. Renaming within a folder is one step."""


class File:
    def __init__(self, data=b"", lasting=None):
        self.data = bytearray(data)
        self.lasting = bytes(data) if lasting is None else lasting
        self.waiting = []  # of what was done since the last sync: (offset, bytes) or (None, size)

    def write(self, offset, data):
        put(self.data, offset, data)
        self.waiting.append((offset, data))

    def truncate(self, size):
        resize(self.data, size)
        self.waiting.append((None, size))

    def sync(self):
        self.lasting, self.waiting = bytes(self.data), []

    def left(self, chance):
        """What the disk has; any of what waits may be there, a write in part."""
        data = bytearray(self.lasting)
        for offset, what in self.waiting if chance else ():
            if chance.random() < 0.5:
                continue
            if offset is None:
                resize(data, what)
            else:
                put(data, offset, what[:chance.choice((len(what), len(what) // 512 * 512 // 2, len(what) // 2))])
        return bytes(data)


class Folder:
    def __init__(self):
        self.names, self.lasting, self.waiting = {}, {}, []  # waiting: {name: node, or None where it is taken away}

    def change(self, **names):
        apply(self.names, names)
        self.waiting.append(names)

    def sync(self):
        self.lasting, self.waiting = dict(self.names), []

    def left(self, chance):
        """Names come to disk in the order in which they were changed."""
        names = dict(self.lasting)
        for change in self.waiting[:chance.randint(0, len(self.waiting))] if chance else ():
            apply(names, change)
        return names


def apply(names, change):
    for name, node in change.items():
        if node is None:
            names.pop(name, None)
        else:
            names[name] = node


def resize(data, size):
    if size < len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


def put(data, offset, what):
    if len(data) < offset:
        resize(data, offset)
    data[offset:offset + len(what)] = what


class Disk:
    def __init__(self, folder):
        """As `folder` is now, all of it on disk."""
        self.root = self.take(folder)

    def take(self, folder):
        node = Folder()
        for path in folder.iterdir():
            node.names[path.name] = self.take(path) if path.is_dir() else File(path.read_bytes())
        node.sync()
        return node

    def find(self, path):
        """The folder a path lies in, its last name, and what stands there."""
        *above, name = path.split("/")
        folder = self.root
        for part in above:
            folder = folder.names[part]
        return folder, name, folder.names.get(name)

    def do(self, op):
        if op.kind == "failed":
            return
        folder, name, node = (None, None, self.root) if op.path == "." else self.find(op.path)
        if op.kind == "create":
            folder.change(**{name: File(lasting=b"")})
        elif op.kind == "mkdir":
            folder.change(**{name: Folder()})
        elif op.kind == "remove":
            folder.change(**{name: None})
        elif op.kind == "rename":
            source, old, moved = self.find(op.source)
            assert source is folder, "renamed into another folder"
            folder.change(**{old: None, name: moved})
        elif op.kind == "write":
            node.write(op.offset, op.bytes)
        elif op.kind == "truncate":
            node.truncate(op.size)
        else:
            assert op.kind == "sync", op.kind
            node.sync()

    def left(self, chance=None):
        """{path: bytes, or None for a folder} after the power went; strictly, or as chance will have it."""
        found = {}

        def walk(folder, prefix):
            for name, node in sorted(folder.left(chance).items()):
                is_folder = isinstance(node, Folder)
                found[prefix + name] = None if is_folder else node.left(chance)
                if is_folder:
                    walk(node, f"{prefix}{name}/")

        walk(self.root, "")
        return found
