# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's codes in the user's language: chapters, figures, tables, columns, reasons."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fleet.i18n import _
from fleet.model.events import subject_type
from fleet.output.words import Names, kind_name, state_name

_PERSONS = frozenset({"operator", "holder", "beneficiary", "donor", "person"})


def section_title(key: str) -> str:
    """Return a chapter's title."""
    return _sections().get(key, key)


def figure_title(key: str) -> str:
    """Return a figure's name."""
    return _figures().get(key, (key, ""))[0]


def explanation(key: str) -> str:
    """Return one sentence that says what a figure counts; empty for an unknown one."""
    return _figures().get(key, ("", ""))[1]


def table_title(key: str) -> str:
    """Return a breakdown's or a curve's title."""
    return _tables().get(key, (key, ""))[0]


def rows_title(key: str) -> str:
    """Return what the lines of a breakdown are: the heading of its first column."""
    return _tables().get(key, ("", key))[1]


def column_title(code: str) -> str:
    """Return a column's heading."""
    return _columns().get(code, code)


def why_words(code: str) -> str:
    """Return why a figure has no value."""
    return _whys().get(code, code)


def label(labels: str, code: str, names: Names) -> str:
    """Return the words of one line of a table."""
    if not code:
        return _("not said")
    words: Mapping[str, Callable[[str], str]] = {
        "state": state_name,
        "kind": kind_name,
        "name": lambda id_: _name(id_, names),
        "reason": lambda reason: _reasons().get(reason, reason),
        "way": lambda way: _ways().get(way, way),
        "age": _age,
    }
    return words[labels](code) if labels in words else code


def _name(id_: str, names: Names) -> str:
    """Return a record's name; an audit names nobody."""
    if subject_type(id_) in _PERSONS:
        return _("a person")
    return names(id_) or id_


def _age(code: str) -> str:
    first, last = code.rstrip("+"), code.endswith("+")
    return (
        _("{first} years and more").format(first=first)
        if last
        else _("{span} years").format(span=code.replace("-", "–"))
    )


def group_name(code: str) -> str:
    """Return the name of a survival curve."""
    return {
        "all": _("All machines"),
        "none": _("Without upgrade"),
        "ssd": _("After an SSD was fitted"),
        "memory": _("After memory was added"),
    }.get(code, code)


def _sections() -> Mapping[str, str]:
    return {
        "fleet": _("The fleet"),
        "decree": _("Decree 2023-266: reuse of retired equipment"),
        "wiping": _("Data wiped before leaving"),
        "workshop": _("The workshop and the families"),
        "lifespan": _("How long machines live"),
        "states": _("Time in each state"),
        "carbon": _("Carbon"),
        "money": _("Money"),
        "forecast": _("Rooms to renew"),
    }


def _figures() -> Mapping[str, tuple[str, str]]:
    return {
        **_fleet(),
        **_decree(),
        **_wiping(),
        **_workshop(),
        **_lifespan(),
        **_carbon(),
        **_money(),
    }


def _fleet() -> Mapping[str, tuple[str, str]]:
    return {
        "fleet.held": (
            _("Machines in use"), _("In stock, in service or in repair on the audit's day."),
        ),
        "fleet.in_service": (_("In service"), _("In a room or with a holder on that day.")),
        "fleet.age_mean": (
            _("Mean age in service"), _("From the purchase, of machines in service."),
        ),
        "fleet.age_median": (
            _("Median age in service"), _("Half of the machines in service are older."),
        ),
        "fleet.age_unknown": (
            _("In service, purchase date unknown"), _("Left out of the ages: complete them."),
        ),
        "states.waiting": (
            _("Waiting for too long"),
            _("In stock, in repair, retired, in the workshop, ready or to be recycled for longer "
              "than the limit."),
        ),
        "forecast.cost": (
            _("Cost of renewing in five years"),
            _("Machines of the rooms that are due, at the town's price of a new one."),
        ),
    }  # fmt: skip


def _decree() -> Mapping[str, tuple[str, str]]:
    return {
        "decree.a": (
            _("A: goods directed to reuse"),
            _("Retired goods that the town gave, transferred, or sold with commitment and proof "
              "in the year."),
        ),
        "decree.frozen": (
            _("Retired goods in stock on 1 January"),
            _("Retired before, and still the town's when the year began."),
        ),
        "decree.opening": (
            _("Opening stock declared"), _("Declared by hand for the first year."),
        ),
        "decree.b": (
            _("B: retired goods in stock on 1 January, in all"), _("The sum of the two above."),
        ),
        "decree.rate": (
            _("Official rate: A / B"),
            _("It compares the year's flow with a day's stock, so it may pass 100 %; without "
              "stock it does not exist."),
        ),
        "decree.target": (_("Target of the decree"), _("That of article 3 for the year.")),
        "decree.retired": (
            _("Goods retired in the year"), _("Of the kinds and ages that the decree counts."),
        ),
        "decree.yearly": (
            _("Plain yearly rate: A / goods retired in the year"),
            _("Easier to read than the official one, but not the one that the decree asks for."),
        ),
        "decree.age_unknown": (
            _("Counted without a known age"),
            _("Nobody can say whether they were over the decree's age: complete them."),
        ),
    }  # fmt: skip


