# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the loudspeakers and the microphone heard; what cannot be played is only silence."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from fleet.adapters import process
from fleet.errors import FleetError
from fleet.model.bench_tests import Watch

_SECONDS = 3


def play(watch: Watch) -> None:
    """Play a sound on one side, or record three seconds and play them back."""
    with suppress(FleetError):
        if watch is Watch.MICROPHONE:
            _echo()
        else:
            side = "1" if watch is Watch.LEFT_SPEAKER else "2"
            command = ["speaker-test", "-c", "2", "-t", "sine", "-l", "1", "-s", side]
            process.run(command, timeout_s=_SECONDS * 3, check=False)


def _echo() -> None:
    with TemporaryDirectory(prefix="parclibre-") as folder:
        file = str(Path(folder, "voice.wav"))
        process.run(
            ["arecord", "-q", "-d", str(_SECONDS), "-f", "cd", file], timeout_s=_SECONDS * 3,
            check=False,
        )  # fmt: skip
        process.run(["aplay", "-q", file], timeout_s=_SECONDS * 3, check=False)
