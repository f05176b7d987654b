# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged and hostile machine reports: refused or read, never a traceback, never unbounded."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fleet.errors import BadInput
from fleet.model.facts import ReportFacts
from fleet.readers.detect import decode, detect_format, read_report
from fleet.readers.dmidecode import read_dmidecode
from fleet.readers.ereuse import read_ereuse
from fleet.readers.glpi import read_glpi
from fleet.readers.hwinfo import read_hwinfo
from fleet.readers.limits import MAX_BYTES
from fleet.readers.lsblk import read_lsblk
from fleet.readers.lscpu import read_lscpu
from fleet.readers.lshw import read_lshw
from fleet.readers.parclibre_report import read_parclibre_report
from fleet.readers.report_json import report_to_json
from tests.readers.machine_samples import SHIPPED, holds_control_characters, shipped
from tests.readers.machine_texts import TEXTS

READERS: tuple[Callable[[str], tuple[ReportFacts, ...]], ...] = (
    read_report, read_dmidecode, read_lshw, read_lscpu, read_lsblk, read_hwinfo, read_glpi,
    read_ereuse, read_parclibre_report,
)  # fmt: skip
SAMPLES = [
    *TEXTS.values(),
    *(shipped(p.parent.name, p.name) for p in sorted(SHIPPED.glob("dmidecode/*.txt"))[:4]),
    *(shipped(p.parent.name, p.name) for p in sorted(SHIPPED.glob("lscpu_text/*.txt"))),
]
DOCUMENTS = [json.loads(text) for text in TEXTS.values() if text.startswith("{")]
NASTY = ("\x1b[31m", "\x00", "\u202e", "\r\n", "=cmd()", "\ud800", "9" * 30, "-1", "é", "\u2028")
LEAVES: list[object] = [
    None, True, -1, 0, 1.5, 1e308, 10**40, "", "\x1b[2J", "x" * 3000, [], {}, [[]], [None, {}],
    {"id": 1}, ["a"],
]  # fmt: skip
SECONDS = 2.0
MEGABYTES = 64 * 2**20

