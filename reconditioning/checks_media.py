# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests the camera (one picture that is not black) and the sound (a tone heard by the microphone).

Pictures and recordings are measured and deleted at once: only figures are kept.
"""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from PIL import Image

from fleet.adapters.process import Finished
from fleet.errors import FleetError
from fleet.model.facts import Finding
from fleet.model.triage_weight import finding
from fleet.readers.bench_tools import cards_of
from reconditioning.checks_base import Bench, Running, absent, failed, passed, undecided

TONE_HZ = 1000
# Luma runs from 16 (black) to 235 (ITU-R BT.601); sensors add noise to a covered lens.
_DARK = 28
_FLAT = 6
# The tone must stand out of the room's noise by this much.
_TONE_RATIO = 8.0
_FRAMES_SKIPPED = 10
JPEG = b"\xff\xd8"
_MOST_SAMPLES = 200_000


def check_camera(bench: Bench) -> Running:
    """Take one picture; a black one may be a covered lens, so a person is asked."""
    cameras = bench.context.places.entries("class/video4linux")
    if not cameras:
        return absent(Finding(code="no_camera"))
    yield bench.advanced("taking_picture", 50, asks=True)
    device = bench.context.places.dev / cameras[0].name
    luma = _luma(bench, device)
    if luma is None:
        return failed(Finding(code="no_picture"))
    mean, spread = luma
    figures = finding("picture", mean, spread)
    if mean < _DARK or spread < _FLAT:
        return undecided(Finding(code="picture_dark"), figures, ask_person=True)
    return passed(figures)


def _luma(bench: Bench, device: Path) -> tuple[int, int] | None:
    """Return mean and spread of a picture's brightness (0 to 255); None without a picture."""
    raw = picture_of(bench.run, device, bench.context.scratch, size=(640, 480), pixels="YUYV")
    return brightness(luma_of(raw))


class RunTool(Protocol):
    """Runs a program, whatever its status."""

    def __call__(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        """Return how it ended."""


def picture_of(
    run: RunTool, device: Path, scratch: Path, *, size: tuple[int, int], pixels: str
) -> bytes:
    """Return one raw picture of a camera, empty when it gives none; nothing stays in ``scratch``.

    ``size`` and ``pixels`` (YUYV, MJPG) are asked for; the camera may answer with others.
    """
    picture = scratch / "parclibre-picture.raw"
    try:
        done = run(
            [
                "v4l2-ctl", "--device", str(device),
                "--set-fmt-video", f"width={size[0]},height={size[1]},pixelformat={pixels}",
                "--stream-mmap", "--stream-skip", str(_FRAMES_SKIPPED), "--stream-count", "1",
                "--stream-to", str(picture),
            ],
            timeout_s=30,
        )  # fmt: skip
        return picture.read_bytes() if done.status == 0 and picture.exists() else b""
    finally:
        picture.unlink(missing_ok=True)


def luma_of(raw: bytes) -> bytes:
    """Return the brightness of each pixel: of YUYV, or of JPEG from cameras that only have that.

    Empty when the picture cannot be read.
    """
    if not raw.startswith(JPEG):
        return raw[::2]
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG",)) as picture:
            return picture.convert("L").tobytes()
    except (OSError, ValueError, Image.DecompressionBombError):
        return b""


def brightness(luma: bytes) -> tuple[int, int] | None:
    """Return mean and standard deviation of brightness samples; None when there are none."""
    samples = luma[:: max(1, len(luma) // _MOST_SAMPLES)]
    if not samples:
        return None
    mean = sum(samples) / len(samples)
    variance = sum((sample - mean) ** 2 for sample in samples) / len(samples)
    return round(mean), round(math.sqrt(variance))


def check_sound(bench: Bench) -> Running:
    """Play a tone and record it; what the microphone does not hear, a person is asked about."""
    cards = cards_of(bench.read(bench.context.places.proc / "asound/cards"))
    if not cards:
        return absent(Finding(code="no_sound_card"))
    yield bench.advanced("unmuting", 10)
    for control in ("Master", "Speaker", "Headphone", "PCM", "Capture"):
        bench.run(["amixer", "-q", "sset", control, "80%", "unmute"])
    yield bench.advanced("playing_tone", 40)
    ratio = _tone_ratio(bench)
    if ratio is not None and ratio >= _TONE_RATIO:
        return passed(finding("tone_heard", round(ratio)))
    why = "no_recording" if ratio is None else "tone_not_heard"
    return undecided(Finding(code=why), ask_person=True)


def _tone_ratio(bench: Bench) -> float | None:
    """Return how much louder the tone is than the rest; None when nothing was recorded."""
    recording = bench.context.scratch / "parclibre-sound.wav"
    listening = bench.stream(
        ["arecord", "-f", "S16_LE", "-r", "16000", "-c", "1", "-d", "4", str(recording)], stall_s=10
    )
    try:
        next(listening, None)
        bench.run(
            ["speaker-test", "-t", "sine", "-f", str(TONE_HZ), "-c", "2", "-l", "1"], timeout_s=20
        )
        for _line in listening:
            pass
        return tone_ratio(*_samples(recording))
    except FleetError:
        return None
    finally:
        recording.unlink(missing_ok=True)


def _samples(recording: Path) -> tuple[Sequence[int], int]:
    """Return 16-bit samples of one channel and their rate; none when the file is no recording."""
    with suppress(OSError, wave.Error, EOFError), wave.open(str(recording), "rb") as sound:
        if sound.getsampwidth() == 2 and sound.getnchannels() == 1:
            raw = sound.readframes(min(sound.getnframes(), _MOST_SAMPLES))
            return struct.unpack(f"<{len(raw) // 2}h", raw[: len(raw) // 2 * 2]), (
                sound.getframerate()
            )
    return (), 0


def tone_ratio(samples: Sequence[int], rate: int, hz: int = TONE_HZ) -> float | None:
    """Return the loudest second's power at a frequency over that of its neighbours (Goertzel).

    None when there is less than a quarter of a second, or only silence.
    """
    window = rate // 4
    if rate <= 4 * hz or len(samples) < window:
        return None
    best = 0.0
    for start in range(0, len(samples) - window + 1, window):
        part = samples[start : start + window]
        around = [_power(part, rate, other) for other in (hz * 0.7, hz * 0.83, hz * 1.21, hz * 1.4)]
        noise = max(sum(around) / len(around), 1.0)
        best = max(best, _power(part, rate, hz) / noise)
    return best if any(samples) else None


def _power(samples: Sequence[int], rate: int, hz: float) -> float:
    factor = 2 * math.cos(2 * math.pi * hz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    return (last**2 + before**2 - factor * last * before) / len(samples)
