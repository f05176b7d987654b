# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A lot from its opening to its collection, picked by scanning, and what is refused on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import Said, Typist


def done(said: Said) -> Said:
    assert said.status == 0, said.err + said.out
    return said


@pytest.fixture
def desk(tmp_path: Path) -> Typist:
    """A town with two partners, an agreement, and a few machines of every sort."""
    typist = Typist(tmp_path / "home")
    for words in (
        ("init",),
        ("partner", "add", "Emmaüs Connect", "--quality", "esus"),
        ("partner", "add", "Club de pétanque", "--quality", "other"),
        ("agreement", "add", "Emmaüs Connect", "CONV-1", "--scope", "PC réformés",
         "--signatory", "la maire", "--signatory", "le président", "--proof-owed", "bilan annuel"),
        ("lot", "add", "Lot 7", "--partner", "Emmaüs Connect", "--agreement", "CONV-1",
         "--collect-by", "2020-06-30", "--place", "Atelier"),
        ("lot", "add", "Lot 8", "--partner", "Club de pétanque"),
        ("lot", "add", "Lot sans partenaire"),
    ):  # fmt: skip
        done(typist.types(*words))
    for tag in ("VJ-0001", "VJ-0002", "VJ-0003", "VJ-0004", "VJ-0005"):
        done(typist.types("machine", "add", "--tag", tag, "--kind", "laptop", "--model", "L-1"))
    done(typist.types("machine", "add", "--tag", "VJ-0006", "--provenance", "leased"))
    retired = ("VJ-0001", "VJ-0002", "VJ-0003", "VJ-0004")
    done(
        typist.types(
            "retire", *retired, "--decision", "DEL-9", "--list-number", "PV-2026-2",
            "--net-book-value", "12,50", "--yes",
        )
    )  # fmt: skip
    done(typist.types("value", "VJ-0001", "VJ-0002", "--machine", "80", "--yes"))
    done(typist.types("value", "VJ-0003", "--machine", "260", "--screen", "45"))
    return typist


def pick(desk: Typist, lot: str, *tags: str) -> Said:
    return desk.types("lot", "pick", lot, scans="\n".join(tags) + "\n")


def test_each_scan_is_answered_with_its_reason_and_the_count_so_far(desk: Typist) -> None:
    said = pick(
        desk, "Lot 7", "VJ-0001", "vj-0002", "VJ-0003", "VJ-0004", "VJ-0005", "VJ-0006", "VJ-9999",
        "VJ-0001",
    )  # fmt: skip

    lines = said.out.splitlines()
    assert said.status == 5
    assert lines[0] == "taken VJ-0001: Laptop, L-1, 80.00 € - 1 machine, 80.00 € in all"
    assert lines[1] == "taken VJ-0002: Laptop, L-1, 80.00 € - 2 machines, 160.00 € in all"
    assert lines[2] == "REFUSED VJ-0003:"
    assert "It is worth 305.00 €; a gift may not pass 300.00 €" in lines[3]
    assert "Nobody estimated its value" in said.out
    assert "The town's machine was never retired." in said.out
    assert "The machine is leased" in said.out
    assert "REFUSED VJ-9999: no machine bears this tag." in lines
    assert "VJ-0001 was in it already - 2 machines, 160.00 € in all" in lines
    assert lines[-1] == "Lot 7: 2 machines, 160.00 € in all"


def test_a_reader_in_any_keyboard_and_any_rubbish_are_heard(desk: Typist) -> None:
    said = pick(desk, "Lot 7", "parclibre:VJ-0001", "VJ)ààà2", "x" * 5000, "\x1b[31mrouge")

    lines = said.out.splitlines()
    assert lines[0].startswith("taken VJ-0001")
    assert lines[1].startswith("taken VJ-0002")
    assert len(lines[2]) < 120
    assert "\x1b" not in said.out


def test_a_partner_without_the_quality_gets_no_lot(desk: Typist) -> None:
    said = pick(desk, "Lot 8", "VJ-0001")

    assert said.status == 5
    assert "Club de pétanque (other) has no legal quality" in said.out
    assert "parclibre partner set NAME --quality" in said.out
    assert desk.types("lot", "show", "Lot 8", "--json").json["machines"] == []


def test_a_lot_for_nobody_cannot_be_picked(desk: Typist) -> None:
    said = pick(desk, "Lot sans partenaire", "VJ-0001")

    assert said.status == 2
    assert "is for nobody yet" in said.err


def test_a_machine_is_in_one_lot_only(desk: Typist) -> None:
    done(desk.types("partner", "set", "Club de pétanque", "--quality", "parents_eleves"))
    pick(desk, "Lot 7", "VJ-0001")

    said = pick(desk, "Lot 8", "VJ-0001")

    assert said.status == 5
    assert "is in the lot Lot 7 already" in said.out


def test_a_lot_shows_its_sum_its_deadline_and_what_is_missing(desk: Typist) -> None:
    pick(desk, "Lot 7", "VJ-0001", "VJ-0002")
    done(desk.types("lot", "put", "VJ-0003", "VJ-0004", "--lot", "Lot 7", "--yes"))

    found = desk.types("lot", "show", "Lot 7", "--json").json
    shown = done(desk.types("lot", "show", "Lot 7")).out

    assert [machine["tag"] for machine in found["machines"]] == [f"VJ-000{n}" for n in range(1, 5)]
    assert (found["total_cents"], found["cap_cents"]) == (46_500, 30_000)
    assert (found["unvalued"], found["over_cap"]) == (["VJ-0004"], ["VJ-0003"])
    assert found["lot"]["late"] is True
    assert "(late)" in shown
    assert "Worth more than 300.00 €, not to be given: VJ-0003" in shown


