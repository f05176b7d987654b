# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An open installation: journal, attachments, keys, people, and who is acting.

Everything the command line and the console do goes through a ``Town``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from uuid6 import uuid7

from fleet.errors import NotFound, UsageError
from fleet.i18n import _
from fleet.model.events import NOBODY as NOBODY
from fleet.model.events import Clock
from fleet.model.kinds import Body, OperatorAdded
from fleet.model.text import clean
from fleet.store.attachments import Attachments
from fleet.store.engine import open_engine
from fleet.store.files import private_folder
from fleet.store.freshness import refresh
from fleet.store.journal import Draft, Journal, Writer, utc_now
from fleet.store.keys import ReplicaKey
from fleet.store.people import People, Person, Role
from fleet.store.rehome import finish_rehome


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """An installation in use. ``operator`` is the id of the person acting, None until chosen."""

    home: Path
    journal: Journal
    attachments: Attachments
    people: People
    key: ReplicaKey
    operator: str | None = None
    clock: Clock = Clock.NTP

    def now(self) -> datetime:
        """Return the time of the store's clock."""
        return self.journal.now()

    def acting_as(self, name: str) -> Town:
        """Return the same installation with this named person acting; a new name is recorded.

        Raises UsageError when the name is blank.
        """
        cleaned = clean(name)
        if cleaned is None:
            raise UsageError(
                _("The operator has no name."), hint=_('Give your name: --operator "Camille B."')
            )
        with self.journal.write() as writer:
            person = self.people.find_operator(writer.connection, cleaned)
            if person is None:
                person = new_id("operator")
                self.people.add(
                    writer.connection,
                    Person(
                        id=person,
                        role=Role.OPERATOR,
                        name=cleaned,
                        last_contact=self.now().date(),
                    ),
                )
                act = Act(writer, replace(self, operator=person))
                act.add(person, OperatorAdded())
                act.done()
        return replace(self, operator=person)

    @contextmanager
    def act(self) -> Iterator[Act]:
        """Open one act: its events share an act id, and are undone together.

        Raises UsageError when nobody is acting.
        """
        if self.operator is None:
            raise UsageError(
                _("Nobody is named as the author of this act."),
                hint=_('Say who you are once: parclibre operator "Camille B."'),
            )
        with self.journal.write() as writer:
            act = Act(writer, self)
            yield act
            act.done()


class Act:
    """Events being written by one person in one go."""

    def __init__(self, writer: Writer, town: Town) -> None:
        self.id = str(uuid7())
        self.writer = writer
        self.town = town
        self._pending: list[Draft] = []

    def add(self, subject: str, body: Body, *, clock: Clock | None = None) -> None:
        """Add one event; it is written with the next ``done`` or ``flush``."""
        self._pending.append(
            Draft(
                subject=subject,
                body=body,
                author=self.town.operator or NOBODY,
                act=self.id,
                at=self.town.now(),
                clock=clock or self.town.clock,
            )
        )

    def extend(self, subject: str, bodies: Sequence[Body]) -> None:
        """Add several events on one subject."""
        for body in bodies:
            self.add(subject, body)

    def done(self) -> None:
        """Write what was added so far, so that guards see it."""
        pending, self._pending = self._pending, []
        self.writer.append(pending)


def new_id(type_: str) -> str:
    """Return a fresh subject id, e.g. ``machine:0192...``."""
    return f"{type_}:{uuid7()}"


def is_initialised(home: Path) -> bool:
    """Tell whether an installation was already made in this folder."""
    return (home / "keys").is_dir()


def init_town(home: Path, url: str, *, now: Callable[[], datetime] = utc_now) -> Town:
    """Make (or open) an installation: folders, replica key, tables."""
    private_folder(home)
    engine = open_engine(url)
    key = finish_rehome(engine, home)
    journal = Journal(engine, key.replica, now=now)
    refresh(journal)
    return Town(
        home=home,
        journal=journal,
        attachments=Attachments(home / "attachments"),
        people=People(home),
        key=key,
    )


def open_town(home: Path, url: str, *, now: Callable[[], datetime] = utc_now) -> Town:
    """Open an installation. Raises NotFound when there is none yet."""
    if not is_initialised(home):
        raise NotFound(
            _("There is no ParcLibre store in {home}.").format(home=home),
            hint=_("Make one: parclibre init"),
        )
    return init_town(home, url, now=now)
