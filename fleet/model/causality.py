# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which event came before which, by what each writer knew, never by clocks.

A replica's knowledge changes only when it merges a bundle, so its vector clock is kept as a
few *epochs*: from which ``seq`` on it knew which heads of the others.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from fleet.model.events import Stamp

Vector = dict[str, int]


class Causality:
    """Vector clocks of all known replicas, as epochs."""

    def __init__(self, epochs: Iterable[tuple[str, int, Vector]] = ()) -> None:
        """Take (replica, from_seq, vector) rows, in any order."""
        self._starts: dict[str, list[int]] = {}
        self._vectors: dict[str, list[Vector]] = {}
        for replica, from_seq, vector in sorted(epochs, key=lambda row: (row[0], row[1])):
            self._starts.setdefault(replica, []).append(from_seq)
            self._vectors.setdefault(replica, []).append(vector)

    def knowledge(self, replica: str, seq: int) -> Vector:
        """Return the highest seq of each other replica known to an event."""
        starts = self._starts.get(replica, [])
        index = bisect_right(starts, seq) - 1
        return self._vectors[replica][index] if index >= 0 else {}

    def learn(self, replica: str, seq: int, seen: Mapping[str, int]) -> Vector | None:
        """Take in an event's ``seen``; return the new epoch's vector, None when nothing changed.

        Events of one replica must come in order, and after the events they have seen.
        """
        if not seen:
            return None
        vector = dict(self.knowledge(replica, seq))
        for other, other_seq in seen.items():
            known = self.knowledge(other, other_seq)
            for name, value in (*known.items(), (other, other_seq)):
                if name != replica and value > vector.get(name, 0):
                    vector[name] = value
        self._starts.setdefault(replica, []).append(seq)
        self._vectors.setdefault(replica, []).append(vector)
        return vector

    def knows(self, later: Stamp, replica: str, seq: int) -> bool:
        """Tell whether ``(replica, seq)`` surely came before ``later``."""
        if replica == later.replica:
            return seq < later.seq
        return self.knowledge(later.replica, later.seq).get(replica, 0) >= seq

    def before(self, earlier: Stamp, later: Stamp) -> bool:
        """Tell whether ``earlier`` surely happened before ``later``; False when concurrent."""
        return self.knows(later, earlier.replica, earlier.seq)

    def covers(self, later: Stamp, frontier: Mapping[str, int]) -> bool:
        """Tell whether every event of a frontier (replica to highest seq) came before ``later``."""
        return all(self.knows(later, replica, seq) for replica, seq in frontier.items())
