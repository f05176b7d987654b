# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bad bundle is refused, and nothing of it is written: not one row, not one file."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fleet.errors import BadInput, FleetError, TrustRefused
from fleet.model import kinds as k
from fleet.store.bundle_format import Limits
from tests.store.forge import Parts, forge, take_apart, write_members
from tests.store.installations import Installation, machine, registered


@pytest.fixture
def desk(tmp_path: Path) -> Installation:
    return Installation.at(tmp_path / "desk")


@pytest.fixture
def stick(tmp_path: Path, desk: Installation) -> Installation:
    stick = Installation.at(tmp_path / "stick")
    desk.trust(stick)
    report = stick.store.put(b"dmidecode 3.4 ...")
    stick.say(machine(1), registered(1), k.ReportImported(report=report, format="dmidecode"))
    stick.say(machine(2), registered(2))
    return stick


def refuse(
    desk: Installation,
    bundle: Path,
    error: type[FleetError],
    match: str | None = None,
    limits: Limits | None = None,
) -> None:
    before = desk.everything()
    with pytest.raises(error, match=match):
        desk.import_(bundle, limits)
    assert desk.everything() == before


def test_the_forger_makes_a_good_bundle_when_nothing_is_changed(
    desk: Installation, stick: Installation
) -> None:
    bundle = forge(stick.export(), stick.key, lambda parts: None, redo_links=True)

    assert desk.import_(bundle).new_events == {stick.replica: 3}


# --- the container ---


