# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a printer answers to ipptool (its ``-X`` report, a property list) to records. Pure."""

from __future__ import annotations

import plistlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError

from fleet.errors import BadInput
from fleet.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class IppAnswer:
    """One answer: its status (``successful-ok``, then the printer's own words), its formats."""

    status: str
    formats: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        """Whether the printer did what was asked."""
        return self.status.startswith("successful-")


def read_ipp_answer(report: str) -> IppAnswer:
    """Return what was answered to ipptool's last request.

    Raises BadInput when there was no answer, or when the report cannot be read.
    """
    try:
        last = plistlib.loads(report.encode(), fmt=plistlib.FMT_XML)["Tests"][-1]
        groups = [dict(group) for group in last["ResponseAttributes"]]
        words = [str(group["status-message"]) for group in groups if "status-message" in group]
        status = " - ".join([str(last["StatusCode"]), *words])
    except (ExpatError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise BadInput(_("The printer's answer cannot be read.")) from error
    return IppAnswer(status=status, formats=_formats(groups))


def _formats(groups: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the document formats; ipptool writes one alone as a string."""
    for group in groups:
        told = group.get("document-format-supported", ())
        if told:
            return (told,) if isinstance(told, str) else tuple(str(one) for one in told)
    return ()
