# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which disks are found and refused, which way is chosen, and that each reason has its words."""

from __future__ import annotations

import ast
import json
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.adapters.process import Finished
from fleet.errors import FleetError, GuardRefused, NotFound
from fleet.model.facts import DiskKind
from fleet.model.policy import CLEAR, PURGE
from fleet.model.reasons import Reason
from fleet.model.wipe import Hidden, ReadBack, Technique, WipeTarget, level_of
from fleet.output.wipe_text import sentences, technique_name, wipe_sentence
from fleet.readers.hdparm import AtaIdentity
from reconditioning.wipe_find import find_target, find_targets
from reconditioning.wipe_offers import hidden_of
from reconditioning.wipe_plan import plan_wipe, reaches
from tests.reconditioning.fake_drive import MIB, Drive, FakeTools, filled

T = Technique
TARGET = WipeTarget(
    path=Path("/dev/sda"), size_bytes=500 * 10**9, sector_bytes=512, kind=DiskKind.SSD,
    instance="8:0:1", serial="S1", transport="sata", hidden=Hidden.NONE,
    offers=(T.ATA_SANITIZE_BLOCK, T.ATA_SANITIZE_CRYPTO, T.ATA_ERASE_ENHANCED, T.ATA_ERASE),
)  # fmt: skip


def plan(target: WipeTarget, level: str = PURGE, **more: Any):
    return plan_wipe(target, disk="d1", machine_tag="VJ-0042", level=level, **more)


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("kind", "level", "offers", "first", "why"),
    [
        (DiskKind.HDD, CLEAR, TARGET.offers, T.OVERWRITE, "rotating_overwritten"),
        (DiskKind.HDD, PURGE, TARGET.offers, T.ATA_SANITIZE_CRYPTO, "rotating_drive_erases"),
        (DiskKind.HDD, PURGE, (), T.OVERWRITE, "rotating_overwritten"),
        (DiskKind.SSD, PURGE, TARGET.offers, T.ATA_SANITIZE_BLOCK, "flash_drive_erases"),
        (DiskKind.SSD, CLEAR, TARGET.offers, T.ATA_SANITIZE_BLOCK, "flash_drive_erases"),
        (DiskKind.SSD, PURGE, (T.ATA_ERASE,), T.ATA_ERASE, "flash_drive_erases"),
        (DiskKind.NVME, PURGE, (T.NVME_FORMAT_USER, T.NVME_FORMAT_CRYPTO), T.NVME_FORMAT_CRYPTO,
         "flash_drive_erases"),
        (DiskKind.SSD, PURGE, (), T.OVERWRITE, "drive_offers_nothing"),
    ],
)  # fmt: skip
def test_the_way_follows_the_class_the_policy_and_the_drive(
    kind: DiskKind, level: str, offers: tuple[Technique, ...], first: Technique, why: str
) -> None:
    chosen = plan(replace(TARGET, kind=kind, offers=offers), level)

    assert chosen.techniques[0] is first
    assert chosen.techniques[-1] is T.OVERWRITE
    assert chosen.reasons[0].code == why
    levels = [level_of(one) for one in chosen.techniques]
    assert levels == sorted(levels, reverse=True)


def test_a_level_out_of_reach_is_said_before_anything_starts() -> None:
    chosen = plan(replace(TARGET, transport="usb", offers=()))

    assert codes(chosen.reasons) == ["bridge_hides_commands", "level_out_of_reach"]
    assert not reaches(chosen)
    assert reaches(plan(TARGET))


def test_a_drive_that_may_hide_sectors_reaches_nothing() -> None:
    chosen = plan(replace(TARGET, kind=DiskKind.HDD, hidden=Hidden.UNKNOWN), CLEAR)

    assert "hidden_unknown" in codes(chosen.reasons)
    assert not reaches(chosen)


def test_flash_is_read_back_by_samples_and_all_else_whole() -> None:
    kinds = {kind: plan(replace(TARGET, kind=kind)).readback for kind in DiskKind}

    assert kinds == {
        DiskKind.HDD: ReadBack.FULL,
        DiskKind.UNKNOWN: ReadBack.FULL,
        DiskKind.SSD: ReadBack.SAMPLED,
        DiskKind.NVME: ReadBack.SAMPLED,
        DiskKind.EMMC: ReadBack.SAMPLED,
    }


@pytest.mark.parametrize("tag", ["", "  "])
def test_no_wipe_is_planned_for_a_machine_without_a_number(tag: str) -> None:
    with pytest.raises(GuardRefused):
        plan_wipe(TARGET, disk="d1", machine_tag=tag, level=CLEAR)


def test_no_wipe_is_planned_past_an_obstacle() -> None:
    with pytest.raises(GuardRefused):
        plan(replace(TARGET, obstacles=(Reason(code="mounted"),)))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ro": True}, ["read_only"]),
        ({"mountpoints": ["/mnt"]}, ["mounted"]),
        ({"mountpoints": ["[SWAP]"]}, ["swap"]),
        ({"mountpoints": ["/run/live/medium"]}, ["live_medium"]),
        ({"children": [{"path": "/dev/sda1", "type": "part", "mountpoints": ["/"]}]},
         ["live_medium"]),
        ({"children": [{"path": "/dev/sda1", "type": "part", "label": "PARCLIBRE-DATA",
                        "mountpoints": [None]}]}, ["live_medium"]),
        ({"children": [{"path": "/dev/md0", "type": "raid1", "mountpoints": [None]}]},
         ["built_on"]),
        ({"children": [{"path": "/dev/sda2", "type": "part", "children": [
            {"path": "/dev/mapper/vg-home", "type": "lvm", "mountpoints": ["/home"]}]}]},
         ["built_on", "mounted"]),
        ({"size": 0}, ["empty"]),
        ({"mountpoints": [None]}, []),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_disk_in_use_is_refused_with_its_reason(
    tmp_path: Path, change: dict[str, object], expected: list[str]
) -> None:
    drive = Drive(path=filled(tmp_path / "sda", MIB))

    found = find_target(drive.path, _Listing(drive, change))

    assert codes(found.obstacles) == expected


