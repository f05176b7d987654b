# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a key: plan, then carry out. The table comes last: a cut leaves a stick without partitions.

Everything is read back from the stick before it starts anything.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters.disk import Place
from fleet.adapters.disk_block import BlockDevice
from fleet.adapters.disk_boot_sector import grub_code, grub_core, message_code
from fleet.adapters.disk_ext4 import Ext4
from fleet.adapters.disk_file import DiskFile
from fleet.adapters.disk_format import check_ext4
from fleet.adapters.disk_probe import find_disk
from fleet.adapters.disk_stick import (
    digest_in_fat,
    digest_of,
    make_fat,
    make_folders,
    make_store,
    open_stick,
    put_file,
    staged,
)
from fleet.adapters.disk_table import Entry, Table, gpt
from fleet.errors import UsageError
from fleet.i18n import _
from fleet.model.install_plan import MIB
from fleet.model.live_key import (
    BOOT_LABEL,
    FILES_LABEL,
    FOLDERS,
    STORE_LABEL,
    KeyFile,
    KeyPart,
    KeyPlan,
    KeyRole,
)
from fleet.services.installer import NotTheSameDisk
from fleet.services.installer_verify import failed
from fleet.services.live_boot import KEY_CORE, SECTOR, LiveFiles, boot_files, read_live_files

_TYPES = {
    # Microsoft basic data: what Windows shows.
    KeyRole.FILES: uuid.UUID("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"),
    KeyRole.BIOS: uuid.UUID("21686148-6449-6e6f-744e-656564454649"),
    KeyRole.ESP: uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b"),
    KeyRole.STORE: uuid.UUID("0fc63daf-8483-4772-8e79-3d69d8477de4"),
}
_SECTOR_BYTES = 512
_UNFINISHED = "ParcLibre : cette cle n'est pas finie. Refaites-la.\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStarted:
    """The old content of the stick is gone from here on."""

    target: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFileWritten:
    """A file is on the key; ``done`` and ``total`` are bytes."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFileRead:
    """A file was read back from the key and is what it must be."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyMade:
    """The key starts machines."""

    target: Path
    files: int
    size_bytes: int


KeyEvent = KeyStarted | KeyFileWritten | KeyFileRead | KeyMade
Stick = BlockDevice | DiskFile


def write_key(plan: KeyPlan, *, confirmation: str) -> Iterator[KeyEvent]:
    """Carry out a plan; yield what happens, KeyMade at the end.

    Raises UsageError when the confirmation is not the plan's text, NotTheSameDisk when the stick
    changed, ReadBackFailed when what is on it is not what was written.
    """
    _require_ready(plan, confirmation)
    yield KeyStarted(target=plan.target)
    with open_stick(plan.target) as stick:
        yield from _Writing(plan, stick, read_live_files(plan.image)).run()