def test_a_bundle_cut_short_anywhere_is_refused(desk: Installation, stick: Installation) -> None:
    whole = stick.export().read_bytes()
    cut = desk.home / "cut.tar.zst"
    for length in (0, 3, 10, len(whole) // 2, len(whole) - 4, len(whole) - 1):
        cut.write_bytes(whole[:length])
        refuse(desk, cut, BadInput)


def test_bytes_after_the_bundle_are_refused(desk: Installation, stick: Installation) -> None:
    bundle = stick.export()
    whole = bundle.read_bytes()
    for tail in (b"\0", b"\x50\x2a\x4d\x18\x00\x00\x00\x00", zstandard.compress(b"")):
        bundle.write_bytes(whole + tail)
        refuse(desk, bundle, BadInput)


@pytest.mark.parametrize(
    "limits",
    [
        Limits(file_bytes=100),
        Limits(total_bytes=100),
        Limits(manifest_bytes=100),
        Limits(attachment_bytes=10),
        Limits(attachments=0),
        Limits(chains=0),
        Limits(events=2),
        Limits(line_bytes=100),
        Limits(window_bytes=1024),
        Limits(blocks=0),
    ],
    ids=repr,
)
def test_a_bundle_beyond_any_limit_is_refused(
    desk: Installation, stick: Installation, limits: Limits
) -> None:
    refuse(desk, stick.export(), BadInput, limits=limits)


def _member(name: str, **fields: Any) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(member, field, value)
    return member, b"data" if member.isreg() else b""


@pytest.mark.parametrize(
    "extra",
    [
        _member("../../evil"),
        _member("/etc/cron.d/evil"),
        _member("attachments/" + "0" * 64),
        _member("events.jsonl"),
        _member("link", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        _member("hard", type=tarfile.LNKTYPE, linkname="events.jsonl"),
        _member("device", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
        _member("folder", type=tarfile.DIRTYPE),
    ],
    ids=lambda extra: extra[0].name,
)
def test_a_member_that_does_not_belong_is_refused(
    desk: Installation, stick: Installation, extra: tuple[tarfile.TarInfo, bytes]
) -> None:
    bundle = forge(stick.export(), stick.key, lambda parts: parts.extra.append(extra))

    refuse(desk, bundle, BadInput)


def test_a_link_in_place_of_a_member_is_refused(desk: Installation, tmp_path: Path) -> None:
    member = _member("manifest.json", type=tarfile.SYMTYPE, linkname="/etc/passwd")

    refuse(desk, write_members(tmp_path / "x.tar.zst", [member]), BadInput)


_MEASURE = """
import resource, sys
from pathlib import Path
from fleet.errors import FleetError
from tests.store.installations import Installation
desk = Installation.at(Path(sys.argv[1]))
desk.heads()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    desk.import_(Path(sys.argv[2]))
except FleetError:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def _bomb(target: Path, first: bytes) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1)
    packer = zstandard.ZstdCompressor(compression_params=parameters)
    with target.open("wb") as file, packer.stream_writer(file) as packed:
        packed.write(first)
        for _number in range(1024):
            packed.write(bytes(1024 * 1024))


@pytest.mark.parametrize("announced", [2**30, 2**23])
def test_a_zip_bomb_is_refused_early_in_little_memory(
    desk: Installation, tmp_path: Path, repository: Path, announced: int
) -> None:
    header = tarfile.TarInfo("manifest.json")
    header.size = announced
    bomb = tmp_path / "bomb.tar.zst"
    _bomb(bomb, header.tobuf(tarfile.USTAR_FORMAT))
    before = desk.everything()

    grown = subprocess.run(
        [sys.executable, "-c", _MEASURE, desk.home, bomb],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )

    assert bomb.stat().st_size < 200_000
    assert int(grown.stdout) < 64
    assert desk.everything() == before


def test_a_signed_bomb_stops_at_the_size_its_manifest_announces(
    desk: Installation, stick: Installation
) -> None:
    def swell(parts: Parts) -> None:
        digest = next(iter(parts.attachments))
        parts.attachments[digest] = bytes(64 * 1024 * 1024)

    bundle = forge(stick.export(), stick.key, swell, fix_manifest=False)

    refuse(desk, bundle, BadInput, "announced size")


def test_a_store_that_cannot_write_keeps_no_attachment_either(
    desk: Installation, stick: Installation
) -> None:
    with desk.journal.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON events WHEN new.subject = 'machine:2'"
            " BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    before = desk.everything()

    with pytest.raises(sqlite3.IntegrityError, match="disk full"):
        desk.import_(stick.export())

    assert desk.everything() == before


# --- signatures and digests ---


def test_a_manifest_signed_by_another_key_is_refused(
    desk: Installation, stick: Installation, tmp_path: Path
) -> None:
    stranger = Installation.at(tmp_path / "stranger")

    bundle = forge(stick.export(), stranger.key, lambda parts: None)

    refuse(desk, bundle, TrustRefused, "another key")


def test_an_unknown_sender_is_refused_before_anything_else(
    desk: Installation, tmp_path: Path
) -> None:
    stranger = Installation.at(tmp_path / "stranger")
    stranger.say(machine(7), registered(7))

    refuse(desk, stranger.export(), TrustRefused, "not trusted here")


def test_a_changed_member_is_refused(desk: Installation, stick: Installation) -> None:
    def alter(parts: Parts) -> None:
        digest = next(iter(parts.attachments))
        parts.attachments[digest] = b"x" * len(parts.attachments[digest])

    refuse(desk, forge(stick.export(), stick.key, alter, fix_manifest=False), BadInput, "digest")


def test_an_attachment_that_no_event_names_is_refused(
    desk: Installation, stick: Installation
) -> None:
    def stow(parts: Parts) -> None:
        parts.attachments[hashlib.sha256(b"stowaway").hexdigest()] = b"stowaway"

    refuse(desk, forge(stick.export(), stick.key, stow), BadInput, "none of its events names")


def test_a_newer_bundle_format_asks_for_an_upgrade(desk: Installation, stick: Installation) -> None:
    def renew(parts: Parts) -> None:
        parts.manifest["format"] = 2

    refuse(desk, forge(stick.export(), stick.key, renew), BadInput, "format 2")


# --- events ---


def _set(line: int, **fields: Any) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts.lines[line]["header"].update(fields)

    return change


def _set_body(body: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts.lines[0]["body"] = body

    return change


def _newer_kind(body: str) -> Callable[[Parts], None]:
    def change(parts: Parts) -> None:
        parts.lines[0]["header"]["kind"] = "Dreamed"
        parts.lines[0]["body"] = body

    return change


def _drop(parts: Parts) -> None:
    del parts.lines[1]


def _drop_last(parts: Parts) -> None:
    del parts.lines[2]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_set(0, kind=""), id="no kind"),
        pytest.param(_set(0, subject="machine:\x1b[31m1"), id="control characters"),
        pytest.param(_set(0, at="yesterday"), id="no time"),
        pytest.param(_set(0, version=0), id="version 0"),
        pytest.param(_set(0, seq=2**63), id="seq too large"),
        pytest.param(_set(0, clock="sundial"), id="unknown clock"),
        pytest.param(_set(0, colour="red"), id="unknown field"),
        pytest.param(_set(0, seen={"replica:" + "0" * 36: 5}), id="seen that is not here"),
        pytest.param(_set_body('{"tag":12}'), id="wrong type"),
        pytest.param(_set_body('{"tag":"A","colour":"red"}'), id="unknown body field"),
        pytest.param(_set_body('{"tag":"A","kind":1.5}'), id="float"),
        pytest.param(_set_body('{ "tag":"A"}'), id="not canonical"),
        pytest.param(_set_body('{"tag":"A","tag":"B"}'), id="double key"),
        pytest.param(_set_body("[" * 100_000), id="deep"),
        pytest.param(_set_body('{"tag":"' + "A" * 300_000 + '"}'), id="large body"),
        pytest.param(_set_body("not json"), id="no json"),
        pytest.param(_newer_kind('{"a":"' + "A" * 300_000 + '"}'), id="large body of a newer kind"),
        pytest.param(_newer_kind('{"a":' + "[" * 100_000), id="deep body of a newer kind"),
        pytest.param(_newer_kind('{"a":' + "9" * 5000 + "}"), id="huge number in a newer kind"),
    ],
)
def test_a_chained_and_signed_event_of_bad_shape_is_refused(
    desk: Installation, stick: Installation, change: Callable[[Parts], None]
) -> None:
    parts = take_apart(stick.export())
    change(parts)
    try:
        bundle = forge(stick.export(), stick.key, change, redo_links=True)
    except (msgspec.ValidationError, OverflowError):  # no link can be made for this header
        bundle = forge(stick.export(), stick.key, change)

    refuse(desk, bundle, BadInput)


def test_a_withheld_event_breaks_the_chain(desk: Installation, stick: Installation) -> None:
    refuse(desk, forge(stick.export(), stick.key, _drop), BadInput)


def test_a_chain_without_its_end_is_refused(desk: Installation, stick: Installation) -> None:
    refuse(desk, forge(stick.export(), stick.key, _drop_last), BadInput, "does not end")


def test_a_changed_header_breaks_the_chain(desk: Installation, stick: Installation) -> None:
    bundle = forge(stick.export(), stick.key, _set(1, at="2020-01-01T00:00:00.000Z"))

    refuse(desk, bundle, BadInput, "chain")


def test_a_changed_body_is_refused(desk: Installation, stick: Installation) -> None:
    refuse(desk, forge(stick.export(), stick.key, _set_body('{"tag":"A"}')), BadInput, "altered")


def test_a_relay_cannot_write_in_anothers_chain(
    desk: Installation, stick: Installation, tmp_path: Path
) -> None:
    relay = Installation.at(tmp_path / "relay")
    desk.trust(relay)
    relay.trust(stick)
    relay.import_(stick.export())

    def cut_the_end(parts: Parts) -> None:
        kept = [n for n in parts.lines if n["header"]["replica"] == stick.replica][:2]
        other = [n for n in parts.lines if n["header"]["replica"] != stick.replica]
        parts.lines = other + kept
        for part in parts.manifest["chains"]:
            if part["replica"] == stick.replica:
                part["last_seq"], part["last_link"] = 2, kept[-1]["link"]

    refuse(desk, forge(relay.export(), relay.key, cut_the_end), TrustRefused, "signature")


def test_a_chain_of_an_unknown_replica_is_refused_even_when_relayed(
    desk: Installation, stick: Installation, tmp_path: Path
) -> None:
    stranger = Installation.at(tmp_path / "stranger")
    stranger.say(machine(7), registered(7))
    stick.trust(stranger)
    stick.import_(stranger.export())

    def forget_the_introduction(parts: Parts) -> None:
        mine = [n for n in parts.lines if n["header"]["kind"] == "ReplicaTrusted"]
        mine[0]["header"]["kind"], mine[0]["header"]["subject"] = "Seen", machine(1)
        mine[0]["body"] = "{}"

    bundle = forge(stick.export(), stick.key, forget_the_introduction, redo_links=True)

    refuse(desk, bundle, TrustRefused, f"{stranger.replica} is not trusted")


def _whole(stick: Installation) -> bytes:
    bundle = stick.home / "whole.tar.zst"
    return (bundle if bundle.exists() else stick.export_to(bundle)).read_bytes()


@settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(place=st.floats(0, 1, exclude_max=True), new=st.binary(max_size=6), cut=st.integers(0, 6))
@example(place=0.00390625, new=b"\x1a", cut=1)
def test_a_mutated_bundle_raises_only_expected_errors_and_changes_nothing(
    desk: Installation, stick: Installation, place: float, new: bytes, cut: int
) -> None:
    whole = _whole(stick)
    at = int(place * len(whole))
    mutated = whole[:at] + new + whole[at + cut :]
    bundle = desk.home / "mutated.tar.zst"
    bundle.write_bytes(mutated)
    before = desk.everything()

    # The frame's header names the size of a window: another one gives the same bundle.
    if _unpacked(mutated) == _unpacked(whole):
        return
    with pytest.raises(FleetError):
        desk.import_(bundle)

    assert desk.everything() == before


def _unpacked(packed: bytes) -> tuple[bytes, bool, bytes] | None:
    """Return the content, whether it ended as it should, and what follows."""
    frame = zstandard.ZstdDecompressor().decompressobj()
    with suppress(zstandard.ZstdError):
        return frame.decompress(packed), frame.eof, frame.unused_data
    return None


@settings(
    max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(place=st.floats(0, 1, exclude_max=True), new=st.binary(max_size=4), cut=st.integers(0, 4))
def test_a_mutated_archive_inside_good_compression_does_no_harm_either(
    desk: Installation, stick: Installation, place: float, new: bytes, cut: int
) -> None:
    whole = _whole(stick)
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(whole)
    at = int(place * len(plain))
    mutated = plain[:at] + new + plain[at + cut :]
    bundle = desk.home / "mutated.tar.zst"
    bundle.write_bytes(zstandard.compress(mutated))
    before = desk.everything()

    try:
        desk.import_(bundle)
    except FleetError:
        assert desk.everything() == before
        return
    # Only fields that nobody reads (owner and dates in the tar headers) were changed.
    assert desk.chain(stick.replica) == stick.events()
    assert [desk.store.get(digest) for digest in desk.store.digests()] == [b"dmidecode 3.4 ..."]
