# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A town whose inbox holds two reports to decide, and a machine that contradicts itself."""

from __future__ import annotations

from pathlib import Path

from fleet.services import reports
from fleet.services.town import Town
from tests.tui.stage import build_small_town, copied

_DUMP = """# dmidecode 3.3
Getting SMBIOS data from sysfs.
SMBIOS 2.8 present.

Handle 0x0001, DMI type 1, 27 bytes
System Information
\tManufacturer: HP
\tProduct Name: HP EliteDesk 800 G3 SFF
\tVersion: Not Specified
\tSerial Number: {serial}
\tUUID: 3f2a1c5e-8d40-11e7-b6d5-10e7c600000{uuid}
\tWake-up Type: Power Switch

Handle 0x0002, DMI type 2, 17 bytes
Base Board Information
\tManufacturer: HP
\tProduct Name: 82A1
\tSerial Number: {board}
"""
_DUMPS = (
    ("poste-12.txt", "CZC7411AAA", 1, "PGBVW0AAA1"),
    ("poste-13.txt", "CZC7411BBB", 2, "PGBVW0BBB2"),
    ("poste-12-bis.txt", "CZC7411AAA", 1, "PGBVW0CCC3"),
    ("poste-14.txt", "CZC7411AAA", 2, "PGBVW0DDD4"),
)


def undecided_town(home: Path) -> Town:
    """Two machines (PL-00013, PL-00014) and two reports that may be either."""
    return copied(build_undecided_town, home)


def build_undecided_town(town: Town) -> None:
    build_small_town(town)
    for file, serial, uuid, board in _DUMPS:
        reports.import_text(town, _DUMP.format(serial=serial, uuid=uuid, board=board), file)
