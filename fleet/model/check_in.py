# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine's check-in: reading its message and judging it, as docs/reference/check-in.md says.

Pure: what the server knows of the machine, the tokens, the time and the check of a signature are
given. Nothing here keeps, sends or fetches.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

NAMESPACE = "parclibre-check-in"
MESSAGE_FORMAT = "parclibre-check-in"
ANSWER_FORMAT = "parclibre-check-in-answer"
VERSION = 1
MAX_MESSAGE_BYTES = 64 * 1024
MAX_COUNTER = 2**53
AHEAD_S = 10 * 60
OLD_S = 30 * 24 * 3600

#: Returns when the signature holds for (signature, message, public key, namespace); raises else.
SignatureCheck = Callable[[str, bytes, str, str], None]


class Refusal(StrEnum):
    """Why a message is not accepted; the code travels in the answer."""

    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad_signature"
    NOT_ENROLLED = "not_enrolled"
    KEY_CHANGED = "key_changed"
    REPLAYED = "replayed"
    CLOCK_AHEAD = "clock_ahead"
    TOO_OLD = "too_old"


HTTP_STATUSES: Mapping[Refusal, int] = {
    Refusal.MALFORMED: 400,
    Refusal.BAD_SIGNATURE: 403,
    Refusal.NOT_ENROLLED: 403,
    Refusal.KEY_CHANGED: 403,
    Refusal.REPLAYED: 409,
    Refusal.CLOCK_AHEAD: 403,
    Refusal.TOO_OLD: 403,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """The proof that the machine holds a token of the town."""

    token_id: str
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """One message, read and not yet judged; ``facts`` is what the machine says of itself."""

    body: str
    public_key: str
    signature: str
    enrolment: Enrolment | None
    machine: str
    counter: int
    made_at: int
    facts: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """The SHA-256 of the body, which tells a repeated message from a replayed counter."""
        return hashlib.sha256(self.body.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMachine:
    """What the server keeps of an enrolled machine."""

    public_key: str
    counter: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to answer, and what to keep: ``known`` is None when nothing changes."""

    refusal: Refusal | None
    known: KnownMachine | None = None
    spent_token: str | None = None
    counter: int | None = None

    @property
    def http_status(self) -> int:
        """The HTTP status of the answer."""
        return 200 if self.refusal is None else HTTP_STATUSES[self.refusal]


def read_check_in(content: bytes) -> CheckIn | None:
    """Return the message in a request; None when it is not one of this protocol."""
    if len(content) > MAX_MESSAGE_BYTES:
        return None
    try:
        message = json.loads(content)
        facts = json.loads(message["body"])
        read = CheckIn(
            body=message["body"],
            public_key=message["public_key"],
            signature=message["signature"],
            enrolment=_enrolment(message.get("enrolment")),
            machine=facts["machine"],
            counter=facts["counter"],
            made_at=facts["made_at"],
            facts=facts,
        )
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    same = (message.get("format"), message.get("version")) == (MESSAGE_FORMAT, VERSION)
    return read if same and _is_well_formed(read) else None


def _enrolment(told: Any) -> Enrolment | None:
    return None if told is None else Enrolment(token_id=told["token_id"], proof=told["proof"])


def _is_well_formed(read: CheckIn) -> bool:
    texts = [read.body, read.public_key, read.signature, read.machine]
    if read.enrolment is not None:
        texts += [read.enrolment.token_id, read.enrolment.proof]
    numbers = (read.counter, read.made_at)
    typed = all(isinstance(text, str) for text in texts) and isinstance(read.facts, dict)
    counted = all(type(number) is int and 0 < number < MAX_COUNTER for number in numbers)
    return typed and counted and len(read.machine) == 32


def judge(
    message: CheckIn,
    *,
    known: KnownMachine | None,
    tokens: Mapping[str, str],
    now: int,
    check_signature: SignatureCheck,
    refused: type[Exception],
) -> Verdict:
    """Say whether a message is accepted, and what to keep.

    ``tokens`` are the unspent tokens by id; ``refused`` is what ``check_signature`` raises. The
    signature comes first: nothing of an unsigned message is believed. A copy of the last message
    is accepted again, since its answer may have been lost on the way.
    """
    try:
        check_signature(
            message.signature, message.body.encode("utf-8"), message.public_key, NAMESPACE
        )
    except refused:
        return Verdict(refusal=Refusal.BAD_SIGNATURE)
    token = _proven_token(message, tokens)
    if refusal := _stranger(message, known, token):
        return Verdict(refusal=refusal)
    same_key = known is not None and known.public_key == message.public_key
    if same_key and known is not None and message.counter <= known.counter:
        return _again(message, known)
    if refusal := _untimely(message, now):
        return Verdict(refusal=refusal)
    kept = KnownMachine(
        public_key=message.public_key, counter=message.counter, digest=message.digest
    )
    return Verdict(refusal=None, known=kept, spent_token=token)


def _proven_token(message: CheckIn, tokens: Mapping[str, str]) -> str | None:
    """Return the id of the token that the machine proves to hold."""
    if message.enrolment is None or message.enrolment.token_id not in tokens:
        return None
    token = tokens[message.enrolment.token_id].encode("ascii")
    expected = hmac.new(token, message.body.encode("utf-8"), hashlib.sha256).hexdigest()
    given = message.enrolment.proof.encode("utf-8")
    return message.enrolment.token_id if hmac.compare_digest(expected.encode(), given) else None


def _stranger(message: CheckIn, known: KnownMachine | None, token: str | None) -> Refusal | None:
    """Return the refusal of a key that the server does not know; a token makes it known."""
    if token is not None:
        return None
    if known is None:
        return Refusal.NOT_ENROLLED
    return Refusal.KEY_CHANGED if known.public_key != message.public_key else None


def _again(message: CheckIn, known: KnownMachine) -> Verdict:
    same = message.counter == known.counter and message.digest == known.digest
    return Verdict(refusal=None if same else Refusal.REPLAYED, counter=known.counter)


def _untimely(message: CheckIn, now: int) -> Refusal | None:
    if message.made_at > now + AHEAD_S:
        return Refusal.CLOCK_AHEAD
    return Refusal.TOO_OLD if message.made_at < now - OLD_S else None


def answer(verdict: Verdict, *, retry_after_s: int | None = None) -> dict[str, object]:
    """Return the answer's document: nothing in it can be run."""
    document: dict[str, object] = {
        "format": ANSWER_FORMAT,
        "version": VERSION,
        "accepted": verdict.refusal is None,
    }
    if verdict.refusal is None:
        document["enrolled"] = True
    else:
        document["reason"] = verdict.refusal.value
    if verdict.refusal is Refusal.REPLAYED:
        document["counter"] = verdict.counter
    if retry_after_s is not None:
        document["retry_after_s"] = retry_after_s
    return document
