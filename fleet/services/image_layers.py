# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The layers of a build: what each step added to the root filesystem, kept under its key.

A key names everything that decides of a layer: the layers below it, the files of its role, the
variables that these files mention. A layer is there whole or not at all, so that a build that
was killed starts again from the last good one.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.errors import StoreDamaged
from fleet.i18n import _
from fleet.store.files import locked, private_folder, replace_file, sync_folder

_ROOT, _WORK, _NOTE = "root", "work", "layer.json"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A finished layer. ``root`` is an overlay's upper folder, whiteouts included."""

    key: str
    name: str
    folder: Path
    milliseconds: int
    facts: Mapping[str, Any]

    @property
    def root(self) -> Path:
        """The files that the step added or changed."""
        return self.folder / _ROOT


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDraft:
    """A layer being made; it is nothing until ``finish``."""

    key: str
    name: str
    folder: Path

    @property
    def root(self) -> Path:
        """Where the step writes: an overlay's upper folder."""
        return self.folder / _ROOT

    @property
    def work(self) -> Path:
        """The overlay's work folder."""
        return self.folder / _WORK


class LayerStore:
    """The layers of this computer, in its cache: losing them costs time, nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Layer | None:
        """Return a finished layer."""
        folder = self.folder / key
        try:
            note = json.loads((folder / _NOTE).read_text("utf-8"))
            return Layer(
                key=key, name=note["name"], folder=folder,
                milliseconds=note["milliseconds"], facts=note["facts"],
            )  # fmt: skip
        except FileNotFoundError:
            return None
        except (ValueError, KeyError) as error:
            raise StoreDamaged(
                _("The layer {folder} cannot be read.").format(folder=folder),
                hint=_("Remove this folder: the build makes it again."),
            ) from error

    def start(self, key: str, name: str) -> LayerDraft:
        """Return an empty draft; what an earlier try left is removed."""
        folder = private_folder(self.folder) / f".{key}.part"
        shutil.rmtree(folder, ignore_errors=True)
        draft = LayerDraft(key=key, name=name, folder=folder)
        for path in (draft.root, draft.work):
            path.mkdir(parents=True)
        draft.root.chmod(0o755)
        return draft

    def finish(self, draft: LayerDraft, milliseconds: int, facts: Mapping[str, Any]) -> Layer:
        """Keep a draft as a layer. ``facts`` are JSON values that the build wants again."""
        shutil.rmtree(draft.work)
        note = {"name": draft.name, "milliseconds": milliseconds, "facts": dict(facts)}
        replace_file(draft.folder / _NOTE, json.dumps(note, sort_keys=True).encode())
        target = self.folder / draft.key
        shutil.rmtree(target, ignore_errors=True)
        draft.folder.rename(target)
        sync_folder(self.folder)
        found = self.find(draft.key)
        assert found is not None  # noqa: S101 - written above
        return found

    def discard(self, draft: LayerDraft) -> None:
        """Remove a draft."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def prune(self, kept: Iterable[str]) -> None:
        """Remove every layer but these, and what killed builds left."""
        wanted = set(kept)
        for folder in self._folders():
            if folder.name not in wanted:
                shutil.rmtree(folder, ignore_errors=True)

    def used_bytes(self) -> int:
        """Return the space that the layers take."""
        files = (path for folder in self._folders() for path in folder.rglob("*"))
        return sum(path.lstat().st_blocks * 512 for path in files)

    def _folders(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from (path for path in sorted(self.folder.iterdir()) if path.is_dir())


def key_of(*parts: object) -> str:
    """Return the key of a layer from JSON values that decide of it."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def files_digest(folders: Iterable[Path]) -> str:
    """Return a digest of the names, modes and contents of files below some folders, or files."""
    digest = hashlib.sha256()
    for top in folders:
        for path in sorted(_files(top)):
            mode = path.stat().st_mode & 0o111
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            line = f"{path.relative_to(top.parent)}\0{mode}\0{content}\n"
            digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def mentioned(variables: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Return the variables whose name stands in a role's files: the only ones it can read."""
    words = names_in(folder)
    return {name: value for name, value in variables.items() if name in words}


def names_in(top: Path, *, without: re.Pattern[str] | None = None) -> set[str]:
    """Return every name in a file, or in those of a folder; ``without`` is taken out before."""
    words: set[str] = set()
    for path in _files(top):
        text = path.read_text("utf-8", "replace")
        words.update(_NAME.findall(without.sub("", text) if without else text))
    return words


def _files(top: Path) -> Iterator[Path]:
    if top.is_file():
        yield top
    else:
        made = ("__pycache__", ".mypy_cache", ".ruff_cache")
        yield from (p for p in top.rglob("*") if p.is_file() and not {*p.parts} & {*made})


def locked_build(folder: Path) -> Any:
    """Hold the one build that may change these layers."""
    return locked(private_folder(folder))
