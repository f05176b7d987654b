# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lying disk lies as it should: otherwise what it proves of wipes is nothing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.bench.lying_disk import Forgets, LyingDisk, everything

MIB = 1 << 20


def write_zeros(disk: LyingDisk) -> None:
    """Have QEMU's own client write zeros everywhere, flush, and be told that all is well."""
    if shutil.which("qemu-io") is None:
        pytest.skip("qemu-io is missing: apt-get install qemu-utils")
    command = ["qemu-io", "-f", "raw", "-c", "write -P 0 0 2M", "-c", "flush",
               f"nbd+unix:///?socket={disk.socket}"]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "wrote 2097152/2097152" in done.stdout


@pytest.mark.parametrize(
    ("forgets", "left"),
    [(everything, 2 * MIB), (lambda offset, _length: False, 0)],
    ids=["lying", "honest"],
)
def test_a_lying_disk_says_that_it_wrote_and_keeps_the_old_bytes(
    tmp_path: Path, forgets: Forgets, left: int
) -> None:
    path = tmp_path / "disk.raw"
    path.write_bytes(b"\xa5" * 2 * MIB)

    with LyingDisk(path, tmp_path, forgets) as disk:
        write_zeros(disk)

    assert path.read_bytes().count(b"\xa5") == left