def test_late_lots_are_listed_until_they_are_collected(desk: Typist) -> None:
    pick(desk, "Lot 7", "VJ-0001", "VJ-0002")
    late = desk.types("lot", "list", "--late", "--json").json["lots"]

    done(desk.types("lot", "close", "Lot 7", "--count", "2"))

    assert [lot["name"] for lot in late] == ["Lot 7"]
    assert desk.types("lot", "list", "--late", "--json").json["lots"] == []
    assert "2 of 2" in done(desk.types("lot", "list")).out
    assert "was collected on" in pick(desk, "Lot 7", "VJ-0004").out


def test_a_count_that_differs_must_be_explained(desk: Typist) -> None:
    pick(desk, "Lot 7", "VJ-0001", "VJ-0002")

    refused = desk.types("lot", "close", "Lot 7", "--count", "1")
    said = desk.types("lot", "close", "Lot 7", "--count", "1", "--why", "une machine oubliée")

    assert refused.status == 5
    assert "Counted: 1; in the lot: 2." in refused.err
    assert said.status == 0
    assert desk.types("lot", "close", "Lot 7", "--count", "1").status == 5


def test_a_refused_machine_leaves_its_lot_and_may_go_in_another(desk: Typist) -> None:
    pick(desk, "Lot 7", "VJ-0001", "VJ-0002")

    done(desk.types("lot", "leave", "VJ-0001", "--outcome", "refused", "--why", "écran cassé"))

    tags = [m["tag"] for m in desk.types("lot", "show", "Lot 7", "--json").json["machines"]]
    assert tags == ["VJ-0002"]
    assert desk.types("lot", "leave", "VJ-0001", "--outcome", "refused").status == 2
    assert "refused by the partner" in done(desk.types("machine", "show", "VJ-0001")).out


def test_a_machine_the_partner_returns_is_with_the_town_again(desk: Typist) -> None:
    pick(desk, "Lot 7", "VJ-0001")
    done(desk.types("disk", "declare", "VJ-0001", "--none"))
    done(desk.types("policy", "set", "atelier", "--accept-declared-wipes"))
    done(desk.types("title", "transfer", "VJ-0001", "--way", "gift", "--taker", "Emmaüs Connect"))
    done(desk.types("take-in", "VJ-0001", "--partner", "Emmaüs Connect", "--agreement", "CONV-1"))
    gone = desk.types("machine", "show", "VJ-0001", "--json").json["machine"]

    done(desk.types("lot", "leave", "VJ-0001", "--outcome", "returned"))

    back = desk.types("machine", "show", "VJ-0001", "--json").json["machine"]
    assert (gone["custody"].partition(":")[0], back["custody"]) == ("partner", "town")
    assert back["title"] == gone["title"], "who owns it is another matter"


def test_one_decision_retires_many_machines_and_sums_their_book_value(desk: Typist) -> None:
    (one,) = desk.types("retirement", "list", "--json").json["retirements"]

    assert (one["decision"], one["list_number"], one["machines"]) == ("DEL-9", "PV-2026-2", 4)
    assert (one["net_book_value_cents"], one["unvalued"]) == (5_000, 0)


def test_an_undone_retirement_is_in_no_list(desk: Typist) -> None:
    done(desk.types("retire", "VJ-0005", "--decision", "DEL-10"))

    done(desk.types("undo"))

    found = desk.types("retirement", "list", "--json").json["retirements"]
    assert [one["decision"] for one in found] == ["DEL-9"]


def test_a_gift_from_a_citizen_needs_no_retirement_and_its_donor_no_name_in_the_journal(
    desk: Typist,
) -> None:
    done(desk.types("machine", "add", "--tag", "VJ-0101", "--kind", "laptop", "--gift"))
    done(desk.types("value", "VJ-0101", "--machine", "50"))

    done(
        desk.types(
            "gift", "record", "VJ-0101", "--from", "person", "--donor", "Zéphyrine Quidam",
            "--attestation", "AD-4", "--declared-value", "60",
        )
    )  # fmt: skip

    assert pick(desk, "Lot 7", "VJ-0101").status == 0
    assert "Zéphyrine" not in desk.types("machine", "show", "VJ-0101", "--json").out
    people = desk.types("people", "list", "--json").json["people"]
    donor = next(one for one in people if one["role"] == "donor")
    assert (donor["name"], bool(donor["purge_on"])) == ("Zéphyrine Quidam", True)


def test_a_quality_that_is_not_of_the_list_is_refused(desk: Typist) -> None:
    said = desk.types("partner", "add", "Autre", "--quality", "association_loi_1901")

    assert said.status == 2
    assert "interet_general_precarite" in said.err


def test_an_agreement_keeps_its_scope_and_the_roles_that_signed(desk: Typist) -> None:
    (agreement,) = desk.types("agreement", "list", "--json").json["agreements"]

    assert agreement["signatories"] == ["la maire", "le président"]
    assert (agreement["scope"], agreement["proof_owed"]) == ("PC réformés", "bilan annuel")
