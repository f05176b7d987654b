# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small outputs of the bench's tools, whole, odd and damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.readers.bench_tools import (
    bluetooth_controllers,
    cards_of,
    firmware_passwords,
    firmware_version,
    highest,
    millidegrees,
    networks_heard,
    read_speed,
    theft_locks,
    without_names,
)
from tests.readers.disk_samples import damaged, unsafe_texts

SAMPLES = Path(__file__).parent.parent / "fixtures" / "hardware" / "dmidecode"
DD = """\
16+0 records in
16+0 records out
16777216 bytes (17 MB, 16 MiB) copied, 0.0103526 s, 1.6 GB/s
"""
SCAN = "BSS 00:11:22:33:44:55(on wlan0)\n\tsignal: -61.00 dBm\n\tSSID: Chez nous\n"
CARDS = """\
 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 33
 1 [NVidia         ]: HDA-Intel - HDA NVidia
"""


@pytest.mark.parametrize(
    ("text", "speed"),
    [
        (DD, (16777216, 0.0103526)),
        ("4194304 octets\n4194304 bytes (4.2 MB) copied, 2,5 s, 1.7 MB/s\n", (4194304, 2.5)),
        ("512 bytes copied, 5.1e-05 s, 10.0 MB/s\n", (512, 5.1e-05)),
        ("0 bytes copied, 0.1 s, 0.0 kB/s\n", None),
        ("dd: error reading '/dev/sda': Input/output error\n", None),
    ],
)
def test_dd_tells_bytes_and_seconds(text: str, speed: tuple[int, float] | None) -> None:
    assert read_speed(text) == speed


@pytest.mark.parametrize(
    ("text", "celsius"),
    [("45000", 45), ("45600\n", 46), ("0", None), ("-40000", None), ("255000", None),
     ("", None), ("45.0", None), ("9" * 30, None)],
)  # fmt: skip
def test_a_temperature_is_sane_or_unknown(text: str, celsius: int | None) -> None:
    assert millidegrees(text) == celsius
    assert highest([None, celsius]) == celsius


def test_a_scan_keeps_no_name_and_no_address() -> None:
    assert networks_heard(SCAN) == 1
    assert without_names(SCAN) == "BSS [redacted]\n\tsignal: -61.00 dBm"


def test_sound_cards_have_their_names() -> None:
    assert cards_of(CARDS) == ("HDA-Intel - HDA Intel PCH", "HDA-Intel - HDA NVidia")
    assert cards_of("--- no soundcards ---\n") == ()


@pytest.mark.parametrize(
    ("status", "set_"),
    [("Enabled", True), ("Disabled", False), ("Not Implemented", False), ("Unknown", None)],
)
def test_a_firmware_password_is_set_free_or_unknown(status: str, set_: bool | None) -> None:
    text = (
        "Handle 0x0022, DMI type 24, 5 bytes\nHardware Security\n"
        f"\tPower-On Password Status: Disabled\n\tAdministrator Password Status: {status}\n"
    )

    assert firmware_passwords(text) == {
        "Power-On Password Status": False, "Administrator Password Status": set_,
    }  # fmt: skip


def test_only_the_name_of_a_theft_lock_counts() -> None:
    assert theft_locks("String 1: CompuTrace v1\nLoJack") == ("computrace", "lojack")
    assert theft_locks("absolute maximum 16 GB") == ()


@given(damaged([DD, SCAN, CARDS]) | st.text(max_size=200))
def test_damaged_outputs_give_less_and_never_break(text: str) -> None:
    found = read_speed(text)

    assert found is None or (found[0] > 0 and found[1] > 0)
    assert networks_heard(without_names(text)) == 0
    assert bluetooth_controllers(text) >= 0
    assert unsafe_texts(cards_of(text)) == []


@given(damaged([path.read_text("utf-8", "replace") for path in sorted(SAMPLES.glob("*.txt"))[:4]]))
def test_a_damaged_smbios_gives_passwords_or_nothing(text: str) -> None:
    assert set(firmware_passwords(text).values()) <= {True, False, None}
    version = firmware_version(text)
    assert version is None or unsafe_texts(version) == []
