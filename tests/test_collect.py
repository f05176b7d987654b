# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collector: how tools end, what is redacted, what the kernel tells, and its report file."""

from __future__ import annotations

import ast
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fleet.model.facts import Environment
from fleet.readers.lshw import read_lshw
from fleet.readers.parclibre_report import read_parclibre_report
from reconditioning import collect as collector
from reconditioning.collect import Places, collect, main, redactor
from tests.readers.disk_samples import shared_samples

SOURCE = Path(collector.__file__)
NOW = datetime(2025, 1, 15, 9, 30, tzinfo=UTC)
DMIDECODE = """\
# dmidecode 3.4
Handle 0x0001, DMI type 1, 27 bytes
System Information
\tManufacturer: Dell Inc.
\tProduct Name: Latitude 5400
\tSerial Number: 7XYZ1Q2
\tUUID: 4c4c4544-0058-5910-805a-b7c04f315132

"""


class Bench:
    """A made-up PC: programs on PATH that are shell scripts, and a folder for /sys and /proc."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.places = Places(sys=folder / "sys", proc=folder / "proc")
        self.programs.mkdir()

    def program(self, name: str, script: str, *, mode: int = 0o755) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(mode)

    def prints(self, name: str, text: str, *, status: int = 0) -> None:
        (self.programs / f"{name}.txt").write_text(text, encoding="utf-8")
        self.program(name, f"/bin/cat {self.programs}/{name}.txt\nexit {status}")

    def file(self, path: str, text: str = "") -> Path:
        target = self.places.sys.parent / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def link(self, path: str, target: str) -> None:
        """Link one folder of the made-up PC to another, as /sys does."""
        source = self.places.sys.parent / path
        source.parent.mkdir(parents=True, exist_ok=True)
        destination = self.places.sys.parent / target
        destination.mkdir(parents=True, exist_ok=True)
        source.symlink_to(destination)

    def disk(self, name: str, bus: str = "pci0000:00/ata1") -> None:
        self.link(f"sys/block/{name}", f"sys/devices/{bus}/block/{name}")
        self.file(f"sys/block/{name}/size", "1000215216\n")
        self.file(f"sys/block/{name}/queue/rotational", "0\n")
        self.file(f"sys/block/{name}/removable", "0\n")
        self.file(f"sys/block/{name}/device/model", "Samsung SSD \n")

    def card(self, name: str, mac: str, bus: str, assigned: str = "0") -> None:
        self.link(f"sys/class/net/{name}/device", f"sys/devices/{bus}")
        self.file(f"sys/class/net/{name}/address", f"{mac}\n")
        self.file(f"sys/class/net/{name}/addr_assign_type", f"{assigned}\n")

    def tools(self, timeout_s: float = 20) -> dict[str, Any]:
        tools: dict[str, Any] = collect(places=self.places, now=NOW, timeout_s=timeout_s)["tools"]
        return tools


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A PC without any tool: PATH holds only what a test puts there."""
    made = Bench(tmp_path)
    monkeypatch.setenv("PATH", str(made.programs))
    monkeypatch.setattr(collector, "SYSTEM_PATH", str(made.programs))
    return made


def decoded(run: dict[str, Any]) -> Any:
    return json.loads(run["output"])


def test_each_tool_says_how_it_ended(bench: Bench) -> None:
    bench.prints("lscpu", "Architecture: x86_64\n")
    bench.program("dmidecode", "echo '# dmidecode 3.4'; echo 'x: Permission denied' >&2; exit 1")
    bench.program("lsblk", "echo broken >&2; exit 32")
    bench.program("upower", f"echo $$ > {bench.programs}/pid; /bin/sleep 30 & /bin/sleep 30")

    started = time.monotonic()
    tools = bench.tools(timeout_s=0.5)

    assert time.monotonic() - started < 10
    assert {name: (run["status"], run["exit_status"]) for name, run in tools.items()} == {
        "dmidecode": ("denied", 1),
        "lshw": ("missing", None),
        "lscpu": ("ok", 0),
        "lsblk": ("failed", 32),
        "upower": ("timeout", None),
        "sysfs_net": ("ok", 0),
        "sysfs_storage": ("ok", 0),
    }
    assert tools["lscpu"]["output"] == "Architecture: x86_64\n"
    assert "broken" in tools["lsblk"]["output"]
    assert tools["upower"]["seconds_ms"] >= 500
    with pytest.raises(ProcessLookupError):
        os.kill(int((bench.programs / "pid").read_text()), 0)


