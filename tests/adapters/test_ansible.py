# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible is played for real: on this computer, and through a command prefix."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from fleet.adapters import ansible
from fleet.adapters.ansible_events import (
    PlayEnded,
    PlayEvent,
    PlayStatus,
    TaskFinished,
    TaskStarted,
    TaskStatus,
    failure_message,
    replay,
    to_json,
)

REPOSITORY = Path(__file__).parents[2]
# The plugin asks for a prefix that runs its arguments, whatever it is: here, on this computer.
PREFIX = ["/usr/bin/env", "ROOTFS_ENTERED=yes"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with this one's settings and plugins; and a /tmp of its own."""
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    folder = tmp_path / "project"
    shutil.copytree(REPOSITORY / "playbooks", folder / "playbooks")
    shutil.copytree(REPOSITORY / "roles/package_set", folder / "roles/package_set")
    shutil.copy(REPOSITORY / "ansible.cfg", folder)
    return folder


def _role(project: Path, name: str, tasks: list[dict[str, Any]], **files: Any) -> None:
    for path, content in {"tasks/main.yml": tasks, **files}.items():
        file = project / "roles" / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # JSON is YAML too.
        file.write_text(json.dumps(content), encoding="utf-8")


def _play(
    project: Path,
    *roles: str,
    check: bool = False,
    stop: threading.Event | None = None,
    enter: Sequence[str] = PREFIX,
    **variables: Any,
) -> Generator[PlayEvent]:
    inventory = ansible.image_inventory(enter)
    # The Python of this computer that has no apt module will do: no role here asks for it.
    inventory["all"]["hosts"]["image"]["ansible_python_interpreter"] = sys.executable
    given = {"image_roles": list(roles), "package_set_codename": "trixie", **variables}
    return ansible.play(
        project / ansible.IMAGE_PLAYBOOK,
        inventory=inventory, variables=given, project=project, check=check, stop=stop,
    )  # fmt: skip


def _finished(events: list[PlayEvent], role: str) -> list[TaskFinished]:
    return [e for e in events if isinstance(e, TaskFinished) and e.role == role]


def _ended(events: list[PlayEvent]) -> PlayEnded:
    assert isinstance(events[-1], PlayEnded)
    return events[-1]


def _command(*words: str, **more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"argv": list(words)}
    return {"name": "Run it", "ansible.builtin.command": given, "changed_when": False, **more}


def test_tasks_are_told_one_by_one_with_their_role(project: Path, tmp_path: Path) -> None:
    write = {"content": "Bonjour\n", "dest": str(tmp_path / "motd"), "mode": "0644"}
    _role(project, "greeting", [{"name": "Say hello", "ansible.builtin.copy": write}])

    events = list(_play(project, "greeting"))

    assert TaskStarted(role="greeting", task="Say hello") in events
    (finished,) = _finished(events, "greeting")
    assert (finished.task, finished.host) == ("Say hello", "image")
    assert finished.status is TaskStatus.CHANGED
    assert finished.seconds > 0
    assert _ended(events).status is PlayStatus.SUCCESSFUL
    assert _ended(events).stats["image"].changed == 1


def test_events_come_while_the_tasks_run(project: Path) -> None:
    _role(project, "slow", [_command("true"), _command("sleep", "3")])

    seen = [(type(e).__name__, time.monotonic()) for e in _play(project, "slow")]

    # The first task was told well before the second ended.
    first = next(moment for name, moment in seen if name == "TaskFinished")
    assert seen[-1][1] - first > 2.5


def test_a_failure_tells_the_role_the_task_and_what_the_program_said(project: Path) -> None:
    said = "echo 'disk is on fire' >&2; exit 3"
    _role(project, "broken", [_command("sh", "-c", said)])

    events = list(_play(project, "broken"))

    (failed,) = _finished(events, "broken")
    assert failed.status is TaskStatus.FAILED
    assert "non-zero return code" in failed.message
    assert "disk is on fire" in failed.message
    assert _ended(events).status is PlayStatus.FAILED


def test_a_failed_item_of_a_loop_is_named() -> None:
    items = [
        {"item": "good", "failed": False},
        {"item": "bad", "failed": True, "msg": "No such thing", "stderr": "really\n"},
    ]

    told = failure_message({"msg": "One or more items failed", "results": items})

    assert told == "bad: No such thing\nreally"


def test_an_expected_failure_is_told_as_ignored(project: Path) -> None:
    _role(project, "brave", [_command("false", ignore_errors=True)])

    events = list(_play(project, "brave"))

    assert _finished(events, "brave")[0].status is TaskStatus.IGNORED
    assert _ended(events).status is PlayStatus.SUCCESSFUL


def test_a_role_that_does_not_exist_is_told_as_a_failure(project: Path) -> None:
    events = list(_play(project, "nowhere"))

    told = [e.message for e in events if isinstance(e, TaskFinished)] + [_ended(events).message]
    assert _ended(events).status is PlayStatus.FAILED
    assert "nowhere" in "\n".join(told)


def test_a_file_that_is_not_yaml_is_told_with_ansibles_own_words(project: Path) -> None:
    (project / ansible.IMAGE_PLAYBOOK).write_text("- hosts: [image\n")

    events = list(_play(project))

    assert _ended(events).status is PlayStatus.FAILED
    assert "image.yml" in _ended(events).message


def test_check_mode_changes_nothing(project: Path, tmp_path: Path) -> None:
    target = tmp_path / "motd"
    write = {"content": "Bonjour\n", "dest": str(target), "mode": "0644"}
    _role(project, "greeting", [{"name": "Say hello", "ansible.builtin.copy": write}])

    events = list(_play(project, "greeting", check=True))

    assert _finished(events, "greeting")[0].status is TaskStatus.CHANGED
    assert not target.exists()


def test_a_recording_replays_as_the_same_events(project: Path) -> None:
    _role(project, "mixed", [_command("true"), _command("true", when=False), _command("false")])
    events = list(_play(project, "mixed"))

    recording = [to_json(event) for event in events]

    assert list(replay(recording)) == events


def test_closing_the_events_kills_the_run_and_all_it_started(project: Path) -> None:
    odd_seconds = "8642.5"
    _role(project, "endless", [_command("sleep", odd_seconds)])
    events = _play(project, "endless")
    while next(events) != TaskStarted(role="endless", task="Run it"):
        pass
    _wait_for(odd_seconds)

    began = time.monotonic()
    events.close()

    assert _processes(odd_seconds) == ""
    assert time.monotonic() - began < 10
    assert _left_behind() == []


def test_a_run_is_stopped_from_another_thread_while_a_task_lasts(project: Path) -> None:
    odd_seconds = "8642.6"
    _role(project, "endless", [_command("sleep", odd_seconds)])
    stop = threading.Event()
    threading.Thread(target=_set_once_running, args=(stop, odd_seconds)).start()

    events = list(_play(project, "endless", stop=stop))

    assert _ended(events).status is PlayStatus.CANCELLED
    assert _processes(odd_seconds) == ""
    assert _left_behind() == []


def _set_once_running(stop: threading.Event, word: str) -> None:
    _wait_for(word)
    stop.set()


def _wait_for(word: str) -> None:
    while not _processes(word):
        time.sleep(0.1)


def _left_behind() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("parclibre-ansible-*"))


