# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of event, in every version ever written, stays readable."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785

from fleet.errors import BadInput
from fleet.model import kinds as k
from fleet.model.body import Body
from fleet.model.events import MAX_BODY_BYTES, canonical

BODIES = Path(__file__).parent.parent / "fixtures" / "journal" / "bodies"
GOLDEN = sorted(BODIES.glob("*.json"))


def _golden(path: Path) -> tuple[str, int, bytes]:
    kind, _dash, version = path.stem.rpartition("-")
    return kind, int(version), path.read_bytes().rstrip(b"\n")


def test_every_kind_and_version_has_a_golden_body() -> None:
    versions = {(kind, v) for kind, cls in k.KINDS.items() for v in range(1, cls.VERSION + 1)}

    assert {_golden(path)[:2] for path in GOLDEN} == versions


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_golden_body_is_read_as_it_was_written(path: Path) -> None:
    kind, version, raw = _golden(path)

    body = k.read_body(kind, version, raw)

    assert type(body) is k.KINDS[kind]
    told = json.loads(raw)
    assert {name: json.loads(canonical(body))[name] for name in told} == told
    if version == type(body).VERSION:
        assert canonical(body) == raw


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_bodies_are_canonical_json(path: Path) -> None:
    raw = _golden(path)[2]

    assert rfc8785.dumps(json.loads(raw)) == raw


@pytest.mark.parametrize("kind", sorted(k.KINDS))
def test_body_of_no_kind_holds_a_float(kind: str) -> None:
    annotations = str(msgspec.structs.fields(k.KINDS[kind]))

    assert "float" not in annotations
    assert "Any" not in annotations


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("MachineRegistered", b'{"purchase_value_cents":10.5,"tag":"A"}'),
        ("MachineRegistered", b'{"purchase_value_cents":1e3,"tag":"A"}'),
        ("MachineRegistered", b'{"tag":"A","unheard_of":1}'),
        ("MachineRegistered", b"{}"),
        ("MachineRegistered", b'{"tag":null}'),
        ("MachineRegistered", b'["A"]'),
        ("MachineRegistered", b'{"tag":"A"'),
        ("MachineRegistered", b""),
        ("MachineRegistered", b'{"tag":"\xff"}'),
        ("MachineRegistered", b'{"tag":"A\\u0000"}'),
        ("DiskWiped", b'{"level":"thorough","method":"m","readback":"full"}'),
        ("StateDeclared", b'{"state":"eaten"}'),
        ("Undone", b'{"events":[1]}'),
        ("CheckedIn", b'{"system":"' + b"x" * MAX_BODY_BYTES + b'"}'),
        ("CheckedIn", b"[" * 100_000),
    ],
)
def test_bad_body_is_refused_in_words(kind: str, raw: bytes) -> None:
    with pytest.raises(BadInput, match=kind):
        k.read_body(kind, 1, raw)


def test_newer_versions_and_unheard_kinds_are_not_known() -> None:
    assert k.is_known("Lost", 1)
    assert not k.is_known("Lost", 0)
    assert not k.is_known("Lost", 2)
    assert not k.is_known("TeleportedAway", 1)
    assert not k.is_known("Body", 1)


class Weighed(Body, frozen=True):
    """A made-up kind in its third version: grams, with a scale."""

    VERSION = 3
    grams: int
    scale: str


@pytest.fixture
def weighed(monkeypatch: pytest.MonkeyPatch) -> None:
    def to_grams(raw: dict[str, Any]) -> dict[str, Any]:
        return {"grams": raw["kilos"] * 1000}

    def with_scale(raw: dict[str, Any]) -> dict[str, Any]:
        return {**raw, "scale": "unknown"}

    monkeypatch.setitem(k.KINDS, "Weighed", Weighed)
    monkeypatch.setitem(k.UPCASTS, ("Weighed", 1), to_grams)
    monkeypatch.setitem(k.UPCASTS, ("Weighed", 2), with_scale)


@pytest.mark.usefixtures("weighed")
@pytest.mark.parametrize(
    ("version", "raw"),
    [(1, b'{"kilos":7}'), (2, b'{"grams":7000}'), (3, b'{"grams":7000,"scale":"unknown"}')],
)
def test_older_versions_become_todays_body(version: int, raw: bytes) -> None:
    assert k.read_body("Weighed", version, raw) == Weighed(grams=7000, scale="unknown")


@pytest.mark.usefixtures("weighed")
@pytest.mark.parametrize(
    ("version", "raw"), [(2, b'{"grams":"heavy"}'), (1, b"{}"), (1, b'{"kilos":null}')]
)
def test_older_version_of_the_wrong_shape_is_refused(version: int, raw: bytes) -> None:
    with pytest.raises(BadInput, match="Weighed"):
        k.read_body("Weighed", version, raw)
