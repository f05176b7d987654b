# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a zipped office file, streamed through expat within strict limits.

No document type is accepted (so no entity, no external reference), nothing is ever opened
outside the archive, and macros and other parts are not even read.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers.sheet_table import damaged, too_large

MAX_PARTS = 2_000
MAX_XML_BYTES = 128 * 1024 * 1024
MAX_ELEMENTS = 3_000_000
MAX_TOKEN_BYTES = 1024 * 1024
MAX_DEPTH = 64
_CHUNK = 64 * 1024

Attributes = dict[str, str]
OnStart = Callable[[str, Attributes], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]

_ZIP_ERRORS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, OverflowError,
)  # fmt: skip


class OfficeArchive:
    """The XML parts of one ODS or XLSX file, read by name within one shared allowance."""

    def __init__(self, data: bytes, kind: str) -> None:
        """Open an archive held in memory. Raises BadInput when it is no sound zip."""
        self.kind = kind
        self._bytes_left = MAX_XML_BYTES
        self._elements_left = MAX_ELEMENTS
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._names = frozenset(self._zip.namelist())
        except _ZIP_ERRORS as error:
            raise damaged(kind) from error
        if len(self._zip.infolist()) > MAX_PARTS:
            raise too_large()

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def names(self) -> frozenset[str]:
        """Return the names of all parts."""
        return self._names

    def head(self, name: str, size: int = 4096) -> bytes:
        """Return the first bytes of a part, empty when it is absent or unreadable."""
        if name not in self._names:
            return b""
        try:
            with self._zip.open(name) as part:
                return part.read(size)
        except _ZIP_ERRORS:
            return b""

    def walk(
        self, name: str, start: OnStart, end: OnEnd | None = None, text: OnText | None = None
    ) -> None:
        """Stream one part to handlers that get local names, without namespaces.

        Raises BadInput when the part is missing, malformed, too large or has a document type.
        """
        if name not in self._names:
            raise damaged(self.kind)
        parser = self._parser(start, end, text)
        try:
            with self._zip.open(name) as part:
                self._feed(parser, part)
        except (expat.ExpatError, *_ZIP_ERRORS) as error:
            raise damaged(self.kind) from error

    def _feed(self, parser: expat.XMLParserType, part: Any) -> None:
        fed = 0
        while chunk := part.read(_CHUNK):
            fed += len(chunk)
            self._bytes_left -= len(chunk)
            if self._bytes_left < 0:
                raise too_large()
            parser.Parse(chunk, False)
            if fed - max(parser.CurrentByteIndex, 0) > MAX_TOKEN_BYTES:
                raise too_large()
        parser.Parse(b"", True)

    def _parser(
        self, start: OnStart, end: OnEnd | None, text: OnText | None
    ) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        depth = 0

        def on_start(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            self._elements_left -= 1
            if self._elements_left < 0 or depth > MAX_DEPTH:
                raise too_large()
            start(local(name), {local(key): value for key, value in attributes.items()})

        def on_end(name: str) -> None:
            nonlocal depth
            depth -= 1
            if end is not None:
                end(local(name))

        parser.StartElementHandler = on_start
        parser.EndElementHandler = on_end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        if text is not None:
            parser.CharacterDataHandler = text
        return parser


def local(name: str) -> str:
    """Return an expat name without its namespace."""
    return name[name.rfind(" ") + 1 :]


def _refuse_doctype(*_declaration: object) -> None:
    raise BadInput(
        _("The spreadsheet declares a document type, which office programs never do."),
        hint=_("Do not trust this file; ask its sender for a new copy."),
    )
