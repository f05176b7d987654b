# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Photos beside the cosmetic grade: only pixels stay, bad files are told, none is asked for."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

from fleet.adapters.process import Finished
from fleet.errors import BadInput, FleetError
from fleet.model.live_key import PHOTOS
from fleet.output.machine_page import filled, look_section
from fleet.services.machines import page
from reconditioning.session_acts import come_on_bench, record_grade
from reconditioning.session_photos import (
    MOST_PHOTOS,
    draw_again,
    keep_photos,
    photo_sources,
    read_photos,
    take_photo,
)
from tests.bench.workshop import Bench, identified, set_up

_ORIENTATION, _MAKER, _GPS = 0x0112, 0x010F, 0x8825
_TURNED = 6


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


def phone_photo(size: tuple[int, int] = (3000, 2000)) -> bytes:
    """A photo as a phone takes it: turned, with its maker, its place and a comment."""
    picture = Image.new("RGB", size, "navy")
    exif = picture.getexif()
    exif[_ORIENTATION], exif[_MAKER] = _TURNED, "Fairphone of Camille"
    exif.get_ifd(_GPS)[1] = "N"
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=b"at Camille's")
    return written.getvalue()


def on_the_key(bench: Bench, **files: bytes) -> Path:
    assert bench.place.stick is not None
    folder = bench.place.stick / PHOTOS
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.jpg").write_bytes(data)
    return folder


def test_a_photo_keeps_its_pixels_and_nothing_that_tells_of_people() -> None:
    taken = phone_photo()

    kept = draw_again(taken, "lid.jpg")

    assert b"Camille" in taken
    assert b"Camille" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1067, 1600))
        assert not picture.getexif()
        assert "comment" not in picture.info


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a JPEG"),
        (b"ftypheic, as phones take them", "not a JPEG"),
        (phone_photo()[:600], "damaged"),
        (b"\xff\xd8" + bytes(41 * 2**20), "larger than 40 MB"),
    ],
    ids=["empty", "heic", "cut", "huge"],
)
def test_a_file_that_is_no_photo_is_named_with_what_is_wrong(
    bench: Bench, data: bytes, why: str
) -> None:
    folder = on_the_key(bench, lid=phone_photo(), side=data)

    with pytest.raises(BadInput, match=r"side\.jpg") as told:
        read_photos(photo_sources(bench.place).files)

    assert why in told.value.message
    assert PHOTOS in told.value.hint
    assert len(list(folder.iterdir())) == 2


def test_a_whole_holiday_is_not_taken_for_one_machine(bench: Bench) -> None:
    on_the_key(bench, **{f"p{n}": b"" for n in range(MOST_PHOTOS + 1)})

    with pytest.raises(BadInput, match="at most"):
        read_photos(photo_sources(bench.place).files)


def test_photos_stand_on_the_machines_page_under_the_grade(bench: Bench) -> None:
    tag = identified(bench)
    come_on_bench(bench.town, tag, "rapide")

    digests = keep_photos(bench.town, [draw_again(phone_photo(), "lid.jpg")])
    record_grade(bench.town, tag, "B", digests)

    where = bench.town.attachments.path
    shown = filled(look_section(page(bench.town, tag).events, lambda digest: str(where(digest))))
    assert [title for title, _lines in shown] == ["How it looks"]
    assert shown[0][1][0].startswith("B: Light marks")
    assert shown[0][1][1] == f"Photo 1: {where(digests[0])}"
    assert where(digests[0]).read_bytes().startswith(b"\xff\xd8")


class Camera:
    """Answers as v4l2-ctl does; ``frames`` are its pictures by the format asked for."""

    def __init__(self, **frames: bytes) -> None:
        self.frames = frames

    def run(self, command: Sequence[str], *, timeout_s: float) -> Finished:
        asked = next(word for word in command if word.startswith("width="))
        frame = self.frames.get(asked.rpartition("=")[2], b"")
        Path(command[-1]).write_bytes(frame)
        return Finished(status=0, stdout="", stderr="")

    def stream(self, command: Sequence[str], *, stall_s: float) -> Iterator[str]:
        raise AssertionError(command)


def test_a_camera_that_only_gives_raw_pictures_gives_a_photo_too(tmp_path: Path) -> None:
    red = bytes((81, 90, 81, 240)) * (640 * 480 // 2)

    photo = take_photo(Path("/dev/video0"), tmp_path, Camera(MJPG=red[:100], YUYV=red))

    with Image.open(io.BytesIO(photo)) as picture:
        pixel = picture.convert("RGB").getpixel((320, 240))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 180 > 60 > pixel[1]
    assert list(tmp_path.iterdir()) == []


def test_a_camera_without_a_picture_is_told(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="no picture"):
        take_photo(Path("/dev/video0"), tmp_path, Camera())


def test_nothing_is_offered_without_photos_nor_camera_of_this_pc(bench: Bench) -> None:
    found = photo_sources(bench.place)

    assert (found.files, found.camera) == ((), None)