def _processes(word: str) -> str:
    return subprocess.run(["pgrep", "-f", word], capture_output=True, text=True).stdout


def test_a_secret_is_in_no_argument_no_environment_and_no_file_left(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "correct horse battery"
    monkeypatch.setenv("SOME_TOKEN", "token of the caller")
    look = "cat /proc/[0-9]*/cmdline /proc/$PPID/environ 2>/dev/null | tr '\\0' ' '"
    tasks = [
        _command("sh", "-c", look, register="nosy_seen", no_log=True),
        {
            "name": "Tell what was seen",
            "ansible.builtin.assert": {
                "that": ["nosy_secret[8:] not in nosy_seen.stdout", "'caller' not in x"],
            },
            "vars": {"x": "{{ nosy_seen.stdout | replace('\\0', ' ') }}"},
        },
    ]
    _role(project, "nosy", tasks)

    events = list(_play(project, "nosy", nosy_secret=secret))

    assert _ended(events).status is PlayStatus.SUCCESSFUL, events
    assert not any(secret in to_json(event) for event in events)
    assert _left_behind() == []


def test_variables_keep_their_types_and_are_not_evaluated_twice(project: Path) -> None:
    given: dict[str, Any] = {"odd_flag": False, "odd_list": ["a: b", "é"], "odd_text": "100 %"}
    checks = ["odd_flag is false", "odd_list == ['a: b', 'é']", "odd_text == '100 %'"]
    _role(project, "odd", [{"name": "Check it", "ansible.builtin.assert": {"that": checks}}])

    events = list(_play(project, "odd", **given))

    assert _ended(events).status is PlayStatus.SUCCESSFUL, events


def test_packages_are_collected_from_the_roles_that_have_some(project: Path) -> None:
    ask = [
        {
            "name": "Install the packages of the role",
            "ansible.builtin.include_role": {"name": "package_set"},
            "vars": {"package_set_names": "{{ tools__packages }}"},
        }
    ]
    packages = "{{ ['less', tools_editor] + ({'noble': ['snapd']}[package_set_codename] | d([])) }}"
    _role(
        project, "tools", [], **{
            "tasks/packages.yml": ask, "vars/main.yml": {"tools__packages": packages},
            "defaults/main.yml": {"tools_editor": "nano"},
        },
    )  # fmt: skip
    _role(project, "without", [])

    def collected(**variables: str) -> tuple[str, ...]:
        return ansible.collect_packages(["tools", "without", "tools"], variables, project=project)

    assert collected(package_set_codename="trixie") == ("less", "nano")
    assert collected(package_set_codename="noble", tools_editor="vim") == ("less", "snapd", "vim")


def test_a_role_whose_packages_cannot_be_told_fails_with_its_name(project: Path) -> None:
    ask = [
        {
            "name": "Install the packages of the role",
            "ansible.builtin.include_role": {"name": "package_set"},
            "vars": {"package_set_names": "{{ tools__packages }}"},
        }
    ]
    _role(project, "tools", [], **{"tasks/packages.yml": ask})

    with pytest.raises(ansible.PlayFailed, match="tools__packages"):
        ansible.collect_packages(["tools"], {}, project=project)


def test_facts_of_this_computer_are_not_known_while_packages_are_collected(project: Path) -> None:
    fact = {"package_set_collected": ["{{ ansible_facts | length }} known"]}
    _role(project, "facts", [], **{
        "tasks/packages.yml": [{"name": "Count the facts", "ansible.builtin.set_fact": fact}],
    })  # fmt: skip

    assert ansible.collect_packages(["facts"], {}, project=project) == ("0 known",)


def test_the_adapter_loads_without_ansible() -> None:
    code = "import sys, fleet.adapters.ansible; print('ansible_runner' in sys.modules)"

    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert printed.stdout == "False\n", printed.stderr


def test_files_of_all_kinds_travel_unharmed(project: Path, tmp_path: Path) -> None:
    inside = tmp_path / "a folder with spaces & quotes'"
    inside.mkdir()
    sent = {
        "binary": bytes(range(256)) * 64,
        "large": os.urandom(1 << 20) * 16,
        "empty": b"",
        "été": "accents é\n".encode(),
    }
    for name, content in sent.items():
        (tmp_path / f"sent-{name}").write_bytes(content)
    names = list(sent)
    tasks: list[dict[str, Any]] = [
        {
            "name": "Put the files",
            "ansible.builtin.copy": {
                "src": f"{tmp_path}/sent-{{{{ item }}}}",
                "dest": f"{inside}/{{{{ item }}}}", "mode": "0600",
            },
            "loop": names,
        },
        {
            "name": "Fetch the files",
            "ansible.builtin.fetch": {
                "src": f"{inside}/{{{{ item }}}}",
                "dest": f"{tmp_path}/back-{{{{ item }}}}", "flat": True,
            },
            "loop": names,
        },
        {
            "name": "Read one file",
            "ansible.builtin.slurp": {"src": f"{inside}/binary"}, "register": "files_slurped",
        },
        {
            "name": "Compare what was read",
            "ansible.builtin.assert": {"that": "files_slurped.content | length == 21848"},
        },
        {
            "name": "Write a template",
            "ansible.builtin.template": {
                "src": f"{tmp_path}/template.j2", "dest": f"{inside}/from template", "mode": "0644",
            },
            "vars": {"files_who": "l’école"},
        },
    ]  # fmt: skip
    (tmp_path / "template.j2").write_text("# {{ ansible_managed }}\nBonjour {{ files_who }}\n")
    _role(project, "files", tasks)

    events = list(_play(project, "files"))

    assert _ended(events).status is PlayStatus.SUCCESSFUL, events
    for name, content in sent.items():
        assert (inside / name).read_bytes() == content, name
        assert (tmp_path / f"back-{name}").read_bytes() == content, name
    assert (inside / "from template").read_text() == (
        "# Écrit par ParcLibre : vos changements seraient remplacés.\nBonjour l’école\n"
    )


def test_a_missing_file_inside_is_told(project: Path, tmp_path: Path) -> None:
    fetch = {"src": "/no/such/file", "dest": f"{tmp_path}/back", "flat": True}
    _role(project, "files", [{"name": "Fetch it", "ansible.builtin.fetch": fetch}])

    events = list(_play(project, "files"))

    assert "does not exist" in _finished(events, "files")[0].message


def test_every_command_goes_through_the_prefix(project: Path) -> None:
    tasks = [
        {**_command("sh", "-c", "echo $ROOTFS_ENTERED"), "register": "prefix_said"},
        {"name": "See it", "ansible.builtin.assert": {"that": "prefix_said.stdout == 'yes'"}},
    ]
    _role(project, "prefix", tasks)

    events = list(_play(project, "prefix"))

    assert _ended(events).status is PlayStatus.SUCCESSFUL, events


def test_become_is_refused_as_the_root_filesystem_is_entered_as_root(project: Path) -> None:
    _role(project, "proud", [_command("true", become=True)])

    events = list(_play(project, "proud"))

    assert "remove become" in _finished(events, "proud")[0].message


def test_pipelining_leaves_no_file_for_a_module(project: Path, tmp_path: Path) -> None:
    traces = tmp_path / "calls"
    spy = tmp_path / "spy"
    spy.write_text(f'#!/bin/sh\necho "$*" >> {traces}\nexec "$@"\n')
    spy.chmod(0o755)
    _role(project, "plain", [_command("true")])

    events = list(_play(project, "plain", enter=[str(spy), *PREFIX]))

    assert _ended(events).status is PlayStatus.SUCCESSFUL
    # One to know the system, one for the task: no folder made, no file put.
    assert len(traces.read_text().splitlines()) == 2
