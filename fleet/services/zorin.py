# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of a Zorin image: the root filesystem that the official ISO carries, unpacked.

Nothing is mounted. What only serves the live session is named, for the packages' layer to purge.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from fleet.adapters import squashfs
from fleet.adapters.apt_sources import Source
from fleet.adapters.iso import Iso, open_iso
from fleet.adapters.process import Progress
from fleet.adapters.rootfs import Rootfs
from fleet.errors import BadInput
from fleet.i18n import _
from fleet.readers import casper
from fleet.readers.dpkg_status import InstalledPackage
from fleet.services.images_hash import measure
from fleet.services.images_inside import plain_file
from fleet.services.images_packages import packages_of
from fleet.services.zorin_sources import sources_of
from fleet.store.files import replace_file

Tell = Callable[[Progress], None]
_ID = "zorin"
_OVERLAY = "trusted.overlay."
_OPAQUE = f"{_OVERLAY}opaque"
_KERNEL_HEAD = 128 * 1024
_INITRD_S = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseFacts:
    """What an unpacked base is. ``codename`` is the one that package names are keyed on.

    ``live_packages`` are installed there for the live session only: purge them. ``layers`` are
    the squashfs files it was made of, lowest first.
    """

    id: str
    version: str
    codename: str
    packages: tuple[InstalledPackage, ...]
    live_packages: tuple[str, ...]
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ZorinBase:
    """An ISO's system, unpacked once and kept: never write in ``root``.

    ``status`` is its dpkg's list, to resolve what is added to it; ``sources`` its archives.
    """

    root: Path
    facts: BaseFacts
    sources: tuple[Source, ...]

    @property
    def status(self) -> Path:
        """The file that says which packages it has."""
        return self.root / "var/lib/dpkg/status"


