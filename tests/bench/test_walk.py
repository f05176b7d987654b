# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole wizard once, by keys and offline; then the desk imports the key's bundle, and the
machine goes to a family by commands.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.model.live_key import CERTIFICATES, TO_SEND
from fleet.model.minutes import by_step
from fleet.services import exchange
from fleet.services.town import open_town
from reconditioning.session import Session
from tests.bench.desk import done, give_away
from tests.bench.workshop import OLD_DATA, Bench, set_up, url_of
from tests.cli.command_line import Typist
from tests.tui.bench.stage import Volunteer, wizard

TAG = "PL-00042"
# What a person presses for one laptop, all questions answered: hands-on work, counted.
MOST_KEYS = 60
GUIDE = Path(__file__).parents[2] / "docs" / "atelier.md"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return set_up(tmp_path)


async def walk_to_the_end(person: Volunteer) -> None:
    """One donated laptop: every question answered, nothing repaired, handed over bare."""
    await person.starts()
    await person.identifies(tag=TAG)
    assert person.big() == (TAG,)
    assert "FIRST OPINION" in person.reads()
    await person.press("f9")
    await person.until(lambda: person.on == "TestsScreen")
    await answer_the_tests(person)
    await person.press("f9")
    await person.until(lambda: person.on == "RepairScreen")
    await person.press("enter")
    await wipe_the_disks(person)
    await person.press("enter")
    await person.until(lambda: person.on == "TriageScreen" and "VERDICT" in person.reads())
    await person.press("f9")
    await person.until(lambda: person.asks("arm's length"))
    await person.press("down", "enter")
    await person.until(lambda: person.asks("system"))
    await person.press("end", "enter")
    await person.until(lambda: person.on == "EndingScreen" and person.big())


async def answer_the_tests(person: Volunteer) -> None:
    """The screen, then the keyboard, of which some keys are not tried: they are not there."""
    app = person.app
    await person.until(lambda: not app.testing.running)
    await go_to(person, "screen")
    await person.press("enter")
    await person.until(lambda: person.on == "ColourScreen")
    await person.press(*["space"] * 5)
    await person.press("n", "o", "n")
    await go_to(person, "keyboard")
    await person.press("enter")
    await person.until(lambda: person.on == "KeysScreen")
    await person.press("a", "z", "e", "escape", "escape")
    await person.press("o", "o")
    await person.until(lambda: app.session is not None and not app.session.to_test)


async def go_to(person: Volunteer, test: str) -> None:
    """Put the cursor on a test with the arrows."""
    assert person.app.session is not None
    await person.press("home", *["down"] * person.app.session.asked.index(test))


async def wipe_the_disks(person: Volunteer) -> None:
    """Read the plan, type the number in small letters, wait for the end."""
    app = person.app
    await person.until(lambda: person.on == "WipeScreen" and "to wipe" in person.reads())
    await person.press("enter")
    await person.until(lambda: person.on == "ConfirmTag")
    await person.types(TAG.lower())
    await person.until(lambda: person.on == "WipingScreen" and app.wiping.ended)
    await person.until(lambda: app.session is not None and app.session.wiped)
    assert person.big() == ("WIPED",)


def keys_by_step(session: Session) -> dict[str, int]:
    """How many keys each step took."""
    return {step: spent.keys for step, spent in by_step(session.timed).items()}


@pytest.mark.timeout(600)
@pytest.mark.slow
async def test_a_laptop_walks_by_keys_to_ready_and_by_the_desk_to_a_family(
    bench: Bench, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    app = wizard(bench)
    async with app.run_test(size=(80, 24)) as pilot:
        person = Volunteer(pilot)
        await walk_to_the_end(person)
        assert person.big() == ("READY",), person.reads()
        session = app.session
        await person.press("enter")
        await person.until(lambda: person.on == "StartScreen")

    assert session is not None
    keys = keys_by_step(session)
    record_property("keys pressed", keys)
    assert sum(keys.values()) == session.minutes[2] <= MOST_KEYS, keys
    assert f"**{session.minutes[2]} touches**" in GUIDE.read_text(), keys
    assert OLD_DATA not in bench.disks[0].read_bytes()
    stick = bench.place.stick
    assert stick is not None
    assert len(list((stick / CERTIFICATES).glob("*.json"))) == 1
    _at_the_desk(bench, tmp_path, next((stick / TO_SEND).glob("*.tar.zst")))


def _at_the_desk(bench: Bench, tmp_path: Path, bundle: Path) -> None:
    """Trust the key once, import its bundle, give the machine to a family."""
    desk = Typist(tmp_path / "desk")
    done(desk.types("init"))
    town = open_town(desk.home, url_of(desk.home)).acting_as("Camille B.")
    exchange.enrol_replica(town, bench.town.key.replica, bench.town.key.public_key, "Clé 1")
    exchange.trust_replica(town, bench.town.key.replica, bench.town.key.public_key)
    town.journal.engine.dispose()

    done(desk.types("bundle", "import", bundle))
    give_away(desk, TAG, tmp_path)
