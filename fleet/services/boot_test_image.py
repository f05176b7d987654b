# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of an image that need no machine: what must not be inside a squashfs."""

from __future__ import annotations

import re
import time
from pathlib import Path

from fleet.adapters import process
from fleet.model.image import ROOTFS
from fleet.model.proof import CheckOutcome, CheckResult
from fleet.output.proof_words import english_check

_LISTED = re.compile(r"^(?P<mode>\S{10}) \S+ +(?P<size>\d+)(?: \S+){2} (?P<path>.*)$")
_IDENTIFIERS = ("etc/machine-id", "var/lib/dbus/machine-id")
_TIMEOUT_S = 120


def check_image(image: Path) -> tuple[CheckOutcome, ...]:
    """Return the answers about the image itself."""
    return (_no_machine_id(image), _no_host_key(image))


def _no_machine_id(image: Path) -> CheckOutcome:
    start = time.monotonic()
    found = _regular_files(image, *_IDENTIFIERS)
    bad = [path for path, size in found.items() if size and not _uninitialised(image, path)]
    return _outcome("no_machine_id", bad, start)


def _no_host_key(image: Path) -> CheckOutcome:
    start = time.monotonic()
    found = _regular_files(image, "etc/ssh")
    keys = [path for path in found if re.search(r"/ssh_host_[^/]*key", path)]
    return _outcome("no_host_key", keys, start)


def _regular_files(image: Path, *paths: str) -> dict[str, int]:
    """Return the regular files below paths of an image, and their sizes."""
    listed = process.run(
        ["unsquashfs", "-lln", "-d", "", str(image / ROOTFS), *paths], timeout_s=_TIMEOUT_S
    )
    rows = (_LISTED.match(line) for line in listed.stdout.splitlines())
    return {
        row["path"].lstrip("/"): int(row["size"]) for row in rows if row and row["mode"][0] == "-"
    }


def _uninitialised(image: Path, path: str) -> bool:
    """Whether a machine-id says that the first start must make one (machine-id(5))."""
    shown = process.run(["unsquashfs", "-cat", str(image / ROOTFS), path], timeout_s=_TIMEOUT_S)
    return shown.stdout.strip() in ("", "uninitialized")


def _outcome(name: str, found: list[str], start: float) -> CheckOutcome:
    return CheckOutcome(
        id=name,
        proves=english_check(name),
        result=CheckResult.FAIL if found else CheckResult.PASS,
        evidence=", ".join(found) or "none",
        seconds=round(time.monotonic() - start),
    )
