# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Packs ParcLibre for the live system: its packages, its catalogues, and what Debian lacks.

Runs on the machine that builds. The archive depends on the contents alone.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import tarfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

PACKAGES = ("fleet", "reconditioning")
NOT_IN_DEBIAN = ("uuid6",)
LEFT_OUT = ("__pycache__", "assets", ".pot", ".po", ".pyc")
EPOCH = 0


def files_of() -> Iterator[tuple[str, bytes]]:
    """Yield each file to carry, with its name in the archive."""
    for name in (*PACKAGES, *NOT_IN_DEBIAN):
        yield from package_files(name)
    yield from metadata()
    yield "complete", b""


def package_files(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a pure package that this Python would import."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        sys.exit(f"{name} is not installed here")
    folder = Path(found.origin).parent
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        left_out = path.suffix in LEFT_OUT or set(inside.parts) & set(LEFT_OUT)
        if path.is_file() and not left_out:
            yield f"{name}/{inside.as_posix()}", path.read_bytes()


def metadata() -> Iterator[tuple[str, bytes]]:
    """Yield what ``importlib.metadata`` reads, and the licences of what is carried."""
    for name in ("parclibre", *NOT_IN_DEBIAN):
        found = distribution(name)
        folder = f"{name}-{found.version}.dist-info"
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {found.version}\n"
        yield f"{folder}/METADATA", text.encode()
        for file in sorted(found.files or (), key=str):
            if file.stem.upper().startswith(("LICENSE", "LICENCE")):
                yield f"{folder}/{file.name}", file.read_binary()


def pack(target: Path) -> None:
    """Write the archive."""
    with tarfile.open(target, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in files_of():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), EPOCH
            entry.mode = 0o755 if content.startswith(b"#!") else 0o644
            archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    pack(Path(sys.argv[1]))