def test_a_tool_answers_in_english_whatever_the_locale(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    monkeypatch.setenv("LANGUAGE", "fr")
    bench.program("lscpu", 'echo "$LC_ALL/$LANG/$LANGUAGE"')

    assert bench.tools()["lscpu"]["output"] == "C/C/\n"


def test_a_tool_that_floods_its_output_is_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "MAX_OUTPUT_BYTES", 4096)
    bench.program("lscpu", "while :; do echo flood flood flood; done")

    flooded = bench.tools()["lscpu"]

    assert flooded["status"] == "failed"
    assert len(flooded["output"]) <= 4096


@pytest.mark.parametrize(
    ("status", "expected"), [(0, "ok"), (4, "ok"), (64, "ok"), (2, "failed"), (66, "failed")]
)
def test_smartctl_failed_only_when_it_read_nothing(
    bench: Bench, status: int, expected: str
) -> None:
    bench.disk("sda")
    bench.prints("smartctl", '{"json_format_version": [1, 0]}', status=status)

    assert bench.tools()["smartctl:/dev/sda"]["status"] == expected


def test_an_unknown_usb_bridge_is_tried_again_through_sat(bench: Bench) -> None:
    bench.disk("sdb")
    bench.program(
        "smartctl",
        'case "$*" in *"-d sat"*) echo good; exit 0;; esac; echo "Unknown USB bridge"; exit 1',
    )

    run = bench.tools()["smartctl:/dev/sdb"]

    assert (run["status"], run["output"]) == ("ok", "good\n")


def test_an_old_smartctl_is_asked_for_text(bench: Bench) -> None:
    bench.disk("sda")
    bench.program(
        "smartctl",
        'case "$*" in *json*) echo "=> UNRECOGNIZED OPTION: json"; exit 1;; esac; echo text',
    )

    assert bench.tools()["smartctl:/dev/sda"]["output"] == "text\n"


def test_an_old_lsblk_is_asked_for_fewer_columns(bench: Bench) -> None:
    bench.program(
        "lsblk",
        'case "$*" in *SUBSYSTEMS*) echo "unknown column: X" >&2; exit 1;; esac; echo "{}"',
    )

    assert bench.tools()["lsblk"]["status"] == "ok"


def test_only_physical_disks_are_listed_with_what_the_kernel_says(bench: Bench) -> None:
    for name in ("loop0", "zram0", "sr0", "dm-0", "mmcblk0boot0", "nvme0n1p1"):
        bench.file(f"sys/block/{name}/size", "8")
    bench.disk("nvme0n1")
    bench.disk("sdb", bus="pci0000:00/usb1/1-2")

    storage = decoded(bench.tools()["sysfs_storage"])

    assert storage["disks"] == [
        {
            "name": "nvme0n1",
            "size": 512110190592,
            "rota": False,
            "rm": False,
            "model": "Samsung SSD",
            "serial": None,
            "tran": "nvme",
        },
        {
            "name": "sdb",
            "size": 512110190592,
            "rota": False,
            "rm": False,
            "model": "Samsung SSD",
            "serial": None,
            "tran": "usb",
        },
    ]


@pytest.mark.parametrize(
    ("kind", "vendor", "device", "expected"),
    [
        ("0x010400", "0x8086", "0x282a", "RAID 0000:00:17.0 [8086:282a] no driver"),
        ("0x010400", "0x8086", "0x9a0b", "VMD 0000:00:17.0 [8086:9a0b] no driver"),
        ("0x088000", "0x8086", "0x467f", "VMD 0000:00:17.0 [8086:467f] no driver"),
        ("0x010601", "0x8086", "0xa282", None),
        ("0x010802", "0x144d", "0xa808", None),
    ],
)
def test_a_controller_that_hides_disks_is_named(
    bench: Bench, kind: str, vendor: str, device: str, expected: str | None
) -> None:
    for name, text in (("class", kind), ("vendor", vendor), ("device", device)):
        bench.file(f"sys/bus/pci/devices/0000:00:17.0/{name}", f"{text}\n")

    storage = decoded(bench.tools()["sysfs_storage"])

    assert storage["raid_or_vmd"] == ([expected] if expected else [])


