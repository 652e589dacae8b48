"""What a disk could hold after a power cut, rebuilt from the trace of what was done to it.

Certain is only what was synced. Of the writes since a file's last sync any selection of 512-byte sectors may be there, of
each sector any version; a truncation or growth may have happened or not; a file that was made, removed or renamed may be
there or not until its directory was synced. A sync that failed leaves its pages marked as written although they may not
be, as Linux does: a later sync does not write them again, unless they were written to in between.
"""
import random

SECTOR, PAGE = 512, 4096


class File:
    def __init__(self):
        self.cache = bytearray()  # what processes read
        self.durable = bytearray()
        self.pending = []  # (offset, bytes), or (length, None) for a truncation
        self.lost = set()  # pages that a failed sync gave up

    def write(self, offset, data):
        put(self.cache, offset, data)
        pages = range(offset // PAGE, (offset + len(data) - 1) // PAGE + 1)
        if self.lost.isdisjoint(pages):
            self.pending.append((offset, data))
        else:  # the page is dirty again, the whole of it
            self.lost.difference_update(pages)
            start, end = pages[0] * PAGE, (pages[-1] + 1) * PAGE
            self.pending.append((start, bytes(self.cache[start:end])))

    def truncate(self, length):
        resize(self.cache, length)
        self.pending.append((length, None))

    def sync(self):
        self.durable = self.after_cut(None)
        self.pending.clear()

    def fail(self, dice):
        for offset, data in self.pending:
            if data:
                self.lost.update(range(offset // PAGE, (offset + len(data) - 1) // PAGE + 1))
        self.durable = self.after_cut(dice)
        self.pending.clear()

    def after_cut(self, dice):
        """Everything when there are no `dice`."""
        found = bytearray(self.durable)
        share = dice.choice((0, 0.1, 0.5, 0.9, 1)) if dice else 1
        for offset, data in self.pending:
            if data is None:
                if not dice or dice.random() < share:
                    resize(found, offset)
            elif share == 1:
                put(found, offset, data)
            else:
                at = 0
                while at < len(data):
                    end = min(len(data), at + SECTOR - (offset + at) % SECTOR)
                    if dice.random() < share:
                        put(found, offset + at, data[at:end])
                    at = end
        return found


class Disk:
    """The files below one directory, step by step."""

    def __init__(self, directory, seed):
        self.directory, self.dice = str(directory), random.Random(seed)
        self.names = {}  # path -> File, as processes see them
        self.durable_names = {}

    def step(self, record):
        path = record.path
        match record.kind:
            case "C": self.names[path] = File()
            case "O" if path != self.directory: self.names.setdefault(path, File())
            case "W": self.names[path].write(record.offset, record.data)
            case "T": self.names[path].truncate(record.offset)
            case "U": self.names.pop(path)
            case "R": self.names[record.data.decode()] = self.names.pop(path)
            case "L": self.names[record.data.decode()] = self.names[path]
            case "S" if path == self.directory: self.durable_names = dict(self.names)
            case "S": self.names[path].sync()
            case "F" if path != self.directory: self.names[path].fail(self.dice)

    def at_least(self):
        """Name -> bytes: what was synced, and nothing else."""
        return {path.rpartition("/")[2]: bytes(file.durable) for path, file in self.durable_names.items()
                if not path.endswith("-shm")}

    def after_cut(self):
        """Name -> bytes. Shared memory is not on the disk."""
        found = {}
        for path in {**self.names, **self.durable_names}:
            candidates = (self.names.get(path), self.durable_names.get(path))
            file = self.dice.choice(candidates)
            if file is not None and not path.endswith("-shm"):
                found[path.rpartition("/")[2]] = bytes(file.after_cut(self.dice))
        return found


def cuts(trace, directory, count, seed, answered, listener=None):
    """Yields (place in the trace, files, bodies acknowledged before it) for `count` cuts: half of them right behind an
    answer, when what was promised is youngest, the others anywhere.

    `answered` is the bodies of each port's answers in their order, all of them from port `listener`: two connections to
    different listeners may well have one port.
    """
    def port(record):
        own, peer = divmod(record.offset, 1 << 16)
        return peer if record.kind == "A" and listener in (None, own) else None

    dice = random.Random(seed)
    answers = [place for place, record in enumerate(trace) if port(record) in answered]
    places = dice.choices(answers, k=count // 2) + dice.choices(range(answers[0], len(trace)), k=count - count // 2)
    wanted = sorted(places)
    disk, acknowledged = Disk(directory, seed), set()
    left = {port: iter(bodies) for port, bodies in answered.items()}
    for place, record in enumerate(trace):
        if record.kind == "A":
            acknowledged.update(filter(None, [next(left.get(port(record), iter(())), None)]))
        else:
            disk.step(record)
        while wanted and wanted[0] == place:
            wanted.pop(0)
            yield place, disk.after_cut(), set(acknowledged)


def put(content, offset, data):
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset:offset + len(data)] = data


def resize(content, length):
    del content[length:]
    content.extend(bytes(length - len(content)))
