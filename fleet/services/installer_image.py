# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the installer takes from an image: verified first, then its boot files and its list."""

from __future__ import annotations

import re
import stat
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from fleet.adapters.disk_unpack import Listed, list_image, read_files
from fleet.errors import BadInput, TrustRefused
from fleet.i18n import _
from fleet.model.image import FILES, ROOTFS
from fleet.model.install_plan import ImageContent
from fleet.services.images_verify import verify_image

BIOS_BOOT = "usr/lib/parclibre/boot/boot.img"
BIOS_CORE = "usr/lib/parclibre/boot/core.img"
DEBCONF = "var/cache/debconf/config.dat"
CHECK_IN = "etc/parclibre/check-in.json"
# Where the image's accounts of technicians have their SSH keys.
ACCOUNT_KEYS = "etc/ssh/authorized_keys.d/"
CHECK_IN_TIMER = "etc/systemd/system/parclibre-check-in.timer"
_BIOS_MODULE = "boot/grub/i386-pc/normal.mod"
_SSH_SERVER = "usr/sbin/sshd"
_SHIM = "usr/lib/shim/"
# Debian's names, then Ubuntu's, where the first is only a link.
_EFI = {
    "shimx64.efi": (
        f"{_SHIM}shimx64.efi.signed",
        f"{_SHIM}shimx64.efi.signed.latest",
        f"{_SHIM}shimx64.efi.dualsigned",
    ),
    "grubx64.efi": ("usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed",),
    "mmx64.efi": (f"{_SHIM}mmx64.efi.signed", f"{_SHIM}mmx64.efi"),
    "fbx64.efi": (f"{_SHIM}fbx64.efi.signed", f"{_SHIM}fbx64.efi"),
    "BOOTX64.CSV": (f"{_SHIM}BOOTX64.CSV",),
}
_NEEDED = ("shimx64.efi", "grubx64.efi")
_VENDORS = ("debian", "ubuntu")
_KERNEL = re.compile(r"boot/vmlinuz-(.+)")
# As sha256sum writes names with a backslash or an end of line.
_ESCAPED = re.compile(r"\\([nr\\])")
_PLAIN = {"n": "\n", "r": "\r", "\\": "\\"}
_BLOCK = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class BootFiles:
    """Content of the image that the installer needs; the BIOS parts are empty when it has none.

    ``settings`` are files that the machine's own settings are written over, by path.
    """

    efi: dict[str, bytes]
    boot_image: bytes
    core_image: bytes
    settings: dict[str, bytes]


def inspect_image(folder: Path, trusted_keys: Collection[str]) -> ImageContent:
    """Return what an image holds, once its signature and every digest are verified.

    Raises TrustRefused when anything is altered, BadInput when it cannot start a machine.
    """
    manifest = verify_image(folder, trusted_keys)
    listed = tuple(list_image(folder / ROOTFS))
    regular = {one.path for one in listed if stat.S_ISREG(one.mode)}
    kernels = _kernels(regular)
    efi = efi_sources(regular)
    if not kernels or any(name not in efi for name in _NEEDED):
        raise BadInput(
            _("The image {name} cannot start a machine: it lacks {what}.").format(
                name=folder.name, what=_("a kernel") if not kernels else "shim, GRUB"
            ),
            hint=_("Build it with the role boot_loader."),
        )
    return ImageContent(
        folder=folder,
        name=manifest.name,
        digest=manifest.digest,
        kernels=kernels,
        vendor=_vendor(folder, efi["grubx64.efi"]),
        has_bios_boot={BIOS_BOOT, BIOS_CORE, _BIOS_MODULE} <= regular,
        has_ssh_server=_SSH_SERVER in regular,
        files=len(listed),
        root_bytes=sum(_occupied(one) for one in listed),
        stamp=stamp(folder),
    )


def efi_sources(regular: Collection[str]) -> dict[str, str]:
    """Return where the image has each EFI file, by the name it gets on the disk."""
    found = {
        name: next((path for path in paths if path in regular), None)
        for name, paths in _EFI.items()
    }
    return {name: path for name, path in found.items() if path}


def read_boot_files(image: ImageContent, listed: Sequence[Listed]) -> BootFiles:
    """Return the boot files' content, read from the squashfs."""
    regular = {one.path for one in listed if stat.S_ISREG(one.mode)}
    efi = efi_sources(regular)
    bios = [BIOS_BOOT, BIOS_CORE] if image.has_bios_boot else []
    others = [path for path in regular if _is_setting(path)]
    content = read_files(image.folder / ROOTFS, [*efi.values(), *bios, *others])
    return BootFiles(
        efi={name: content[path] for name, path in efi.items()},
        boot_image=content.get(BIOS_BOOT, b""),
        core_image=content.get(BIOS_CORE, b""),
        settings={path: content[path] for path in others},
    )


def _is_setting(path: str) -> bool:
    return path in (DEBCONF, CHECK_IN, CHECK_IN_TIMER) or path.startswith(ACCOUNT_KEYS)


def read_digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every regular file of the root, by path without ``./``."""
    digests = {}
    for line in (folder / FILES).read_text("utf-8", "replace").split("\n"):
        digest, _spaces, path = line.partition("  ./")
        if digest.startswith("\\"):
            digest, path = digest[1:], _ESCAPED.sub(lambda found: _PLAIN[found[1]], path)
        if path:
            digests[path] = digest
    return digests


def stamp(folder: Path) -> tuple[int, int, int]:
    """Return what changes when the squashfs does: inode, size, time."""
    status = (folder / ROOTFS).stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def require_unchanged(image: ImageContent) -> None:
    """Raise TrustRefused when the image is no longer the file that was verified."""
    if stamp(image.folder) != image.stamp:
        raise TrustRefused(
            _("The image {name} changed since it was verified.").format(name=image.name),
            hint=_("Nothing was touched. Start again: the image is verified anew."),
        )


def _kernels(regular: Collection[str]) -> tuple[str, ...]:
    """Return the versions that have a kernel and an initrd, the newest first."""
    versions = {found[1] for path in regular if (found := _KERNEL.fullmatch(path))}
    bootable = [one for one in versions if f"boot/initrd.img-{one}" in regular]
    return tuple(sorted(bootable, key=_version_key, reverse=True))


def _version_key(version: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", version)
    ]


def _vendor(folder: Path, grub: str) -> str:
    """Return the folder of the ESP where the signed GRUB looks for its grub.cfg."""
    content = read_files(folder / ROOTFS, [grub])[grub]
    for vendor in _VENDORS:
        if f"/EFI/{vendor}".encode() in content:
            return vendor
    raise BadInput(
        _("The image's signed GRUB is neither Debian's nor Ubuntu's."),
        hint=_("Build the image with the distribution's grub-efi-amd64-signed."),
    )


def _occupied(one: Listed) -> int:
    if stat.S_ISREG(one.mode):
        return -(-one.size // _BLOCK) * _BLOCK
    return _BLOCK if stat.S_ISDIR(one.mode) else 0
