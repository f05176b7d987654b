# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts of the console as one table: what each asks for, and what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fleet.model import kinds as k
from fleet.model.reasons import Allowed
from fleet.model.rules import ASKED, RULES
from fleet.output import words
from fleet.services.acts import ActReport, MakeBody, check, record, transition
from fleet.services.town import Town
from tui import act_bodies as bodies
from tui import act_choices as offers
from tui.act_bodies import CarryOut, Make, Values
from tui.act_choices import Choices
from tui.wording import N_

FieldType = Literal["text", "date", "number", "choice", "yes_no", "tests", "file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field of an act's form. ``label`` and ``hint`` are translated where they are shown;
    ``preset`` takes the first choice until another is chosen; ``new`` names the record that can
    be added from here; ``unless`` is the yes-or-no field that makes it optional.
    """

    name: str
    label: str
    type: FieldType = "text"
    required: bool = False
    choices: Choices = offers.nothing
    hint: str = ""
    preset: bool = False
    new: str = ""
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActSpec:
    """One act. ``make`` gives the body that guards are asked about; ``finish`` the one to write,
    after keeping papers and names; ``special`` carries out what is not one body per machine.
    ``danger`` asks for the tag, or the number of machines, to be typed.
    """

    kind: str
    title: str
    fields: tuple[FieldSpec, ...] = ()
    make: Make
    finish: Make | None = None
    special: CarryOut | None = None
    danger: bool = False
    single: bool = False

    @property
    def transition(self) -> bool:
        """Whether the lifecycle's guards stand before it."""
        return self.kind in ASKED

    @property
    def from_states(self) -> bool:
        """Whether only some states have it."""
        return self.kind in RULES


def spec_of(kind: str) -> ActSpec:
    """Return the act that writes an event kind. Raises KeyError for a kind without a form."""
    return _BY_KIND[kind]


def carry_out(spec: ActSpec, town: Town, tags: Sequence[str], values: Values) -> ActReport:
    """Do the act on each machine that the guards let through. Raises FleetError."""
    if spec.special is not None:
        return spec.special(town, tags, values)
    if not spec.transition:
        return record(town, tags, (spec.finish or spec.make)(values, town))
    body = spec.make(values, town)
    if spec.finish and _allowed_somewhere(town, tags, body):
        body = spec.finish(values, town)
    return transition(town, tags, body)


def _allowed_somewhere(town: Town, tags: Sequence[str], body: k.Body | MakeBody) -> bool:
    return isinstance(body, k.Body) and any(check(town, tag, body) == Allowed() for tag in tags)


def _on() -> FieldSpec:
    return FieldSpec(name="on", label=N_("Date"), type="date", hint=N_("today when empty"))


_ON = _on()
_PLACE = FieldSpec(name="place", label=N_("Place"), type="choice", choices=offers.places)
_SEAT = FieldSpec(name="seat", label=N_("Seat"), hint=N_("such as A3"))
_WHY = FieldSpec(name="why", label=N_("Why"), hint=N_("without names of persons"))
_DISK = FieldSpec(
    name="disk", label=N_("Disk"), type="choice", choices=offers.disks, required=True, preset=True
)
_PARTNER = FieldSpec(
    name="partner", label=N_("Partner"), type="choice", choices=offers.recorded("partner"),
    new="partner",
)  # fmt: skip
_BENEFICIARY = FieldSpec(
    name="beneficiary", label=N_("Beneficiary"), type="choice", required=True, new="beneficiary",
    choices=offers.recorded("beneficiary"), hint=N_("the request's reference, never a name"),
)  # fmt: skip
_TAKER = FieldSpec(
    name="taker", label=N_("Who owns it then"), type="choice", choices=offers.takers,
    required=True, new="partner",
)  # fmt: skip
_PRICE = FieldSpec(name="price", label=N_("Price"), type="number", hint=N_("whole euros"))
_RECEIPT = FieldSpec(name="receipt", label=N_("Receipt number"), hint=N_("when kept on paper"))
_PAPER = FieldSpec(
    name="paper", label=N_("Receipt file"), type="file", hint=N_("its path; kept encrypted")
)
_WITNESS = FieldSpec(name="second_person", label=N_("Second person"), hint=N_("who was there too"))
_HAND_OVER = bodies.receipted(k.HandedOver, partner="", beneficiary="", receipt="")
_LOAN = bodies.receipted(k.Loaned, beneficiary="", until="")

_LIFE = (
    ActSpec(
        kind="Installed", title=N_("Put in service"), make=bodies.plain(k.Installed),
        finish=bodies.install,
        fields=(
            _PLACE, _SEAT,
            FieldSpec(name="holder", label=N_("Entrusted to"), hint=N_("a person, if any")),
            FieldSpec(name="image", label=N_("Our image"), hint=N_("empty: not installed by us")),
            FieldSpec(name="system", label=N_("System")), _ON,
        ),
    ),
    ActSpec(
        kind="Moved", title=N_("Move"), make=bodies.plain(k.Moved),
        fields=(replace(_PLACE, required=True), _SEAT, _ON),
    ),
    ActSpec(
        kind="RepairOpened", title=N_("Open a repair"), make=bodies.plain(k.RepairOpened, fault=""),
        fields=(FieldSpec(name="fault", label=N_("Fault"), required=True), _ON),
    ),
    ActSpec(
        kind="RepairClosed", title=N_("Close the repair"), make=bodies.close_repair,
        fields=(
            FieldSpec(name="outcome", label=N_("Outcome"), type="choice", required=True,
                      choices=offers.worded(words.outcomes)),
            FieldSpec(name="back_to", label=N_("Where it goes"), type="choice", required=True,
                      choices=offers.worded(words.states, "in_stock", "in_service"), preset=True),
            FieldSpec(name="parts", label=N_("Parts used"), hint=N_("separated by semicolons")),
            FieldSpec(name="minutes", label=N_("Minutes spent"), type="number"), _ON,
        ),
    ),
    ActSpec(
        kind="Retired", title=N_("Retire"), make=bodies.plain(k.Retired, decision=""),
        fields=(
            FieldSpec(name="decision", label=N_("Decision"), required=True,
                      hint=N_("its reference")),
            _ON,
        ),
    ),
    ActSpec(
        kind="Lost", title=N_("Declare lost or stolen"), make=bodies.plain(k.Lost),
        fields=(FieldSpec(name="stolen", label=N_("Stolen"), type="yes_no"), _ON),
    ),
    ActSpec(
        kind="Found", title=N_("Record that it was found"), make=bodies.plain(k.Found),
        fields=(_ON,),
    ),
)  # fmt: skip
_WORKSHOP = (
    ActSpec(
        kind="TakenIn", title=N_("Take into the workshop"), make=bodies.plain(k.TakenIn),
        fields=(
            replace(_PARTNER, hint=N_("empty: the town's own workshop")),
            FieldSpec(name="agreement", label=N_("Agreement"), type="choice",
                      choices=offers.agreements, new="agreement"),
            _ON,
        ),
    ),
    ActSpec(
        kind="Returned", title=N_("Record its return"), make=bodies.plain(k.Returned),
        fields=(_WHY, _ON),
    ),
    ActSpec(
        kind="TestsRecorded", title=N_("Record tests"), make=bodies.tests,
        fields=(
            FieldSpec(name="profile", label=N_("Test sheet"), type="choice", required=True,
                      choices=offers.profiles, preset=True),
            FieldSpec(name="results", label=N_("Results"), type="tests", required=True,
                      choices=offers.tests),
            FieldSpec(name="why", label=N_("Why left out"), hint=N_("for tests left out")), _ON,
        ),
    ),
    ActSpec(
        kind="VerdictGiven", title=N_("Give the technical verdict"), make=bodies.verdict,
        fields=(
            FieldSpec(name="rejected", label=N_("Rejected"), type="yes_no"),
            FieldSpec(name="reasons", label=N_("Reasons"), hint=N_("separated by semicolons")),
            _ON,
        ),
    ),
    ActSpec(
        kind="ImageInstalled", title=N_("Record the family system"), make=bodies.image,
        fields=(
            FieldSpec(name="image", label=N_("Image"), hint=N_("its name, such as famille-2026")),
            FieldSpec(name="bare", label=N_("Without a system"), type="yes_no"), _ON,
        ),
    ),
    ActSpec(
        kind="MadeReady", title=N_("Make ready to give"), make=bodies.plain(k.MadeReady),
        fields=(_ON,),
    ),
    ActSpec(
        kind="ReadyLost", title=N_("Take back from ready"), make=bodies.plain(k.ReadyLost),
        fields=(_WHY, _ON),
    ),
)  # fmt: skip
_DISKS = (
    ActSpec(
        kind="DiskWiped", title=N_("Declare a wipe"),
        make=bodies.plain(k.DiskWiped, level="clear", method="", readback="none"),
        special=bodies.on_disks(bodies.wipe),
        fields=(
            _DISK,
            FieldSpec(name="level", label=N_("Level"), type="choice", required=True,
                      choices=offers.worded(words.levels)),
            FieldSpec(name="method", label=N_("Method"), required=True,
                      hint=N_("such as ATA Secure Erase")),
            FieldSpec(name="readback", label=N_("Read-back"), type="choice", required=True,
                      choices=offers.worded(words.readbacks)),
            FieldSpec(name="failed", label=N_("It failed"), type="yes_no"),
            FieldSpec(name="report", label=N_("Report"), type="file", required=True,
                      unless="failed", hint=N_("its path")),
            replace(_WITNESS, required=True, unless="failed"),
            FieldSpec(name="tool", label=N_("Tool")), _ON,
        ),
    ),
    ActSpec(
        kind="DiskAdded", title=N_("Add a disk"), make=bodies.plain(k.DiskRegistered),
        special=bodies.add_a_disk, single=True,
        fields=(
            FieldSpec(name="kind", label=N_("Technology"), type="choice", required=True,
                      choices=offers.worded(words.disk_kinds)),
            FieldSpec(name="model", label=N_("Model")),
            FieldSpec(name="serial", label=N_("Serial")),
            FieldSpec(name="label", label=N_("Our label"), hint=N_("without a serial")),
            FieldSpec(name="gigabytes", label=N_("Gigabytes"), type="number"),
        ),
    ),
    ActSpec(
        kind="DisksDeclared", title=N_("Sign the list of disks"), make=bodies.declare_disks,
        fields=(
            FieldSpec(name="disks", label=N_("List"), type="choice", required=True,
                      choices=offers.declarable),
            _WITNESS, _ON,
        ),
    ),
    ActSpec(
        kind="DiskDestroyed", title=N_("Record a disk's destruction"),
        make=bodies.plain(k.DiskDestroyed, how=""),
        special=bodies.on_disks(bodies.destroyed), danger=True,
        fields=(
            _DISK, FieldSpec(name="how", label=N_("How"), required=True),
            FieldSpec(name="report", label=N_("Report"), type="file", hint=N_("its path")), _ON,
        ),
    ),
    ActSpec(
        kind="DiskKept", title=N_("Record that a disk is kept"),
        make=bodies.plain(k.DiskKept, where=""),
        special=bodies.on_disks(bodies.plain(k.DiskKept, where="")),
        fields=(_DISK, FieldSpec(name="where", label=N_("Where"), required=True), _ON),
    ),
)  # fmt: skip
_WAYS_OUT = (
    ActSpec(
        kind="ValueEstimated", title=N_("Estimate its value"), make=bodies.value,
        fields=(
            FieldSpec(name="machine", label=N_("Machine alone"), type="number", required=True,
                      hint=N_("whole euros")),
            FieldSpec(name="screen", label=N_("Its screen"), type="number"),
            FieldSpec(name="accessories", label=N_("Keyboard, charger"), type="number"),
            FieldSpec(name="basis", label=N_("How it was estimated")), _ON,
        ),
    ),
    ActSpec(
        kind="TitleTransferred", title=N_("Transfer the title"),
        make=bodies.plain(k.TitleTransferred, way="gift", taker=""), finish=bodies.title,
        fields=(
            FieldSpec(name="way", label=N_("How"), type="choice", required=True,
                      choices=offers.worded(words.ways)),
            _TAKER, FieldSpec(name="commitment", label=N_("Commitment")),
            FieldSpec(name="proof", label=N_("Signed paper"), type="file", hint=N_("its path")),
            _ON,
        ),
    ),
    ActSpec(
        kind="HandedOver", title=N_("Hand over to a family"), make=_HAND_OVER,
        finish=bodies.with_receipt(_HAND_OVER), danger=True,
        fields=(
            replace(_PARTNER, required=True), _BENEFICIARY, _RECEIPT, _PAPER,
            replace(_PRICE, hint=N_("whole euros; empty for a gift")), _ON,
        ),
    ),
    ActSpec(
        kind="Loaned", title=N_("Lend"), make=_LOAN, finish=bodies.with_receipt(_LOAN),
        danger=True,
        fields=(
            _BENEFICIARY,
            FieldSpec(name="until", label=N_("Until"), type="date", required=True),
            _RECEIPT, _PAPER, _ON,
        ),
    ),
    ActSpec(
        kind="Exited", title=N_("Sell or transfer"), danger=True,
        make=bodies.plain(k.Exited, way="sale", taker=""),
        fields=(
            FieldSpec(name="way", label=N_("How"), type="choice", required=True,
                      choices=offers.worded(words.ways, "sale", "transfer")),
            _TAKER, _PRICE, _ON,
        ),
    ),
    ActSpec(
        kind="Dismantled", title=N_("Dismantle for parts"), make=bodies.plain(k.Dismantled),
        danger=True, fields=(FieldSpec(name="note", label=N_("What was kept")), _ON),
    ),
    ActSpec(
        kind="ToRecycle", title=N_("Send to recycling"), make=bodies.plain(k.ToRecycle),
        fields=(_WHY, _ON),
    ),
    ActSpec(
        kind="Recycled", title=N_("Record its recycling"), make=bodies.plain(k.Recycled, slip=""),
        danger=True, fields=(FieldSpec(name="slip", label=N_("Slip number"), required=True), _ON),
    ),
)  # fmt: skip
_OTHERS = (
    ActSpec(
        kind="MachinePutInLot", title=N_("Choose its lot"), make=bodies.plain(k.MachinePutInLot),
        fields=(
            FieldSpec(name="lot", label=N_("Lot"), type="choice", choices=offers.recorded("lot"),
                      hint=N_("empty: out of its lot"), new="lot"),
        ),
    ),
    ActSpec(
        kind="GuardWaived", title=N_("Grant an exception"),
        make=bodies.plain(k.GuardWaived, transition="", code="", why=""), special=bodies.grant,
        single=True, danger=True,
        fields=(
            FieldSpec(name="exception", label=N_("To what"), type="choice", required=True,
                      choices=offers.exceptions),
            replace(_WHY, required=True),
        ),
    ),
    ActSpec(
        kind="Undone", title=N_("Undo my last act"), make=bodies.plain(k.Undone),
        special=bodies.take_back, single=True,
    ),
)  # fmt: skip

ACTS: tuple[ActSpec, ...] = _LIFE + _WORKSHOP + _DISKS + _WAYS_OUT + _OTHERS
_BY_KIND = {spec.kind: spec for spec in ACTS}