def test_network_cards_give_their_own_address_and_whether_they_can_be_unplugged(
    bench: Bench,
) -> None:
    bench.card("enp0s31f6", "E8:6A:64:00:00:01", "pci0000:00/0000:00:1f.6")
    bench.card("enx00e04c", "00:e0:4c:00:00:02", "pci0000:00/usb2/2-1")
    bench.card("enp9s0", "00:e0:4c:00:00:03", "pci0000:00/0000:09:00.0")
    bench.file("sys/devices/pci0000:00/0000:09:00.0/removable", "removable\n")
    bench.card("wlp2s0", "3a:00:00:00:00:04", "pci0000:00/0000:02:00.0", assigned="3")
    bench.file("sys/class/net/lo/address", "00:00:00:00:00:00")

    assert decoded(bench.tools()["sysfs_net"]) == [
        {"name": "enp0s31f6", "mac": "e8:6a:64:00:00:01", "removable": False},
        {"name": "enp9s0", "mac": "00:e0:4c:00:00:03", "removable": True},
        {"name": "enx00e04c", "mac": "00:e0:4c:00:00:02", "removable": True},
    ]


def test_the_battery_of_the_pc_is_kept_but_not_that_of_a_mouse(bench: Bench) -> None:
    uevent = "POWER_SUPPLY_NAME=BAT0\nPOWER_SUPPLY_ENERGY_FULL=40000000"
    bench.file("sys/class/power_supply/BAT0/type", "Battery\n")
    bench.file("sys/class/power_supply/BAT0/uevent", f"{uevent}\n")
    bench.file("sys/class/power_supply/hidpp_battery_0/type", "Battery\n")
    bench.file("sys/class/power_supply/hidpp_battery_0/scope", "Device\n")
    bench.file("sys/class/power_supply/AC/type", "Mains\n")

    tools = bench.tools()

    assert [name for name in tools if name.startswith("sysfs_battery")] == ["sysfs_battery:BAT0"]
    assert tools["sysfs_battery:BAT0"]["output"] == uevent


ON_DISK = "27 1 8:2 / / rw - ext4 /dev/sda2 rw\n"


@pytest.mark.parametrize(
    ("arguments", "mounts", "expected"),
    [
        ("quiet boot=live components", ON_DISK, "live"),
        ("quiet parclibre.mode=recondition", ON_DISK, "live"),
        ("quiet", "27 1 0:25 / / rw - overlay overlay rw,lowerdir=/x\n", "live"),
        ("quiet", "27 1 7:0 / / ro - squashfs /dev/loop0 ro\n", "live"),
        ("quiet", ON_DISK, "installed"),
        ("quiet", "27 1 0:30 / / rw - btrfs /dev/nvme0n1p2 rw\n", "installed"),
        ("quiet", "27 1 0:30 / / rw - nfs server:/root rw\n", "unknown"),
        ("quiet", "27 1 8:18 / / rw - ext4 /dev/sdb2 rw\n", "unknown"),
        ("quiet reboot=livewire", "", "unknown"),
    ],
)
def test_the_environment_is_told_only_when_it_is_certain(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    mounts: str,
    expected: str,
) -> None:
    monkeypatch.setattr(collector, "CONTAINER_MARKS", ())
    bench.file("proc/cmdline", arguments)
    bench.file("proc/self/mountinfo", mounts)
    bench.link("sys/dev/block/8:18", "sys/devices/pci0000:00/usb1/1-2/block/sdb/sdb2")

    assert collector.environment(bench.places) == expected


def test_a_container_is_neither_live_nor_installed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "CONTAINER_MARKS", (str(bench.file("proc/.dockerenv")),))
    bench.file("proc/self/mountinfo", "27 1 0:25 / / rw - overlay overlay rw\n")

    assert collector.environment(bench.places) == "unknown"


