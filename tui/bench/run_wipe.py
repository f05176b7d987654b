# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wipe that runs behind the screens: a thread, and a board that screens draw."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fleet.errors import FleetError
from fleet.model.wipe import WipePlan
from reconditioning.session_wipe import BenchWipeEvent, carry_out
from reconditioning.wipe_suspend import suspend
from tui.bench.boards import WipeBoard

if TYPE_CHECKING:
    from tui.bench.app import BenchApp


class WipeRunner:
    """Starts one wipe at a time; it goes on whatever screen is shown."""

    def __init__(self, bench: BenchApp) -> None:
        self.bench = bench
        self._stop = threading.Event()
        self._unfreeze: Callable[[], None] | None = None

    def start(
        self, plans: Sequence[WipePlan], confirmation: str, *, unfreeze: bool = False
    ) -> None:
        """Wipe these disks; ``confirmation`` is what the person typed.

        ``unfreeze``: the computer may sleep for a few seconds first, to free frozen drives.
        """
        self._unfreeze = suspend if unfreeze else None
        self._stop.clear()
        self.bench.wiping = WipeBoard.of(tuple(plans))
        self.bench.run_worker(
            lambda: self._work(tuple(plans), confirmation), thread=True, group="wipe"
        )

    def cancel(self) -> None:
        """Stop at the next piece; what was begun is recorded as failed."""
        self._stop.set()

    def _work(self, plans: tuple[WipePlan, ...], confirmation: str) -> None:
        bench, place = self.bench, self.bench.place
        try:
            events = carry_out(
                bench.town,
                plans,
                confirmation=confirmation,
                folder=place.certificates,
                cancelled=self._stop.is_set,
                unfreeze=self._unfreeze,
                render=place.render,
            )
            for event in events:
                bench.call_from_thread(self._advance, event)
        except FleetError as error:
            bench.call_from_thread(self._stopped, error)
        else:
            bench.call_from_thread(self._ended)

    def _advance(self, event: BenchWipeEvent) -> None:
        self.bench.wiping = self.bench.wiping.after(event)

    def _ended(self) -> None:
        cancelled = self._stop.is_set()
        self.bench.wiping = replace(self.bench.wiping, running=False, cancelled=cancelled)
        self.bench.reload()

    def _stopped(self, error: FleetError) -> None:
        self.bench.wiping = replace(self.bench.wiping, running=False, stopped=error.message)
        self.bench.failed(error)
        self.bench.reload()
