# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a partner's bundle brings in is kept, and what breaks the law of its day is shown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fleet.cli.main import main
from fleet.model import kinds as k
from fleet.model.reasons import Refused
from fleet.model.state import State
from fleet.services import acts, audit, exchange, inbox, verify
from fleet.services.audit import Period
from fleet.services.inbox import InboxIssue
from fleet.services.town import Town, init_town

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MACHINE, TAG = "machine:1", "PL-1"
WORKSHOP, SHOP, FAMILY = "partner:workshop", "partner:shop", "beneficiary:1"
GIFT = k.TitleTransferred(way="gift", taker=WORKSHOP)
RESALE = k.TitleTransferred(way="sale", taker="somebody", price_cents=18_001)


def town_at(folder: Path, operator: str) -> Town:
    folder.mkdir(exist_ok=True)
    town = init_town(folder, f"sqlite:///{folder}/journal.sqlite", now=lambda: NOW)
    return town.acting_as(operator)


def tell(town: Town, subject: str, *bodies: k.Body) -> None:
    """Write events without asking any guard, as a program that has none would."""
    with town.act() as act:
        act.extend(subject, bodies)


class Pair:
    """A town and its partner, who tell each other all they know."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.town = town_at(folder / "town", "Camille")
        self.partner = town_at(folder / "partner", "Alix")
        for one, other in ((self.town, self.partner), (self.partner, self.town)):
            exchange.trust_replica(one, other.key.replica, other.key.public_key)
        self._bundles = 0

    def send(self, sender: Town, receiver: Town, lots: tuple[str, ...] = ()) -> int:
        """Import all of one at the other's; returns how many events were new there."""
        self._bundles += 1
        path = self.folder / f"{self._bundles}.tar.zst"
        done = exchange.export_bundle(sender, path, lots=list(lots))
        return sum(exchange.import_bundle(receiver, done.path).new_events.values())

    def from_the_partner(self, subject: str, *bodies: k.Body) -> int:
        """The partner's program writes events; the town imports them."""
        tell(self.partner, subject, *bodies)
        return self.send(self.partner, self.town)


def breaches(town: Town) -> list[InboxIssue]:
    return [issue for issue in inbox.machine_issues(town) if issue.kind == "unlawful"]


