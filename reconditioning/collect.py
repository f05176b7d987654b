#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what a running Linux PC says about itself in one report file, as raw evidence.

Ships alone to old machines: this one file, Python 3.9, standard library only. Nothing is
interpreted here and nothing guessed; a tool that cannot run is named with the reason. Logins,
names of people, Wi-Fi networks and file systems are taken out before anything is written.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

PROGRAM = "parclibre-collect 0.1"
FORMAT = "parclibre-report"
VERSION = 1

MAX_OUTPUT_BYTES = 16 * 1024 * 1024
TOOL_TIMEOUT_S = 60
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
REDACTED = "[redacted]"

LSBLK_COLUMNS = (
    "NAME,KNAME,PKNAME,TYPE,SIZE,ROTA,TRAN,VENDOR,MODEL,REV,SERIAL,WWN,RM,RO,HOTPLUG,SUBSYSTEMS,"
    "FSTYPE,MOUNTPOINT,LOG-SEC,PHY-SEC"
)
LSBLK_OLD_COLUMNS = "NAME,TYPE,SIZE,ROTA,TRAN,MODEL,SERIAL,RM"

# Intel Volume Management Device (drivers/pci/controller/vmd.c of Linux): NVMe disks behind it
# are not seen without its driver.
VMD_DEVICES = re.compile("201d|28c0|467f|4c3d|7d0b|9a0b|a77f|ad0b|b06f|b60b")
DISK_NAMES = re.compile(r"(?:sd|hd|vd|xvd)[a-z]+|nvme\d+n\d+|mmcblk\d+")
PRIVATE_PATH = re.compile(r"(/home|/media|/run/media|/mnt|/run/user)/[^\"\n]+")
PRIVATE_VALUE = re.compile(r"(?i)(\bb?e?ssid\\?\"?\s*[:=]\s*\\?\"?)(?![:=\s])[^\"\\\n]+")
PRIVATE_FOLDERS = ("/home", "/etc/NetworkManager/system-connections", "/var/lib/iwd")
LOGIN_VARIABLES = ("SUDO_USER", "LOGNAME", "USER")
LIVE_ARGUMENT = re.compile(r"boot=(?:live|casper)$|parclibre\.mode=")
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
LOCAL_DEVICE = re.compile(r"/dev/(?:sd|hd|vd|xvd|nvme|mmcblk|mapper/|dm-|md|disk/)")

# Values of a hostname or login that hide nobody, and that raw outputs hold for other reasons.
COMMON_WORDS = re.compile(
    r"(?i)localhost|localdomain|debian|ubuntu|zorin|mint|linux|live|user|root|admin|test|guest|host"
    r"|parclibre|computer|desktop|laptop|system|disk|intel|dell|lenovo|asus|acer|fujitsu|toshiba"
    r"|samsung|main|none|unknown|core|memory|network|display|battery|bridge|storage"
)
JUNK_SERIALS = re.compile(
    r"(?i)|none|default string|to be filled.*|system serial number|0+|not (specified|available)"
    r"|invalid|oem|n/a|123456789|0123456789|unknown|empty"
)

MESSAGES = {
    "written": ("Relevé écrit : {path}", "Report written: {path}"),
    "exists": ("{path} existe déjà ; ajoutez --force.", "{path} already exists; add --force."),
    "cannot_write": ("Impossible d’écrire {path} : {reason}.", "Cannot write {path}: {reason}."),
    "not_root": (
        "Sans les droits d’administration (sudo), le relevé est incomplet.",
        "Without administrator rights (sudo) the report is incomplete.",
    ),
    "missing": ("{tool} : absent, installez {package}", "{tool}: missing, install {package}"),
    "failed": ("{tool} : a échoué (code {status})", "{tool}: failed (status {status})"),
    "denied": ("{tool} : refusé, droits insuffisants", "{tool}: denied, not enough rights"),
    "timeout": ("{tool} : n’a pas répondu à temps", "{tool}: did not answer in time"),
    "about": ("Décrit ce PC dans un relevé.", "Describes this PC in a report."),
    "output": ("dossier ou fichier où écrire", "folder or file to write to"),
    "stdout": ("écrire sur la sortie standard", "write to standard output"),
    "force": ("remplacer un relevé qui existe déjà", "replace a report that already exists"),
}
PACKAGES = {"lscpu": "util-linux", "lsblk": "util-linux", "smartctl": "smartmontools"}

