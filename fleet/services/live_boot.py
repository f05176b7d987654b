# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What starts a key or a disc: the menu, and the boot files that the live image carries."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass

from fleet.adapters.disk_unpack import list_image, read_files
from fleet.errors import BadInput, UsageError
from fleet.i18n import _
from fleet.model.image import INITRD, KERNEL, ROOTFS, StoredImage
from fleet.model.live_key import KeyFile
from fleet.services.installer_image import efi_sources

_BOOT = "usr/lib/parclibre/live-boot"
KEY_CORE = f"{_BOOT}/key.img"
DISC_CORE = f"{_BOOT}/disc.img"
SECTOR = f"{_BOOT}/boot.img"
HYBRID = f"{_BOOT}/boot_hybrid.img"
_WORDS = "usr/lib/parclibre/live-cmdline"
_NEEDED = (KEY_CORE, DISC_CORE, SECTOR, HYBRID, _WORDS)
_EFI_NEEDED = ("shimx64.efi", "grubx64.efi")
_LIVE = "live"
# Where live-boot looks for a system, on whatever medium it was told.
SYSTEM = f"{_LIVE}/filesystem.squashfs"
BUILT = f"{_LIVE}/built-at"
_MENU_S = 8
# Words without accents: GRUB's text screen has none.
_DOORS = (
    ("Remettre un ordinateur en etat (atelier)", "recondition", ""),
    ("Installer des ordinateurs, sans reseau", "deploy", ""),
    ("Depannage", "rescue", ""),
    ("Atelier, affichage simple (si l'ecran reste noir)", "recondition", "nomodeset"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFiles:
    """The boot files of a live image: EFI programs by name, sectors, the kernel's words."""

    image: StoredImage
    efi: Mapping[str, bytes]
    sectors: Mapping[str, bytes]
    words: str


def read_live_files(image: StoredImage) -> LiveFiles:
    """Return what starts a live image. Raises BadInput when it is not one."""
    rootfs = image.folder / ROOTFS
    regular = {one.path for one in list_image(rootfs) if stat.S_ISREG(one.mode)}
    efi = efi_sources(regular)
    missing = [name for name in _NEEDED if name not in regular]
    missing += [name for name in _EFI_NEEDED if name not in efi]
    if missing:
        raise BadInput(
            _("The image {name} is no live system: it lacks {what}.").format(
                name=image.folder.name, what=", ".join(missing)
            ),
            hint=_("Build the one that starts from a key: parclibre image build live"),
        )
    content = read_files(rootfs, [*efi.values(), *_NEEDED])
    return LiveFiles(
        image=image,
        efi={name: content[path] for name, path in efi.items()},
        sectors={name: content[name] for name in _NEEDED[:-1]},
        words=content[_WORDS].decode("utf-8").strip(),
    )


def boot_files(live: LiveFiles, *, medium: str, arguments: str = "") -> tuple[KeyFile, ...]:
    """Return the files of the partition or disc that starts; ``medium`` is its UUID.

    The signed GRUB looks in EFI/debian, the one for a BIOS in boot/grub: both get the menu.
    """
    _require_plain(arguments)
    menu = grub_menu(live.words, medium=medium, arguments=arguments).encode("ascii")
    folder = live.image.folder
    return (
        *_efi_files(live.efi, menu, medium),
        KeyFile(name="boot/grub/grub.cfg", content=menu),
        KeyFile(name=BUILT, content=f"{live.image.manifest.built_at}\n".encode("ascii")),
        KeyFile(name=f"{_LIVE}/{KERNEL}", source=folder / KERNEL),
        KeyFile(name=f"{_LIVE}/{INITRD}", source=folder / INITRD),
        KeyFile(name=SYSTEM, source=folder / ROOTFS),
    )


def grub_menu(words: str, *, medium: str, arguments: str = "") -> str:
    """Return the start-up menu: the doors of the live system, the workshop's first."""
    own = [word for word in words.split() if not word.startswith(("live-media=", "parclibre."))]
    kernel = " ".join([*own, f"parclibre.medium={medium}"])
    lines = [
        "# The menu of a ParcLibre key.",
        "set default=0",
        f"set timeout={_MENU_S}",
        'if [ "$grub_platform" = pc ]; then insmod all_video; fi',
        f"search --no-floppy --fs-uuid --set=root {medium}",
        "",
    ]
    for title, door, more in _DOORS:
        last = " ".join(word for word in (f"parclibre.door={door}", more, arguments) if word)
        lines += [
            f'menuentry "{title}" {{',
            f"  linux /{_LIVE}/{KERNEL} {kernel} {last}",
            f"  initrd /{_LIVE}/{INITRD}",
            "}",
        ]
    firmware = ['menuentry "Reglages du micrologiciel (UEFI)" {', "  fwsetup", "}"]
    return "\n".join(
        [*lines, 'if [ "$grub_platform" = efi ]; then', *firmware, "fi",
         'menuentry "Eteindre" {', "  halt", "}", ""]
    )  # fmt: skip


def _efi_files(efi: Mapping[str, bytes], menu: bytes, medium: str) -> tuple[KeyFile, ...]:
    found = (
        f"search --no-floppy --fs-uuid --set=root {medium}\nconfigfile ($root)/boot/grub/grub.cfg\n"
    )
    programs = {
        "EFI/BOOT/BOOTX64.EFI": efi["shimx64.efi"],
        "EFI/BOOT/grubx64.efi": efi["grubx64.efi"],
        "EFI/debian/grub.cfg": found.encode("ascii"),
    }
    # The firmware's way to take in a key of one's own (MokManager), when it is asked for.
    if "mmx64.efi" in efi:
        programs["EFI/BOOT/mmx64.efi"] = efi["mmx64.efi"]
    return tuple(KeyFile(name=name, content=content) for name, content in programs.items())


def size_of(files: tuple[KeyFile, ...], cluster: int = 4096) -> int:
    """Return the room that files take, in bytes."""
    return sum(-(-file.size_bytes // cluster) * cluster for file in files)


def _require_plain(arguments: str) -> None:
    if set(arguments) & set("\"'\\$`\n{};") or not arguments.isascii():
        raise UsageError(_("The kernel's arguments have a character that GRUB would read."))