def _wiping() -> Mapping[str, tuple[str, str]]:
    return {
        "wiping.exits": (
            _("Exits"),
            _("Gifts, loans, sales, transfers, departures to a partner, recyclings of the year."),
        ),
        "wiping.coverage": (
            _("Exits with every disk proven wiped"),
            _("Must be 100 %: wiped and verified before leaving, or under an agreement with a "
              "data clause."),
        ),
        "wiping.exceptions": (_("Exits without that proof"), _("Each one is listed.")),
    }  # fmt: skip


def _workshop() -> Mapping[str, tuple[str, str]]:
    return {
        "workshop.received": (
            _("Received for the first time"), _("Machines that entered the workshop in the year."),
        ),
        "workshop.working": (
            _("Of these, made ready to give"), _("Until the audit's day."),
        ),
        "workshop.yield": (
            _("Yield of the workshop"), _("Made ready, of those received; some are still there."),
        ),
        "workshop.handed": (_("Of these, handed over"), _("Until the audit's day.")),
        "workshop.lost": (
            _("Of these, lost"), _("Dismantled, to be recycled, recycled, or missing."),
        ),
        "workshop.minutes_mean": (
            _("Minutes of a person, mean"), _("For a machine timed at the bench in the year."),
        ),
        "workshop.minutes_median": (
            _("Minutes of a person, median"), _("Half of the timed machines took less."),
        ),
        "workshop.families": (
            _("Machines handed over to families"), _("All those of the year."),
        ),
        "workshop.loans": (_("Machines lent"), _("All those of the year.")),
        "workshop.unlawful": (
            _("Gifts and sales against the law"),
            _("Of the year, by the law of their day; one that a person settled stays one."),
        ),
        "workshop.returns": (
            _("Brought back within six months"),
            _("Of the machines whose six months with a family ended in the year."),
        ),
    }  # fmt: skip


def _lifespan() -> Mapping[str, tuple[str, str]]:
    return {
        "lifespan.median": (
            _("Median first life"),
            _("The age that half of the machines pass before they are retired, those still in "
              "use included (Kaplan-Meier)."),
        ),
        "lifespan.at_retirement_mean": (
            _("Mean age when retired"), _("Of the machines retired in the year."),
        ),
        "lifespan.at_retirement_median": (
            _("Median age when retired"), _("Of the machines retired in the year."),
        ),
        "lifespan.at_exit_mean": (
            _("Mean age at the final exit"),
            _("Given, sold, dismantled or recycled in the year."),
        ),
        "lifespan.at_exit_median": (
            _("Median age at the final exit"),
            _("Given, sold, dismantled or recycled in the year."),
        ),
        "lifespan.cost_per_year": (
            _("Cost of a year of use"),
            _("Purchase of the machines retired in the year, over their years."),
        ),
    }  # fmt: skip


def _carbon() -> Mapping[str, tuple[str, str]]:
    avoided = _(
        "Share of gifts that replace a purchase × carbon of a new machine / its reference life × "
        "years of second life − new parts. Never to be added to a carbon footprint."
    )
    return {
        "carbon.low": (_("Avoided by second lives, low"), avoided),
        "carbon.central": (_("Avoided by second lives, central"), avoided),
        "carbon.high": (_("Avoided by second lives, high"), avoided),
        "carbon.parts": (
            _("New parts, already taken off"), _("Making them emitted as much; salvaged ones do "
                                                "not count."),
        ),
        "carbon.parts_unknown": (
            _("New parts without a factor"), _("Not taken off: nobody published their carbon."),
        ),
        "carbon.no_factor": (
            _("Gifts of a kind without a factor"), _("They count for nothing above."),
        ),
        "carbon.longer_first_life": (
            _("Apart: longer first lives, in a year"),
            _("Carbon of a new machine × (1 / reference life − 1 / age), of those in service "
              "beyond it."),
        ),
    }  # fmt: skip


