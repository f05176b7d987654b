# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads an ISO 9660 image without mounting it, by whichever program is there.

bsdtar, xorriso and 7z each do; the first one found serves.
"""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from fleet.adapters import process
from fleet.errors import BadInput, NotFound, ToolMissing
from fleet.i18n import _

_LISTING_S = 120
_EXTRACTION_S = 3600
_SMALL_BYTES = 16 * 1024 * 1024
# mode, links, owner, group, size, three words of a date, name
_TAR_LINE = re.compile(r"-\S+\s+\d+\s+\S+\s+\S+\s+(?P<size>\d+)\s+\S+\s+\S+\s+\S+\s+(?P<name>.+)")
_XORRISO_LINE = re.compile(
    r"-\S+\s+\d+\s+\S+\s+\S+\s+(?P<size>\d+)\s+\S+\s+\S+\s+\S+\s+(?P<name>'.+)"
)
_7Z_ENTRY = re.compile(r"^Path = (?P<name>.+)\n(?:(?!^$).*\n)*?Size = (?P<size>\d+)$", re.M)


class Reader(Protocol):
    """A program that reads ISO images. Names are relative, with slashes."""

    program: str

    def list(self, iso: Path) -> Mapping[str, int]:
        """Return the size of each regular file by its name."""

    def extract(self, iso: Path, name: str, folder: Path) -> None:
        """Write a file under a folder, at its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Iso:
    """An ISO image and what it holds: sizes of regular files by name (``casper/vmlinuz``)."""

    path: Path
    files: Mapping[str, int]
    reader: Reader

    def read(self, name: str) -> bytes:
        """Return the content of a small file. Raises NotFound, BadInput when it is big."""
        if self._size(name) > _SMALL_BYTES:
            raise BadInput(_("{name} is too big to be what it should be.").format(name=name))
        with tempfile.TemporaryDirectory(prefix="parclibre-iso-") as folder:
            return self.extract(name, Path(folder)).read_bytes()

    def extract(self, name: str, folder: Path) -> Path:
        """Write one file under a folder and return where it is. Raises NotFound, BadInput."""
        size = self._size(name)
        folder.mkdir(parents=True, exist_ok=True)
        self.reader.extract(self.path, name, folder)
        path = folder / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size != size:
            raise BadInput(
                _("{name} could not be taken whole out of {iso}.").format(name=name, iso=self.path)
            )
        return path

    def _size(self, name: str) -> int:
        if name not in self.files:
            raise NotFound(_("{iso} holds no {name}.").format(iso=self.path, name=name))
        return self.files[name]


class Bsdtar:
    """libarchive's tar."""

    program = "bsdtar"

    def list(self, iso: Path) -> Mapping[str, int]:
        """Return the size of each regular file by its name."""
        done = process.run(["bsdtar", "-tvf", str(iso)], timeout_s=_LISTING_S)
        return _sizes(_TAR_LINE.fullmatch(line) for line in done.stdout.splitlines())

    def extract(self, iso: Path, name: str, folder: Path) -> None:
        """Write a file under a folder, at its own name."""
        command = ["bsdtar", "-xf", str(iso), "-C", str(folder), "--no-same-owner", name]
        process.run(command, timeout_s=_EXTRACTION_S)


class Xorriso:
    """GNU xorriso."""

    program = "xorriso"

    def list(self, iso: Path) -> Mapping[str, int]:
        """Return the size of each regular file by its name."""
        command = ["xorriso", "-indev", f"stdio:{iso}", "-find", "/", "-type", "f", "-exec", "lsdl"]
        done = process.run(command, timeout_s=_LISTING_S)
        return _sizes(_XORRISO_LINE.fullmatch(line) for line in done.stdout.splitlines())

    def extract(self, iso: Path, name: str, folder: Path) -> None:
        """Write a file under a folder, at its own name."""
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [
            "xorriso", "-osirrox", "on", "-indev", f"stdio:{iso}",
            "-extract", f"/{name}", str(target),
        ]  # fmt: skip
        process.run(command, timeout_s=_EXTRACTION_S)


class SevenZip:
    """7-Zip's console program, under the name that the system gives it."""

    def __init__(self, program: str) -> None:
        self.program = program

    def list(self, iso: Path) -> Mapping[str, int]:
        """Return the size of each regular file by its name."""
        done = process.run([self.program, "l", "-slt", "--", str(iso)], timeout_s=_LISTING_S)
        return _sizes(_7Z_ENTRY.finditer(done.stdout.partition("----------")[2]))

    def extract(self, iso: Path, name: str, folder: Path) -> None:
        """Write a file under a folder, at its own name."""
        command = [self.program, "x", "-y", f"-o{folder}", "--", str(iso), name]
        process.run(command, timeout_s=_EXTRACTION_S)


READERS: tuple[Reader, ...] = (Bsdtar(), Xorriso(), SevenZip("7z"), SevenZip("7zz"))


def open_iso(path: Path, *, readers: Iterable[Reader] = READERS) -> Iso:
    """Return an ISO image with the list of its files.

    Raises NotFound, ToolMissing, and FleetError or BadInput when it is no ISO image.
    """
    if not path.is_file():
        raise NotFound(
            _("There is no ISO file {path}.").format(path=path),
            hint=_("Download it from the site of Zorin OS, and give its path."),
        )
    reader = _first_present(readers)
    files = reader.list(path)
    if not files:
        raise BadInput(_("{path} is not an ISO image, or it is empty.").format(path=path))
    return Iso(path=path, files=files, reader=reader)


def _first_present(readers: Iterable[Reader]) -> Reader:
    for reader in readers:
        if process.find(reader.program) is not None:
            return reader
    raise ToolMissing(
        _("No program that reads ISO images is installed."),
        hint=_("Install one: apt-get install libarchive-tools"),
    )


def _sizes(found: Iterable[re.Match[str] | None]) -> Mapping[str, int]:
    sizes = {}
    for match in found:
        if match is not None:
            name = match["name"]
            plain = shlex.split(name)[0] if name.startswith("'") else name
            sizes[plain.removeprefix("./").removeprefix("/")] = int(match["size"])
    return sizes
