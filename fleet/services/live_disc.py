# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the ISO image of the live system: a disc, and a stick, for UEFI and BIOS.

Hybrid: the EFI partition is appended behind the ISO's files and shown by a GPT, and the first
sector is GRUB's, so that the same bytes start from a DVD and from a stick.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from fleet.adapters.disk import Place
from fleet.adapters.disk_process import told_by
from fleet.adapters.disk_stick import digest_of, make_fat, make_folders, put_file
from fleet.adapters.iso import open_iso
from fleet.adapters.process import require
from fleet.errors import ToolMissing, UsageError
from fleet.i18n import _
from fleet.model.image import ROOTFS, StoredImage
from fleet.model.install_plan import MIB
from fleet.model.live_key import KeyFile
from fleet.services.installer_verify import failed
from fleet.services.live_boot import (
    DISC_CORE,
    HYBRID,
    SYSTEM,
    LiveFiles,
    boot_files,
    read_live_files,
)
from fleet.services.live_key import KeyEvent, KeyFileRead, KeyMade, KeyStarted

VOLUME = "PARCLIBRE-LIVE"
# Its size is told to the firmware in 16 bits, in sectors of 512 bytes: below 32 MiB. Without it,
# UEFI takes what is left of the ISO, where an appended partition is not counted.
_EFI_BYTES = 24 * MIB


def write_disc(image: StoredImage, target: Path, *, arguments: str = "") -> Iterator[KeyEvent]:
    """Write a new ISO file; yield what happens, KeyMade at the end.

    Raises UsageError when the file exists, ToolMissing without xorriso, ReadBackFailed.
    """
    _require_new(target)
    live = read_live_files(image)
    stamp = _stamp(image)
    medium = _uuid(stamp)
    files = boot_files(live, medium=medium, arguments=arguments)
    yield KeyStarted(target=target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".parclibre-iso-") as held:
        folder, part = Path(held), Path(held) / "disc.iso"
        _lay_out(files, live, folder / "files")
        _make_efi(files, folder / "efi.img")
        for _line in told_by(_command(folder, part, stamp)):
            pass
        total = sum(file.size_bytes for file in files)
        yield from _read_back(part, image, folder, total)
        os.link(part, target)
    yield KeyMade(target=target, files=len(files), size_bytes=target.stat().st_size)


def _lay_out(files: tuple[KeyFile, ...], live: LiveFiles, folder: Path) -> None:
    """Put the disc's files in a folder; the big ones are linked where they can be."""
    for file in files:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.source is None:
            path.write_bytes(file.content)
        else:
            path.symlink_to(file.source.resolve())
    (folder / "boot/grub/disc.img").write_bytes(live.sectors[DISC_CORE])
    (folder.parent / "hybrid.img").write_bytes(live.sectors[HYBRID])


def _make_efi(files: tuple[KeyFile, ...], target: Path) -> None:
    """Make the EFI partition: the signed programs, which then read the menu from the ISO."""
    target.touch()
    os.truncate(target, _EFI_BYTES)
    place = Place(path=target, offset_bytes=0, size_bytes=_EFI_BYTES)
    make_fat(place, label="PARC-EFI", volume_id="50415243", bits=16)
    make_folders(place, ["EFI", "EFI/BOOT", "EFI/debian"])
    with tempfile.TemporaryDirectory() as held:
        source = Path(held) / "file"
        for file in files:
            if file.name.startswith("EFI/"):
                source.write_bytes(file.content)
                put_file(place, file.name, source)


def _command(folder: Path, target: Path, stamp: str) -> list[str]:
    return [
        require_xorriso(), "-as", "mkisofs",
        "-quiet", "-f", "-r", "-J", "-joliet-long",
        "-iso-level", "3",
        "-V", VOLUME,
        "--modification-date=" + stamp,
        # BIOS from a disc, then from a stick.
        "-b", "boot/grub/disc.img",
        "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table", "--grub2-boot-info",
        "--grub2-mbr", str(folder / "hybrid.img"),
        # UEFI, from both.
        "-append_partition", "2", "0xef", str(folder / "efi.img"),
        "-appended_part_as_gpt",
        "-eltorito-alt-boot",
        "-e", "--interval:appended_partition_2:all::",
        "-no-emul-boot", "-boot-load-size", str(_EFI_BYTES // 512),
        "-o", str(target),
        str(folder / "files"),
    ]  # fmt: skip


def require_xorriso() -> str:
    """Return xorriso's path. Raises ToolMissing with the package to install."""
    try:
        return require("xorriso")
    except ToolMissing as error:
        raise ToolMissing(error.message, hint=_("Install it: apt-get install xorriso")) from error


def _read_back(disc: Path, image: StoredImage, folder: Path, total: int) -> Iterator[KeyFileRead]:
    """Read the system out of the ISO again and compare it with the signed digest."""
    found = open_iso(disc).extract(SYSTEM, folder / "back")
    if digest_of(found) != image.manifest.files[ROOTFS].sha256:
        raise failed([SYSTEM])
    shutil.rmtree(folder / "back")
    yield KeyFileRead(name=SYSTEM, done=total, total=total)


def _stamp(image: StoredImage) -> str:
    """Return the date that makes the ISO's UUID: that of the image, to the second."""
    built = datetime.strptime(image.manifest.built_at, "%Y-%m-%dT%H:%M:%SZ")
    return f"{built:%Y%m%d%H%M%S}00"


def _uuid(stamp: str) -> str:
    """Return the UUID by which udev and GRUB know an ISO of that date."""
    s = stamp
    return f"{s[:4]}-{s[4:6]}-{s[6:8]}-{s[8:10]}-{s[10:12]}-{s[12:14]}-{s[14:16]}"


def _require_new(target: Path) -> None:
    if target.exists():
        raise UsageError(
            _("The file {path} exists already.").format(path=target),
            hint=_("Choose another name, or remove it first."),
        )
