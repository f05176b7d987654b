# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives that erase themselves, honest and not: the file behind them is looked at from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fleet.adapters.disk_direct import Disk
from fleet.model.policy import CLEAR, PURGE
from fleet.model.wipe import FailedWipe, Hidden, ReadBack, Technique, VerifiedWipe, WipeResult
from reconditioning.wipe_ata import PASSWORD, release
from reconditioning.wipe_find import find_target
from tests.reconditioning.fake_drive import MIB, SECRET, Drive, FakeTools, filled
from tests.reconditioning.wiping import TAG, planned, wiped

T = Technique
NAMES = {"ata": "sda", "nvme": "nvme0n1", "emmc": "mmcblk0"}


def drive(folder: Path, bus: str = "ata", *, size: int = 8 * MIB, **faults: Any) -> Drive:
    return Drive(path=filled(folder / NAMES[bus], size), **faults)


def reasons_of(result: WipeResult) -> list[str]:
    assert isinstance(result, FailedWipe)
    return [reason.code for reason in result.reasons]


@pytest.mark.parametrize(
    ("bus", "faults", "technique"),
    [
        ("ata", {}, T.ATA_SANITIZE_BLOCK),
        ("ata", {"refuses": {"--sanitize-block-erase"}}, T.ATA_SANITIZE_CRYPTO),
        ("ata", {"sanitize": False}, T.ATA_ERASE_ENHANCED),
        ("ata", {"sanitize_frozen": True}, T.ATA_ERASE_ENHANCED),
        ("nvme", {}, T.NVME_SANITIZE_BLOCK),
        ("nvme", {"sanicap": 1}, T.NVME_SANITIZE_CRYPTO),
        ("nvme", {"sanicap": 4}, T.NVME_SANITIZE_OVERWRITE),
        ("nvme", {"sanicap": 0}, T.NVME_FORMAT_CRYPTO),
        ("nvme", {"sanicap": 0, "fna": 0}, T.NVME_FORMAT_USER),
        ("nvme", {"refuses": {"sanitize"}}, T.NVME_FORMAT_CRYPTO),
        ("nvme", {"fails": {"sanitize"}}, T.NVME_FORMAT_CRYPTO),
        ("emmc", {}, T.EMMC_SANITIZE),
        ("emmc", {"emmc_bits": 0x11}, T.SECURE_DISCARD),
        ("emmc", {"emmc_bits": 0}, T.OVERWRITE),
    ],
)  # fmt: skip
def test_an_honest_drive_is_wiped_by_the_best_way_it_has(
    tmp_path: Path, bus: str, faults: dict[str, Any], technique: Technique
) -> None:
    disk = drive(tmp_path, bus, **faults)

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert isinstance(result, VerifiedWipe), reasons_of(result)
    assert result.record.technique is technique
    assert SECRET not in disk.content()
    assert result.record.readback is not None
    assert result.record.readback.markers_planted >= 20


@pytest.mark.parametrize("bus", ["ata", "nvme", "emmc"])
@pytest.mark.parametrize("asked", ["first", "next"])
def test_a_drive_that_acknowledges_and_keeps_the_data_gets_nothing(
    tmp_path: Path, bus: str, asked: str
) -> None:
    refused = {"sanitize", "--sanitize-block-erase"} if asked == "next" else set()
    disk = drive(tmp_path, bus, lies=True, refuses=frozenset(refused))

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    if bus == "emmc" and asked == "next":
        assert result.record.technique is T.SECURE_DISCARD
    assert "marker_found" in reasons_of(result)
    assert SECRET in disk.content()


@pytest.mark.parametrize("technique", [T.ATA_SANITIZE_CRYPTO, T.ATA_ERASE_ENHANCED])
def test_a_lie_about_a_new_key_is_seen_though_noise_is_allowed(
    tmp_path: Path, technique: Technique
) -> None:
    kept = {T.ATA_SANITIZE_CRYPTO: {"--sanitize-block-erase"}, T.ATA_ERASE_ENHANCED: set()}
    disk = drive(
        tmp_path, lies=True, refuses=frozenset(kept[technique]),
        sanitize=technique is T.ATA_SANITIZE_CRYPTO,
    )  # fmt: skip

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert result.record.technique is technique
    assert {"marker_found", "old_data_found"} <= set(reasons_of(result))


def test_a_drive_that_will_not_erase_itself_is_overwritten_which_is_only_a_clear(
    tmp_path: Path,
) -> None:
    disk = drive(tmp_path, refuses=frozenset({"--sanitize-block-erase", "--sanitize-overwrite",
                 "--sanitize-crypto-scramble", "--security-set-pass"}))  # fmt: skip

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert isinstance(result, VerifiedWipe)
    assert result.record.technique is T.OVERWRITE
    assert result.record.level == CLEAR
    assert result.record.readback is not None
    assert result.record.readback.kind is ReadBack.FULL
    assert [reason.code for _technique, reason in result.record.tried] == ["command_refused"] * 5
    assert set(disk.content()) == {0}


def test_a_frozen_drive_is_freed_by_a_sleep_when_a_person_allows_it(tmp_path: Path) -> None:
    disk = drive(tmp_path, sanitize=False, frozen=True)
    allowed = wiped(FakeTools(disk), disk.path, level=PURGE, unfreeze=disk.suspend)

    again = drive(tmp_path, sanitize=False, frozen=True)
    refused = wiped(FakeTools(again), again.path, level=PURGE)

    assert allowed.record.technique is T.ATA_ERASE_ENHANCED
    assert isinstance(refused, VerifiedWipe)
    assert refused.record.technique is T.OVERWRITE
    assert refused.record.level == CLEAR
    assert [one.code for _t, one in refused.record.tried] == ["drive_frozen", "drive_frozen"]


