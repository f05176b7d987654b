# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens while Ansible plays roles, as records; from ansible-runner's events, and as JSON.

A line of JSON per event makes a recording, which replays through the same records.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

# The end of what a program said is where the reason is.
_STDERR_SHOWN = 2000
_MESSAGE_SHOWN = 4000

Raw: TypeAlias = Mapping[str, Any]


class TaskStatus(StrEnum):
    """How a task ended on a host; ``ignored`` is a failure that the role expects."""

    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    IGNORED = "ignored"
    FAILED = "failed"


class PlayStatus(StrEnum):
    """How a whole run ended."""

    SUCCESSFUL = "successful"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStats:
    """How many tasks ended in which way on one host."""

    ok: int = 0
    changed: int = 0
    skipped: int = 0
    ignored: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStarted:
    """A task began; ``role`` is empty for a task of the playbook itself."""

    role: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFinished:
    """A task ended on a host; ``message`` says why it failed, and is empty otherwise."""

    role: str
    task: str
    host: str
    status: TaskStatus
    seconds: float
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayEnded:
    """The run is over; ``message`` tells what Ansible itself said when it failed.

    ``facts`` holds, of the facts that the roles set, those that the caller asked for.
    """

    status: PlayStatus
    stats: Mapping[str, HostStats] = field(default_factory=dict)
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


PlayEvent: TypeAlias = TaskStarted | TaskFinished | PlayEnded


def translate(raw: Raw) -> TaskStarted | TaskFinished | None:
    """Return the record of one of ansible-runner's events; None for those that tell nothing."""
    make = _TRANSLATIONS.get(str(raw.get("event")))
    return make(raw.get("event_data") or {}) if make else None


def stats_of(raw: Raw) -> dict[str, HostStats]:
    """Return the figures of the last event of a run, by host."""
    data: Raw = raw.get("event_data") or {}

    def of(host: str, *kinds: str) -> int:
        return sum(int(data.get(kind, {}).get(host, 0)) for kind in kinds)

    return {
        host: HostStats(
            ok=of(host, "ok"), changed=of(host, "changed"), skipped=of(host, "skipped"),
            ignored=of(host, "ignored"), failed=of(host, "failures", "dark"),
        )
        for host in sorted(data.get("processed") or {})
    }  # fmt: skip


def to_json(event: PlayEvent) -> str:
    """Return an event as one line of JSON."""
    return json.dumps({"event": type(event).__name__, **asdict(event)}, ensure_ascii=False)


def from_json(line: str) -> PlayEvent:
    """Return the event that ``to_json`` wrote."""
    document = json.loads(line)
    return _READERS[document.pop("event")](document)


def replay(lines: Iterable[str]) -> Iterator[PlayEvent]:
    """Yield the events of a recording."""
    return (from_json(line) for line in lines if line.strip())


def failure_message(result: Raw) -> str:
    """Return why a task failed: the module's message, and the end of what its program said."""
    items = [item for item in result.get("results") or () if item.get("failed")]
    if items:
        return _clipped("\n".join(_item_message(item) for item in items))
    # An include that cannot be done has its cause in ``reason``.
    parts = [str(result.get("reason") or result.get("msg") or "").strip()]
    said = str(result.get("stderr") or result.get("module_stderr") or "").strip()
    said = said or str(result.get("module_stdout") or "").strip()
    if said and said not in parts[0]:
        parts.append(said[-_STDERR_SHOWN:])
    return _clipped("\n".join(filter(None, parts)))


def _item_message(result: Raw) -> str:
    name = result.get("_ansible_item_label", result.get("item"))
    reason = failure_message(result)
    return reason if name is None else f"{name}: {reason}"


def _clipped(text: str) -> str:
    return text if len(text) <= _MESSAGE_SHOWN else "…" + text[-_MESSAGE_SHOWN:]


def _started(data: Raw) -> TaskStarted:
    return TaskStarted(role=data.get("role") or "", task=data.get("task") or "")


def _finished(status: TaskStatus, data: Raw, message: str = "") -> TaskFinished:
    return TaskFinished(
        role=data.get("role") or "",
        task=data.get("task") or "",
        host=data.get("host") or "",
        status=status,
        seconds=round(float(data.get("duration") or 0.0), 3),
        message=message,
    )


def _ok(data: Raw) -> TaskFinished:
    changed = (data.get("res") or {}).get("changed")
    return _finished(TaskStatus.CHANGED if changed else TaskStatus.OK, data)


def _skipped(data: Raw) -> TaskFinished:
    return _finished(TaskStatus.SKIPPED, data)


def _failed(data: Raw) -> TaskFinished:
    status = TaskStatus.IGNORED if data.get("ignore_errors") else TaskStatus.FAILED
    return _finished(status, data, failure_message(data.get("res") or {}))


_TRANSLATIONS: dict[str, Callable[[Raw], TaskStarted | TaskFinished]] = {
    "playbook_on_task_start": _started,
    "playbook_on_handler_task_start": _started,
    "runner_on_ok": _ok,
    "runner_on_skipped": _skipped,
    "runner_on_failed": _failed,
    "runner_on_unreachable": _failed,
}


def _read_finished(document: dict[str, Any]) -> TaskFinished:
    return TaskFinished(**{**document, "status": TaskStatus(document["status"])})


def _read_ended(document: dict[str, Any]) -> PlayEnded:
    stats = {host: HostStats(**figures) for host, figures in document["stats"].items()}
    return PlayEnded(**{**document, "status": PlayStatus(document["status"]), "stats": stats})


_READERS: dict[str, Callable[[dict[str, Any]], PlayEvent]] = {
    "TaskStarted": lambda document: TaskStarted(**document),
    "TaskFinished": _read_finished,
    "PlayEnded": _read_ended,
}
