# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A root filesystem in its namespaces: what it can do, and that the host never notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.adapters import process
from fleet.adapters.rootfs import Rootfs, open_rootfs, open_view
from fleet.errors import FleetError
from tests.adapters.host_state import differences, host_state, unchanged_host

# The first test waits for the base, which takes long on a busy machine.
pytestmark = [pytest.mark.root, pytest.mark.timeout(400)]


@pytest.fixture
def layers(base: Path, tmp_path: Path) -> tuple[list[Path], Path, Path]:
    """The arguments of open_rootfs: the base, and new folders above it."""
    return [base], tmp_path / "upper", tmp_path / "work"


@pytest.fixture
def rootfs(layers: tuple[list[Path], Path, Path]) -> Iterator[Rootfs]:
    """An open root filesystem."""
    with open_rootfs(*layers, epoch=1_790_000_000) as opened:
        yield opened


def _sh(rootfs: Rootfs, script: str) -> process.Finished:
    return rootfs.run(["sh", "-c", script], timeout_s=30, check=False)


def _written(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_host_is_the_same_after_all_that_is_tried_inside(
    layers: tuple[list[Path], Path, Path],
) -> None:
    attempts = (
        "sysctl -w vm.swappiness=11",
        "echo 11 > /proc/sys/vm/swappiness",
        "mount -o remount,rw /proc/sys && echo 11 > /proc/sys/vm/swappiness",
        "mount -t proc proc /mnt && echo 11 > /mnt/sys/vm/swappiness",
        "chmod 600 /dev/null; hostname intruder",
        "(sleep 600 &) >/dev/null 2>&1",
    )
    null = Path("/dev/null").stat().st_mode

    with unchanged_host(), open_rootfs(*layers) as rootfs:
        said = [_sh(rootfs, attempt) for attempt in attempts]

    assert all(done.status for done in said[:4])
    assert Path("/dev/null").stat().st_mode == null


def test_comparison_sees_a_new_listening_socket() -> None:
    before = host_state()

    with subprocess.Popen(
        [sys.executable, "-c", "import socket,time; s=socket.create_server(('127.0.0.1',0));"
         "print(1,flush=True); time.sleep(60)"], stdout=subprocess.PIPE,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        server.stdout.readline()
        changed = differences(before, host_state())
        server.kill()

    assert "listening" in changed


def test_comparison_sees_an_orphan() -> None:
    before = host_state()

    subprocess.run(["sh", "-c", "sleep 60 & echo $!"], check=True, stdout=subprocess.DEVNULL)
    left = differences(before, host_state())["processes"]

    assert isinstance(left, list) and "sleep 60" in left[0]
    os.kill(int(left[0].split()[0]), signal.SIGKILL)


def test_only_the_upper_folder_is_written(layers: tuple[list[Path], Path, Path]) -> None:
    lower, upper, _ = layers
    before = (lower[0] / "etc").stat().st_mtime_ns

    with open_rootfs(*layers) as rootfs:
        _sh(rootfs, "echo hello > /etc/greeting; echo x > /run/x; echo x > /tmp/x; rm /etc/issue")

    assert _written(upper) == {"etc/greeting", "etc/issue"}
    assert (lower[0] / "etc").stat().st_mtime_ns == before
    with open_view([upper, *lower]) as view:
        assert (view.outside / "etc/greeting").read_text() == "hello\n"
        assert not (view.outside / "etc/issue").exists()
        assert not list((view.outside / "proc").iterdir())


def test_view_is_read_only_for_the_programs_that_it_starts(base: Path) -> None:
    with open_view([base]) as view:
        done = process.run(
            [*view.enter, "touch", f"{view.root}/new"], timeout_s=5, check=False
        )  # fmt: skip

    assert "Read-only" in done.stderr


def test_no_service_starts_and_no_stand_in_is_left(
    layers: tuple[list[Path], Path, Path],
) -> None:
    _, upper, _ = layers

    with open_rootfs(*layers) as rootfs:
        policy = _sh(rootfs, "/usr/sbin/policy-rc.d any start")
        daemon = _sh(rootfs, "start-stop-daemon --start --exec /bin/touch -- /started")
        # Both are brought into the upper layer by this; they must not stay.
        _sh(rootfs, "chmod 700 /usr/sbin/policy-rc.d /usr/sbin/start-stop-daemon")

    assert policy.status == 101
    assert daemon.status == 0
    assert _written(upper) == set()


def test_there_is_no_network_but_loopback(rootfs: Rootfs) -> None:
    interfaces = _sh(rootfs, "ls /proc/self/net/dev >/dev/null; sed 1,2d /proc/net/dev").stdout
    reached = _sh(
        rootfs,
        "python3 -c \"import socket; s=socket.create_server(('127.0.0.1',0));"
        'socket.create_connection(s.getsockname())"',
    )

    assert [line.split(":")[0].strip() for line in interfaces.splitlines()] == ["lo"]
    assert reached.status == 0, reached.stderr


def test_nothing_of_the_host_can_be_reached(rootfs: Rootfs) -> None:
    block = _sh(rootfs, "mknod /disk b 254 0 && head -c1 /disk")
    in_dev = _sh(rootfs, "mknod /dev/disk b 254 0 && head -c1 /dev/disk")
    names = _sh(rootfs, "hostname; cat /etc/resolv.conf; ls /sys; ls /proc/1/root/")

    assert block.status and in_dev.status
    assert names.stdout == "image\n"


def test_environment_is_that_of_a_build(rootfs: Rootfs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the host")
    previous = os.umask(0o077)

    try:
        said = _sh(rootfs, "env; umask; pwd; ischroot && echo in a chroot").stdout
    finally:
        os.umask(previous)

    assert "SECRET" not in said
    assert {"SOURCE_DATE_EPOCH=1790000000", "DEBIAN_FRONTEND=noninteractive"} <= set(
        said.splitlines()
    )
    assert said.endswith("0022\n/\nin a chroot\n")


def test_shown_folder_can_be_written_and_stays_as_it_was(
    layers: tuple[list[Path], Path, Path], tmp_path: Path
) -> None:
    cache, note = tmp_path / "cache", tmp_path / "note"
    cache.mkdir()
    (cache / "kept").write_text("kept")
    note.write_text("note")

    with open_rootfs(*layers, binds={cache: "/srv/new/cache", note: "/run/new/note"}) as rootfs:
        done = _sh(rootfs, "cat /run/new/note; rm /srv/new/cache/kept; touch /srv/new/cache/more")
        refused = _sh(rootfs, "echo x > /run/new/note")

    assert (done.status, done.stdout) == (0, "note")
    assert refused.status
    assert [path.name for path in cache.iterdir()] == ["kept"]
    assert _written(layers[1]) == set()


def test_upper_folder_can_be_opened_again_and_stacked(
    layers: tuple[list[Path], Path, Path], tmp_path: Path
) -> None:
    lower, upper, work = layers

    for word in ("first", "second"):
        with open_rootfs(lower, upper, work) as rootfs:
            _sh(rootfs, f"echo {word} >> /etc/words")
    with open_rootfs([upper, *lower], tmp_path / "upper2", work) as rootfs:
        words = _sh(rootfs, "cat /etc/words").stdout

    assert words == "first\nsecond\n"


def test_killed_program_leaves_no_process_and_no_mount(
    layers: tuple[list[Path], Path, Path],
) -> None:
    lower, upper, work = layers
    script = (
        "import sys, time; from pathlib import Path; from fleet.adapters.rootfs import *\n"
        "a = [Path(word) for word in sys.argv[1:]]\n"
        "with open_rootfs(a[:1], a[1], a[2]) as r:\n"
        "    r.run(['sh', '-c', '(sleep 600 &) >/dev/null 2>&1'], timeout_s=9)\n"
        "    print(r.outside, flush=True); time.sleep(60)\n"
    )
    with unchanged_host():
        words = [sys.executable, "-c", script, str(lower[0]), str(upper), str(work)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            holder = Path(program.stdout.readline().strip()).parent.parent
            assert holder.exists()

            program.send_signal(signal.SIGKILL)
            program.wait()
            deadline = time.monotonic() + 10
            while holder.exists() and time.monotonic() < deadline:
                time.sleep(0.02)

        assert not holder.exists()


def test_folder_that_cannot_be_a_layer_is_told(tmp_path: Path) -> None:
    absent = open_rootfs([tmp_path / "absent"], tmp_path / "upper", tmp_path / "work")

    with pytest.raises(FleetError, match="cannot be opened"):
        absent.__enter__()