Json = dict[str, Any]
Redact = Callable[[str], str]


class Places(NamedTuple):
    """Where the kernel's files are; tests put a made-up machine there."""

    sys: Path = Path("/sys")
    proc: Path = Path("/proc")

    def devices(self, folder: str) -> list[Path]:
        """Return the entries of a folder of /sys, in order; none when it is absent."""
        return sorted((self.sys / folder).glob("*"))


THIS_PC = Places()


def read(path: Path) -> str:
    """Return a small file's text without surrounding blanks; empty when unreadable."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(64 * 1024).strip("\n\0 ")
    except OSError:
        return ""


def collect(
    *, places: Places = THIS_PC, now: datetime | None = None, timeout_s: float = TOOL_TIMEOUT_S
) -> Json:
    """Return the redacted report of this machine; ``timeout_s`` bounds each tool."""
    moment = (now or datetime.now(timezone.utc)).astimezone(timezone.utc)
    redact = redactor(places)
    tools = {
        name: {**run, "output": redact(run["output"])}
        for name, run in _run_tools(places, timeout_s).items()
    }
    return {
        "format": FORMAT,
        "version": VERSION,
        "program": PROGRAM,
        "collected_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "environment": environment(places),
        "clock": clock(places),
        "privileged": os.geteuid() == 0,
        "tools": tools,
    }


def _run_tools(places: Places, timeout_s: float) -> dict[str, Json]:
    tools = {
        "dmidecode": run_tool(["dmidecode"], timeout_s),
        "lshw": run_tool(["lshw", "-json", "-quiet"], timeout_s, redact_lshw),
        "lscpu": run_tool(["lscpu"], timeout_s),
        "lsblk": _lsblk(timeout_s),
        "upower": run_tool(["upower", "--dump"], timeout_s, keep_power_supplies),
    }
    for disk in disks(places):
        tools[f"smartctl:/dev/{disk.name}"] = _smartctl(f"/dev/{disk.name}", timeout_s)
    for supply in places.devices("class/power_supply"):
        # A mouse's or a phone's battery has the scope "Device".
        if read(supply / "type") == "Battery" and read(supply / "scope") != "Device":
            tools[f"sysfs_battery:{supply.name}"] = _read_run(read(supply / "uevent"))
    storage = {
        "raid_or_vmd": hiding_controllers(places),
        "disks": [_kernel_disk(disk) for disk in disks(places)],
    }
    tools["sysfs_net"] = _read_run(json.dumps(network_cards(places), ensure_ascii=False))
    tools["sysfs_storage"] = _read_run(json.dumps(storage, ensure_ascii=False))
    return tools


def run_tool(command: list[str], timeout_s: float, keep: Redact = str) -> Json:
    """Run one program and return how it ended (ok, missing, failed, denied, timeout).

    ``keep`` returns the part of its output that may be kept.
    """
    started = time.monotonic()
    status, exit_status, output = _execute(command, timeout_s)
    spent_ms = int((time.monotonic() - started) * 1000)
    return _run(status, exit_status, spent_ms, keep(output))


def _run(status: str, exit_status: int | None, ms: int, output: str) -> Json:
    return {"status": status, "exit_status": exit_status, "seconds_ms": ms, "output": output}


def _read_run(text: str) -> Json:
    return _run("ok", 0, 0, text) if text else _run("failed", None, 0, "")


def _execute(command: list[str], timeout_s: float) -> tuple[str, int | None, str]:
    path = os.pathsep.join(filter(None, (os.environ.get("PATH"), SYSTEM_PATH)))
    program = shutil.which(command[0], path=path)
    if program is None:
        return "missing", None, ""
    environ = {**os.environ, "PATH": path, "LC_ALL": "C", "LANG": "C"}
    environ.pop("LANGUAGE", None)
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            process = subprocess.Popen(
                [program, *command[1:]],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environ,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            return "denied" if isinstance(error, PermissionError) else "failed", None, str(error)
        with contextlib.suppress(OSError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (MAX_OUTPUT_BYTES,) * 2)
        exit_status = _wait(process, timeout_s)
        return _ending(exit_status, _text_of(out), _text_of(err))


def _wait(process: subprocess.Popen[bytes], timeout_s: float) -> int | None:
    """Return the exit status; None when the tool had to be stopped.

    A tool stuck in the kernel on a dying disk cannot be killed: it is then left behind.
    """
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)
        return None


def _text_of(file: Any) -> str:
    file.seek(0)
    text: str = file.read(MAX_OUTPUT_BYTES).decode("utf-8", errors="replace")
    return text


def _ending(exit_status: int | None, out: str, err: str) -> tuple[str, int | None, str]:
    if exit_status is None:
        return "timeout", None, out
    if exit_status == 0:
        return "ok", 0, out
    both = out + err
    denied = re.search(r"(?i)permission denied|operation not permitted|must be root", both)
    return "denied" if denied else "failed", exit_status, both


def _lsblk(timeout_s: float) -> Json:
    """Run lsblk; one too old for a column gets fewer of them."""
    for columns in (LSBLK_COLUMNS, LSBLK_OLD_COLUMNS):
        run = run_tool(["lsblk", "--json", "--bytes", "--output", columns], timeout_s)
        if "unknown column" not in run["output"]:
            break
    return run


def _smartctl(device: str, timeout_s: float) -> Json:
    """Run smartctl; through SAT when it does not know the USB bridge; as text when it is old.

    Its exit status is a bit mask (smartctl(8)): only bits 0 and 1 say that nothing was read.
    """
    run = run_tool(["smartctl", "-x", "--json=c", device], timeout_s)
    if "nknown USB bridge" in run["output"]:
        run = run_tool(["smartctl", "-x", "--json=c", "-d", "sat", device], timeout_s)
    elif "UNRECOGNIZED OPTION" in run["output"]:
        run = run_tool(["smartctl", "-x", device], timeout_s)
    status = run["exit_status"] or 0
    return {**run, "status": "ok"} if status > 0 and not status & 0b11 else run


def disks(places: Places) -> list[Path]:
    """Return the folders of physical disks in /sys/block."""
    return [path for path in places.devices("block") if DISK_NAMES.fullmatch(path.name)]


def _kernel_disk(disk: Path) -> dict[str, Any]:
    """Return a disk as the kernel sees it, with lsblk's own key names."""
    sectors, flag = read(disk / "size"), {"0": False, "1": True}
    usb = "/usb" in str(disk.resolve())
    return {
        "name": disk.name,
        "size": int(sectors) * 512 if sectors.isdigit() else None,
        "rota": flag.get(read(disk / "queue/rotational")),
        "rm": flag.get(read(disk / "removable")),
        "model": read(disk / "device/model") or read(disk / "device/name") or None,
        "serial": read(disk / "device/serial") or read(disk / "serial") or None,
        "tran": "usb" if usb else "nvme" if disk.name.startswith("nvme") else None,
    }


