# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the JSON of nvme-cli: what a controller can erase, and how its sanitize went.

Fields are those of the NVMe Base Specification (Identify Controller: SANICAP, FNA, OACS; Sanitize
Status log: SPROG, SSTAT), in the shapes that nvme-cli 1.x and 2.x print.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from fleet.errors import BadInput
from fleet.model.text import clean, known
from fleet.readers.hdparm import SanitizeState, SanitizeStatus
from fleet.readers.limits import count, load_json, mapping, text_of

_CODE = re.compile(r"\((\d)\)")
_STATES = {
    0: SanitizeState.IDLE,
    1: SanitizeState.SUCCEEDED,
    2: SanitizeState.RUNNING,
    3: SanitizeState.FAILED,
    4: SanitizeState.SUCCEEDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NvmeController:
    """What a controller says of itself and of what it can erase.

    ``format_all``: a format reaches every namespace, not one.
    """

    model: str | None
    serial: str | None
    firmware: str | None
    format_: bool
    format_crypto: bool
    format_all: bool
    sanitize_crypto: bool
    sanitize_block: bool
    sanitize_overwrite: bool


def read_controller(text: str) -> NvmeController | None:
    """Return what ``nvme id-ctrl --output-format=json`` tells; None when it is not that."""
    try:
        told = mapping(load_json(text))
    except BadInput:
        return None
    if not ({"mn", "sn"} & told.keys()):
        return None
    oacs, fna, sanicap = (count(told.get(name)) or 0 for name in ("oacs", "fna", "sanicap"))
    return NvmeController(
        model=known(text_of(told, "mn")),
        serial=known(text_of(told, "sn")),
        firmware=clean(text_of(told, "fr")),
        format_=bool(oacs & 2),
        format_crypto=bool(oacs & 2 and fna & 4),
        format_all=bool(fna & 3),
        sanitize_crypto=bool(sanicap & 1),
        sanitize_block=bool(sanicap & 2),
        sanitize_overwrite=bool(sanicap & 4),
    )


def read_lba_format(text: str) -> int | None:
    """Return the number of the sector format in use (``nvme id-ns``); a format must keep it."""
    try:
        flbas = count(mapping(load_json(text)).get("flbas"))
    except BadInput:
        return None
    # NVMe 2.0: bits 3:0, and 6:5 above sixteen formats.
    return None if flbas is None else (flbas & 0xF) | ((flbas & 0x60) >> 1)


def read_format_left(text: str) -> int | None:
    """Return the percentage that remains of a format (``nvme id-ns``, FPI); 0 when it is done.

    None when the namespace does not answer.
    """
    try:
        told = mapping(load_json(text))
    except BadInput:
        return None
    if "nsze" not in told:
        return None
    progress = count(told.get("fpi")) or 0
    return progress & 0x7F if progress & 0x80 else 0


def read_sanitize_log(text: str) -> SanitizeStatus:
    """Return the state that ``nvme sanitize-log --output-format=json`` gives."""
    try:
        document = mapping(load_json(text))
    except BadInput:
        return SanitizeStatus(state=SanitizeState.UNKNOWN)
    told = document
    if "sprog" not in told:
        told = next((one for one in map(mapping, document.values()) if "sprog" in one), {})
    progress = count(told.get("sprog"))
    return SanitizeStatus(
        state=_STATES.get(_status(told.get("sstat")), SanitizeState.UNKNOWN),
        percent=min(progress or 0, 65535) * 100 / 65535,
    )


def _status(sstat: object) -> int:
    """Return SSTAT bits 2:0; nvme-cli prints the number, or « (1) words » inside an object."""
    plain = count(sstat)
    if plain is not None:
        return plain & 7
    told = mapping(sstat).get("status")
    found = _CODE.match(told) if isinstance(told, str) else None
    return int(found[1]) if found else -1
