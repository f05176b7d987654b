# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What printers are declared for this machine, and what each answers; CUPS is not asked here.

Python 3.10, standard library only: it is installed beside ``printer-queues``.
"""

from __future__ import annotations

import json
import os
import plistlib
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit
from xml.parsers.expat import ExpatError

FORMAT = "parclibre-printers"
EVERY_ROOM = "*"
PROBE_TIMEOUT_S = 10
PROGRAM_TIMEOUT_S = 60
MAX_DECLARATION_BYTES = 1024 * 1024
DRIVERLESS_FORMATS = {"application/pdf", "image/pwg-raster", "image/urf"}
LOCAL_HOSTS = {"localhost", "127.0.0.1", "::1"}
SCHEMES = {
    "everywhere": {"ipp", "ipps"},
    "application": {"ipp", "ipps"},
    "ppd": {"ipp", "ipps", "socket", "lpd"},
}
PORTS = {"ipp": 631, "ipps": 631, "socket": 9100, "lpd": 515}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?")
OPTION = re.compile(r"[A-Za-z][A-Za-z0-9]{0,40}=[A-Za-z0-9][A-Za-z0-9._-]{0,60}")
OPTIONAL: dict[str, Any] = {
    "place": "",
    "mode": "everywhere",
    "ppd": "",
    "model": "",
    "sha256": "",
    "options": {},
    "rooms": [],
    "default_for": [],
    "accounting": "none",
    "code_option": "",
}
CODE = re.compile(r"[A-Za-z0-9]{1,16}")

# What a person reads in the journal; the codes are what the check-in sends.
SENTENCES = {
    "": "la file est en place",
    "bad_declaration": "la déclaration est incomplète ou mal écrite",
    "cups_refused": "CUPS a refusé la file",
    "foreign_queue": "une file du même nom, faite à la main, est déjà là : on n’y touche pas",
    "no_ppd": "CUPS n’a pas su écrire la description de l’imprimante",
    "no_standard_format": "l’imprimante n’accepte ni PDF, ni PWG, ni URF : il lui faut un pilote",
    "other_room": "elle n’est pas pour cette salle",
    "ppd_altered": "le fichier PPD n’est pas celui qui est déclaré",
    "ppd_missing": "le fichier PPD n’est pas sur la machine",
    "raw_queue": "CUPS n’a fait qu’une file brute, qui n’imprimerait rien de lisible",
    "silent": "elle ne répond pas : on réessaiera",
    "unsafe_password": "elle annonce une longueur de code négative (CVE-2026-39314)",
    "untrusted_uri": "son adresse n’est pas de confiance",
}

Json = dict[str, Any]


class Refused(Exception):
    """This printer gets no queue; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


class Silent(Refused):
    """The printer does not answer now; it may later."""

    def __init__(self) -> None:
        super().__init__("silent")


@dataclass(frozen=True)
class Printer:
    """One declared printer."""

    name: str
    place: str
    uri: str
    mode: str
    ppd: str
    model: str
    sha256: str
    options: tuple[str, ...]
    rooms: tuple[str, ...]
    default_for: tuple[str, ...]
    accounting: str
    code_option: str

    def serves(self, room: str) -> bool:
        """Say whether machines of this room print on it; no rooms means every room."""
        return not self.rooms or room in self.rooms

    def is_default_for(self, room: str) -> bool:
        """Say whether it is the room's default printer."""
        return EVERY_ROOM in self.default_for or room in self.default_for


@dataclass(frozen=True)
class Outcome:
    """What became of one printer."""

    name: str
    state: str
    reason: str = ""
    warnings: tuple[str, ...] = ()
    changed: bool = False


# What is declared


def read_printers(path: Path) -> Iterator[Printer | Outcome]:
    """Yield each declared printer, or its refusal. Raises ValueError for another file."""
    text = path.read_bytes()[: MAX_DECLARATION_BYTES + 1]
    if len(text) > MAX_DECLARATION_BYTES:
        raise ValueError(f"{path} is too long")
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError(f"{path} is not a {FORMAT} file")
    for declared in document["printers"]:
        yield read_printer(declared)


def problems_of(path: Path) -> list[str]:
    """Return a sentence for each declaration that would be refused, wherever it runs."""
    read = list(read_printers(path))
    names = [entry.name for entry in read]
    twice = sorted({name for name in names if names.count(name) > 1})
    refused = [entry for entry in read if isinstance(entry, Outcome)]
    told = [f"{outcome.name} : {SENTENCES[outcome.reason]}." for outcome in refused]
    return told + [f"{name} : déclarée deux fois." for name in twice]


def read_printer(declared: Json) -> Printer | Outcome:
    """Return a declared printer, or why it is refused; nothing of it was used yet."""
    name = str(declared.get("name", "?"))
    try:
        printer = _printer(declared)
        check_uri(printer)
    except (AttributeError, KeyError, TypeError, ValueError):
        return Outcome(name=name, state="refused", reason="bad_declaration")
    except Refused as refusal:
        return Outcome(name=name, state="refused", reason=refusal.code)
    return printer


