# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The law's guards: who receives, up to what value, at what price, and what they never touch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fleet.model import kinds as k
from fleet.model.dated import DatedTable
from fleet.model.law import Quality, gift_article, gift_cap
from fleet.model.lifecycle import can
from fleet.model.reasons import Allowed, Refused
from fleet.model.views import Partner, World
from fleet.output.reasons import describe
from fleet.store.law import law
from tests.model.history import DISK, FAMILY, MACHINE, PARTNER, History, codes, made_ready

TODAY = "2026-03-02"
GIFT = k.TitleTransferred(way="gift", taker=PARTNER)
RECEIVING = (
    "reconnue_utilite_publique", "interet_general_precarite", "esus", "parents_eleves",
    "soutien_scolaire", "etudiants", "bienfaisance", "staff",
)  # fmt: skip


def town_machine(cents: int | None = 8_000, **fields: str) -> History:
    history = History()
    history.add(MACHINE, k.MachineRegistered(tag="PL-1", kind="laptop", **fields))  # type: ignore[arg-type]
    history.add(MACHINE, k.Retired(decision="PV 12"))
    if cents is not None:
        history.add(MACHINE, k.ValueEstimated(machine_cents=cents))
    return history


def world(history: History, quality: str = "esus") -> World:
    history.partners[PARTNER] = Partner(quality=quality)
    return replace(history.world(), law=law(), today=TODAY)


def asked(history: History, body: k.Body, quality: str = "esus") -> set[str]:
    return codes(can(history.view(), type(body).__name__, world(history, quality), body))


@pytest.mark.parametrize("quality", RECEIVING)
def test_a_gift_to_a_body_that_the_law_names_is_allowed(quality: str) -> None:
    assert asked(town_machine(), GIFT, quality) == set()
    assert gift_article(law(), quality, TODAY) is not None


@pytest.mark.parametrize(
    "quality", [*sorted(set(Quality) - set(RECEIVING)), "association", "association_loi_1901", ""]
)
def test_an_association_without_the_quality_receives_nothing(quality: str) -> None:
    assert asked(town_machine(), GIFT, quality) == {"quality_missing"}


@pytest.mark.parametrize("taker", [FAMILY, "holder:1"])
def test_a_family_receives_nothing_straight_from_the_town(taker: str) -> None:
    body = k.TitleTransferred(way="gift", taker=taker)

    assert asked(town_machine(), body) == {"family_directly"}


def test_a_gift_to_nobody_in_particular_is_refused() -> None:
    assert asked(town_machine(), k.TitleTransferred(way="gift", taker="association")) == {
        "taker_unnamed"
    }


@pytest.mark.parametrize(
    ("cents", "refusal"),
    [(None, {"value_unknown"}), (0, set()), (30_000, set()), (30_001, {"value_over_cap"})],
)
def test_a_gift_may_not_pass_the_cap(cents: int | None, refusal: set[str]) -> None:
    assert asked(town_machine(cents), GIFT) == refusal


def test_the_cap_looks_at_the_whole_configuration() -> None:
    history = town_machine(None)
    worth = k.ValueEstimated(machine_cents=26_000, screen_cents=3_500, accessories_cents=600)
    history.add(MACHINE, worth)

    assert asked(history, GIFT) == {"value_over_cap"}


def test_a_later_estimate_counts_and_the_earlier_one_does_not() -> None:
    history = town_machine(50_000)
    history.add(MACHINE, k.ValueEstimated(machine_cents=20_000))

    assert asked(history, GIFT) == set()


