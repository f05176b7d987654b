# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays Ansible roles through ansible-runner and tells what happens, as it happens.

Everything a run needs or leaves lies in a private folder that is erased at its end. Variables
travel in a file that only this user can read: never in the environment, never in an argument.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from fleet.adapters.ansible_events import PlayEnded, PlayEvent, PlayStatus, Raw, stats_of, translate
from fleet.adapters.ansible_kill import kill_marked
from fleet.errors import FleetError, ToolMissing
from fleet.i18n import _

IMAGE_PLAYBOOK = Path("playbooks/image.yml")
PACKAGES_PLAYBOOK = Path("playbooks/image_packages.yml")

# The variable by which ansible-runner tells its callback where to write: unique to a run.
_MARK = "AWX_ISOLATED_DATA_DIR"
# The caller's environment stays outside, but for what finding programs and SSH need.
_KEPT = ("PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "TMPDIR")
_OURS = ("ANSIBLE_", "AWX_", "RUNNER_")
_LAST_LINES = 12
_POLL_S = 0.2


class PlayFailed(FleetError):
    """Ansible could not do what was asked; the message has its reason."""


def image_inventory(enter: Sequence[str]) -> dict[str, Any]:
    """Return the inventory of the one host ``image``, reached by a command prefix."""
    return {
        "all": {
            "hosts": {
                "image": {
                    "ansible_connection": "rootfs",
                    "rootfs_enter": list(enter),
                    "ansible_python_interpreter": "/usr/bin/python3",
                    # ~/.ansible would stay in the image.
                    "ansible_remote_tmp": "/tmp",  # noqa: S108 - inside the image
                }
            }
        }
    }


def local_inventory() -> dict[str, Any]:
    """Return the inventory of this computer alone, played by this very Python."""
    here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    return {"all": {"hosts": {"localhost": here}}}


def play(
    playbook: Path,
    *,
    inventory: Mapping[str, Any],
    variables: Mapping[str, Any],
    project: Path,
    check: bool = False,
    facts: Sequence[str] = (),
    stop: threading.Event | None = None,
) -> Generator[PlayEvent]:
    """Play a playbook; yield each event when it comes, a ``PlayEnded`` last.

    ``project`` holds ansible.cfg and the roles. ``facts`` names the set facts wanted back. Closing
    the generator kills the run, with all that it started; so does ``stop``, from another thread
    and while a task lasts. A failed play is told by its events, not raised; ToolMissing when
    Ansible is not installed.
    """
    with _private_folder(inventory, variables) as private:
        config = _config(private, playbook, project, check=check)
        run = _Run(config, wanted=facts, stop=stop or threading.Event())
        try:
            yield from run.events()
        finally:
            run.stop()


def collect_packages(
    roles: Sequence[str], variables: Mapping[str, Any], *, project: Path
) -> tuple[str, ...]:
    """Return the packages that roles would install, sorted; no root filesystem, no network."""
    events = play(
        project / PACKAGES_PLAYBOOK,
        inventory=local_inventory(),
        variables={**variables, "image_roles": list(roles), "package_set_mode": "collect"},
        project=project,
        facts=("package_set_collected",),
    )
    ended = last_event(events)
    return tuple(ended.facts.get("package_set_collected", ()))


def last_event(events: Iterator[PlayEvent]) -> PlayEnded:
    """Exhaust the events of a run and return the last; raise PlayFailed unless it went well."""
    reasons: list[str] = []
    for event in events:
        if isinstance(event, PlayEnded):
            if event.status is not PlayStatus.SUCCESSFUL:
                raise PlayFailed("\n".join([*reasons, event.message]).strip())
            return event
        if getattr(event, "status", None) == "failed":
            reasons.append(f"{event.role}: {event.task}: {getattr(event, 'message', '')}")
    raise PlayFailed(_("Ansible stopped without a word."))


@contextmanager
def _private_folder(inventory: Mapping[str, Any], variables: Mapping[str, Any]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="parclibre-ansible-") as name:
        folder = Path(name)
        _write_private(folder / "inventory" / "hosts.json", inventory)
        _write_private(folder / "env" / "extravars", variables)
        yield folder


def _write_private(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)


def _config(private: Path, playbook: Path, project: Path, *, check: bool) -> Any:
    """Return ansible-runner's description of the run, with an environment of our own."""
    try:
        from ansible_runner.config.runner import RunnerConfig  # type: ignore[import-untyped]
    except ImportError as error:
        raise _missing() from error
    config = RunnerConfig(
        private_data_dir=str(private),
        project_dir=str(project),
        playbook=str(playbook.absolute()),
        cmdline="--check --diff" if check else None,
        quiet=True,
        settings={"pexpect_timeout": 0.1},
        suppress_env_files=True,
    )
    config.prepare()
    config.command[0] = str(_ansible_playbook())
    config.env = _environment(config.env, private, project)
    return config


def _ansible_playbook() -> Path:
    """Return the program that was installed with the running Python, not another of the PATH."""
    program = Path(sys.executable).parent / "ansible-playbook"
    if not program.exists():
        raise _missing()
    return program


def _missing() -> ToolMissing:
    return ToolMissing(
        _("Ansible is not installed with ParcLibre."),
        hint=_("Run: parclibre doctor image --install"),
    )


def _environment(prepared: Mapping[str, str], private: Path, project: Path) -> dict[str, str]:
    given = {
        name: value
        for name, value in prepared.items()
        if name in _KEPT or (name.startswith(_OURS) and name not in os.environ)
    }
    return {
        **given,
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_CONFIG": str(project / "ansible.cfg"),
        "ANSIBLE_HOME": str(private / "home"),
        "ANSIBLE_LOCAL_TEMP": str(private / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PARCLIBRE_ANSIBLE_MODULES": str(_packed_modules()),
    }


@functools.cache
def _packed_modules() -> Path:
    """Return where the runs of this program leave each other the modules that Ansible packs."""
    folder = tempfile.mkdtemp(prefix="parclibre-modules-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


class _Run:
    """One run in a thread of its own, and the queue by which its events come here."""

    def __init__(self, config: Any, *, wanted: Sequence[str], stop: threading.Event) -> None:
        from ansible_runner.runner import Runner  # type: ignore[import-untyped]

        self._mark = f"{_MARK}={config.env[_MARK]}"
        self._queue: SimpleQueue[Raw | None] = SimpleQueue()
        self._wanted = wanted
        self._facts: dict[str, Any] = {}
        self._last: Raw = {}
        self._said: list[str] = []
        self._stop = stop
        self._runner = Runner(
            config,
            event_handler=self._heard,
            cancel_callback=stop.is_set,
            remove_partials=True,
        )
        self._thread = threading.Thread(target=self._work, name="ansible", daemon=True)
        self._crash: Exception | None = None

    def events(self) -> Iterator[PlayEvent]:
        self._thread.start()
        while (raw := self._next()) is not None:
            self._remember(raw)
            if event := translate(raw):
                yield event
        if self._crash:
            raise self._crash
        yield self._ended()

    def stop(self) -> None:
        """End the run if it still goes; nothing of it is left when this returns."""
        while self._thread.is_alive():
            kill_marked(self._mark)
            # What was being started at that moment is found by the next round.
            self._thread.join(_POLL_S)
        kill_marked(self._mark)

    def _next(self) -> Raw | None:
        """Return the next event; None at the end, or once the run is asked to stop."""
        while not self._stop.is_set():
            try:
                return self._queue.get(timeout=_POLL_S)
            except Empty:
                continue
        self.stop()
        return None

    def _work(self) -> None:
        try:
            self._runner.run()
        except Exception as error:  # The edge of this thread: raised again where it is awaited.
            self._crash = error
        finally:
            self._queue.put(None)

    def _heard(self, raw: Raw) -> bool:
        self._queue.put(raw)
        # False: ansible-runner writes no file for the event.
        return False

    def _remember(self, raw: Raw) -> None:
        kind, line = raw.get("event"), str(raw.get("stdout") or "").strip()
        if kind == "playbook_on_stats":
            self._last = raw
        elif kind in ("verbose", "error") and line:
            self._said.append(line)
        else:
            result = (raw.get("event_data") or {}).get("res") or {}
            found = result.get("ansible_facts") or {}
            self._facts.update({name: found[name] for name in self._wanted if name in found})

    def _ended(self) -> PlayEnded:
        status = self._status()
        told = status is PlayStatus.FAILED
        return PlayEnded(
            status=status,
            stats=stats_of(self._last),
            message="\n".join(self._said[-_LAST_LINES:]) if told else "",
            facts=dict(self._facts),
        )

    def _status(self) -> PlayStatus:
        if self._stop.is_set():
            return PlayStatus.CANCELLED
        good = self._runner.status == "successful"
        return PlayStatus.SUCCESSFUL if good else PlayStatus.FAILED