PERSON = "amelie.durand"
PRIVATE = f"""\
{{"mountpoint": "/home/{PERSON}/Documents secrets"}}
{{"mountpoint": "/media/{PERSON}/CLE FAMILLE", "name": "salle12--marie--pc--vg-root"}}
wireless=IEEE 802.11g ESSID:"Livebox-Durand"  on salle12-marie-pc
{{"ssid": "Livebox-Durand", "owner": "{PERSON}"}}
ssid: Livebox-Durand
"""


def test_people_hosts_networks_and_mount_points_are_never_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "salle12-marie-pc")
    monkeypatch.setenv("SUDO_USER", PERSON)
    for tool in ("dmidecode", "lscpu", "lsblk", "upower", "smartctl", "lshw"):
        bench.prints(tool, PRIVATE)
    bench.disk("sda")

    text = json.dumps(collect(places=bench.places), ensure_ascii=False).casefold()

    for private in (PERSON, "durand", "livebox", "secrets", "famille", "marie"):
        assert private not in text


def test_a_host_named_after_its_hardware_hides_no_hardware_fact(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "latitude")
    monkeypatch.setenv("SUDO_USER", "dell")
    bench.file("sys/class/dmi/id/product_name", "Latitude 5400\n")

    assert redactor(bench.places)(DMIDECODE) == DMIDECODE


def test_lshw_loses_host_name_addresses_labels_and_volume_ids(bench: Bench) -> None:
    volume = {
        "id": "volume",
        "class": "volume",
        "serial": "11111111-2222-3333-4444-555555555555",
        "logicalname": ["/dev/sda1", "/srv/ecole"],
        "configuration": {"label": "DATA-ECOLE", "lastmountpoint": "/srv/ecole"},
    }
    card = {"id": "network", "class": "network", "configuration": {"ip": "192.0.2.7"}}
    disk = {"id": "disk", "class": "disk", "serial": "S3Z8NB0K", "children": [volume]}
    pc = {"id": "pc-ecole", "class": "system", "serial": "7XYZ1Q2", "children": [disk, card]}
    bench.prints("lshw", json.dumps(pc))

    output = bench.tools()["lshw"]["output"]

    for private in ("ecole", "ECOLE", "192.0.2.7", "11111111"):
        assert private not in output
    assert "7XYZ1Q2" in output
    assert "S3Z8NB0K" in output
    assert "/dev/sda1" in output


def test_a_phone_seen_by_upower_is_left_out(bench: Bench) -> None:
    battery = "Device: /org/freedesktop/UPower/devices/battery_BAT0\n  power supply:  yes\n"
    phone = "Device: /org/x/phone_1\n  model:  iPhone de Zoé\n  power supply:         no\n"
    bench.prints("upower", battery + phone + "Daemon:\n  version: 1\n")

    assert bench.tools()["upower"]["output"] == battery + "Daemon:\n  version: 1\n"


def test_redaction_changes_no_fact_of_real_lshw_dumps() -> None:
    samples = sorted((shared_samples() / "lshw_json").glob("*.json"))

    for sample in samples:
        text = sample.read_text(encoding="utf-8", errors="replace")
        assert read_lshw(collector.redact_lshw(text)) == read_lshw(text), sample.name
    assert samples


def test_the_report_is_read_back_by_our_reader(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "CONTAINER_MARKS", ())
    bench.prints("dmidecode", DMIDECODE)
    bench.disk("sda")
    bench.card("enp0s31f6", "e8:6a:64:00:00:01", "pci0000:00/0000:00:1f.6")
    bench.file("sys/bus/pci/devices/0000:00:17.0/class", "0x010400")
    bench.file("proc/cmdline", "boot=live")

    report = collect(places=bench.places, now=NOW)
    facts = read_parclibre_report(json.dumps(report))[0]

    assert report["collected_at"] == "2025-01-15T09:30:00Z"
    assert (facts.manufacturer, facts.model, facts.serial) == (
        "Dell Inc.",
        "Latitude 5400",
        "7XYZ1Q2",
    )
    assert facts.environment is Environment.LIVE
    assert [nic.mac for nic in facts.nics] == ["e8:6a:64:00:00:01"]
    assert [disk.size_bytes for disk in facts.disks] == [512110190592]
    assert facts.hidden_storage


