# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""First sectors: what GRUB's own tool writes is what we write."""

from __future__ import annotations

import struct

import pytest

from fleet.adapters.disk_boot_sector import (
    UEFI_ONLY,
    UNFINISHED,
    grub_code,
    grub_core,
    message_code,
)
from fleet.errors import BadInput

MIB = 1 << 20


@pytest.mark.parametrize("text", [UNFINISHED, UEFI_ONLY])
def test_a_message_fits_the_code_area_and_points_at_its_text(text: str) -> None:
    code = message_code(text)

    (address,) = struct.unpack_from("<H", code, 7)
    assert len(code) == 440
    assert code[address - 0x7C00 :].startswith(text.encode("ascii") + b"\0")


def test_too_long_a_message_is_refused() -> None:
    with pytest.raises(ValueError, match="fit"):
        message_code("x" * 440)


def test_the_first_sector_loads_the_core_where_it_is() -> None:
    code = grub_code(b"\xaa" * 512, core_start_bytes=MIB)

    assert len(code) == 440
    assert struct.unpack_from("<Q", code, 0x5C) == (2048,)
    assert code[0x66:0x68] == b"\x90\x90"


def test_the_core_lists_its_other_sectors() -> None:
    core = grub_core(b"\xaa" * 70_001, start_bytes=MIB, room_bytes=MIB)

    assert len(core) == 137 * 512
    assert struct.unpack_from("<QHH", core, 0x1F4) == (2049, 136, 0x820)


@pytest.mark.parametrize("size", [0, 100, MIB + 1])
def test_a_core_that_cannot_be_is_refused(size: int) -> None:
    with pytest.raises(BadInput):
        grub_core(bytes(size), start_bytes=MIB, room_bytes=MIB)


def test_a_boot_image_of_another_size_is_refused() -> None:
    with pytest.raises(BadInput):
        grub_code(bytes(511), core_start_bytes=MIB)
