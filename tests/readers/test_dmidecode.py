# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What dmidecode's text says, in its many ages and moods."""

from __future__ import annotations

import pytest

from fleet.errors import BadInput
from fleet.model.facts import BatteryFacts, BoardFacts, CpuFacts
from fleet.readers.dmidecode import read_dmidecode
from fleet.readers.values import iso_date, parse_size
from tests.readers.machine_texts import DMI_OF_2003, DMI_QUIET, DMI_SERVER

GIB = 2**30


def test_a_server_sums_its_fitted_sockets_and_its_volatile_memory() -> None:
    (facts,) = read_dmidecode(DMI_SERVER)

    assert facts.cpu == CpuFacts(
        model="Intel(R) Xeon(R) Gold 6244 CPU @ 3.60GHz", cores=16, threads=32
    )
    assert (facts.memory_bytes, facts.memory_slots) == (48 * GIB, 4)
    assert facts.board == BoardFacts(
        manufacturer="Dell Inc.", model="06NR82", serial=".2RJF153.CNFCP0099F01JM."
    )
    assert facts.version is None
    assert not facts.lists_disks
    assert facts.batteries == (BatteryFacts(model="DELL 5XJ6R7B", design_mwh=60000),)


def test_a_quiet_dump_without_handles_is_read() -> None:
    (facts,) = read_dmidecode(DMI_QUIET)

    assert facts.display_model == "ThinkPad X250"
    assert facts.firmware_date == "1999-02-11"
    assert (facts.memory_bytes, facts.memory_slots) == (8 * GIB, 1)


def test_a_dump_of_2003_is_read_with_its_old_names() -> None:
    (facts,) = read_dmidecode(DMI_OF_2003)

    assert (facts.manufacturer, facts.model, facts.serial) == ("IBM", "84803AX", "KBKGW40")
    assert (facts.memory_bytes, facts.memory_slots) == (256 * 2**20, 2)


def test_windows_line_ends_change_nothing() -> None:
    assert read_dmidecode(DMI_SERVER.replace("\n", "\r\n")) == read_dmidecode(DMI_SERVER)


def test_tabs_turned_into_spaces_change_nothing() -> None:
    assert read_dmidecode(DMI_SERVER.replace("\t", "    ")) == read_dmidecode(DMI_SERVER)


def test_a_structure_whose_handle_was_made_anonymous_is_still_told_by_its_title() -> None:
    text = DMI_SERVER.replace("Handle 0x0300, DMI type 3, 22 bytes", "807075653E24ECB98B63F18E0030")

    assert text != DMI_SERVER
    assert read_dmidecode(text) == read_dmidecode(DMI_SERVER)


def test_coreboot_that_calls_its_only_socket_empty_is_believed_for_the_name_alone() -> None:
    text = processors(
        1, Version="Intel(R) Core(TM) i5-3320M", Status="Unpopulated", Core_Count="16"
    )

    (facts,) = read_dmidecode(text)

    assert facts.cpu == CpuFacts(model="Intel(R) Core(TM) i5-3320M")


def processors(count: int, **fields: str) -> str:
    rows = "".join(f"\t{name.replace('_', ' ')}: {value}\n" for name, value in fields.items())
    return "".join(
        f"Handle 0x{n:04X}, DMI type 4, 42 bytes\nProcessor Information\n{rows}\n"
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("text", "cores", "threads"),
    [
        (processors(8, Socket_Designation="U2E1", Status="Populated, Enabled"), None, None),
        (processors(8, Socket_Designation="U2E1", Core_Count="4", Thread_Count="8"), 4, 8),
        (processors(2, Socket_Designation="CPU", Core_Count="8", Thread_Count="16"), 16, 32),
        (processors(1, Socket_Designation="CPU", Core_Count="4", Thread_Count="1"), 4, None),
        (processors(1, Socket_Designation="CPU", Core_Count="<OUT OF SPEC>"), None, None),
        (processors(1, Socket_Designation="CPU", Core_Count="0", Thread_Count="0"), None, None),
        (processors(1, Socket_Designation="CPU", Status="Unpopulated", Core_Count="4"), None, None),
    ],
    ids=["per thread, no counts", "per thread", "twin sockets", "threads per core", "out of spec",
         "zeroes", "empty socket"],
)  # fmt: skip
def test_cores_are_counted_once_or_not_at_all(
    text: str, cores: int | None, threads: int | None
) -> None:
    (facts,) = read_dmidecode(text)

    assert (facts.cpu.cores, facts.cpu.threads) == (cores, threads)


def test_placeholders_leave_the_board_to_name_the_machine() -> None:
    text = (
        "Handle 0x0001, DMI type 1, 27 bytes\nSystem Information\n"
        "\tManufacturer: To Be Filled By O.E.M.\n\tProduct Name: System Product Name\n"
        "\tSerial Number: 0\n\tUUID: 03000200-0400-0500-0006-000700080009\n\n"
        "Handle 0x0002, DMI type 2, 15 bytes\nBase Board Information\n"
        "\tManufacturer: ASRock\n\tProduct Name: P43D1600Twins-1394\n\tSerial Number: --\n"
    )

    (facts,) = read_dmidecode(text)

    assert (facts.manufacturer, facts.model, facts.serial, facts.uuid) == (None,) * 4
    assert facts.display_model == "P43D1600Twins-1394"
    assert facts.board.serial is None


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("# dmidecode 3.3\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n",
         "permission_denied=dmidecode"),
        ("# dmidecode 3.4\n/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\n",
         "permission_denied=dmidecode"),
        ("# dmidecode 3.2\n# No SMBIOS nor DMI entry point found, sorry.\n",
         "no_smbios=dmidecode"),
    ],
)  # fmt: skip
def test_an_empty_dump_says_why_it_is_empty(text: str, warning: str) -> None:
    (facts,) = read_dmidecode(text)

    assert [str(finding) for finding in facts.warnings] == [warning]
    assert (facts.manufacturer, facts.memory_bytes, facts.memory_slots) == (None, None, None)


@pytest.mark.parametrize("text", ["", "dmidecode: command not found\n", "hello: world\n" * 20])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_dmidecode(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("8192 MB", 8 * GIB), ("8 GB", 8 * GIB), ("4096 kB", 4 * 2**20), ("1 TB", 1024 * GIB),
        ("256Mbyte", 2**28), ("512 MB (Single-bank Connection)", 2**29), ("238.5G", 256087425024),
        ("238,5G", 256087425024), ("No Module Installed", None), ("Not Installed", None),
        ("Unknown", None), ("0 MB", None), ("", None), ("9" * 18 + " EB", None),
        ("100080 bytes", 100080), ("1 GiB", GIB), ("GB", None),
    ],
)  # fmt: skip
def test_sizes_are_read_in_every_writing(text: str, size: int | None) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("08/25/2008", "2008-08-25"), ("02/11/99", "1999-02-11"), ("12/01/06", "2006-12-01"),
        ("2019-05-02", "2019-05-02"), ("2013-08-07T00:00:00", "2013-08-07"),
        ("04.20.2021", "2021-04-20"), ("2014/07/28", "2014-07-28"), ("Dec  4 2020", "2020-12-04"),
        ("Jun 26 2020 20:17:17", "2020-06-26"), ("Foo 26 2020", None), ("13/06/2012", None),
        ("02/30/2010", None), ("00/00/0000", None), ("01/01/1900", None), ("", None),
        ("Not Specified", None),
    ],
)  # fmt: skip
def test_firmware_dates_are_real_days_or_unknown(text: str, date: str | None) -> None:
    assert iso_date(text) == date