def test_a_sanitize_cut_by_a_power_failure_ends_before_ours_begins(tmp_path: Path) -> None:
    disk = drive(tmp_path)
    disk.start("zeros")
    disk.pass_time()

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert isinstance(result, VerifiedWipe)
    assert disk.asked.index("--sanitize-status") < disk.asked.index("--sanitize-block-erase")
    assert SECRET not in disk.content()


def test_a_drive_that_stalls_is_not_waited_for_for_ever_and_gets_nothing(tmp_path: Path) -> None:
    disk = drive(tmp_path, stalls=True, sanitize=True, lies=True)

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert ("stalled" in {reason.code for _t, reason in result.record.tried}) and isinstance(
        result, FailedWipe
    )


def test_a_drive_whose_log_says_nothing_of_a_sanitize_is_not_believed(tmp_path: Path) -> None:
    disk = drive(tmp_path, forgets=True)

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert SECRET not in disk.content()
    assert reasons_of(result) == ["device_log_disagrees"]


def test_a_failed_security_erase_leaves_no_password_behind(tmp_path: Path) -> None:
    disk = drive(tmp_path, sanitize=False, fails=frozenset({"security-erase"}))

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    assert result.record.technique is T.OVERWRITE
    assert disk.password is None
    assert not disk.locked


def test_a_drive_left_locked_by_a_cut_is_refused_then_opened_with_our_password(
    tmp_path: Path,
) -> None:
    disk = drive(tmp_path, password=PASSWORD, locked=True)
    tools = FakeTools(disk)

    locked = find_target(disk.path, tools)
    opened = release(tools, str(disk.path))

    assert [reason.code for reason in locked.obstacles] == ["ata_locked"]
    assert opened
    assert find_target(disk.path, tools).obstacles == ()


def test_a_drive_locked_by_somebody_stays_refused(tmp_path: Path) -> None:
    disk = drive(tmp_path, password="azerty", locked=True)
    tools = FakeTools(disk)

    opened = release(tools, str(disk.path))

    assert not opened
    assert find_target(disk.path, tools).obstacles


@pytest.mark.parametrize("hidden_by", ["hpa", "dco"])
def test_hidden_sectors_are_given_back_marked_and_wiped(tmp_path: Path, hidden_by: str) -> None:
    disk = drive(tmp_path, rotating=True, hidden_bytes=3 * MIB, hidden_by=hidden_by)

    result = wiped(FakeTools(disk), disk.path, level=CLEAR)

    assert isinstance(result, VerifiedWipe), reasons_of(result)
    assert result.record.hidden is Hidden.LIFTED
    assert result.record.bytes_written == 8 * MIB
    assert set(disk.content()) == {0}


def test_hidden_sectors_that_stay_hidden_spoil_the_proof(tmp_path: Path) -> None:
    disk = drive(tmp_path, rotating=True, hidden_bytes=3 * MIB, keeps_hiding=True)

    result = wiped(FakeTools(disk), disk.path, level=CLEAR)

    assert reasons_of(result) == ["hidden_sectors_remaining"]
    assert SECRET in disk.content()


def test_sectors_given_back_that_the_kernel_does_not_show_spoil_the_proof(tmp_path: Path) -> None:
    class Blind(FakeTools):
        """A kernel that keeps the old size."""

        @contextmanager
        def open(self, path: Path) -> Iterator[Disk]:
            with super().open(path) as disk:
                yield FirstHalf(disk)

    disk = drive(tmp_path, rotating=True, hidden_bytes=4 * MIB)

    result = wiped(Blind(disk), disk.path, level=CLEAR)

    assert reasons_of(result) == ["hidden_sectors_remaining"]


class FirstHalf:
    """A disk of which the kernel shows half."""

    size_bytes = 4 * MIB

    def __init__(self, disk: Disk) -> None:
        self.read, self.write, self.flush = disk.read, disk.write, disk.flush
        self.write_zeros = disk.write_zeros


def test_a_drive_that_does_not_tell_its_real_size_gets_no_certificate(tmp_path: Path) -> None:
    disk = drive(tmp_path, rotating=True, dco_silent=True)

    result = wiped(FakeTools(disk), disk.path, level=CLEAR)

    assert reasons_of(result) == ["hidden_sectors_unknown"]


def test_a_missing_program_is_a_way_less_not_a_crash(tmp_path: Path) -> None:
    disk = drive(tmp_path, "nvme")

    result = wiped(FakeTools(disk, missing=["nvme"]), disk.path, level=PURGE)

    assert result.record.technique is T.OVERWRITE
    assert result.record.level == CLEAR


def test_every_word_of_the_tools_is_kept_with_its_digest(tmp_path: Path) -> None:
    disk = drive(tmp_path, sanitize=False)

    result = wiped(FakeTools(disk), disk.path, level=PURGE)

    logs = {log.name: log for log in result.record.logs}
    assert PASSWORD in logs["set password"].command
    assert "SECURITY_ERASE" in logs["ata_erase_enhanced"].text
    assert all(len(log.digest) == 64 for log in logs.values())


def test_another_namespace_of_the_same_drive_is_never_erased_with_it(tmp_path: Path) -> None:
    first = drive(tmp_path, "nvme", fna=5)
    second = Drive(path=filled(tmp_path / "nvme0n2"), serial=first.serial, fna=5)
    tools = FakeTools(first, second)

    plan = planned(tools, first.path, level=PURGE)

    assert plan.techniques == (T.OVERWRITE,)
    assert plan.machine_tag == TAG