def hiding_controllers(places: Places) -> list[str]:
    """Return the PCI controllers in RAID or VMD mode, behind which disks may be hidden."""
    found = []
    for path in places.devices("bus/pci/devices"):
        kind, vendor, device = (
            read(path / name).replace("0x", "") for name in ("class", "vendor", "device")
        )
        vmd = vendor == "8086" and VMD_DEVICES.fullmatch(device)
        if kind.startswith("0104") or vmd:
            driver = path / "driver"
            told = driver.resolve().name if driver.exists() else "no driver"
            found.append(f"{'VMD' if vmd else 'RAID'} {path.name} [{vendor}:{device}] {told}")
    return found


def network_cards(places: Places) -> list[dict[str, Any]]:
    """Return physical network interfaces; not those under a random or borrowed address."""
    return [
        {"name": card.name, "mac": mac, "removable": _is_removable(card, places)}
        for card in places.devices("class/net")
        if (card / "device").exists() and read(card / "addr_assign_type") in ("", "0")
        if (mac := read(card / "address").lower())
    ]


def _is_removable(card: Path, places: Places) -> bool:
    """Tell whether an interface hangs on USB or on a port that the kernel calls external."""
    device = (card / "device").resolve()
    inside = [folder for folder in (device, *device.parents) if places.sys in folder.parents]
    return "/usb" in str(device) or any(read(f / "removable") == "removable" for f in inside)


