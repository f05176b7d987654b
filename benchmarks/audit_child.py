# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One audit in a process of its own: ``python -m benchmarks.audit_child FOLDER YEAR``."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from pathlib import Path

from benchmarks.simulate import store_url
from fleet.output.audit_html import audit_html
from fleet.output.audit_numbers import publishable
from fleet.services import audit, browse
from fleet.services.town import open_town


def main(arguments: list[str]) -> int:
    """Audit a year until the page is written, and print the time, the memory and some figures."""
    home, year = Path(arguments[0]), int(arguments[1])
    town = open_town(home, store_url(home))
    began = time.perf_counter()
    found = audit.run(town, audit.period_of(date(year + 1, 6, 1), year=year)).audit
    computed = time.perf_counter() - began
    audit_html(publishable(found, 5), browse.names(town))
    took = time.perf_counter() - began
    peak = _peak_mb()
    figures = {
        figure.key: figure.value for figure in found.figures() if isinstance(figure.value, int)
    }
    told = {"seconds": took, "computed": computed, "peak_mb": peak, "figures": figures}
    print(json.dumps(told))
    return 0


def _peak_mb() -> float:
    """Return the most memory that this process ever held: getrusage would count its parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    (line,) = (one for one in status.splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