def open_zorin(iso: Path, sha256: str, cache: Path, tell: Tell | None = None) -> ZorinBase:
    """Return the system of an ISO, unpacked in the cache the first time.

    Once it was, the ISO is not read again. Raises as ``zorin_base``.
    """
    folder = cache.absolute() / "zorin" / sha256.strip().lower()
    root, noted = folder / "root", folder / "facts.json"
    if not noted.exists():
        shutil.rmtree(root, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        facts = zorin_base(iso, sha256, root, tell)
        replace_file(noted, msgspec.json.encode(facts))
    kept = msgspec.json.decode(noted.read_bytes(), type=BaseFacts)
    return ZorinBase(root=root, facts=kept, sources=sources_of(root, folder / "keys"))


def check_iso(iso: Path, sha256: str, tell: Tell | None = None) -> Iso:
    """Return an ISO that is the expected one and holds a live system.

    Raises BadInput with both digests when it is not the one, NotFound, ToolMissing.
    """
    opened = open_iso(iso)
    text = _("reading the ISO")
    found = measure(iso, _percents(tell, text)).sha256
    if found != sha256.strip().lower():
        raise BadInput(
            _("{iso} is not the expected ISO: its SHA-256 is {found}, not {expected}.").format(
                iso=iso, found=found, expected=sha256
            ),
            hint=_("Download it again, and take the digest from the site of Zorin OS."),
        )
    _layers(opened)
    return opened


def zorin_base(iso: Path, sha256: str, folder: Path, tell: Tell | None = None) -> BaseFacts:
    """Unpack the system of an ISO into a new folder and return what it is.

    The folder appears once whole. Needs root, for owners and devices. Raises BadInput when the
    ISO is not the expected one, is damaged, or is not Zorin's.
    """
    opened = check_iso(iso, sha256, tell)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        facts = _unpack(opened, part, tell)
        (part / "root").rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return facts


def _unpack(iso: Iso, part: Path, tell: Tell | None) -> BaseFacts:
    root, layers = part / "root", _layers(iso)
    for number, name in enumerate(layers):
        packed = _extract(iso, name, part, tell)
        target = part / f"layer-{number}" if number else root
        for progress in squashfs.unpack(packed, target):
            _say(tell, progress)
        packed.unlink()
        if number:
            merge_layer(target, root)
    facts = _facts(iso, root, layers)
    _restore_kernel(iso, root, part)
    return facts


def _layers(iso: Iso) -> tuple[str, ...]:
    has_sources = casper.SOURCES in iso.files
    sources = iso.read(casper.SOURCES).decode("utf-8", "replace") if has_sources else None
    return casper.live_layers(iso.files.keys(), sources)


def _extract(iso: Iso, name: str, part: Path, tell: Tell | None) -> Path:
    """Take one file out of the ISO and check it against the ISO's own list."""
    _say(tell, Progress(percent=0.0, text=name))
    path = iso.extract(name, part)
    expected = _md5(iso).get(name)
    if expected is not None and _md5_of(path) != expected:
        raise BadInput(
            _("{name} is damaged in {iso}: its MD5 is not the one of md5sum.txt.").format(
                name=name, iso=iso.path
            ),
            hint=_("Download the ISO again."),
        )
    return path


def _md5(iso: Iso) -> Mapping[str, str]:
    if casper.MD5 not in iso.files:
        return {}
    return casper.md5_by_name(iso.read(casper.MD5).decode("utf-8", "replace"))


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def merge_layer(layer: Path, root: Path) -> None:
    """Move an overlay's layer onto the root below it, as overlayfs would show both."""
    _merge(layer, root)
    shutil.rmtree(layer)


def _merge(layer: Path, root: Path) -> None:
    for path in sorted(layer.iterdir()):
        target = root / path.name
        if _is_whiteout(path):
            _remove(target)
        elif _is_folder(path) and _is_folder(target) and not _is_opaque(path):
            _merge(path, target)
            shutil.copystat(path, target)
            os.chown(target, path.stat().st_uid, path.stat().st_gid)
            _clear_overlay(target)
        else:
            _remove(target)
            path.rename(target)
            _clear_overlay(target)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_whiteout(path: Path) -> bool:
    """Tell whether overlayfs means « nothing here »: a character device 0:0."""
    status = path.lstat()
    return stat.S_ISCHR(status.st_mode) and status.st_rdev == 0


def _is_opaque(folder: Path) -> bool:
    return _OPAQUE in os.listxattr(folder, follow_symlinks=False)


def _clear_overlay(path: Path) -> None:
    """Remove what overlayfs noted for itself."""
    for name in os.listxattr(path, follow_symlinks=False):
        if name.startswith(_OVERLAY):
            os.removexattr(path, name, follow_symlinks=False)


def _remove(path: Path) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _facts(iso: Iso, root: Path, layers: tuple[str, ...]) -> BaseFacts:
    release = _release(root)
    if release.get("ID") != _ID:
        raise BadInput(
            _("{iso} holds {found}, not Zorin OS.").format(
                iso=iso.path, found=release.get("PRETTY_NAME") or _("an unknown system")
            ),
            hint=_("For Debian, no ISO is needed: see the recipe's base."),
        )
    codename = release.get("UBUNTU_CODENAME") or release.get("VERSION_CODENAME", "")
    if not codename:
        raise BadInput(_("The system of {iso} does not say its codename.").format(iso=iso.path))
    packages = packages_of(root)
    listed = iso.read(casper.LIVE_ONLY).decode() if casper.LIVE_ONLY in iso.files else ""
    return BaseFacts(
        id=release["ID"],
        version=release.get("VERSION_ID", ""),
        codename=codename,
        packages=packages,
        live_packages=casper.live_packages(listed, (one.package.name for one in packages)),
        layers=layers,
    )


def _release(root: Path) -> Mapping[str, str]:
    path = plain_file(root, "etc/os-release")
    return casper.os_release(path.read_text("utf-8", "replace")) if path else {}


def _restore_kernel(iso: Iso, root: Path, part: Path) -> None:
    """Put back the kernel that live systems of Ubuntu leave out of /boot: the ISO has it."""
    if casper.KERNEL not in iso.files:
        return
    kernel = iso.extract(casper.KERNEL, part)
    with kernel.open("rb") as file:
        version = casper.kernel_version(file.read(_KERNEL_HEAD))
    if version is None or not (root / "usr/lib/modules" / version).is_dir():
        return
    target = root / "boot" / f"vmlinuz-{version}"
    if _is_folder(target.parent) and not os.path.lexists(target):
        shutil.copyfile(kernel, target)
        target.chmod(0o600)


def make_initrds(rootfs: Rootfs) -> None:
    """Make the first stage of the kernels that have none, for a recipe whose roles make none.

    Live systems of Ubuntu keep theirs on the disc only. update-initramfs updates no first stage
    that is not there: the kernel of the ISO would never start, or stop the machine at the next
    update of GRUB's menu, where it is the newest.
    """
    for version in kernels_without_initrd(rootfs.outside):
        rootfs.run(["update-initramfs", "-c", "-k", version], timeout_s=_INITRD_S)


def kernels_without_initrd(root: Path) -> tuple[str, ...]:
    """Return the versions of the kernels in /boot that have no first stage there, sorted."""
    boot = root / "boot"
    versions = sorted(path.name.removeprefix("vmlinuz-") for path in boot.glob("vmlinuz-*"))
    return tuple(one for one in versions if not (boot / f"initrd.img-{one}").exists())


def _percents(tell: Tell | None, text: str) -> Callable[[int, int], None] | None:
    if tell is None:
        return None
    return lambda done, total: tell(Progress(percent=100 * done / max(total, 1), text=text))


def _say(tell: Tell | None, progress: Progress) -> None:
    if tell is not None:
        tell(progress)
