# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All that an id wrote, is, or is named in is found, whichever store looks for it."""

from __future__ import annotations

from fleet.model import kinds as k
from fleet.store.mentions import mentions
from tests.store.installations import Installation, machine, registered

FAMILY = "beneficiary:é_%1"


def found(desk: Installation, id_: str, *kinds: str) -> list[str]:
    with desk.journal.read() as connection:
        return [event.kind for event in mentions(connection, id_, kinds)]


def test_events_about_an_id_come_in_the_order_of_their_arrival(desk: Installation) -> None:
    handed = k.HandedOver(partner="partner:1", beneficiary=FAMILY, receipt="R-1")
    desk.say(machine(1), registered(1), handed)
    desk.say(FAMILY, k.BeneficiaryReferred(referrer="partner:1", reference="DEM-1"))
    desk.say(machine(2), registered(2), k.TakenIn(partner="partner:1"))
    desk.say("beneficiary:éX%1", k.BeneficiaryReferred(referrer="partner:2", reference="DEM-2"))

    assert found(desk, FAMILY) == ["HandedOver", "BeneficiaryReferred"]
    assert found(desk, "partner:1") == ["HandedOver", "BeneficiaryReferred", "TakenIn"]
    assert found(desk, "partner:1", "TakenIn") == ["TakenIn"]
    assert found(desk, "operator:alix") == [event.kind for event in desk.events()]
    assert found(desk, "beneficiary:nobody") == []


def test_an_event_without_its_body_is_found_by_what_is_left(desk: Installation) -> None:
    desk.say(FAMILY, k.BeneficiaryReferred(referrer="partner:1", reference="DEM-1"))
    with desk.journal.write() as writer:
        writer.connection.exec_driver_sql("UPDATE events SET body = NULL")

    assert found(desk, FAMILY) == ["BeneficiaryReferred"]
    assert found(desk, "partner:1") == []
