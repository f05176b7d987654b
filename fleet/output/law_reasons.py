# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the law refuses, with its rule, and the lawful ways that stay open."""

from __future__ import annotations

from fleet.i18n import _


def law_reasons() -> dict[str, tuple[str, str]]:
    """Return the two sentences of every reason of ``fleet.model.lawful``."""
    return _of_the_taker() | _of_the_value() | _of_the_tariff() | _of_the_lot()


def _of_the_taker() -> dict[str, tuple[str, str]]:
    quality = _(
        "Check its statutes and record its legal quality: parclibre partner set NAME --quality "
        "CODE, or choose a partner that may receive: parclibre partner list"
    )
    return {
        "family_directly": (
            _("A public body may not give to a family ({rule})."),
            _(
                "Give to an association that hands over, or lend the machine: parclibre loan "
                "{tag} --beneficiary REFERENCE --until DATE"
            ),
        ),
        "taker_unnamed": (
            _("A gift goes to a receiver that is recorded with its legal quality ({rule})."),
            _("Add it: parclibre partner add NAME --quality CODE"),
        ),
        "quality_missing": (
            _(
                "The partner {partner} ({quality}) has no legal quality that lets it receive a "
                "gift of the town ({rule})."
            ),
            quality,
        ),
        "taker_not_staff": (
            _("{partner} is not recorded as the town’s staff ({rule})."),
            _("For an association, use --way gift; else correct its quality: staff"),
        ),
        "taker_not_public": (
            _("{partner} is not recorded as a public body ({rule})."),
            _("For an association, use --way gift; else correct its quality: public_body"),
        ),
    }


def _of_the_value() -> dict[str, tuple[str, str]]:
    return {
        "value_unknown": (
            _("Nobody estimated its value; a gift may not pass {cap_cents} ({rule})."),
            _("Estimate the whole configuration: parclibre value {tag} --machine EUROS"),
        ),
        "value_over_cap": (
            _("It is worth {value_cents}; a gift may not pass {cap_cents} ({rule})."),
            _(
                "Sell it (--way sale), transfer it to a public body (--way transfer), use it in "
                "the town, or estimate it again."
            ),
        ),
    }


def _of_the_lot() -> dict[str, tuple[str, str]]:
    return {
        "lot_collected": (
            _("The lot was collected on {on}."),
            _("Open another one: parclibre lot add NAME --partner PARTNER"),
        ),
        "in_another_lot": (
            _("The machine is in the lot {lot} already."),
            _("Take it out first: parclibre lot leave {tag} --outcome refused"),
        ),
        "not_to_pick": (
            _("The machine is « {state} »: it does not wait for a taker."),
            _("See what may come next: parclibre machine show {tag}"),
        ),
        "lot_of_another_owner": (
            _("The machine belongs to {title}, not to the town nor to the lot’s partner."),
            _("Put it aside for its owner."),
        ),
    }


def _of_the_tariff() -> dict[str, tuple[str, str]]:
    return {
        "resale_not_allowed": (
            _("The partner {partner} may not ask a price for what it was given ({rule})."),
            _("Hand it over as a gift, or let a body that may resell hand it over."),
        ),
        "resale_over_tariff": (
            _("{price_cents} is more than the solidarity price of {cap_cents} ({rule})."),
            _("Ask that price at most, or hand it over as a gift."),
        ),
    }