def test_the_file_is_named_after_the_serial_and_never_overwritten_unasked(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.prints("dmidecode", DMIDECODE)
    folder = tmp_path / "reports"
    folder.mkdir()

    assert main(["--output", str(folder)]) == 0
    written = list(folder.iterdir())
    assert len(written) == 1
    assert written[0].name.startswith("parclibre-7XYZ1Q2-20")
    assert stat.S_IMODE(written[0].stat().st_mode) == 0o644
    assert json.loads(written[0].read_text(encoding="utf-8"))["version"] == 1

    written[0].write_text("mine", encoding="utf-8")
    assert main(["--output", str(written[0])]) == 1
    assert "--force" in capsys.readouterr().err
    assert written[0].read_text(encoding="utf-8") == "mine"
    assert main(["--output", str(written[0]), "--force"]) == 0
    assert json.loads(written[0].read_text(encoding="utf-8"))["format"] == "parclibre-report"
    assert list(folder.iterdir()) == written


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("PF 0X/1", "PF-0X-1"),
        ("To Be Filled By O.E.M.", "inconnu"),
        ("", "inconnu"),
        ("...", "inconnu"),
    ],
)
def test_a_serial_is_made_fit_for_a_file_name(serial: str, expected: str) -> None:
    output = DMIDECODE.replace("7XYZ1Q2", serial)

    assert collector.serial_for_name({"tools": {"dmidecode": {"output": output}}}) == expected


def test_a_folder_that_does_not_exist_is_a_sentence_not_a_traceback(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--output", str(tmp_path / "absent" / "report.json")]) == 1
    assert "report.json" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "word"), [("fr_FR.UTF-8", "absent"), ("C", "missing")])
def test_missing_tools_are_told_in_the_user_s_language(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    language: str,
    word: str,
) -> None:
    for name in ("LANGUAGE", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", language)

    assert main(["--stdout"]) == 0

    told = capsys.readouterr()
    assert word in told.err
    assert json.loads(told.out)["tools"]["lshw"]["status"] == "missing"


def test_the_collector_needs_only_python_3_9_and_its_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"), feature_version=(3, 9))

    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else
                     [alias.name for alias in node.names])
    }  # fmt: skip

    assert imported <= sys.stdlib_module_names
    assert "fleet" not in imported
    assert not [node for node in ast.walk(tree) if type(node).__name__ in ("Match", "TryStar")]


def old_python() -> str:
    """The path of a Python 3.9; skips when there is none."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which("python3.9"), *pyenv.glob("3.9.*/bin/python")]
    for candidate in (str(path) for path in candidates if path is not None):
        probe = subprocess.run([candidate, "--version"], capture_output=True, text=True)
        if probe.stdout.startswith("Python 3.9"):
            return candidate
    pytest.skip("No Python 3.9 on this computer")


def test_the_one_file_alone_runs_on_python_3_9(tmp_path: Path) -> None:
    alone = tmp_path / "parclibre-collect"
    shutil.copy(SOURCE, alone)

    ended = subprocess.run(
        [old_python(), "-I", str(alone), "--stdout"], capture_output=True, text=True, cwd=tmp_path
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["program"] == collector.PROGRAM


def test_the_one_file_can_be_executed() -> None:
    assert SOURCE.read_text(encoding="utf-8").startswith("#!/usr/bin/env python3\n")


@pytest.mark.parametrize("tool", ["lscpu", "lsblk", "lshw"])
def test_a_real_tool_of_this_computer_is_read(tool: str) -> None:
    if shutil.which(tool, path=collector.SYSTEM_PATH) is None:
        pytest.skip(f"{tool} is not installed here")

    run = collect()["tools"][tool]

    assert run["status"] == "ok", run["output"]
    assert run["output"].strip()


def test_this_computer_s_report_names_neither_its_host_nor_its_user() -> None:
    text = json.dumps(collect())

    for private in (socket.gethostname(), os.environ.get("SUDO_USER", "")):
        if len(private) > 3 and not collector.COMMON_WORDS.fullmatch(private):
            assert f'"{private}"' not in text
