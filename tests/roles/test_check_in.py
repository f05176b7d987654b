# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check-in program against a real HTTPS server, and the role that installs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fleet.model.check_in import NAMESPACE, Refusal
from fleet.store import sshsig
from tests.check_in_receiver import Receiver, receiver, write_certificates
from tests.roles.harness import Chroot

PROGRAM = Path(__file__).parent.parent.parent / "roles" / "check_in" / "files" / "check_in.py"
TOKEN = "jeton-" + "0123456789abcdef" * 2
MACHINE_ID = "0123456789abcdef0123456789abcdef"
DONE, SERVER_DOWN, BAD_CERTIFICATE, REFUSED = 0, 75, 76, 77


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The files of a machine, in a folder."""

    root: Path

    @property
    def programs(self) -> Path:
        return self.root / "programs"

    @property
    def token(self) -> Path:
        return self.root / "etc/parclibre/check-in.token"

    @property
    def state_folder(self) -> Path:
        return self.root / "var/lib/parclibre/check-in"

    @property
    def queue(self) -> list[Path]:
        return sorted((self.state_folder / "queue").glob("*.json"))

    def state(self, **changes: object) -> dict[str, Any]:
        """Return the machine's state, changed first where asked."""
        path = self.state_folder / "state.json"
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**state, **changes}), encoding="utf-8")
        return state

    def configure(self, url: str, authority: Path) -> None:
        config = {"url": url, "authority": str(authority)}
        (self.root / "etc/parclibre/check-in.json").write_text(json.dumps(config))

    def check_in(self, *, with_apt: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the program; without apt-get unless asked, which takes seconds."""
        words = (
            "--config", self.root / "etc/parclibre/check-in.json", "--token", self.token,
            "--state-folder", self.state_folder, "--root", self.root,
        )  # fmt: skip
        return subprocess.run(
            [sys.executable, PROGRAM, *words], capture_output=True, text=True, check=False,
            timeout=60, env={"PATH": os.environ["PATH"] if with_apt else str(self.programs)},
        )  # fmt: skip


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with a token and nothing else."""
    root = tmp_path / "machine"
    for folder in ("etc/parclibre", "etc/ssh", "home", "var/lib/parclibre", "proc", "programs"):
        (root / folder).mkdir(parents=True)
    (root / "programs/ssh-keygen").symlink_to(shutil.which("ssh-keygen") or "ssh-keygen")
    (root / "etc/machine-id").write_text(MACHINE_ID + "\n")
    (root / "etc/parclibre/tag").write_text("PL-0042\n")
    (root / "etc/parclibre/image").write_text("sha256:cafe\n")
    (root / "etc/ssh/ssh_host_ed25519_key.pub").write_text("ssh-ed25519 AAAA root@poste-de-lea\n")
    (root / "proc/uptime").write_text("61.42 100.00\n")
    told = {"name": "classe", "state": "ready", "reason": "", "warnings": [], "changed": False}
    status = {"printers": [told]}
    (root / "var/lib/parclibre/printers.json").write_text(json.dumps(status))
    machine = Machine(root=root)
    machine.token.write_text(TOKEN + "\n")
    machine.token.chmod(0o600)
    return machine


@pytest.fixture
def server(tmp_path: Path, machine: Machine) -> Iterator[Receiver]:
    """The town's server, which awaits this machine."""
    with receiver(tmp_path / "server") as told:
        told.allow(TOKEN)
        machine.configure(told.url, told.authority)
        yield told


def test_the_first_check_in_enrols_the_machine_and_spends_the_token(
    machine: Machine, server: Receiver
) -> None:
    done = machine.check_in()

    assert done.returncode == DONE, done.stderr
    assert len(server.accepted) == 1
    assert not machine.token.exists()
    assert server.tokens == {}
    assert machine.queue == []


def test_what_is_told_is_small_and_names_nobody(machine: Machine, server: Receiver) -> None:
    machine.check_in(with_apt=True)

    [message] = server.accepted
    facts = message.facts
    assert set(facts["packages"]) == {"pending", "security"}
    assert facts["tag"] == "PL-0042"
    assert facts["image"] == "sha256:cafe"
    assert facts["uptime_s"] == 61
    assert facts["printers"] == [{"name": "classe", "state": "ready", "reason": ""}]
    assert facts["ssh_host_keys"] == ["ssh-ed25519 AAAA"]
    assert facts["sizes"]["root_bytes"] > 0
    assert set(facts) == {
        "machine", "tag", "image", "counter", "made_at", "boot_id", "uptime_s", "packages",
        "printers", "ssh_host_keys", "sizes",
    }  # fmt: skip
    assert MACHINE_ID not in message.body
    assert len(message.body) < 4096


def test_the_machine_s_identifier_is_the_one_that_systemd_derives(
    machine: Machine, server: Receiver
) -> None:
    machine.check_in()

    derived = subprocess.run(
        ["systemd-id128", "machine-id", "--app-specific=6f0c4a52e1b34d7d9c1e8a5f2b7d3c90"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    own = Path("/etc/machine-id").read_text().strip() if derived.returncode == 0 else ""
    if len(own) != 32:
        pytest.skip("this computer has no machine-id")
    (machine.root / "etc/machine-id").write_text(own + "\n")
    server.known.clear()
    server.allow(TOKEN)
    machine.token.write_text(TOKEN)
    machine.check_in()
    assert server.accepted[-1].machine == derived.stdout.strip()


def test_ssh_keygen_agrees_with_the_signature(
    machine: Machine, server: Receiver, tmp_path: Path
) -> None:
    machine.check_in()

    [message] = server.accepted
    (tmp_path / "signers").write_text(f"machine {message.public_key}\n")
    (tmp_path / "signature").write_text(message.signature)
    command = ("ssh-keygen", "-Y", "verify", "-f", "signers", "-I", "machine", "-n", NAMESPACE)
    done = subprocess.run(
        [*command, "-s", "signature"], input=message.body, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_token_is_nowhere_but_in_its_file(machine: Machine, server: Receiver) -> None:
    done = machine.check_in()

    sent = b"".join(server.requests)
    kept = [path for path in machine.root.rglob("*") if path.is_file()]
    assert TOKEN.encode() not in sent
    assert TOKEN not in done.stderr + done.stdout
    assert all(TOKEN.encode() not in path.read_bytes() for path in kept)


def test_the_next_check_ins_count_up(machine: Machine, server: Receiver) -> None:
    for _turn in range(3):
        assert machine.check_in().returncode == DONE

    assert [message.counter for message in server.accepted] == [1, 2, 3]


def test_messages_wait_while_the_server_is_down(machine: Machine, tmp_path: Path) -> None:
    with receiver(tmp_path / "server") as server:
        server.allow(TOKEN)
        machine.configure(server.url, server.authority)
        port = int(server.url.rpartition(":")[2])
    down = [machine.check_in() for _turn in range(2)]
    waiting = len(machine.queue)

    with receiver(tmp_path / "server", port=port) as server:
        server.allow(TOKEN)
        up = machine.check_in()

    assert [done.returncode for done in down] == [SERVER_DOWN, SERVER_DOWN]
    assert waiting == 2
    assert up.returncode == DONE, up.stderr
    assert [message.counter for message in server.accepted] == [1, 2, 3]
    assert machine.queue == []


def test_the_queue_is_bounded_and_forgets_the_oldest(machine: Machine, tmp_path: Path) -> None:
    authority, _server = write_certificates(tmp_path / "server")
    machine.configure("https://127.0.0.1:9", authority)
    machine.check_in()
    [first] = machine.queue
    for number in range(100, 148):
        (first.parent / f"{number:016d}.json").write_text(first.read_text())
    machine.state(counter=200)

    machine.check_in()

    assert len(machine.queue) == 48
    assert first not in machine.queue
    assert machine.queue[-1].name == f"{201:016d}.json"


def test_a_certificate_of_another_authority_is_refused(
    machine: Machine, server: Receiver, tmp_path: Path
) -> None:
    other, _server = write_certificates(tmp_path / "other")
    machine.configure(server.url, other)

    done = machine.check_in()

    assert done.returncode == BAD_CERTIFICATE
    assert server.requests == []
    assert machine.token.exists()
    assert len(machine.queue) == 1


def test_a_certificate_for_another_host_is_refused(machine: Machine, server: Receiver) -> None:
    machine.configure(server.url.replace("127.0.0.1", "localhost"), server.authority)

    done = machine.check_in()

    assert done.returncode == BAD_CERTIFICATE
    assert server.requests == []


def test_plain_http_is_never_used(machine: Machine, server: Receiver) -> None:
    machine.configure(server.url.replace("https", "http"), server.authority)

    done = machine.check_in()

    assert done.returncode == 78
    assert server.requests == []


def test_an_altered_body_is_refused(machine: Machine, server: Receiver) -> None:
    machine.check_in()
    message = json.loads(server.requests[0])
    message["body"] = message["body"].replace("PL-0042", "PL-0043")

    verdict = server.receive(json.dumps(message).encode())

    assert verdict.refusal is Refusal.BAD_SIGNATURE


def test_an_old_message_sent_again_is_refused(machine: Machine, server: Receiver) -> None:
    machine.check_in()
    machine.check_in()

    verdict = server.receive(server.requests[0])

    assert verdict.refusal is Refusal.REPLAYED
    assert len(server.accepted) == 2


def test_a_lost_answer_costs_nothing(machine: Machine, server: Receiver) -> None:
    server.plan = ["lost"]

    lost = machine.check_in()
    again = machine.check_in()

    assert (lost.returncode, again.returncode) == (SERVER_DOWN, DONE)
    assert [message.counter for message in server.accepted] == [1, 2]
    assert not machine.token.exists()


def test_a_machine_without_a_token_is_refused_and_waits(machine: Machine, server: Receiver) -> None:
    machine.token.unlink()

    refused = machine.check_in()
    machine.token.write_text(TOKEN)
    accepted = machine.check_in()

    assert refused.returncode == REFUSED
    assert "not_enrolled" in refused.stderr
    assert accepted.returncode == DONE
    assert len(server.accepted) == 2


def test_a_token_serves_once(machine: Machine, server: Receiver) -> None:
    machine.check_in()
    machine.token.write_text(TOKEN)
    for path in (machine.state_folder / "key", machine.state_folder / "state.json"):
        path.unlink()

    done = machine.check_in()

    assert done.returncode == REFUSED
    assert server.verdicts[-1].refusal is Refusal.KEY_CHANGED


def test_a_reinstalled_machine_enrols_again_with_a_new_token(
    machine: Machine, server: Receiver
) -> None:
    machine.check_in()
    for path in (machine.state_folder / "key", machine.state_folder / "state.json"):
        path.unlink()
    machine.token.write_text("un-autre-" + TOKEN)
    server.allow("un-autre-" + TOKEN)

    done = machine.check_in()

    assert done.returncode == DONE, done.stderr
    assert not machine.token.exists()


def test_a_machine_restored_from_a_copy_catches_up(machine: Machine, server: Receiver) -> None:
    for _turn in range(3):
        machine.check_in()
    machine.state(counter=1)

    behind = machine.check_in()
    after = machine.check_in()

    assert (behind.returncode, after.returncode) == (DONE, DONE)
    assert server.accepted[-1].counter == 4


def test_the_server_says_when_to_come_back_within_bounds(
    machine: Machine, server: Receiver
) -> None:
    server.retry_after_s = 10**9
    machine.check_in()

    done = machine.check_in()

    week = 7 * 24 * 3600
    assert done.returncode == DONE
    assert len(server.requests) == 1
    assert machine.state()["not_before"] <= time.time() + week


def test_an_overloaded_server_is_asked_again_later(machine: Machine, server: Receiver) -> None:
    server.plan = ["overloaded"]

    busy = machine.check_in()

    assert busy.returncode == SERVER_DOWN
    assert len(machine.queue) == 1


def test_keys_and_queue_are_for_root_alone(machine: Machine, server: Receiver) -> None:
    machine.check_in()

    assert (machine.state_folder / "key").stat().st_mode & 0o777 == 0o600
    assert (machine.state_folder / "queue").stat().st_mode & 0o777 == 0o700
    assert not (machine.state_folder / "key.pub").exists()


def test_a_key_cut_in_the_making_is_made_again(machine: Machine, server: Receiver) -> None:
    machine.state_folder.mkdir(parents=True)
    (machine.state_folder / "key").write_text("")

    done = machine.check_in()

    assert done.returncode == DONE, done.stderr
    assert sshsig.normal_public(server.accepted[0].public_key)


@pytest.mark.root
def test_the_role_installs_a_timer_that_runs_only_when_a_server_is_given(chroot: Chroot) -> None:
    units = "/etc/systemd/system"
    authority = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    given = {"check_in_url": "https://parc.example.fr", "check_in_authority": authority}

    chroot.apply_twice("check_in", given)

    config = json.loads(chroot.read("/etc/parclibre/check-in.json"))
    assert config["url"] == "https://parc.example.fr"
    assert chroot.read(config["authority"]) == authority
    assert chroot.exists(f"{units}/timers.target.wants/parclibre-check-in.timer")
    assert (
        chroot.run("systemd-analyze", "verify", f"{units}/parclibre-check-in.service").status == 0
    )
    assert chroot.run("/usr/lib/parclibre/check-in", "--help").status == 0
    assert not chroot.exists("/var/lib/parclibre/check-in/key")
    chroot.apply_twice("check_in", {"check_in_url": ""})
    assert not chroot.exists("/etc/parclibre/check-in.json")
    assert not chroot.exists(f"{units}/timers.target.wants/parclibre-check-in.timer")
