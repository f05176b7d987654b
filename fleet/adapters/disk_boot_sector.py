# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""First sectors: the one that says the installation is not finished, and GRUB's for BIOS."""

from __future__ import annotations

import struct

from fleet.errors import BadInput
from fleet.i18n import _

CODE_BYTES = 440
SECTOR_BYTES = 512
# GRUB's include/grub/i386/pc/boot.h.
_KERNEL_SECTOR = 0x5C
_DRIVE_CHECK = 0x66
_FIRST_LIST = 0x1F4
_FIRST_SEGMENT = 0x820
_ORIGIN = 0x7C00

UNFINISHED = (
    "ParcLibre : installation inachevee.\r\nCe disque ne demarre pas. Relancez l'installation.\r\n"
)
UEFI_ONLY = (
    "ParcLibre : ce disque demarre en mode UEFI.\r\n"
    "Choisissez UEFI dans les reglages du micrologiciel.\r\n"
)


def message_code(text: str) -> bytes:
    """Return 440 bytes of real-mode code that print an ASCII text and stop."""
    code = bytes.fromhex(
        "fa"  # cli
        "fc"  # cld
        "31c0"  # xor ax, ax
        "8ed8"  # mov ds, ax
        "be0000"  # mov si, text
        "ac"  # lodsb
        "84c0"  # test al, al
        "7409"  # jz halt
        "b40e"  # mov ah, 0x0e: teletype
        "bb0700"  # mov bx, 7
        "cd10"  # int 0x10
        "ebf2"  # jmp lodsb
        "f4"  # halt: hlt
        "ebfd"  # jmp halt
    )
    code = code[:7] + struct.pack("<H", _ORIGIN + len(code)) + code[9:]
    sector = code + text.encode("ascii") + b"\0"
    if len(sector) > CODE_BYTES:
        raise ValueError("the text does not fit a boot sector")
    return sector.ljust(CODE_BYTES, b"\0")


def grub_code(boot_image: bytes, *, core_start_bytes: int) -> bytes:
    """Return GRUB's 440 bytes for the first sector, which load the sector of that place."""
    if len(boot_image) != SECTOR_BYTES:
        raise _not_grub("boot.img")
    code = bytearray(boot_image[:CODE_BYTES])
    struct.pack_into("<Q", code, _KERNEL_SECTOR, core_start_bytes // SECTOR_BYTES)
    # As grub-install does for a hard disk: trust the drive number that the BIOS gives.
    code[_DRIVE_CHECK : _DRIVE_CHECK + 2] = b"\x90\x90"
    return bytes(code)


def grub_core(core_image: bytes, *, start_bytes: int, room_bytes: int) -> bytes:
    """Return GRUB's core with the list of its own sectors, padded to whole sectors."""
    sectors = -(-len(core_image) // SECTOR_BYTES)
    if sectors < 2 or sectors * SECTOR_BYTES > room_bytes:
        raise _not_grub("core.img")
    core = bytearray(core_image.ljust(sectors * SECTOR_BYTES, b"\0"))
    first = start_bytes // SECTOR_BYTES
    struct.pack_into("<QHH", core, _FIRST_LIST, first + 1, sectors - 1, _FIRST_SEGMENT)
    return bytes(core)


def _not_grub(name: str) -> BadInput:
    return BadInput(
        _("The image's {name} is not GRUB's.").format(name=name),
        hint=_("Build the image again with the role boot_loader."),
    )