class _Listing(FakeTools):
    """A computer whose lsblk says something else of its only disk."""

    def __init__(self, drive: Drive, change: dict[str, object]) -> None:
        super().__init__(drive)
        self._change = change

    def run(self, command, *, timeout_s: float) -> Finished:
        done = super().run(command, timeout_s=timeout_s)
        if command[0] != "lsblk":
            return done
        rows = json.loads(done.stdout)["blockdevices"]
        rows[0].update(self._change)
        return Finished(status=0, stdout=json.dumps({"blockdevices": rows}), stderr="")


@pytest.mark.parametrize(
    ("identity", "sectors", "dco", "expected"),
    [
        ("hpa+dco", "976773168/976773168", "976773168", Hidden.NONE),
        ("hpa+dco", "976773168/976773168", None, Hidden.NONE),
        ("hpa+dco", "976773000/976773000", None, Hidden.UNKNOWN),
        ("hpa", "976773000/976773000", None, Hidden.NONE),
        ("hpa", "900000000/976773168", None, Hidden.REMAINING),
        ("hpa+dco", "900000000/900000000", "976773168", Hidden.REMAINING),
        ("", "20971520/1(1?), HPA setting seems invalid", None, Hidden.NONE),
        ("", None, None, Hidden.NONE),
        ("hpa", None, None, Hidden.UNKNOWN),
    ],
)
def test_what_a_drive_hides_is_known_or_said_unknown(
    identity: str, sectors: str | None, dco: str | None, expected: Hidden
) -> None:
    class Says(FakeTools):
        def run(self, command, *, timeout_s: float) -> Finished:
            told = {"-N": f" max sectors   = {sectors}\n" if sectors else "",
                    "--dco-identify": f"\tReal max sectors: {dco}\n" if dco else ""}  # fmt: skip
            return Finished(status=0, stdout=told[command[1]], stderr="")

    asked = AtaIdentity(hpa="hpa" in identity, dco="dco" in identity)

    hidden, native_bytes = hidden_of(TARGET, asked, Says())

    assert hidden is expected
    assert expected is not Hidden.REMAINING or native_bytes == 976773168 * 512


def test_only_whole_drives_are_found(tmp_path: Path) -> None:
    drive = Drive(path=filled(tmp_path / "sda", MIB))

    found = find_targets(_Listing(drive, {"type": "rom"}))

    assert found == ()
    assert len(find_targets(FakeTools(drive))) == 1


def test_a_path_that_is_no_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        find_target(tmp_path / "sdz", FakeTools())
    with pytest.raises(NotFound):
        find_target(Path("/dev/null"), FakeTools())


def test_behind_a_bridge_nothing_is_offered_but_what_it_tells_is_used(tmp_path: Path) -> None:
    drive = Drive(
        path=filled(tmp_path / "sda", MIB), transport="usb", rotating=True, model="ST500LM012"
    )

    found = find_target(drive.path, FakeTools(drive))
    silent = find_target(drive.path, FakeTools(drive, missing=["hdparm"]))

    assert (found.kind, found.offers, found.hidden) == (DiskKind.HDD, (), Hidden.NONE)
    assert (silent.kind, silent.hidden) == (DiskKind.UNKNOWN, Hidden.UNKNOWN)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20),
       lambda inner: st.lists(inner, max_size=3)
       | st.dictionaries(st.sampled_from(["blockdevices", "name", "path", "type", "size", "tran",
                                          "mountpoints", "children", "rota", "model"]),
                         inner, max_size=6), max_leaves=20))  # fmt: skip
def test_whatever_lsblk_says_never_breaks_the_search(document: object) -> None:
    class Hostile(FakeTools):
        def run(self, command, *, timeout_s: float) -> Finished:
            stdout = json.dumps({"blockdevices": document}) if command[0] == "lsblk" else ""
            return Finished(status=0, stdout=stdout, stderr="")

    try:
        found = find_targets(Hostile())
    except FleetError:
        return
    assert all(target.size_bytes >= 0 for target in found)


def test_every_technique_has_a_name() -> None:
    assert all(technique_name(one) != one for one in Technique)


def test_every_code_of_the_wipe_has_a_sentence(repository: Path) -> None:
    used = set()
    for module in (repository / "reconditioning").glob("wipe_*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                used |= set(_codes_of(node))
    known = sentences()

    assert len(used) > 25
    assert used - known.keys() == set()


def _codes_of(call: ast.Call) -> list[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr  # type: ignore[attr-defined]
    values = [one.value for one in call.keywords if one.arg == "code" and name == "Reason"]
    values += call.args[:1] if name in ("GivenUp", "problem") else []
    return [str(value.value) for value in values if isinstance(value, ast.Constant)]


def test_a_sentence_without_its_parameters_is_still_one() -> None:
    for code, template in sentences().items():
        names = {name for _t, name, _f, _c in string.Formatter().parse(template) if name}

        said = wipe_sentence(Reason(code=code))

        assert said
        assert ("?" in said) == bool(names) or "?" in template


def test_a_code_of_a_newer_program_is_shown_as_it_is() -> None:
    assert technique_name("moon_light") == "moon_light"
    assert (
        wipe_sentence(Reason(code="moon_phase", params={"is": "full"})) == "Moon phase (is full)."
    )
