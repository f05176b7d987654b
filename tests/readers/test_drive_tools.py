# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hdparm, nvme-cli and mmc-utils print, whole, cut and mangled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.readers.ext_csd import read_ext_csd
from fleet.readers.hdparm import (
    SanitizeState,
    read_dco_sectors,
    read_identity,
    read_max_sectors,
    read_sanitize_status,
)
from fleet.readers.nvme_json import (
    read_controller,
    read_format_left,
    read_lba_format,
    read_sanitize_log,
)
from tests.reconditioning import fake_words as words

SSD = words.ATA_IDENTITY.format(
    path="/dev/sda", model="WDC WDS240G2G0B-00EPW0", serial="20214B802136", sectors=468862128,
    rate="Solid State Device", enabled="not", locked="not", frozen="not", level="",
    features=words.ATA_FEATURES.format(hpa=words.HPA, dco="", sanitize=words.SANITIZE),
)  # fmt: skip
# hdparm -I of a frozen drive with a password, without enhanced erase: indents as it prints them.
OLD_HDD = """
/dev/sdb:

ATA device, with non-removable media
\tModel Number:       WDC WD1200JD-00GBB0     \n\tSerial Number:      WD-WMAES1742336
\tFirmware Revision:  02.05D02
\tNominal Media Rotation Rate: 7200
Commands/features:
\tEnabled\tSupported:
\t   *\tSMART feature set
\t    \tSecurity Mode feature set
\t   *\tHost Protected Area feature set
\t   *\tDevice Configuration Overlay feature set
Security: \n\tMaster password revision code = 65534
\t\tsupported
\t\tenabled
\tnot\tlocked
\t\tfrozen
\tnot\texpired: security count
\tnot\tsupported: enhanced erase
\t508min for SECURITY ERASE UNIT.
HW reset results:
\tCBLID- below Vih
Checksum: correct
"""


def test_an_ssd_is_read_with_what_it_offers() -> None:
    identity = read_identity(SSD)

    assert identity is not None
    assert identity.model == "WDC WDS240G2G0B-00EPW0"
    assert identity.serial == "20214B802136"
    assert identity.rotating is False
    assert (identity.security, identity.enhanced) == (True, True)
    assert (identity.enabled, identity.locked, identity.frozen) == (False, False, False)
    assert (identity.erase_minutes, identity.enhanced_minutes) == (2, 2)
    assert identity.sanitize
    assert identity.block_erase
    assert identity.crypto_scramble
    assert identity.sanitize_overwrite
    assert (identity.hpa, identity.dco) == (True, False)


def test_an_old_frozen_disk_is_read_with_what_it_lacks() -> None:
    identity = read_identity(OLD_HDD)

    assert identity is not None
    assert identity.rotating is True
    assert (identity.enabled, identity.locked, identity.frozen) == (True, False, True)
    assert identity.enhanced is False
    assert identity.erase_minutes == 508
    assert identity.enhanced_minutes is None
    assert not identity.sanitize
    assert (identity.hpa, identity.dco) == (True, True)


@pytest.mark.parametrize(
    "text",
    ["", "/dev/sdc:\nSG_IO: bad/missing sense data, sb[]:  70 00 05 00\n", "ATAPI CD-ROM, with"],
)
def test_what_is_no_ata_drive_has_no_identity(text: str) -> None:
    assert read_identity(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" max sectors   = 976773168/976773168, HPA is disabled\n", (976773168, 976773168)),
        (" max sectors   = 1000/976773168, HPA is enabled\n", (1000, 976773168)),
        (" max sectors   = 500/900, ACCESSIBLE MAX ADDRESS enabled\n", (500, 900)),
        (" max sectors   = 0/0, HPA is disabled\n", None),
        ("/dev/sdc:\n", None),
    ],
)  # fmt: skip
def test_visible_and_native_sectors_are_read(text: str, expected: object) -> None:
    assert read_max_sectors(text) == expected


def test_the_size_behind_a_configuration_overlay_is_read() -> None:
    assert read_dco_sectors(words.DCO_IDENTIFY.format(path="/dev/sda", real=976773168)) == 976773168
    assert read_dco_sectors("HDIO_DRIVE_CMD(dco_identify) failed: Input/output error") is None


@pytest.mark.parametrize(
    ("text", "state", "percent"),
    [
        ("    State:    SD0 Sanitize Idle\n", SanitizeState.IDLE, 0),
        (
            "    State:    SD0 Sanitize Idle\n"
            "    Last Sanitize Operation Completed Without Error\n",
            SanitizeState.SUCCEEDED, 0,
        ),
        ("    State:    SD1 Sanitize Frozen\n", SanitizeState.FROZEN, 0),
        (
            "    State:    SD2 Sanitize operation In Process\n    Progress: 0x7fff (50%)\n",
            SanitizeState.RUNNING, 50,
        ),
        (words.SANITIZE_FAILED, SanitizeState.FAILED, 0),
        ("", SanitizeState.UNKNOWN, 0),
        (" SANITIZE feature set is not supported\n", SanitizeState.UNKNOWN, 0),
    ],
)  # fmt: skip
def test_each_sanitize_state_is_told_apart(text: str, state: SanitizeState, percent: float) -> None:
    status = read_sanitize_status(text)

    assert status.state is state
    assert status.percent == pytest.approx(percent, abs=0.01)


