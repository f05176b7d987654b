#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the town's server how this machine is: a small signed message over HTTPS.

The protocol is docs/reference/check-in.md. Nothing about people is sent, and nothing that the
server answers is ever run. Python 3.10 and ssh-keygen, nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MESSAGE_FORMAT = "parclibre-check-in"
ANSWER_FORMAT = "parclibre-check-in-answer"
VERSION = 1
NAMESPACE = "parclibre-check-in"
MEDIA_TYPE = "application/json"
DONE, SERVER_DOWN, BAD_CERTIFICATE, REFUSED, BAD_CONFIG = 0, 75, 76, 77, 78
QUEUE_LIMIT = 48
ANSWER_LIMIT_BYTES = 16 * 1024
TIMEOUT_S = 20
RETRY_AFTER_S = (60, 7 * 24 * 3600)
COUNTER_LIMIT = 2**53
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,128}")
MACHINE_ID = re.compile(r"[0-9a-f]{32}")
# systemd's sd_id128_get_machine_app_specific: the machine-id itself must not leave the machine.
APPLICATION_ID = bytes.fromhex("6f0c4a52e1b34d7d9c1e8a5f2b7d3c90")

Json = dict[str, Any]


class Failure(Exception):
    """The check-in did not end well; the sentence is for the journal, without any secret."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Places:
    """The files that this program reads and writes."""

    config: Path
    token: Path
    state_folder: Path
    root: Path

    @property
    def key(self) -> Path:
        """The machine's own private key."""
        return self.state_folder / "key"

    @property
    def queue(self) -> Path:
        """The messages that were not delivered yet."""
        return self.state_folder / "queue"

    @property
    def state(self) -> Path:
        """The counter, and when to come back."""
        return self.state_folder / "state.json"


@dataclass(frozen=True)
class State:
    """What must survive between two check-ins."""

    counter: int = 0
    enrolled: bool = False
    not_before: int = 0


@dataclass(frozen=True)
class Server:
    """Where to send, and the authority that vouches for it."""

    host: str
    port: int
    path: str
    authority: str


# Files