def codes(town: Town) -> set[str]:
    return {reason.code for issue in breaches(town) for reason in issue.reasons}


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Both know a retired laptop worth 320 EUR, and two partners."""
    pair = Pair(tmp_path)
    tell(pair.town, WORKSHOP, k.PartnerAdded(name="Atelier", quality="esus"))
    tell(pair.town, SHOP, k.PartnerAdded(name="Boutique", quality="company"))
    tell(pair.town, MACHINE, k.MachineRegistered(tag=TAG, kind="laptop"),
         k.Retired(decision="PV 12"), k.ValueEstimated(machine_cents=32_000))  # fmt: skip
    pair.send(pair.town, pair.partner)
    return pair


def test_an_honest_partners_gift_brings_no_breach(pair: Pair) -> None:
    assert pair.from_the_partner(MACHINE, k.ValueEstimated(machine_cents=8_000), GIFT) > 0

    assert breaches(pair.town) == []
    assert acts.view_of(pair.town, TAG).machine.title == WORKSHOP


def test_a_gift_over_the_cap_is_kept_and_shown_as_the_live_guard_would_have_said(
    pair: Pair,
) -> None:
    live = acts.check(pair.town, TAG, GIFT)

    assert pair.from_the_partner(MACHINE, GIFT) > 0

    (breach,) = breaches(pair.town)
    assert isinstance(live, Refused)
    assert breach.reasons == live.reasons
    assert acts.view_of(pair.town, TAG).machine.title == WORKSHOP, "the fact is not lost"
    assert codes(pair.partner) == codes(pair.town) == {"value_over_cap"}


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (k.TitleTransferred(way="gift", taker=SHOP), "quality_missing"),
        (k.TitleTransferred(way="gift", taker="partner:nobody"), "taker_unnamed"),
        (k.TitleTransferred(way="gift", taker=FAMILY), "family_directly"),
        (k.TitleTransferred(way="staff_gift", taker=WORKSHOP), "taker_not_staff"),
        (k.TitleTransferred(way="transfer", taker=WORKSHOP), "taker_not_public"),
        (k.Exited(way="transfer", taker=WORKSHOP), "taker_not_public"),
    ],
)
def test_who_received_is_looked_at(pair: Pair, deed: k.Body, code: str) -> None:
    pair.from_the_partner(MACHINE, k.ValueEstimated(machine_cents=8_000), deed)

    assert codes(pair.town) == {code}


@pytest.mark.parametrize(
    ("quality", "expected"),
    [("esus", {"resale_not_allowed"}), ("interet_general_precarite", {"resale_over_tariff"})],
)
def test_the_price_of_a_resale_is_looked_at(pair: Pair, quality: str, expected: set[str]) -> None:
    tell(pair.partner, WORKSHOP, k.PartnerAdded(name="Atelier", quality=quality))

    pair.from_the_partner(MACHINE, k.ValueEstimated(machine_cents=8_000), GIFT, RESALE)

    assert codes(pair.town) == expected


@pytest.mark.parametrize(
    ("partner", "price", "expected"),
    [
        (WORKSHOP, 0, set()),
        (WORKSHOP, 5_000, {"resale_not_allowed"}),
        (SHOP, None, {"title_elsewhere"}),
    ],
)
def test_a_hand_over_is_looked_at_apart_from_its_wipe(
    pair: Pair, partner: str, price: int | None, expected: set[str]
) -> None:
    handed = k.HandedOver(partner=partner, beneficiary=FAMILY, receipt="R-1", price_cents=price)
    ready = k.StateDeclared(state=State.READY)

    pair.from_the_partner(MACHINE, k.ValueEstimated(machine_cents=8_000), GIFT, ready, handed)

    assert codes(pair.town) == expected
    assert "violation" in {issue.kind for issue in inbox.machine_issues(pair.town)}


def test_a_leased_machine_that_a_partner_gives_is_a_breach(pair: Pair) -> None:
    leased = k.MachineDescribed(provenance="leased")

    pair.from_the_partner(MACHINE, k.ValueEstimated(machine_cents=8_000), leased, GIFT)

    assert codes(pair.town) == {"leased"}


# --- the day decides ---------------------------------------------------------------------------


def test_the_law_and_the_quality_are_those_of_the_day(pair: Pair) -> None:
    before_the_cap = k.TitleTransferred(way="gift", taker=WORKSHOP, on="2022-05-07")
    pair.from_the_partner(MACHINE, before_the_cap)
    assert breaches(pair.town) == []

    tell(pair.town, WORKSHOP, k.PartnerAdded(name="Atelier", quality="company"))

    assert breaches(pair.town) == [], "the approval that it lost since counted then"


def test_a_day_that_is_none_does_not_escape_the_law(pair: Pair) -> None:
    pair.from_the_partner(MACHINE, k.TitleTransferred(way="gift", taker=WORKSHOP, on="1"))

    assert codes(pair.town) == {"value_over_cap"}


def test_a_quality_or_a_value_told_late_ends_the_breach(pair: Pair) -> None:
    gift = k.TitleTransferred(way="gift", taker="partner:new")
    tell(pair.partner, "machine:2", k.MachineRegistered(tag="PL-2", kind="laptop"),
         k.Retired(decision="PV 13"), gift)  # fmt: skip
    pair.from_the_partner("partner:new", k.PartnerAdded(name="Nouvelle"))
    assert codes(pair.town) == {"quality_missing", "value_unknown"}

    tell(pair.town, "partner:new", k.PartnerAdded(name="Nouvelle", quality="esus"))
    assert codes(pair.town) == {"value_unknown"}

    tell(pair.town, "machine:2", k.ValueEstimated(machine_cents=5_000))
    assert breaches(pair.town) == []


def test_a_lower_estimate_after_the_gift_excuses_nothing(pair: Pair) -> None:
    pair.from_the_partner(MACHINE, GIFT, k.ValueEstimated(machine_cents=5_000))

    assert codes(pair.town) == {"value_over_cap"}


def test_a_quality_that_arrives_after_the_gift_but_was_told_before_counts(pair: Pair) -> None:
    tell(pair.partner, MACHINE, k.ValueEstimated(machine_cents=8_000), GIFT)
    tell(pair.partner, WORKSHOP, k.PartnerAdded(name="Atelier", quality="esus"))
    tell(pair.town, WORKSHOP, k.PartnerAdded(name="Atelier", quality="company"))

    pair.send(pair.partner, pair.town)
    pair.send(pair.town, pair.partner)

    assert codes(pair.town) == codes(pair.partner)
    for town in (pair.town, pair.partner):
        step_by_step = verify.digest(town)
        verify.rebuild(town)
        assert verify.digest(town) == step_by_step


# --- what ends a breach, and what is not one ---------------------------------------------------


def test_a_persons_word_settles_a_breach_for_both_and_the_audit_still_counts_it(
    pair: Pair,
) -> None:
    pair.from_the_partner(MACHINE, GIFT)
    (breach,) = breaches(pair.town)

    inbox.settle_issue(pair.town, breach, "Reprise demandée à l'atelier")
    pair.send(pair.town, pair.partner)

    assert breaches(pair.town) == breaches(pair.partner) == []
    report = audit.run(pair.town, Period(year=2026, day="2026-12-31", known_at=""))
    assert report.audit.behind("workshop.unlawful") == (MACHINE,)
    assert report.audit.behind("wiping.exceptions") == ()


def test_an_exception_recorded_before_the_gift_holds(pair: Pair) -> None:
    waived = k.GuardWaived(transition="TitleTransferred", code="value_over_cap", why="expertise")

    pair.from_the_partner(MACHINE, waived, GIFT)

    assert breaches(pair.town) == []


def test_what_a_lot_withholds_is_not_taken_for_a_breach(pair: Pair, tmp_path: Path) -> None:
    other = town_at(tmp_path / "other", "Noor")
    exchange.trust_replica(other, pair.town.key.replica, pair.town.key.public_key)
    tell(pair.town, "lot:1", k.LotOpened(name="Lot 1"))
    tell(pair.town, MACHINE, k.MachinePutInLot(lot="lot:1"),
         k.ValueEstimated(machine_cents=8_000), GIFT)  # fmt: skip

    pair.send(pair.town, other, lots=("lot:1",))

    assert acts.view_of(other, TAG).machine.title == WORKSHOP
    assert breaches(other) == []


def test_a_past_declared_by_a_spreadsheet_is_not_asked(pair: Pair) -> None:
    tell(pair.town, MACHINE, k.StateDeclared(state=State.GIVEN, on="2024-01-10"),
         k.TitleTransferred(way="gift", taker="unknown", on="2024-01-10"))  # fmt: skip

    assert breaches(pair.town) == []


# --- where it is read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command", [("inbox", "show", f"{TAG}/unlawful"), ("machine", "show", TAG)]
)
def test_the_rule_its_source_and_what_to_do_are_told(
    pair: Pair, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    pair.from_the_partner(MACHINE, GIFT)
    home = pair.town.home
    environ = {
        "PARCLIBRE_HOME": str(home),
        "PARCLIBRE_STORE": f"sqlite:///{home}/journal.sqlite",
        "LANG": "C",
    }

    assert main(command, environ=environ) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "Against the law" in told
    assert "It is worth 320.00 €; a gift may not pass 300.00 € (CG3P, art. D.3212-3" in told
    assert "transfer it to a public body (--way transfer)" in told