def test_a_rule_holds_from_its_day_on_and_not_before() -> None:
    before = k.TitleTransferred(way="gift", taker=PARTNER, on="2022-01-10")

    assert gift_cap(law(), "2022-01-10") is None
    assert asked(town_machine(99_900), before, "association") == set()
    assert asked(town_machine(99_900), GIFT, "association") == {
        "value_over_cap", "quality_missing",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"provenance": "leased"}, "leased"),
        ({"owner": "lessor"}, "leased"),
        ({"owner": "other_authority"}, "not_owned"),
    ],
)
@pytest.mark.parametrize("way", ["gift", "sale", "transfer", "staff_gift"])
def test_what_is_not_the_towns_is_not_given_nor_sold(
    fields: dict[str, str], code: str, way: str
) -> None:
    body = k.TitleTransferred(way=way, taker=PARTNER)  # type: ignore[arg-type]

    assert code in asked(town_machine(8_000, **fields), body, "staff")


@pytest.mark.parametrize("way", ["gift", "sale", "transfer"])
@pytest.mark.parametrize(("origin", "refusal"), [("stock", {"not_retired"}), ("gift", set())])
def test_the_towns_own_goods_are_retired_before_it_parts_with_them_and_gifts_are_not(
    way: str, origin: str, refusal: set[str]
) -> None:
    history = History()
    registered = k.MachineRegistered(tag="PL-1", origin=origin)  # type: ignore[arg-type]
    history.add(MACHINE, registered)
    history.add(MACHINE, k.ValueEstimated(machine_cents=5_000))
    quality = "public_body" if way == "transfer" else "esus"

    assert asked(history, k.TitleTransferred(way=way, taker=PARTNER), quality) == refusal  # type: ignore[arg-type]


def test_the_town_may_buy_what_it_leased() -> None:
    body = k.TitleTransferred(way="sale", taker="town")

    assert asked(town_machine(None, owner="lessor", provenance="leased"), body) == set()


def test_a_gift_to_staff_goes_to_staff() -> None:
    body = k.TitleTransferred(way="staff_gift", taker=PARTNER)

    assert asked(town_machine(), body, "esus") == {"taker_not_staff"}
    assert asked(town_machine(), body, "staff") == set()


def test_a_transfer_goes_to_a_public_body_whatever_the_value() -> None:
    body = k.TitleTransferred(way="transfer", taker=PARTNER)

    assert asked(town_machine(None), body, "public_body") == set()
    assert asked(town_machine(None), body, "company") == {"taker_not_public"}
    other = k.TitleTransferred(way="transfer", taker="other_authority")
    assert asked(town_machine(None), other) == set()


def test_a_sale_has_no_cap_and_no_list_of_takers() -> None:
    assert asked(town_machine(99_900), k.TitleTransferred(way="sale", taker=PARTNER)) == set()


def test_what_an_association_owns_is_its_own_to_give() -> None:
    history = town_machine(None, owner="association")

    assert asked(history, GIFT, "other") == set()


# --- the solidarity price ----------------------------------------------------------------------


def handed(price: int | None, quality: str = "interet_general_precarite") -> set[str]:
    history = History()
    made_ready(history)
    history.add(MACHINE, k.MachineDescribed(kind="laptop"))
    history.add(MACHINE, GIFT)
    body = k.HandedOver(
        partner=PARTNER, beneficiary=FAMILY, receipt="R-1", price_cents=price, on=TODAY
    )
    return asked(history, body, quality)


@pytest.mark.parametrize(
    ("price", "refusal"),
    [(None, set()), (0, set()), (18_000, set()), (18_001, {"resale_over_tariff"})],
)
def test_a_family_pays_the_tariff_at_most(price: int | None, refusal: set[str]) -> None:
    assert handed(price) == refusal


@pytest.mark.parametrize("quality", ["esus", "bienfaisance", "parents_eleves"])
def test_only_some_associations_may_ask_a_price(quality: str) -> None:
    assert handed(100, quality) == {"resale_not_allowed"}
    assert handed(0, quality) == set()


def test_a_resale_to_another_association_keeps_to_the_tariff_of_its_kind() -> None:
    history = town_machine(None, owner=PARTNER)
    body = k.TitleTransferred(way="sale", taker="partner:2", price_cents=18_001)

    assert asked(history, body, "reconnue_utilite_publique") == {"resale_over_tariff"}