fuzz = settings(
    max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def check(text: str) -> None:
    """Read with every reader; what comes out can be printed."""
    for read in READERS:
        try:
            reports = read(text)
        except BadInput as refused:
            assert refused.message
            continue
        for facts in reports:
            assert not holds_control_characters(facts)
            json.dumps(report_to_json(facts, "file"), allow_nan=False)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A sample cut, with lines moved or doubled, or with strange characters put in."""
    text = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 4))):
        text = draw(st.sampled_from((cut, shuffled, sprinkled, doubled)))(draw, text)
    return text


def cut(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    return text[:start] if draw(st.booleans()) else text[start:]


def shuffled(draw: st.DrawFn, text: str) -> str:
    rows = text.split("\n")
    draw(st.randoms(use_true_random=False)).shuffle(rows)
    return "\n".join(rows)


def doubled(draw: st.DrawFn, text: str) -> str:
    start, length = draw(st.integers(0, len(text))), draw(st.integers(1, 400))
    return text[:start] + text[start : start + length] * 3 + text[start:]


def sprinkled(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(text)))
        text = text[:place] + draw(st.sampled_from(NASTY)) + text[place + 1 :]
    return text


@st.composite
def retyped(draw: st.DrawFn) -> str:
    """A JSON report where some values have another type, or are absurd."""
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 6))):
        change_one(draw, document)
    return json.dumps(document)


def change_one(draw: st.DrawFn, node: Any) -> None:
    """Walk down at random and replace what is there."""
    while isinstance(node, dict | list) and node:
        key = draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
        child = node[key]
        if not isinstance(child, dict | list) or not child or draw(st.integers(0, 3)) == 0:
            node[key] = copy.deepcopy(draw(st.sampled_from(LEAVES)))
            return
        node = child


@fuzz
@given(damaged())
def test_a_damaged_report_is_read_or_refused(text: str) -> None:
    check(text)


@fuzz
@given(retyped())
def test_a_report_with_values_of_another_type_is_read_or_refused(text: str) -> None:
    check(text)


@fuzz
@given(st.sampled_from(SAMPLES), st.data())
def test_any_bytes_become_text(sample: str, data: st.DataObject) -> None:
    raw = bytearray(sample.encode("utf-8", "surrogatepass"))
    for _ in range(data.draw(st.integers(1, 20))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))

    check(decode(bytes(raw)))


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read(raw: bytes) -> None:
    check(decode(raw))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id":"a","class":"system","children":[' * 2_000 + "{}" + "]}" * 2_000,
        '{"blockdevices":[{"size":' + "9" * 5_000 + ',"type":"disk","name":"sda"}]}',
        '{"blockdevices":[{"size":1e400,"type":"disk","name":"sda"}]}',
        '{"blockdevices":[{"size":NaN,"type":"disk","name":"sda"}]}',
        '{"lscpu":[{"field":"CPU(s):","data":' + "9" * 4_000 + "}]}",
        "Handle 0x0001, DMI type 99999999999999, 1 bytes\nSystem Information\n\tSize: 1 GB\n",
        "Handle 0x1, DMI type 17\nMemory Device\n\tSize: " + "9" * 1_000 + " GB\n",
    ],
    ids=lambda text: text[:30],
)
def test_absurd_depth_and_numbers_are_harmless(text: str) -> None:
    check(text)


HOSTILE = {
    "lines": "\n" * MAX_BYTES,
    "one line": "Handle 0x1, DMI type 1\nSystem Information\n\tVersion: " + "A" * 3_900_000,
    "structures": "Handle 0x1, DMI type 17\nMemory Device\n\tSize: 1 GB\n" * 80_000,
    "fields": "Handle 0x1, DMI type 1\nSystem Information\n"
    + "".join(f"\tA{n}: b\n" for n in range(350_000)),
    "hwinfo": "01: None 00.0: 10105 BIOS\n  [Created at bios.1]\n"
    + "  System Info: #1\n    Serial: \"x\"\n" * 100_000,
    "lscpu": "Architecture: x\nCPU(s): 1\n" + "Model name: y\n" * 250_000,
    "spaces": "Architecture: x\nCPU(s): 1\n" + " " * 3_900_000,
    "wide characters": "SMBIOS 2.5 present.\n" + ("\U0001f600" * 15 + "\n") * 65_000,
    "JSON values": '{"blockdevices":[' + "{}," * 1_300_000 + "{}]}",
    "JSON text": '{"blockdevices":["' + "a" * 3_900_000 + '"]}',
    "lshw": '{"id":"a","class":"system","children":['
    + '{"id":"disk","class":"disk","logicalname":"/dev/sda","size":9},' * 12_000 + "{}]}",
    "lsblk": '{"blockdevices":[' + '{"name":"sda","type":"disk","size":1},' * 16_000 + "{}]}",
    "trailing commas": '{"blockdevices":[' + "{},]" * 30_000,
    "spaced commas": "[1" + (", " * 3 + " " * 60) * 20_000,
    "padded fields": ("\tA" + " " * 4_000 + "\n").join(["Handle 0x1, DMI type 1\n"] * 900),
    "blank titles": "System Information" + "\n" * 60_000 + "x",
    "too big": "Handle 0x0001, DMI type 1, 1 bytes\n" * 600_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little_memory_and_time(name: str) -> None:
    text = HOSTILE[name]
    tracemalloc.start()
    try:
        check_report(text)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    began = time.process_time()
    check_report(text)
    took = time.process_time() - began

    assert peak + len(text.encode()) < MEGABYTES, f"{peak / 2**20:.0f} MB"
    assert took < SECONDS, f"{took:.1f} s"


def check_report(text: str) -> None:
    try:
        for facts in read_report(text):
            report_to_json(facts, "file")
        assert detect_format(text) is not None
    except BadInput as refused:
        assert refused.hint


def test_a_file_of_twenty_megabytes_is_refused_within_the_memory_of_a_small_machine() -> None:
    program = (
        "import resource, sys\n"
        "from fleet.errors import BadInput\n"
        "from fleet.readers.detect import decode, read_report\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "raw = b'Handle 0x0001, DMI type 1, 27 bytes\\n' * 560_000\n"
        "try:\n"
        "    read_report(decode(raw))\n"
        "except BadInput as refused:\n"
        "    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "    sys.exit(0 if grown < 64 * 1024 and '20 MB' in refused.message else 3)\n"
        "sys.exit(4)\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert ended.returncode == 0, ended.stderr.decode()