def write_whole(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file whole or not at all, even when the power is cut."""
    temporary = path.with_name(f".{path.name}.new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def read_state(places: Places) -> State:
    """Return the state; a machine that never checked in starts from zero."""
    try:
        return State(**json.loads(places.state.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return State()
    except (ValueError, TypeError) as error:
        # The counter is found again: the server says it when a message looks old.
        sys.stderr.write(f"L’état est illisible, on repart de zéro : {error}.\n")
        return State()


def write_state(places: Places, state: State) -> None:
    """Keep the state, before anything that depends on it is sent."""
    write_whole(places.state, json.dumps(asdict(state)))


def read_server(places: Places) -> Server:
    """Return where to send. Raises Failure when the configuration does not say it."""
    try:
        config = json.loads(places.config.read_text(encoding="utf-8"))
        url = urlsplit(config["url"])
        port = url.port or 443
        authority = str(config["authority"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Failure(f"{places.config} est illisible : {error}.", BAD_CONFIG) from error
    if url.scheme != "https" or not url.hostname:
        raise Failure("L’adresse du serveur doit commencer par https://.", BAD_CONFIG)
    return Server(url.hostname, port, url.path.rstrip("/") + "/v1/check-in", authority)


def make_key(places: Places) -> None:
    """Make the machine's own key when there is none; it never leaves the machine."""
    places.state_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if places.key.exists() and public_key(places):
        return
    for half in (places.key, places.key.with_suffix(".pub")):
        half.unlink(missing_ok=True)
    # Made under another name: a cut in the middle leaves no half key.
    draft = places.state_folder / "draft"
    for half in (draft, draft.with_suffix(".pub")):
        half.unlink(missing_ok=True)
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(draft)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    draft.with_suffix(".pub").unlink()
    draft.replace(places.key)


def public_key(places: Places) -> str:
    """Return the public half of the machine's key, without a comment; empty when unreadable."""
    done = subprocess.run(
        ["ssh-keygen", "-y", "-P", "", "-f", str(places.key)],
        capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return " ".join(done.stdout.split()[:2])


# What is told


def facts(places: Places, state: State, now: int) -> Json:
    """Return what this machine says of itself; a fact that cannot be had is null."""
    root = places.root
    return {
        "machine": machine_id(root),
        "tag": first_line(root / "etc/parclibre/tag"),
        "image": first_line(root / "etc/parclibre/image"),
        "counter": state.counter,
        "made_at": now,
        "boot_id": first_line(root / "proc/sys/kernel/random/boot_id"),
        "uptime_s": uptime(root),
        "packages": pending_packages(),
        "printers": printers(root),
        "ssh_host_keys": host_keys(root),
        "sizes": sizes(root),
    }


def machine_id(root: Path) -> str:
    """Return an identifier of this machine that says nothing of its machine-id."""
    name = first_line(root / "etc/machine-id") or ""
    if not MACHINE_ID.fullmatch(name):
        raise Failure("Cette machine n’a pas encore de machine-id.", BAD_CONFIG)
    secret = bytes.fromhex(name)
    digest = bytearray(hmac.new(secret, APPLICATION_ID, hashlib.sha256).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x40
    digest[8] = digest[8] & 0x3F | 0x80
    return digest.hex()


def first_line(path: Path) -> str | None:
    """Return a file's first line; None when there is none."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()[:200] or None
    except (OSError, UnicodeDecodeError):
        return None


def uptime(root: Path) -> int | None:
    """Return the seconds since the machine started."""
    line = first_line(root / "proc/uptime")
    return int(float(line.split()[0])) if line else None


def pending_packages() -> Json | None:
    """Return how many packages wait for an update, and how many of them for security."""
    command = ["apt-get", "--simulate", "-o", "Debug::NoLocking=true", "dist-upgrade"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=120,
            stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    waiting = [line for line in done.stdout.splitlines() if line.startswith("Inst ")]
    if done.returncode:
        return None
    return {
        "pending": len(waiting),
        "security": sum("security" in line.lower() for line in waiting),
    }


def printers(root: Path) -> list[Json] | None:
    """Return each declared printer's state, as printer-queues left it."""
    try:
        text = (root / "var/lib/parclibre/printers.json").read_text(encoding="utf-8")
        told = json.loads(text)["printers"]
        return [{key: printer[key] for key in ("name", "state", "reason")} for printer in told]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def host_keys(root: Path) -> list[str]:
    """Return the public SSH host keys, so that the town need not trust on first use."""
    found = sorted((root / "etc/ssh").glob("ssh_host_*_key.pub"))
    lines = [first_line_of_key(path) for path in found]
    return [line for line in lines if line]


def first_line_of_key(path: Path) -> str:
    """Return a public key without its comment, which names the machine that made it."""
    return " ".join(path.read_text(encoding="utf-8").split()[:2])


def sizes(root: Path) -> Json:
    """Return the room on the file systems, and the memory, in bytes."""
    system, home = shutil.disk_usage(root), shutil.disk_usage(root / "home")
    return {
        "root_bytes": system.total,
        "root_free_bytes": system.free,
        "home_bytes": home.total,
        "home_free_bytes": home.free,
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
    }


# The message


def signed(places: Places, body: Json) -> str:
    """Return the message to send: the body as text, and its signature."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", str(places.key)]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    message = {
        "format": MESSAGE_FORMAT,
        "version": VERSION,
        "body": text,
        "public_key": public_key(places),
        "signature": done.stdout.decode("ascii"),
    }
    return json.dumps(message)


def enqueue(places: Places, now: int) -> None:
    """Write a new message in the queue, its counter spent first; the oldest ones give way."""
    places.queue.mkdir(mode=0o700, exist_ok=True)
    state = read_state(places)
    state = replace(state, counter=state.counter + 1)
    write_state(places, state)
    message = signed(places, facts(places, state, now))
    write_whole(places.queue / f"{state.counter:016d}.json", message)
    for old in waiting_messages(places)[:-QUEUE_LIMIT]:
        old.unlink()


def waiting_messages(places: Places) -> list[Path]:
    """Return the messages to deliver, the oldest first."""
    return sorted(places.queue.glob("[0-9]*.json"))


def enrolment(places: Places, message: Json) -> Json | None:
    """Return the proof that the town gave this machine a token; the token itself is not sent."""
    try:
        token = places.token.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    if not TOKEN.fullmatch(token):
        raise Failure("Le jeton d’inscription est mal formé.", BAD_CONFIG)
    proof = hmac.new(token.encode(), str(message["body"]).encode(), hashlib.sha256).hexdigest()
    return {"token_id": hashlib.sha256(token.encode()).hexdigest()[:16], "proof": proof}


# The server


def post(server: Server, text: str) -> tuple[int, Json]:
    """Send one message; return the HTTP status and the answer.

    No proxy and no redirection: a town's server is reached directly or not at all.
    """
    context = ssl.create_default_context(cafile=server.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # Python 3.13 asks of a certificate extensions that many towns' own authorities leave out;
    # names, dates and signatures are still checked.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    connection = http.client.HTTPSConnection(
        server.host, server.port, timeout=TIMEOUT_S, context=context
    )
    try:
        connection.request("POST", server.path, text.encode(), {"Content-Type": MEDIA_TYPE})
        response = connection.getresponse()
        return response.status, read_answer(response.read(ANSWER_LIMIT_BYTES + 1))
    finally:
        connection.close()


def read_answer(content: bytes) -> Json:
    """Return the server's answer; {} when it is not one of this protocol."""
    try:
        answer = json.loads(content) if len(content) <= ANSWER_LIMIT_BYTES else {}
    except ValueError:
        return {}
    known = isinstance(answer, dict) and answer.get("format") == ANSWER_FORMAT
    return answer if known else {}


def deliver(places: Places, server: Server, path: Path) -> None:
    """Send one message of the queue and do what its answer allows. Raises Failure."""
    message = json.loads(path.read_text(encoding="utf-8"))
    if proof := enrolment(places, message):
        message["enrolment"] = proof
    try:
        status, answer = post(server, json.dumps(message))
    except ssl.SSLCertVerificationError as error:
        sentence = f"Le certificat du serveur n’est pas le bon : {error.verify_message}."
        raise Failure(sentence, BAD_CERTIFICATE) from error
    except (OSError, http.client.HTTPException) as error:
        raise Failure(f"Le serveur ne répond pas : {error}.", SERVER_DOWN) from error
    heed(places, answer)
    accept(places, path, status, answer)


def heed(places: Places, answer: Json) -> None:
    """Keep when to come back, within bounds; nothing else of an answer is obeyed."""
    wait_s = answer.get("retry_after_s")
    if isinstance(wait_s, int):
        low, high = RETRY_AFTER_S
        not_before = int(time.time()) + min(max(wait_s, low), high)
        write_state(places, replace(read_state(places), not_before=not_before))


def accept(places: Places, path: Path, status: int, answer: Json) -> None:
    """Settle one message by its answer. Raises Failure unless it was accepted."""
    reason = str(answer.get("reason", ""))[:40]
    if status == http.client.OK and answer.get("accepted") is True:
        path.unlink()
        enrolled(places, answer)
    elif status == http.client.CONFLICT and answer:
        path.unlink()
        catch_up(places, answer)
    elif status in (http.client.BAD_REQUEST, http.client.FORBIDDEN) and answer:
        if reason != "not_enrolled":
            # It will never be accepted, and must not hold up the next ones.
            path.unlink()
        raise Failure(f"Le serveur a refusé le message : {reason}.", REFUSED)
    else:
        raise Failure(f"Le serveur n’a pas su répondre (HTTP {status}).", SERVER_DOWN)


def enrolled(places: Places, answer: Json) -> None:
    """Forget the token once the server knows this machine's key."""
    if answer.get("enrolled") is not True:
        return
    write_state(places, replace(read_state(places), enrolled=True))
    places.token.unlink(missing_ok=True)


def catch_up(places: Places, answer: Json) -> None:
    """Take the server's counter when ours is behind: the disk was restored from a copy."""
    seen, state = answer.get("counter"), read_state(places)
    if isinstance(seen, int) and state.counter < seen < COUNTER_LIMIT:
        write_state(places, replace(state, counter=seen))


def deliver_all(places: Places) -> int:
    """Deliver the queue, the oldest message first; return how many were."""
    server = read_server(places)
    messages = waiting_messages(places)
    for path in messages:
        deliver(places, server, path)
    return len(messages)


def main(argv: Sequence[str] | None = None) -> int:
    """Make the key if there is none, write one message, and deliver what waits."""
    places, only_key = _arguments(argv)
    make_key(places)
    now = int(time.time())
    if only_key or now < read_state(places).not_before:
        return DONE
    try:
        read_server(places)
        enqueue(places, now)
        count = deliver_all(places)
    except Failure as failure:
        kept = len(waiting_messages(places))
        sys.stderr.write(f"{failure} Messages gardés : {kept}.\n")
        return failure.status
    sys.stderr.write(f"Messages acceptés : {count}.\n")
    return DONE


def _arguments(argv: Sequence[str] | None) -> tuple[Places, bool]:
    parser = argparse.ArgumentParser(prog="check-in", description="Nouvelles de cette machine.")
    parser.add_argument("--make-key", action="store_true", help="crée seulement la clé")
    parser.add_argument("--config", type=Path, default="/etc/parclibre/check-in.json")
    parser.add_argument("--token", type=Path, default="/etc/parclibre/check-in.token")
    parser.add_argument("--state-folder", type=Path, default="/var/lib/parclibre/check-in")
    parser.add_argument("--root", type=Path, default="/")
    chosen = vars(parser.parse_args(argv))
    only_key = bool(chosen.pop("make_key"))
    return Places(**chosen), only_key


if __name__ == "__main__":
    sys.exit(main())
