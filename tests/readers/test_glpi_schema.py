# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What we read as a GLPI inventory is what GLPI's own schema calls one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from fleet.model.facts import DiskKind
from fleet.readers.glpi import read_glpi
from fleet.readers.report_json import report_to_json

FIXTURES = Path(__file__).parents[1] / "fixtures"
EXAMPLES = FIXTURES / "hardware" / "glpi_inventory"
SCHEMA = Draft7Validator(json.loads((FIXTURES / "glpi" / "inventory.schema.json").read_text()))

INVENTORY: dict[str, Any] = {
    "action": "inventory",
    "deviceid": "poste-12-2026-03-02-09-00-00",
    "itemtype": "Computer",
    "content": {
        "versionclient": "GLPI-Agent_v1.11",
        "bios": {
            "smanufacturer": "LENOVO", "smodel": "20CLS4PA00", "ssn": "PC0ABC12",
            "mmanufacturer": "LENOVO", "mmodel": "20CLS4PA00", "msn": "L1HF5AB00CD",
            "bdate": "2021-07-29",
        },
        "hardware": {
            "name": "poste-12", "uuid": "4C4C4544-0033-3510-8052-B4C04F4A3332",
            "chassis_type": "Notebook", "memory": 16384, "lastloggeduser": "camille.b",
        },
        "cpus": [{"name": "Intel(R) Core(TM) i5-5300U CPU @ 2.30GHz", "core": 2, "thread": 4}],
        "memories": [{"capacity": 16384, "numslots": 1}],
        "storages": [
            {"model": "SAMSUNG MZ7LN256", "serial": "S2ABNX0H123456", "disksize": 244198,
             "interface": "SATA", "type": "disk"},
        ],
        "batteries": [{"name": "45N1773", "capacity": 23200, "real_capacity": 17400}],
        "users": [{"login": "camille.b", "domain": "MAIRIE"}],
    },
}  # fmt: skip


def test_a_whole_inventory_is_valid_for_glpi_and_gives_its_facts_without_the_user() -> None:
    assert list(SCHEMA.iter_errors(INVENTORY)) == []

    (facts,) = read_glpi(json.dumps(INVENTORY))

    assert (facts.manufacturer, facts.serial, facts.chassis) == ("LENOVO", "PC0ABC12", "Notebook")
    assert facts.memory_bytes == 16 * 1024**3
    (disk,) = facts.disks
    assert (disk.serial, disk.kind) == ("S2ABNX0H123456", DiskKind.SSD)
    assert facts.batteries[0].health_percent == 75
    assert "camille" not in json.dumps(report_to_json(facts, "poste-12.json"))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda p: p.stem)
def test_the_projects_own_examples_are_valid_and_read(path: Path) -> None:
    text = path.read_text()

    assert list(SCHEMA.iter_errors(json.loads(text))) == []
    assert len(read_glpi(text)) == 1
