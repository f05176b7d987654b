# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot test proved of an image: one record per firmware, signed and kept beside it."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

import msgspec

from fleet.errors import BadInput
from fleet.i18n import _
from fleet.model.events import canonical

PROOF_NAMESPACE = "parclibre-proof"
PROOF_VERSION = 1


class Firmware(StrEnum):
    """How a machine starts: modern firmware with Secure Boot on, or the older one."""

    UEFI = "uefi"
    BIOS = "bios"


class CheckResult(StrEnum):
    """What a check found. Not applicable comes with its reason in the evidence."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    NOT_APPLICABLE = "not_applicable"


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened, as a code and what it is about: ``fleet.output.proof_words`` words it."""

    code: str
    values: dict[str, str] = {}


class CheckOutcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question asked inside the booted machine (or of its image), and the answer.

    ``id`` is the question's code; ``proves`` words it in English for who reads the file.
    """

    id: str
    proves: str
    result: CheckResult
    evidence: str
    seconds: int


class Retry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A start that was given up and made again, and why: ``reason`` says ``told`` in English."""

    attempt: int
    reason: str
    told: tuple[Told, ...] = ()


class Emulator(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machine that was simulated: a proof under emulation says so."""

    name: str
    version: str
    acceleration: str
    cpu: str
    memory_mib: int
    secure_boot: bool


class Times(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Seconds from power-on; None for what never came."""

    login: int | None
    checks: int | None
    check_in: int | None
    powered_off: int | None


class Proof(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A boot test's whole result for one firmware. No floats: its bytes are signed.

    ``added_files`` are on the test disk only, never in the image; so are ``kernel_arguments``,
    which let the test read the kernel's words. ``failure`` is empty, or one
    sentence on where the test stopped: what ``stopped`` tells, in English. Older proofs have
    sentences only, in the language of who made the test.
    """

    version: int = PROOF_VERSION
    image_digest: str
    firmware: Firmware
    tool_version: str
    date: str
    emulator: Emulator
    times: Times
    retries: tuple[Retry, ...]
    checks: tuple[CheckOutcome, ...]
    check_in: str
    powered_off_cleanly: bool
    screenshot: str
    screenshot_digest: str
    serial_log: str
    serial_digest: str
    added_files: tuple[str, ...]
    kernel_arguments: str = ""
    failure: str
    stopped: tuple[Told, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing stopped the test and no check failed."""
        return (
            not self.failure
            and bool(self.checks)
            and self.powered_off_cleanly
            and all(check.result is not CheckResult.FAIL for check in self.checks)
        )

    @property
    def failed_checks(self) -> tuple[CheckOutcome, ...]:
        """The checks that failed, in the order they ran."""
        return tuple(check for check in self.checks if check.result is CheckResult.FAIL)


def proof_bytes(proof: Proof) -> bytes:
    """Return the canonical JSON of a proof: the bytes that are written and signed."""
    return canonical(proof)


def read_proof(raw: bytes) -> Proof:
    """Return the proof that a file holds. Raises BadInput when it is not one."""
    try:
        return msgspec.json.decode(raw, type=Proof)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(
            _("This is not a boot test's proof: {error}").format(error=error),
            hint=_("Test the image again: parclibre image test IMAGE."),
        ) from error


def digest_of(raw: bytes) -> str:
    """Return the hex SHA-256 of bytes, as proofs name files."""
    return hashlib.sha256(raw).hexdigest()


def as_mapping(proof: Proof) -> dict[str, Any]:
    """Return a proof as plain values, with its verdict, to print as JSON."""
    values: dict[str, Any] = msgspec.to_builtins(proof)
    return {**values, "passed": proof.passed}