class _Writing:
    """One key being written."""

    def __init__(self, plan: KeyPlan, stick: Stick, live: LiveFiles) -> None:
        self.plan, self.stick, self.live = plan, stick, live
        self.boot_id, self.files_id = uuid.uuid4().hex[:8], uuid.uuid4().hex[:8]
        medium = f"{self.boot_id[:4]}-{self.boot_id[4:]}".upper()
        boot = boot_files(live, medium=medium, arguments=plan.kernel_arguments)
        self.content = {KeyRole.ESP: boot, KeyRole.FILES: plan.on_files}
        every = (*boot, *plan.on_files, *plan.on_store)
        self.total = sum(file.size_bytes for file in every)
        self.count = len(every)
        self.done = 0
        self.written: dict[tuple[KeyRole, str], str] = {}

    def run(self) -> Iterator[KeyEvent]:
        self._destroy()
        for role in (KeyRole.ESP, KeyRole.FILES):
            yield from self._fill_fat(role)
        yield from self._fill_store()
        bios = self.plan.part(KeyRole.BIOS)
        self.stick.raw.write(bios.start_bytes, self._core())
        self.stick.forget_caches()
        yield from self._read_back()
        self._start_at_last()
        yield KeyMade(target=self.plan.target, files=self.count, size_bytes=self.total)

    def _destroy(self) -> None:
        """Make the old partitions unreachable; a BIOS that starts it now shows a message."""
        raw, plan = self.stick.raw, self.plan
        for part in plan.found.parts if plan.found else ():
            raw.erase_ends(part.start_bytes, part.size_bytes)
        self.stick.erase_known_signatures()
        code = message_code(_UNFINISHED).ljust(510, b"\0") + b"\x55\xaa"
        raw.write(0, code.ljust(MIB, b"\0"))
        raw.write(plan.size_bytes // _SECTOR_BYTES * _SECTOR_BYTES - MIB, bytes(MIB))
        for new in plan.parts:
            raw.erase_ends(new.start_bytes, new.size_bytes)

    def _fill_fat(self, role: KeyRole) -> Iterator[KeyEvent]:
        place, files = self._place(role), self.content[role]
        label = BOOT_LABEL if role is KeyRole.ESP else FILES_LABEL
        volume = self.boot_id if role is KeyRole.ESP else self.files_id
        make_fat(place, label=label, volume_id=volume)
        make_folders(place, _folders(files, FOLDERS if role is KeyRole.FILES else ()))
        with tempfile.TemporaryDirectory(dir=self._scratch()) as held:
            for file in files:
                source = file.source or Path(held) / "content"
                if file.source is None:
                    source.write_bytes(file.content)
                put_file(place, file.name, source)
                yield self._wrote(role, file)

    def _fill_store(self) -> Iterator[KeyEvent]:
        files = self.plan.on_store
        given = [(file.name, file.content, file.source) for file in files]
        beside = files_folder(files) or self._scratch()
        with staged(given, beside) as folder:
            make_store(
                self._place(KeyRole.STORE),
                label=STORE_LABEL, uuid=str(uuid.uuid4()), content=folder,
            )  # fmt: skip
        for file in files:
            yield self._wrote(KeyRole.STORE, file)

    def _wrote(self, role: KeyRole, file: KeyFile) -> KeyFileWritten:
        self.written[role, file.name] = (
            digest_of(file.source) if file.source else hashlib.sha256(file.content).hexdigest()
        )
        self.done += file.size_bytes
        return KeyFileWritten(name=file.name, done=self.done, total=self.total)

    def _read_back(self) -> Iterator[KeyEvent]:
        """Compare every file with what was meant. Raises ReadBackFailed that names those."""
        self.done, wrong = 0, []
        sizes = self._sizes()
        for role, name, found in self._digests():
            if found != self.written[role, name]:
                wrong.append(name)
            self.done += sizes[role, name]
            yield KeyFileRead(name=name, done=self.done, total=self.total)
        bios, core = self.plan.part(KeyRole.BIOS), self._core()
        if self.stick.raw.read(bios.start_bytes, len(core)) != core:
            wrong.append("(BIOS) core.img")
        if wrong:
            raise failed(wrong)

    def _digests(self) -> Iterator[tuple[KeyRole, str, str]]:
        for role, files in self.content.items():
            place = self._place(role)
            for file in files:
                yield role, file.name, digest_in_fat(place, file.name, self._scratch())
        store = self._place(KeyRole.STORE)
        check_ext4(store)
        ext4 = Ext4(self.stick.raw.read, store.offset_bytes)
        nodes = {node.path: node for node in ext4.nodes()}
        for file in self.plan.on_store:
            node = nodes.get(file.name)
            yield KeyRole.STORE, file.name, ext4.digest(node) if node else ""

    def _sizes(self) -> dict[tuple[KeyRole, str], int]:
        every = {**self.content, KeyRole.STORE: self.plan.on_store}
        return {(role, f.name): f.size_bytes for role, files in every.items() for f in files}

    def _start_at_last(self) -> None:
        """Write the table, then the first sector: now it is a key."""
        raw, table = self.stick.raw, self._table()
        end = self.plan.size_bytes // _SECTOR_BYTES * _SECTOR_BYTES
        code = grub_code(
            self.live.sectors[SECTOR], core_start_bytes=self.plan.part(KeyRole.BIOS).start_bytes
        )
        pieces = (
            (end - len(table.backup), table.backup),
            (_SECTOR_BYTES, table.primary),
            (446, table.protective),
            (0, code),
        )
        for at, content in pieces:
            raw.write(at, content)
        self.stick.forget_caches()
        if any(raw.read(at, len(content)) != content for at, content in pieces):
            raise failed(["GPT"])
        self.stick.table_written()

    def _table(self) -> Table:
        entries = [
            Entry(
                type_guid=_TYPES[part.role], guid=uuid.uuid4(), start_bytes=part.start_bytes,
                size_bytes=part.size_bytes, name=_NAMES[part.role],
            )
            for part in self.plan.parts
        ]  # fmt: skip
        return gpt(
            entries, disk_guid=uuid.uuid4(), size_bytes=self.plan.size_bytes,
            # Some old BIOS start no stick without an active entry.
            sector_bytes=_SECTOR_BYTES, active=True,
        )  # fmt: skip

    def _core(self) -> bytes:
        bios = self.plan.part(KeyRole.BIOS)
        core = self.live.sectors[KEY_CORE]
        return grub_core(core, start_bytes=bios.start_bytes, room_bytes=bios.size_bytes)

    def _place(self, role: KeyRole) -> Place:
        part: KeyPart = self.plan.part(role)
        return Place(
            path=self.plan.target, offset_bytes=part.start_bytes, size_bytes=part.size_bytes
        )

    def _scratch(self) -> Path:
        """Return a folder that can hold one file of the key."""
        return self.plan.image.folder.parent


_NAMES = {
    KeyRole.FILES: FILES_LABEL,
    KeyRole.BIOS: "BIOS",
    KeyRole.ESP: BOOT_LABEL,
    KeyRole.STORE: STORE_LABEL,
}


def files_folder(files: Sequence[KeyFile]) -> Path | None:
    """Return the folder of the images, where a link costs nothing; None without any."""
    sources = [file.source for file in files if file.source]
    return sources[0].parent.parent if sources else None


def _folders(files: Sequence[KeyFile], always: Sequence[str]) -> list[str]:
    """Return the folders that files need, and those that are always there, parents first."""
    found = {str(parent) for file in files for parent in Path(file.name).parents if parent.name}
    return sorted(found | set(always))


def _require_ready(plan: KeyPlan, confirmation: str) -> None:
    """Refuse unless the plan is confirmed and the stick is still that of it."""
    if plan.found is None:
        _make_file(plan)
        return
    if confirmation != plan.asked_text:
        raise UsageError(
            _("Not confirmed: nothing was done."),
            hint=_("Type exactly: {text}").format(text=plan.asked_text),
        )
    if find_disk(plan.found.identity.path) != plan.found:
        raise NotTheSameDisk(
            _("The disk {path} changed since the plan was made.").format(path=plan.target),
            hint=_("Nothing was touched. Look at the disk, then plan again."),
        )


def _make_file(plan: KeyPlan) -> None:
    """Make the new file, with holes where nothing is written. Raises UsageError if it exists."""
    try:
        descriptor = os.open(plan.target, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError as error:
        raise UsageError(
            _("The file {path} exists already.").format(path=plan.target),
            hint=_("Choose another name, or remove it first."),
        ) from error
    try:
        os.truncate(descriptor, plan.size_bytes)
    finally:
        os.close(descriptor)
