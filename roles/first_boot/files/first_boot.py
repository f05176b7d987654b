#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a machine out of an image, once: keys of its own, its disk to the end, its boot menu.

Each step looks first whether it is done, so a power cut in the middle costs one more try. The
record is written last. Python 3.10, standard library only.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

FORMAT = "parclibre-first-boot"
SLACK_BYTES = 16 * 1024 * 1024
TIMEOUT_S = 900
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
STABLE_NAMES = ("/dev/disk/by-id/wwn-", "/dev/disk/by-id/nvme-eui", "/dev/disk/by-id/")


class StepFailed(Exception):
    """A step could not be done; the others are still tried."""


def run(*command: str, check: bool = True, given: str | None = None) -> str:
    """Run a program in English; return what it printed. Raises StepFailed."""
    try:
        done = subprocess.run(
            command, input=given or "", capture_output=True, text=True, check=False,
            timeout=TIMEOUT_S, env={**os.environ, "LC_ALL": "C", "PATH": SYSTEM_PATH},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StepFailed(f"{command[0]}: {error}") from error
    if check and done.returncode:
        raise StepFailed(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def has(program: str) -> bool:
    """Say whether a program is installed."""
    return shutil.which(program, path=SYSTEM_PATH) is not None


# The steps: each returns what it did, in a word


def host_keys(root: Path) -> str:
    """Make the SSH host key when it is missing, or was cut in the making; Ed25519 is enough."""
    if not has("sshd"):
        return "no_ssh_server"
    key = root / "etc/ssh/ssh_host_ed25519_key"
    public = key.with_name(f"{key.name}.pub")
    if _is_whole(key, public):
        return "already"
    draft = key.with_name(f".{key.name}.new")
    draft_public = draft.with_name(f"{draft.name}.pub")
    for half in (draft, draft_public):
        half.unlink(missing_ok=True)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(draft))
    draft_public.replace(public)
    draft.replace(key)
    return "made"


def _is_whole(key: Path, public: Path) -> bool:
    if not (key.is_file() and public.is_file()):
        return False
    told = run("ssh-keygen", "-y", "-P", "", "-f", str(key), check=False).split()[:2]
    return bool(told) and told == public.read_text(encoding="utf-8").split()[:2]


def machine_key(_root: Path) -> str:
    """Make the key that signs this machine's check-ins."""
    program = Path("/usr/lib/parclibre/check-in")
    if not program.exists():
        return "no_check_in"
    run(str(program), "--make-key")
    return "made"


def certificate(root: Path) -> str:
    """Make this machine's own self-signed certificate; the image has none, or everybody's."""
    if not has("make-ssl-cert"):
        return "not_needed"
    done = root / "var/lib/parclibre/first-boot/certificate"
    if not done.exists():
        run("make-ssl-cert", "generate-default-snakeoil", "--force-overwrite")
        mark(done)
    return "made"


def grow(_root: Path) -> str:
    """Grow the file systems to their partitions, where the image was smaller."""
    grown = [path for path in ("/", "/home") if _grow(path)]
    return "grown:" + ",".join(grown) if grown else "already"


def _grow(path: str) -> bool:
    told = run("findmnt", "-n", "-o", "SOURCE,FSTYPE", "--mountpoint", path, check=False).split()
    if len(told) != 2 or told[1] != "ext4" or not told[0].startswith("/dev/"):
        return False
    device = told[0]
    size = int(run("blockdev", "--getsize64", device))
    if size - file_system_bytes(run("dumpe2fs", "-h", device)) < SLACK_BYTES:
        return False
    run("resize2fs", device)
    return True


def file_system_bytes(told: str) -> int:
    """Return an ext4 file system's size, from what dumpe2fs says of it."""
    blocks = re.search(r"^Block count:\s+(\d+)$", told, re.MULTILINE)
    size = re.search(r"^Block size:\s+(\d+)$", told, re.MULTILINE)
    if blocks is None or size is None:
        raise StepFailed("dumpe2fs: no size")
    return int(blocks[1]) * int(size[1])


def boot_disk(_root: Path) -> str:
    """Tell debconf which disk boots, so that an update of GRUB goes to it without a question."""
    if Path("/sys/firmware/efi").exists() or not has("debconf-set-selections"):
        return "not_needed"
    if not run("dpkg-query", "-W", "-f", "${Status}", "grub-pc", check=False).endswith("installed"):
        return "not_needed"
    source = run("findmnt", "-n", "-o", "SOURCE", "/").strip()
    disk = run("lsblk", "-n", "-d", "-o", "PKNAME", source).strip()
    if not disk:
        raise StepFailed(f"no disk holds {source}")
    name = stable_name(f"/dev/{disk}")
    run("debconf-set-selections", given=f"grub-pc grub-pc/install_devices multiselect {name}\n")
    run("debconf-set-selections", given="grub-pc grub-pc/install_devices_empty boolean false\n")
    return name


def stable_name(device: str) -> str:
    """Return a name of the disk that stays when another is plugged in."""
    links = run("udevadm", "info", "--query=property", "--property=DEVLINKS", "--value", device)
    for prefix in STABLE_NAMES:
        for link in sorted(links.split()):
            if link.startswith(prefix):
                return link
    return device


def boot_menu(root: Path) -> str:
    """Replace the installer's boot menu by the machine's own; GRUB swaps it in one move."""
    if not has("update-grub") or not (root / "boot/grub").is_dir():
        return "not_needed"
    run("update-grub")
    return "written"


STEPS: tuple[tuple[str, Callable[[Path], str]], ...] = (
    ("host_keys", host_keys),
    ("machine_key", machine_key),
    ("certificate", certificate),
    ("grow", grow),
    ("boot_disk", boot_disk),
    ("boot_menu", boot_menu),
)


# All of them


def mark(path: Path) -> None:
    """Note that a step was done, for good."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    os.sync()


def carry_out(root: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Run every step; return what each did, and what failed."""
    done: dict[str, str] = {}
    failed: dict[str, str] = {}
    for name, step in STEPS:
        try:
            done[name] = step(root)
        except (StepFailed, OSError, ValueError) as error:
            failed[name] = str(error)
            sys.stderr.write(f"{name} : {error}\n")
    return done, failed


def write_record(path: Path, done: dict[str, str], now: int) -> None:
    """Write that this machine is made, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {"format": FORMAT, "version": 1, "made_at": now, "steps": done}
    temporary = path.with_name(f".{path.name}.new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(record, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    os.sync()


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out the steps; 0 once all are done, 1 when one must be tried at the next start."""
    parser = argparse.ArgumentParser(prog="first-boot", description="Premier démarrage.")
    parser.add_argument("--root", type=Path, default="/")
    root = parser.parse_args(argv).root
    record = root / "etc/parclibre/first-boot.json"
    if record.exists():
        return 0
    done, failed = carry_out(root)
    if failed:
        return 1
    write_record(record, done, int(time.time()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
