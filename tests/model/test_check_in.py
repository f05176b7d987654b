# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading and judging a machine's check-in, without a network."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.model.check_in import (
    CheckIn,
    KnownMachine,
    Refusal,
    Verdict,
    answer,
    judge,
    read_check_in,
)

NOW = 1_790_000_000
DAY = 24 * 3600
TOKEN = "t" * 32
TOKEN_ID = hashlib.sha256(TOKEN.encode()).hexdigest()[:16]
KNOWN = KnownMachine(public_key="key", counter=7, digest="")


class BadSignature(Exception):
    """What the check of these tests raises."""


def check(signature: str, message: bytes, _public_key: str, namespace: str) -> None:
    if signature != "good" or not message or namespace != "parclibre-check-in":
        raise BadSignature


def message(*, token: str | None = None, outer: Any = (), **facts: Any) -> bytes:
    body = json.dumps({"machine": "a" * 32, "counter": 8, "made_at": NOW, **facts})
    document: dict[str, Any] = {
        "format": "parclibre-check-in", "version": 1, "body": body, "public_key": "key",
        "signature": "good",
    }  # fmt: skip
    if token is not None:
        proof = hmac.new(token.encode(), body.encode(), hashlib.sha256).hexdigest()
        document["enrolment"] = {"token_id": TOKEN_ID, "proof": proof}
    return json.dumps({**document, **dict(outer)}).encode()


def read(content: bytes) -> CheckIn:
    found = read_check_in(content)
    assert found is not None
    return found


def judged(content: bytes, known: KnownMachine | None = KNOWN) -> Verdict:
    return judge(
        read(content), known=known, tokens={TOKEN_ID: TOKEN}, now=NOW, check_signature=check,
        refused=BadSignature,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "known", "expected"),
    [
        (message(), KNOWN, None),
        (message(), None, Refusal.NOT_ENROLLED),
        (message(token=TOKEN), None, None),
        (message(token="x" * 32), None, Refusal.NOT_ENROLLED),
        (message(outer={"public_key": "other"}), KNOWN, Refusal.KEY_CHANGED),
        (message(token=TOKEN, outer={"public_key": "other"}), KNOWN, None),
        (message(outer={"signature": "bad"}), KNOWN, Refusal.BAD_SIGNATURE),
        (message(counter=7), KNOWN, Refusal.REPLAYED),
        (message(counter=1), KNOWN, Refusal.REPLAYED),
        (message(made_at=NOW + 9 * 60), KNOWN, None),
        (message(made_at=NOW + 11 * 60), KNOWN, Refusal.CLOCK_AHEAD),
        (message(made_at=NOW - 29 * DAY), KNOWN, None),
        (message(made_at=NOW - 31 * DAY), KNOWN, Refusal.TOO_OLD),
    ],
)
def test_a_message_is_judged_by_key_counter_and_time(
    content: bytes, known: KnownMachine | None, expected: Refusal | None
) -> None:
    assert judged(content, known).refusal is expected


def test_the_last_message_sent_again_is_accepted_again() -> None:
    content = message()
    kept = judged(content).known

    again = judged(content, kept)

    assert (again.refusal, again.known) == (None, None)


def test_a_replay_is_answered_with_the_counter_to_catch_up_with() -> None:
    told = answer(judged(message(counter=2)), retry_after_s=60)

    assert told == {
        "format": "parclibre-check-in-answer", "version": 1, "accepted": False,
        "reason": "replayed", "counter": 7, "retry_after_s": 60,
    }  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b"0" * 70_000,
        message(machine="short"), message(machine=3), message(counter=0), message(counter=True),
        message(counter=1.5), message(counter=2**60), message(made_at="now"),
        message(outer={"version": 2}), message(outer={"format": "other"}),
        message(outer={"body": "[]"}), message(outer={"enrolment": {"token_id": 1, "proof": 2}}),
        message(outer={"signature": None}),
    ],
)  # fmt: skip
def test_what_is_not_a_message_is_not_read(content: bytes) -> None:
    assert read_check_in(content) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary())
def test_no_bytes_make_reading_fail(content: bytes) -> None:
    assert read_check_in(content) is None


@given(JSON, st.sampled_from(["body", "public_key", "signature", "enrolment", "format"]))
def test_no_value_makes_reading_fail(value: Any, name: str) -> None:
    read_check_in(message(outer={name: value}))


@given(JSON)
def test_no_body_makes_reading_fail(body: Any) -> None:
    read_check_in(message(outer={"body": json.dumps(body)}))
