# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guards of the law on who receives a machine, up to what value, and at what price.

Only what the town gives up is looked at: what an association owns already is its own, except
for the tariff of a solidarity resale. Every reason quotes its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fleet.model import kinds as k
from fleet.model.dated import DatedValue
from fleet.model.fold_giving import OURS
from fleet.model.law import (
    Quality,
    cents,
    gift_article,
    gift_cap,
    receiving_rules,
    resale_cap,
    resellers,
    rule_of,
)
from fleet.model.reasons import UNVERIFIED, Reason
from fleet.model.rules import ASKED, Guard, Rule

if TYPE_CHECKING:
    from fleet.model.views import MachineView, World

TOWN = "town"
_GIFTS = ("gift", "staff_gift")
_PEOPLE = ("beneficiary:", "holder:")
_CHAIN_RULE = "CG3P, art. L.3212-2 et L.3212-3"

Reasons = tuple[Reason, ...]


def legal_reasons(view: MachineView, world: World, kind: str, body: k.Body) -> Reasons:
    """Return what the law says against an act, of all that its guards ask."""
    rule = ASKED[kind]
    checks = (LEGAL[guard] for guard in rule.guards if guard in LEGAL)
    return tuple(reason for check in checks for reason in check(view, world, rule, body))


def lawful_chain(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why it may not go to a family: they are not among the receivers of a public body's
    gift (CG3P L.3212-2), so the title must be with the association that hands over, or with a
    member of staff.
    """
    title = view.machine.title
    if title in OURS:
        return (Reason(code="title_still", guard=Guard.LAWFUL_CHAIN, params={"title": title}),)
    if not isinstance(body, k.HandedOver) or title in (body.partner, body.beneficiary):
        return ()
    if title == "association":
        return ()
    params = {"title": title, "partner": body.partner}
    return (Reason(code="title_elsewhere", guard=Guard.LAWFUL_CHAIN, params=params),)


def owned_by_town(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why it is not the town's to retire or to sell."""
    machine = view.machine
    if machine.title != TOWN:
        params = {"title": machine.title}
        return (Reason(code="not_owned", guard=Guard.OWNED_BY_TOWN, params=params),)
    if machine.provenance == "leased":
        return (Reason(code="leased", guard=Guard.OWNED_BY_TOWN),)
    return ()


def may_part_with(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why the town may not part with it: leased, or of another authority."""
    machine = view.machine
    if machine.title not in OURS or (body is not None and getattr(body, "taker", "") == TOWN):
        return ()
    if machine.title == "lessor" or machine.provenance == "leased":
        return (Reason(code="leased", guard=Guard.OWNED_BY_TOWN),)
    if machine.title != TOWN:
        params = {"title": machine.title}
        return (Reason(code="not_owned", guard=Guard.OWNED_BY_TOWN, params=params),)
    return ()


def lawful_taker(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why the taker may not receive it that way from the town."""
    if not isinstance(body, k.TitleTransferred | k.Exited) or view.machine.title not in OURS:
        return ()
    if body.taker == TOWN:
        return ()
    if body.way in _GIFTS:
        return _receiver(world, body)
    if body.way == "transfer" and body.taker != "other_authority":
        return _public(world, body)
    return ()


def _receiver(world: World, body: k.TitleTransferred | k.Exited) -> Reasons:
    day = world.day_of(body)
    if body.taker.startswith(_PEOPLE):
        return (_refused("family_directly", rule=_CHAIN_RULE),)
    partner = world.partners.get(body.taker)
    if partner is None:
        return (_refused("taker_unnamed", rule=_CHAIN_RULE),)
    if body.way == "staff_gift" and partner.quality != Quality.STAFF:
        return (_refused("taker_not_staff", partner=body.taker, rule=_CHAIN_RULE),)
    if not any(receiving_rules(world.law, day)) or gift_article(world.law, partner.quality, day):
        return ()
    params = {"partner": body.taker, "quality": partner.quality, "rule": _CHAIN_RULE}
    return (_refused("quality_missing", **params),)


def _public(world: World, body: k.TitleTransferred | k.Exited) -> Reasons:
    partner = world.partners.get(body.taker)
    if partner is not None and partner.quality == Quality.PUBLIC_BODY:
        return ()
    rule = "Décret n° 2023-266 du 12 avril 2023, art. 2"
    return (_refused("taker_not_public", partner=body.taker, rule=rule),)


def under_the_cap(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why its value forbids a gift: not estimated, or over the cap of its day."""
    if not isinstance(body, k.TitleTransferred) or body.way not in _GIFTS:
        return ()
    machine = view.machine
    cap = gift_cap(world.law, world.day_of(body))
    if cap is None or machine.title not in OURS or body.taker == TOWN:
        return ()
    params = {"cap_cents": str(cents(cap)), **_quoted(cap)}
    if machine.value_cents is None:
        return (Reason(code="value_unknown", guard=Guard.VALUE_CAP, params=params),)
    if machine.value_cents <= cents(cap):
        return ()
    params = {"value_cents": str(machine.value_cents), **params}
    return (Reason(code="value_over_cap", guard=Guard.VALUE_CAP, params=params),)


def within_the_tariff(view: MachineView, world: World, rule: Rule, body: k.Body | None) -> Reasons:
    """Return why an association may not ask this price of a family, or of a body that helps."""
    price = getattr(body, "price_cents", None)
    seller = _seller(view, body)
    if not price or seller is None or body is None:
        return ()
    day = world.day_of(body)
    allowed, cap = resellers(world.law, day), resale_cap(world.law, view.machine.kind, day)
    partner = world.partners.get(seller)
    if allowed is not None and (partner is None or partner.quality not in allowed.texts):
        return (_tariff("resale_not_allowed", allowed, partner=seller),)
    if cap is None or price <= cents(cap):
        return ()
    amounts = {"price_cents": str(price), "cap_cents": str(cents(cap))}
    return (_tariff("resale_over_tariff", cap, **amounts),)


def _seller(view: MachineView, body: k.Body | None) -> str | None:
    """Return the partner that resells what it was given; None for a town's own sale."""
    if isinstance(body, k.HandedOver):
        return body.partner
    resold = isinstance(body, k.TitleTransferred) and body.way == "sale"
    return view.machine.title if resold and view.machine.title.startswith("partner:") else None


def _tariff(code: str, rule: DatedValue, **params: str) -> Reason:
    return Reason(code=code, guard=Guard.TARIFF, params={**params, **_quoted(rule)})


def _quoted(rule: DatedValue) -> dict[str, str]:
    """Return a rule as a refusal quotes it, with a mark when nobody read the text itself."""
    quoted = {"rule": rule_of(rule)}
    return quoted if rule.verified else {**quoted, UNVERIFIED: "yes"}


def _refused(code: str, **params: str) -> Reason:
    return Reason(code=code, guard=Guard.LAWFUL_TAKER, params=params)


LEGAL: dict[Guard, Callable[[MachineView, World, Rule, k.Body | None], Reasons]] = {
    Guard.LAWFUL_CHAIN: lawful_chain,
    Guard.OWNED_BY_TOWN: owned_by_town,
    Guard.MAY_PART: may_part_with,
    Guard.LAWFUL_TAKER: lawful_taker,
    Guard.VALUE_CAP: under_the_cap,
    Guard.TARIFF: within_the_tariff,
}
