"""Writes the container of Outlook's mails (MS-CFB, the few parts that a test needs)."""

import struct
from dataclasses import dataclass, field
from itertools import pairwise

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR, MINI = 512, 64


@dataclass
class Node:
    """A storage with children, or a stream with content."""

    name: str
    content: bytes | None = None
    children: list["Node"] = field(default_factory=list)


def container(children: list[Node]) -> bytes:
    """Return a compound file whose root holds these."""
    nodes: list[Node] = []
    links: list[tuple[int, int]] = []  # (right sibling, first child)

    def place(node: Node) -> int:
        number = len(nodes)
        nodes.append(node)
        links.append((FREE, FREE))
        # Siblings form a chain to the right in the container's order: by length, then upper case.
        numbers = [place(child) for child in sorted(node.children, key=lambda n: (len(n.name), n.name.upper()))]
        for this, following in pairwise(numbers):
            links[this] = (following, links[this][1])
        links[number] = (links[number][0], numbers[0] if numbers else FREE)
        return number

    place(Node("Root Entry", None, children))
    sectors: list[bytes] = []
    table: list[int] = []
    mini, mini_table = b"", []

    stored: dict[bytes, int] = {}

    def store(content: bytes) -> int:
        if content in stored:  # streams of the same content share it, as those of an attacker
            return stored[content]
        first, count = len(sectors), -(-len(content) // SECTOR)
        for i in range(count):
            sectors.append(content[i * SECTOR : (i + 1) * SECTOR].ljust(SECTOR, b"\0"))
            table.append(first + i + 1 if i + 1 < count else END)
        stored[content] = first if count else END
        return stored[content]

    starts: list[int] = []
    for node in nodes:
        if node.content is None:
            starts.append(0)
        elif len(node.content) >= 4096:
            starts.append(store(node.content))
        else:
            first, count = len(mini_table), -(-len(node.content) // MINI)
            mini += node.content.ljust(count * MINI, b"\0")
            mini_table += [first + i + 1 if i + 1 < count else END for i in range(count)]
            starts.append(first if count else END)
    root_start = store(mini)
    mini_start = store(
        b"".join(struct.pack("<I", n) for n in mini_table).ljust(-(-len(mini_table) * 4 // SECTOR) * SECTOR, b"\xff")
    )
    entries = b""
    for number, node in enumerate(nodes):
        name = node.name.encode("utf-16-le") + b"\0\0"
        kind = 5 if number == 0 else 1 if node.content is None else 2
        start, size = (root_start, len(mini)) if number == 0 else (starts[number], len(node.content or b""))
        right, child = links[number]
        entries += name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), kind, 1, FREE, right, child)
        entries += b"\0" * 36 + struct.pack("<IQ", start, size)
    directory = store(
        entries + (b"\0" * 64 + struct.pack("<HBBIII", 0, 0, 1, FREE, FREE, FREE) + b"\0" * 48) * (-len(nodes) % 4)
    )
    fats = -(-(len(table) + 8) // 128)
    first_fat = len(table)
    table += [FAT] * fats
    fat = b"".join(struct.pack("<I", n) for n in table).ljust(fats * SECTOR, b"\xff")
    sectors += [fat[i * SECTOR : (i + 1) * SECTOR] for i in range(fats)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, fats, directory, 0, 4096, mini_start, -(-len(mini_table) // 128), END, 0)
    return (head + b"".join(struct.pack("<I", first_fat + i if i < fats else FREE) for i in range(109))) + b"".join(
        sectors
    )


def properties(fixed: dict[int, int], head: int) -> Node:
    """Return the stream of the properties that have a fixed length."""
    rows = b"".join(struct.pack("<IIQ", tag, 6, value) for tag, value in fixed.items())
    return Node("__properties_version1.0", b"\0" * head + rows)


def text(number: int, value: str) -> Node:
    """Return a property that is text."""
    return Node(f"__substg1.0_{number:04X}001F", value.encode("utf-16-le"))


def binary(number: int, value: bytes) -> Node:
    """Return a property that is bytes."""
    return Node(f"__substg1.0_{number:04X}0102", value)
