# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a machine on the bench: ready or not and why, what remains to do, the key's bundle."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.model.reasons import Reason
from fleet.services.live_start import rewrite_bundle
from fleet.services.town import Town
from reconditioning.session import Session, read_session
from reconditioning.session_acts import make_ready, send_away
from reconditioning.session_notes import take_in_hand
from reconditioning.workplace import Workplace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What came of the machine. ``refused`` is why it is not ready (or not sent away).

    ``bundle`` is the file to bring to the desk, None without a key.
    """

    session: Session
    refused: tuple[Reason, ...]
    bundle: Path | None


def finish(town: Town, place: Workplace, session: Session) -> Ending:
    """Ask the guards for « ready », or send a rejected machine away; write the bundle."""
    if session.ready:
        refused: tuple[Reason, ...] = ()
    elif session.verdict is not None and session.verdict.rejected:
        refused = send_away(town, session.tag, for_parts=for_parts(session))
    else:
        refused = make_ready(town, session.tag)
    return Ending(
        session=read_session(town, session.tag) or session,
        refused=refused,
        bundle=write_bundle(town, place),
    )


def for_parts(session: Session) -> bool:
    """Tell whether the verdict names parts worth taking out."""
    reasons = session.verdict.reasons if session.verdict else ()
    return any(reason.startswith("part_") for reason in reasons)


def write_bundle(town: Town, place: Workplace) -> Path | None:
    """Write all that this key knows into « À ENVOYER »; None without a key."""
    return rewrite_bundle(town, place.stick) if place.stick else None


def put_away(town: Town) -> None:
    """Note that no machine is in hand any more."""
    take_in_hand(town.home, None)
