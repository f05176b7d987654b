# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A private print shop: real cupsd, real virtual IPP printers, in namespaces of their own.

Nothing of the host's printing is touched: own network, own /run, own ServerRoot. The programs are
those of this computer, or those of the root filesystem that ``PARCLIBRE_TEST_PRINT_ROOT`` names
(another suite's CUPS; it needs what ``missing_programs`` lists, iproute2, procps and python3).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROLE = Path(__file__).parent.parent.parent / "roles" / "printer_queues" / "files"
A4_PRINTER = Path(__file__).parent / "printer-a4.conf"
ROOT_VARIABLE = "PARCLIBRE_TEST_PRINT_ROOT"
HOST_NAME = "imprimante-classe"
_UNSHARE = ("unshare", "-n", "-m", "-p", "-f", "-i", "--mount-proc", "--kill-child")
_PREPARE = """
ip link set lo up && ip link set lo multicast on && ip route add 224.0.0.0/4 dev lo
mount --make-rprivate /
if [ -n "$2" ]; then
    for shared in /proc /dev "$1" "$3"; do
        mkdir -p "$2$shared" && mount --rbind "$shared" "$2$shared"
    done
fi
mount -t tmpfs run "$2/run" && mkdir -p "$2/run/dbus" "$2/run/lock"
mount --bind "$1/hosts" "$2/etc/hosts"
echo ready > "$1/ready"
exec sleep infinity
"""
_AVAHI = """[server]
use-ipv4=yes
use-ipv6=no
allow-interfaces=lo
[publish]
publish-workstation=no
"""
_CUPS_FILES = """ServerRoot {0}/cups
RequestRoot {0}/spool
CacheDir {0}/cache
StateDir {0}/state
ErrorLog {0}/error_log
AccessLog {0}/access_log
PageLog {0}/page_log
LogFilePerm 0644
"""
_CUPSD = """LogLevel debug
Listen 127.0.0.1:8631
Listen {0}/cups.sock
Browsing No
<Location />
Order allow,deny
Allow localhost
</Location>
<Policy default>
<Limit All>
Order allow,deny
</Limit>
</Policy>
"""
_WAIT_S = 30.0


@dataclass(kw_only=True)
class PrintLab:
    """A machine with cupsd running, and printers that can be switched on and off."""

    folder: Path
    prefix: tuple[str, ...]
    printers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the private shop."""
        return subprocess.run(
            [*self.prefix, "env", f"CUPS_SERVER={self.folder}/cups.sock", "LC_ALL=C", *command],
            capture_output=True, text=True, check=False, timeout=90,
        )  # fmt: skip

    def start(self, *command: str, log: str) -> subprocess.Popen[bytes]:
        """Start a service in the private shop."""
        with (self.folder / log).open("ab") as output:
            return subprocess.Popen([*self.prefix, *command], stdout=output, stderr=output)

    def switch_on(self, port: int, *, conf: Path = A4_PRINTER) -> Path:
        """Start a virtual printer; return the folder where it keeps what it received."""
        received = self.folder / f"received-{port}"
        received.mkdir(exist_ok=True)
        own = shutil.copy(conf, self.folder / f"printer-{port}.conf")
        # Its own name: newer ones refuse requests made to another.
        words = ("-r", "off", "-n", HOST_NAME, "-p", str(port), "-k", "-d", str(received))
        log = f"printer-{port}.log"
        self.printers[port] = self.start(
            "ippeveprinter", *words, "-a", str(own), "-vvv", f"P{port}", log=log
        )
        probe = f"</dev/tcp/{HOST_NAME}/{port}"
        self.wait_until(lambda: self.run("bash", "-c", probe).returncode == 0, log)
        return received

    def switch_off(self, port: int) -> None:
        """Stop a virtual printer."""
        printer = self.printers.pop(port)
        # nsenter waits for its child, which is in another PID namespace: end both.
        self.run("pkill", "-f", f"ippeveprinter .*-p {port} ")
        printer.wait(timeout=20)

    def declare(self, *printers: object) -> None:
        """Write the declaration that the role would have put in the image."""
        document = {"format": "parclibre-printers", "version": 1, "printers": list(printers)}
        (self.folder / "printers.json").write_text(json.dumps(document), encoding="utf-8")

    def settle(self, *more: str, ppd_wait_s: float = 15) -> subprocess.CompletedProcess[str]:
        """Run printer-queues as the machine does."""
        places = {
            "declared": "printers.json", "room": "room", "codes": "codes.json",
            "status": "status.json", "ppd-folder": "cups/ppd", "own-ppds": "own",
        }  # fmt: skip
        words = [f"--{name}={self.folder / place}" for name, place in places.items()]
        words += [f"--probe={ROLE / 'printer-probe.test'}", f"--ppd-wait={ppd_wait_s}"]
        return self.run("python3", str(ROLE / "printer_queues.py"), *words, *more)

    def status(self) -> dict[str, dict[str, object]]:
        """Return what the status file says of each printer."""
        document = json.loads((self.folder / "status.json").read_text(encoding="utf-8"))
        return {printer["name"]: printer for printer in document["printers"]}

    def queues(self) -> str:
        """Return CUPS's own list of queues."""
        return self.run("lpstat", "-v").stdout

    def ppd(self, name: str) -> str:
        """Return a queue's PPD."""
        return (self.folder / "cups" / "ppd" / f"{name}.ppd").read_text(encoding="utf-8")

    def wait_until(self, true: object, what: str, wait_s: float = _WAIT_S) -> None:
        """Wait for something of this shop, or fail naming it."""
        assert callable(true)
        deadline = time.monotonic() + wait_s
        while not true():
            assert time.monotonic() < deadline, f"{what}: not within {wait_s} s"
            time.sleep(0.2)


def missing_programs() -> list[str]:
    """Return the programs that this lab needs and this computer lacks."""
    needed = ("cupsd", "ippeveprinter", "ipptool", "avahi-daemon", "dbus-daemon", "pdftotext")
    path = "/usr/sbin:/usr/bin:/sbin:/bin"
    return [name for name in needed if shutil.which(name, path=path) is None]


@contextmanager
def print_lab(folder: Path) -> Iterator[PrintLab]:
    """Open a private print shop in a folder; everything in it ends with it."""
    _write_files(folder)
    root = os.environ.get(ROOT_VARIABLE, "")
    command = (*_UNSHARE, "bash", "-ec", _PREPARE, "bash", str(folder), root, str(ROLE))
    with subprocess.Popen(command) as holder:
        try:
            yield _furnished(holder, folder, root)
        finally:
            holder.kill()


def _furnished(holder: subprocess.Popen[bytes], folder: Path, root: str) -> PrintLab:
    lab = PrintLab(folder=folder, prefix=())
    lab.wait_until((folder / "ready").exists, "namespaces")
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split()
    lab.prefix = ("nsenter", "-t", children[0], "-n", "-m", "-p", "-i", "--")
    lab.prefix += ("chroot", root) if root else ()
    _start_services(lab)
    return lab


def _start_services(lab: PrintLab) -> None:
    lab.start("dbus-daemon", "--system", "--nofork", "--nopidfile", log="dbus.log")
    socket = "/run/dbus/system_bus_socket"
    lab.wait_until(lambda: lab.run("test", "-S", socket).returncode == 0, "dbus")
    avahi = ("-f", f"{lab.folder}/avahi.conf", "--no-drop-root", "--no-rlimits", "--no-chroot")
    lab.start("avahi-daemon", *avahi, log="avahi.log")
    config = ("-c", f"{lab.folder}/cups/cupsd.conf", "-s", f"{lab.folder}/cups/cups-files.conf")
    lab.start("cupsd", "-f", *config, log="cupsd.log")
    lab.wait_until(lambda: "running" in lab.run("lpstat", "-r").stdout, "cupsd")
    lab.wait_until(lambda: "complete" in (lab.folder / "avahi.log").read_text(), "avahi")


def _write_files(folder: Path) -> None:
    for name in ("cups", "spool/tmp", "cache", "state/certs", "own"):
        (folder / name).mkdir(parents=True)
    (folder / "hosts").write_text(f"127.0.0.1 localhost {HOST_NAME}\n::1 {HOST_NAME}\n")
    (folder / "avahi.conf").write_text(_AVAHI)
    (folder / "cups" / "cups-files.conf").write_text(_CUPS_FILES.format(folder))
    (folder / "cups" / "cupsd.conf").write_text(_CUPSD.format(folder))
    for name, mode in (("spool", 0o710), ("spool/tmp", 0o1770), ("cache", 0o770), ("state", 0o755)):
        shutil.chown(folder / name, "root", "lp")
        (folder / name).chmod(mode)
    # cupsd's filters run as lp: every folder above must be passable.
    for above in (folder, *folder.parents):
        if above.stat().st_uid == 0 and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o011)


def text_of(document: Path) -> str:
    """Return the text of a PDF that a printer received."""
    command: Sequence[str] = ("pdftotext", str(document), "-")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