def _printer(declared: Json) -> Printer:
    given = {**OPTIONAL, **declared}
    options = tuple(f"{key}={value}" for key, value in given["options"].items())
    printer = Printer(
        name=given["name"],
        place=str(given["place"]),
        uri=given["uri"],
        mode=given["mode"],
        ppd=str(given["ppd"]),
        model=str(given["model"]),
        sha256=str(given["sha256"]),
        options=options,
        rooms=tuple(given["rooms"]),
        default_for=tuple(given["default_for"]),
        accounting=given["accounting"],
        code_option=str(given["code_option"]),
    )
    known = printer.mode in SCHEMES and printer.accounting in ("none", "pin", "code")
    named = NAME.fullmatch(printer.name) and all(map(OPTION.fullmatch, options))
    driven = printer.mode != "ppd" or printer.ppd or printer.model
    coded = not printer.code_option or OPTION.fullmatch(printer.code_option.replace("{code}", "1"))
    safe = not printer.model.startswith("-") and printer.place.isprintable()
    if not (known and named and driven and coded and safe):
        raise ValueError(printer.name)
    return printer


def check_uri(printer: Printer) -> None:
    """Raise Refused unless the address names one host, by a protocol that its mode allows.

    What a network announces (dnssd:, implicitclass:) is refused: anybody may announce it.
    """
    parts = urlsplit(printer.uri)
    host = parts.hostname or ""
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    printable = re.fullmatch(r"[!-~]+", printer.uri) is not None
    if parts.scheme not in SCHEMES[printer.mode] or not (plain and printable):
        raise Refused("untrusted_uri")
    if not HOST.fullmatch(host) or _port(parts) is None:
        raise Refused("untrusted_uri")
    if printer.mode == "application" and host not in LOCAL_HOSTS:
        raise Refused("untrusted_uri")


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port or PORTS[parts.scheme]
    except ValueError:
        return None


def read_room(path: Path) -> str:
    """Return this machine's room; empty when it is not known."""
    try:
        return path.read_text(encoding="utf-8").strip()[:80]
    except FileNotFoundError:
        return ""


def read_codes(path: Path) -> Mapping[str, str]:
    """Return the department codes by printer; none unless the town put them here."""
    try:
        codes = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {str(name): str(code) for name, code in codes.items() if CODE.fullmatch(str(code))}


# The printer


def probe(printer: Printer, test: Path) -> Json:
    """Return what the printer says of itself; {} when its protocol says nothing.

    Raises Silent when it does not answer, Refused when its answer cannot make a queue.
    """
    parts = urlsplit(printer.uri)
    if parts.scheme in ("ipp", "ipps"):
        found = ask_ipp(printer.uri, test)
        if printer.mode != "ppd":
            check_driverless(found)
        return found
    try:
        address = (parts.hostname or "", _port(parts) or 0)
        socket.create_connection(address, timeout=PROBE_TIMEOUT_S).close()
    except OSError as error:
        raise Silent from error
    return {}


def ask_ipp(uri: str, test: Path) -> Json:
    """Return the attributes of a printer. Raises Silent when none came."""
    command = ["ipptool", "-T", str(PROBE_TIMEOUT_S), "-X", uri, str(test)]
    answer = run(command, timeout_s=2 * PROBE_TIMEOUT_S)
    return read_attributes(answer.stdout)


def read_attributes(xml: str) -> Json:
    """Return the attributes in what ipptool wrote. Raises Silent when there are none."""
    try:
        tests = plistlib.loads(xml.encode("utf-8"), fmt=plistlib.FMT_XML)["Tests"]
        groups = tests[0]["ResponseAttributes"]
    except (plistlib.InvalidFileException, ExpatError, ValueError, LookupError, TypeError) as error:
        raise Silent from error
    found: Json = {}
    for group in groups:
        found.update(group)
    if "printer-make-and-model" not in found:
        raise Silent
    return found


def check_driverless(found: Json) -> None:
    """Raise Refused when this printer cannot be driven without a driver, or is dangerous."""
    if any(length < 0 for length in _numbers(found.get("job-password-supported"))):
        raise Refused("unsafe_password")
    formats = found.get("document-format-supported", [])
    named = {formats} if isinstance(formats, str) else set(map(str, formats))
    if not named & DRIVERLESS_FORMATS:
        raise Refused("no_standard_format")


def offers_pin(found: Json) -> bool:
    """Say whether the printer holds a job until its code is typed on the panel."""
    return any(length > 0 for length in _numbers(found.get("job-password-supported")))


def _numbers(value: object) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [number for number in values if isinstance(number, int)]


# Programs


class Ended(NamedTuple):
    """How a program ended."""

    status: int
    stdout: str


def run(command: Sequence[str], *, timeout_s: float = PROGRAM_TIMEOUT_S) -> Ended:
    """Run a program in English; one that is missing or too slow has status 127 or 124."""
    environ = {**os.environ, "LC_ALL": "C", "SOFTWARE": ""}
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout_s, check=False, env=environ,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return Ended(124, "")
    except FileNotFoundError:
        return Ended(127, "")
    return Ended(done.returncode, done.stdout)