def environment(places: Places) -> str:
    """Return live, installed or unknown: does this system run from the PC's own disk?"""
    arguments = read(places.proc / "cmdline").split()
    if any(LIVE_ARGUMENT.match(word) for word in arguments):
        return "live"
    if any(Path(mark).exists() for mark in CONTAINER_MARKS):
        return "unknown"
    number, kind, source = root_mount(places)
    if kind in ("overlay", "squashfs", "aufs"):
        return "live"
    device = (places.sys / "dev/block" / number).resolve()
    if "/usb" in str(device) or not LOCAL_DEVICE.match(source):
        return "unknown"
    return "installed"


def root_mount(places: Places) -> tuple[str, str, str]:
    """Return device number, file system and source of ``/`` (proc(5), mountinfo)."""
    found = ("", "", "")
    for line in read(places.proc / "self/mountinfo").splitlines():
        before, _dash, after = line.partition(" - ")
        fields, tail = before.split(" "), after.split(" ")
        if len(fields) > 4 and fields[4] == "/" and len(tail) > 1:
            found = (fields[2], tail[0], tail[1])
    return found


def clock(places: Places) -> str:
    """Return how this PC knows the time: ntp, rtc or unknown."""
    shown = run_tool(["timedatectl", "show", "--property=NTPSynchronized", "--value"], 5)
    if shown["output"].strip() == "yes":
        return "ntp"
    return "rtc" if places.devices("class/rtc") else "unknown"


def redactor(places: Places) -> Redact:
    """Return what takes this PC's people, hosts, networks and mount points out of a text."""
    firmware = [read(path).lower() for path in places.devices("class/dmi/id") if path.is_file()]
    words = {
        word
        for word in private_words()
        if len(word) > 2 and not COMMON_WORDS.fullmatch(word)
        if not any(word.lower() in value for value in firmware)
    }
    # Device mapper doubles the dashes of a volume group named after its host.
    words |= {word.replace("-", "--") for word in words}
    names = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    private = re.compile(rf"(?i)(?<![^\W_])(?:{names})(?![^\W_])") if names else None

    def redact(text: str) -> str:
        text = PRIVATE_VALUE.sub(rf"\1{REDACTED}", PRIVATE_PATH.sub(rf"\1/{REDACTED}", text))
        return private.sub(REDACTED, text) if private else text

    return redact


def private_words() -> set[str]:
    """Return logins, people's names, host names and Wi-Fi names known to this system."""
    host = socket.gethostname()
    words = {host, host.split(".")[0], *(os.environ.get(name, "") for name in LOGIN_VARIABLES)}
    for entry in pwd.getpwall():
        if 1000 <= entry.pw_uid < 60000:
            words |= {entry.pw_name, entry.pw_gecos.split(",")[0]}
    for folder in PRIVATE_FOLDERS:
        words |= {path.stem for path in Path(folder).glob("*")}
    return words