def _money() -> Mapping[str, tuple[str, str]]:
    return {
        "money.purchases": (_("Purchases"), _("Machines bought in the year.")),
        "money.purchases_unknown": (
            _("Bought at an unknown price"), _("Not in the sum above."),
        ),
        "money.upkeep": (
            _("Upkeep"),
            _("Minutes timed at the bench, at the town's cost of an hour, and new parts that have "
              "a price."),
        ),
        "money.parts": (
            _("Of which new parts"),
            _("Fitted by the year's repairs, at the town's price of each; salvaged ones cost "
              "nothing."),
        ),
        "money.parts_unknown": (
            _("New parts without a price"), _("Not in the sums above: their price is not set."),
        ),
        "money.reused_inside": (
            _("Machines used again inside the town"),
            _("Put in service again in the year after a time in stock."),
        ),
        "money.avoided": (
            _("Purchases avoided"), _("These machines, at the town's price of a new one."),
        ),
        "money.social": (
            _("Social value of the gifts"),
            _("At most the tariff of the solidarity resale for each machine."),
        ),
        "money.no_tariff": (
            _("Gifts of a kind without a tariff"), _("They count for nothing above."),
        ),
    }  # fmt: skip


def _tables() -> Mapping[str, tuple[str, str]]:
    return {
        "fleet.by_state": (_("All machines by state"), _("State")),
        "fleet.by_kind": (_("In use by kind"), _("Machine kind")),
        "fleet.by_site": (_("In use by site"), _("Site")),
        "fleet.by_model": (_("In use by model"), _("Model")),
        "fleet.by_system": (_("In service by system"), _("System")),
        "fleet.pyramid": (_("In service by age"), _("Age")),
        "decree.by_way": (_("Goods counted in A, by way"), _("Way")),
        "decree.excluded_a": (_("Goods that left and are not counted in A"), _("Reason")),
        "decree.excluded_b": (_("Retired goods not counted in B"), _("Reason")),
        "decree.missing_proof": (_("Proofs to ask for, by taker"), _("Taker")),
        "wiping.without_proof": (_("Exits without proof of wiping"), _("State")),
        "workshop.losses": (_("Machines that the workshop lost"), _("State")),
        "lifespan.all": (_("Survival of the first life"), _("Group")),
        "lifespan.by_model": (_("Survival by model"), _("Model")),
        "lifespan.by_upgrade": (_("Survival by upgrade"), _("Group")),
        "states.time": (_("Length of the stays in each state"), _("State")),
        "states.waiting_in": (_("Waiting for too long, by state"), _("State")),
        "carbon.by_kind": (_("Avoided by kind"), _("Machine kind")),
        "carbon.no_factor_kinds": (_("Kinds without a factor"), _("Machine kind")),
        "forecast.by_year": (_("Due by year"), _("Year")),
        "forecast.rooms": (_("Rooms due within five years"), _("Room")),
    }


def _columns() -> Mapping[str, str]:
    return {
        "machines": _("Machines"),
        "median": _("Median"),
        "p90": _("90th percentile"),
        "stays": _("Stays"),
        "rooms": _("Rooms"),
        "cost": _("Cost"),
        "due": _("Due in"),
        "low": _("Low"),
        "central": _("Central"),
        "high": _("High"),
    }


def _whys() -> Mapping[str, str]:
    return {
        "hidden": _("too few people to tell"),
        "stock_is_zero": _("no retired good was in stock on 1 January: the rate does not exist"),
        "none_retired": _("no good was retired in the year"),
        "no_target": _("the decree sets no target for this year"),
        "no_purchase_date": _("no purchase date is known"),
        "none_in_year": _("there was none in the year"),
        "nothing_timed": _("nothing was timed at the bench"),
        "most_still_live": _("more than half are still in their first life"),
        "no_price": _("a price is missing"),
        "no_hour_cost": _("the cost of an hour is not set (money.yml)"),
    }


def _ways() -> Mapping[str, str]:
    return {
        "gift": _("Gift to a body that may receive it"),
        "staff_gift": _("Gift to staff"),
        "transfer": _("Transfer to a public body"),
        "sale": _("Sale with commitment and proof"),
        "take_back": _("Take-back with commitment and proof"),
    }


def _reasons() -> Mapping[str, str]:
    return {
        "too_old": _("over the decree's age when retired"),
        "other_category": _("not of categories 2 and 6, or kind unknown"),
        "leased": _("leased"),
        "not_owned": _("owned by another body"),
        "given_from_outside": _("given to the workshop by a person or a company"),
        "not_retired": _("left without a decision of réforme"),
        "no_commitment": _("sold or taken back without a commitment"),
        "late_commitment": _("commitment made after the exit"),
        "missing_proof": _("commitment, but no proof of the reuse"),
    }