def test_a_sanitize_that_runs_is_not_taken_for_the_one_that_ended_before() -> None:
    text = (
        "    State:    SD2 Sanitize operation In Process\n    Progress: 0x1 (0%)\n"
        "    Last Sanitize Operation Completed Without Error\n"
    )

    assert read_sanitize_status(text).state is SanitizeState.RUNNING


def test_a_controller_tells_what_it_can_erase() -> None:
    told = read_controller(words.id_ctrl("Samsung SSD 970", "S4EWNX0", sanicap=3, fna=4))

    assert told is not None
    assert (told.model, told.serial) == ("Samsung SSD 970", "S4EWNX0")
    assert (told.sanitize_crypto, told.sanitize_block, told.sanitize_overwrite) == (
        True, True, False,
    )  # fmt: skip
    assert (told.format_, told.format_crypto, told.format_all) == (True, True, False)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"mn": 3}', "NVMe status: Invalid"])
def test_what_is_no_controller_offers_nothing(text: str) -> None:
    told = read_controller(text)

    assert told is None or not (told.format_ or told.sanitize_block)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (words.sanitize_log("nvme0", 0, 65535), SanitizeState.IDLE),
        (words.sanitize_log("nvme0", 1, 65535), SanitizeState.SUCCEEDED),
        (words.sanitize_log("nvme0", 2, 100), SanitizeState.RUNNING),
        (words.sanitize_log("nvme0", 3, 100), SanitizeState.FAILED),
        # nvme-cli 1.x prints the number, with more bits above the three.
        ('{"nvme0": {"sprog": 65535, "sstat": 257}}', SanitizeState.SUCCEEDED),
        ('{"sprog": 12, "sstat": 2}', SanitizeState.RUNNING),
        ('{"nvme0": {"sprog": 65535, "sstat": {"status": "(4) done"}}}', SanitizeState.SUCCEEDED),
        ('{"nvme0": {"sprog": 65535}}', SanitizeState.UNKNOWN),
        ("", SanitizeState.UNKNOWN),
    ],
)  # fmt: skip
def test_the_sanitize_log_is_read_in_both_shapes(text: str, state: SanitizeState) -> None:
    assert read_sanitize_log(text).state is state


def test_the_sector_format_and_the_end_of_a_format_are_read() -> None:
    assert read_lba_format(words.id_ns(1000)) == 0
    assert read_lba_format('{"flbas": 35}') == 19
    assert read_format_left(words.id_ns(1000)) == 0
    assert read_format_left('{"nsze": 1, "fpi": 178}') == 50
    assert read_format_left("NVMe status: 0x2004") is None


@pytest.mark.parametrize(
    ("bits", "expected"), [(0x55, (True, True)), (0x11, (True, False)), (0, (False, False))]
)
def test_an_emmc_tells_what_it_can_erase(bits: int, expected: tuple[bool, bool]) -> None:
    told = read_ext_csd(words.EXT_CSD.format(bits=bits))

    assert (told.secure_erase, told.sanitize) == expected


@st.composite
def mangled(draw: st.DrawFn, text: str) -> str:
    """A text with a stretch cut out, doubled, or replaced by anything."""
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    middle = draw(st.one_of(st.just(""), st.just(text[start:end] * 2), st.text(max_size=40)))
    return text[:start] + middle + text[end:]


@given(mangled(SSD))
def test_a_mangled_identity_never_offers_what_was_not_said(text: str) -> None:
    identity = read_identity(text)

    if identity is not None:
        assert not identity.block_erase or "BLOCK_ERASE_EXT command" in text
        assert not identity.enhanced or "supported: enhanced erase" in text.replace("\t", " ")


@given(mangled(OLD_HDD))
def test_a_mangled_identity_never_breaks_the_reader(text: str) -> None:
    identity = read_identity(text)

    assert identity is None or identity.erase_minutes is None or identity.erase_minutes > 0


@given(st.one_of(mangled(words.sanitize_log("nvme0", 2, 100)), mangled(words.id_ns(9)), st.text()))
def test_mangled_json_never_breaks_the_readers(text: str) -> None:
    read_controller(text)
    read_lba_format(text)

    assert 0 <= read_sanitize_log(text).percent <= 100
    assert (read_format_left(text) or 0) <= 127


@given(mangled("    State:    SD2 Sanitize operation In Process\n    Progress: 0x41c2 (25%)\n"))
def test_a_mangled_status_is_never_a_success(text: str) -> None:
    assert read_sanitize_status(text).state is not SanitizeState.SUCCEEDED