def redact_lshw(text: str) -> str:
    """Return lshw's JSON without host name, addresses, labels, mount points and volume ids."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        return "" if "{" in text else text
    pending = list(tree) if isinstance(tree, list) else [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            _redact_node(node)
            pending += node.get("children") or []
    return json.dumps(tree, ensure_ascii=False, indent=1)


def _redact_node(node: dict[str, Any]) -> None:
    names = node.get("logicalname")
    if isinstance(names, list):
        node["logicalname"] = [name for name in names if str(name).startswith("/dev/")] or names[:1]
    settings = node.get("configuration")
    if isinstance(settings, dict):
        for key in ("ip", "label", "lastmountpoint", "mount.options", "wireless"):
            settings.pop(key, None)
    if node.get("class") == "volume":
        node.pop("serial", None)
    if node.get("class") == "system":
        node["id"] = "computer"


def keep_power_supplies(text: str) -> str:
    """Return upower's dump without phones, mice and headsets, which bear their owner's name."""
    sections = re.split(r"(?m)^(?=Device: |Daemon:)", text)
    return "".join(part for part in sections if not re.search(r"power supply: +no", part))


def main(argv: list[str] | None = None) -> int:
    """Run the collector; return 0, 1 when nothing could be written, 2 for wrong words."""
    say = _messages()
    options = _parser(say).parse_args(argv)
    if os.geteuid() != 0:
        _complain(say["not_root"])
    report = collect()
    _tell_endings(report, say)
    text = json.dumps(report, ensure_ascii=False, indent=1) + "\n"
    if options.stdout:
        sys.stdout.write(text)
        return 0
    path = report_path(options.output, report)
    try:
        write_report(path, text, force=options.force)
    except FileExistsError:
        return _complain(say["exists"].format(path=path))
    except OSError as error:
        return _complain(say["cannot_write"].format(path=path, reason=error.strerror))
    _complain(say["written"].format(path=path))
    return 0


def _messages() -> dict[str, str]:
    variables = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((os.environ[name] for name in variables if os.environ.get(name)), "fr")
    english = not locale.lower().startswith("fr")
    return {name: sentences[english] for name, sentences in MESSAGES.items()}


def _parser(say: dict[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parclibre-collect", description=say["about"])
    parser.add_argument("--output", default=".", metavar="DIR|FILE", help=say["output"])
    parser.add_argument("--stdout", action="store_true", help=say["stdout"])
    parser.add_argument("--force", action="store_true", help=say["force"])
    parser.add_argument("--version", action="version", version=PROGRAM)
    return parser


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


def _tell_endings(report: Json, say: dict[str, str]) -> None:
    for tool, run in report["tools"].items():
        program = tool.split(":")[0]
        package, status = PACKAGES.get(program, program), run["exit_status"]
        if run["status"] != "ok":
            _complain(say[run["status"]].format(tool=tool, package=package, status=status))


def report_path(output: str, report: Json) -> Path:
    """Return where to write: the file named, or a name of our own in the folder named."""
    if not Path(output).is_dir() and not output.endswith("/"):
        return Path(output)
    moment = re.sub(r"[-:Z]", "", report["collected_at"])
    return Path(output) / f"parclibre-{serial_for_name(report)}-{moment}.json"


def serial_for_name(report: Json) -> str:
    """Return the system's serial number in characters fit for a file name, or « inconnu »."""
    output = report["tools"]["dmidecode"]["output"]
    match = re.search(r"System Information\n(?:\t.*\n)*?\tSerial Number: (.*)", output)
    serial = match[1].strip() if match else ""
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", serial).strip("-.")[:64]
    return "inconnu" if JUNK_SERIALS.fullmatch(serial) or not safe else safe


def write_report(path: Path, text: str, *, force: bool = False) -> None:
    """Write a file whole or not at all. Raises FileExistsError or another OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".parclibre-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        if not force:
            path.touch(exist_ok=False)
        temporary.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()


if __name__ == "__main__":
    sys.exit(main())