# --- what a refusal says, and what a waiver can do ---------------------------------------------


def test_a_refusal_quotes_its_rule_its_amounts_and_a_lawful_way() -> None:
    history = town_machine(32_000)
    verdict = can(history.view(), "TitleTransferred", world(history), GIFT)

    assert isinstance(verdict, Refused)
    text = describe(verdict.reasons[0], "PL-1")

    assert "320.00 €" in text
    assert "300.00 €" in text
    assert "D.3212-3 (décret n° 2022-791 du 6 mai 2022)" in text
    assert "--way sale" in text
    assert "legifrance" not in text


# --- what somebody else did --------------------------------------------------------------------


def handed_over_elsewhere(*before: k.Body) -> History:
    """A partner's key hands over what still belongs to the town: nobody asked it the guards."""
    history = History()
    made_ready(history)
    for body in before:
        history.add(MACHINE, body)
    history.add(
        MACHINE,
        k.HandedOver(partner=PARTNER, beneficiary=FAMILY, receipt="R-1"),
        replica="stick",
        sees=("town",),
    )
    return history


def test_a_family_that_received_from_the_town_stands_in_the_inbox_until_settled() -> None:
    history = handed_over_elsewhere()

    (issue,) = history.view().issues
    assert (issue.kind, codes(issue.reasons)) == ("unlawful", {"title_still"})

    history.add(MACHINE, k.ConflictSettled(key=issue.key, why="convention signée depuis"))
    assert history.view().issues == ()


@pytest.mark.parametrize(
    "before",
    [GIFT, k.GuardWaived(transition="HandedOver", code="title_still", why="prêt requalifié")],
)
def test_a_lawful_chain_or_a_waiver_leaves_nothing_in_the_inbox(before: k.Body) -> None:
    assert handed_over_elsewhere(before).view().issues == ()


def test_a_refusal_under_an_entry_nobody_verified_says_so() -> None:
    history = town_machine(None, owner=PARTNER)
    resale = k.TitleTransferred(way="sale", taker="partner:2", price_cents=18_001)
    gift = town_machine(32_000)
    doubted = {
        key: tuple(replace(entry, verified=False) for entry in entries)
        for key, entries in law().entries.items()
        if key.startswith("resale.")
    }
    table = law().completed(DatedTable(name="a town's", entries=doubted))

    texts = [
        describe(reason)
        for one, body in ((history, resale), (gift, GIFT))
        if isinstance(
            verdict := can(
                one.view(),
                "TitleTransferred",
                replace(world(one, "reconnue_utilite_publique"), law=table),
                body,
            ),
            Refused,
        )
        for reason in verdict.reasons
    ]

    assert ["Nobody verified" in text for text in texts] == [True, False]


def test_a_waiver_of_the_law_lets_no_data_out() -> None:
    history = town_machine()
    history.add(DISK, k.DiskRegistered(model="ST500", serial="S1", kind="hdd"))
    history.add(MACHINE, k.DiskAdded(disk=DISK))
    history.add(MACHINE, k.Retired(decision="PV 12"))
    body = k.Exited(way="transfer", taker=PARTNER)
    assert asked(history, body, "company") == {"taker_not_public", "disks_unknown", "no_wipe"}

    for code in ("taker_not_public", "no_wipe", "disks_unknown"):
        history.add(MACHINE, k.GuardWaived(transition="Exited", code=code, why="essai"))

    assert asked(history, body, "company") == {"disks_unknown", "no_wipe"}


def test_without_a_body_a_screen_is_told_only_what_the_machine_itself_forbids() -> None:
    leased, ours = town_machine(provenance="leased"), town_machine(None)

    assert codes(can(leased.view(), "TitleTransferred", world(leased))) == {"leased"}
    assert can(ours.view(), "TitleTransferred", world(ours)) == Allowed()
