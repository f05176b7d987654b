# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree of an lshw report, walked without recursion and to a bounded depth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from fleet.readers.limits import MAX_DEPTH, Json, items, mapping, text_of

_USB_DRIVERS = ("usb-storage", "uas", "usbhid")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One lshw node and its parent."""

    fields: Json
    parent: Node | None = None
    depth: int = 0

    @property
    def id(self) -> str:
        return self.text("id") or ""

    @property
    def kind(self) -> str:
        return self.text("class") or ""

    def text(self, key: str) -> str | None:
        """Return a field as text; None when absent or of another type."""
        return text_of(self.fields, key)

    @property
    def names(self) -> tuple[str, ...]:
        """The logical names (``/dev/sda``, ``enp0s25``), one or several."""
        value = self.fields.get("logicalname")
        values = value if isinstance(value, list) else [value]
        return tuple(name for name in values if isinstance(name, str))

    @property
    def driver(self) -> str:
        return text_of(mapping(self.fields.get("configuration")), "driver") or ""

    @property
    def line(self) -> Iterator[Node]:
        """This node, then its ancestors."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    @property
    def on_usb(self) -> bool:
        """Whether it hangs on a USB bus."""
        return any(
            (node.text("businfo") or "").startswith("usb@") or node.driver in _USB_DRIVERS
            for node in self.line
        )


def walk(root: Json) -> Iterator[Node]:
    """Yield the nodes of a tree, parents first, in document order."""
    pending = [Node(root)]
    while pending:
        node = pending.pop()
        yield node
        if node.depth < MAX_DEPTH:
            children = items(node.fields.get("children"))
            pending.extend(Node(child, node, node.depth + 1) for child in reversed(children))
