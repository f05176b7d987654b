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

PACKAGES = ("fleet", "reconditioning", "tui")
# Package to import, and the name it is distributed under. Debian 13 has Textual 2.1, Rich 13.9
# and Pygments 2.18, too old for the console, and WeasyPrint 62, too old for tagged certificates.
# All of these are pure Python.
CARRIED = {
    "uuid6": "uuid6",
    "textual": "textual",
    "rich": "rich",
    "pygments": "pygments",
    "markdown_it": "markdown-it-py",
    "mdurl": "mdurl",
    "mdit_py_plugins": "mdit-py-plugins",
    "linkify_it": "linkify-it-py",
    "platformdirs": "platformdirs",
    "weasyprint": "weasyprint",
    "pydyf": "pydyf",
    "tinyhtml5": "tinyhtml5",
    "tinycss2": "tinycss2",
    "cssselect2": "cssselect2",
    "webencodings": "webencodings",
    "pyphen": "pyphen",
}
# Hyphenation of forty languages; the papers are in French.
HYPHENS = ("hyph_fr.dic", "hyph_en_US.dic")
LEFT_OUT = ("__pycache__", "assets", ".pot", ".po", ".pyc")
COMPILED = (".so", ".pyd")
EPOCH = 0


def files_of() -> Iterator[tuple[str, bytes]]:
    """Yield each file to carry, with its name in the archive."""
    for name in (*PACKAGES, *CARRIED):
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
        if path.suffix in COMPILED:
            sys.exit(f"{name} is not pure Python: it cannot be carried")
        left_out = path.suffix in LEFT_OUT or set(inside.parts) & set(LEFT_OUT)
        left_out = left_out or (path.suffix == ".dic" and path.name not in HYPHENS)
        if path.is_file() and not left_out:
            yield f"{name}/{inside.as_posix()}", path.read_bytes()


def metadata() -> Iterator[tuple[str, bytes]]:
    """Yield what ``importlib.metadata`` reads, and the licences of what is carried."""
    for name in ("parclibre", *CARRIED.values()):
        found = distribution(name)
        folder = f"{name}-{found.version}.dist-info"
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {found.version}\n"
        yield f"{folder}/METADATA", text.encode()
        for file in sorted(found.files or (), key=str):
            own = file.parts[0].endswith(".dist-info")
            if own and file.name.upper().startswith(("LICENSE", "LICENCE")):
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
