# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the automatic tests found out, and what they are doing, as sentences."""

from __future__ import annotations

from fleet.i18n import _


def doing(code: str) -> str:
    """Return what a test is doing, or what it asks of the person, as a line of a screen."""
    return (_doings() | _requests()).get(code, code.replace("_", " "))


def _doings() -> dict[str, str]:
    return {
        "reading_smart": _("Reading what the disk says of itself"),
        "waiting_self_test": _("The disk is testing itself"),
        "reading_disk": _("Reading the disk in three places"),
        "testing_memory": _("Writing and reading the memory"),
        "testing_cpu": _("Working the processor hard"),
        "waiting_address": _("Waiting for an address of the network"),
        "listening_wifi": _("Listening for Wi-Fi networks"),
        "asking_bluetooth": _("Asking the Bluetooth radio"),
        "unmuting": _("Turning the sound on"),
        "playing_tone": _("Playing a tone and listening to it"),
        "reading_firmware": _("Reading the firmware"),
        "discharging": _("Running on the battery: leave the charger out"),
    }


def _requests() -> dict[str, str]:
    return {
        "plug_cable": _("Plug a network cable in"),
        "move_stick": _("Move a USB stick from socket to socket"),
        "unplug_charger": _("Take the charger out"),
        "plug_charger": _("Put the charger back in"),
        "taking_picture": _("Look into the camera"),
    }


def sentences() -> dict[str, str]:
    """Return the sentence of every code that an automatic test may give."""
    return _runs() | _disks() | _loads() | _networks() | _media() | _firmware() | _batteries()


def _runs() -> dict[str, str]:
    return {
        "stopped": _("A person stopped the test."),
        "tool_missing": _("The program {a} is not on this system."),
        "tool_failed": _("The program {a} failed or did not answer in time."),
        "wipe_running": _("A disk was being wiped: do this test again afterwards."),
        "left_out": _("A person left the test out."),
    }


def _disks() -> dict[str, str]:
    return {
        "disk_size_unknown": _("The disk {a} does not give its size."),
        "disk_unreadable": _("The disk {a} cannot be read, {b} MiB from its start."),
        "disk_slow": _("The disk {a} reads {b} MB/s; at least {c} are expected."),
        "disk_read": _("The disk {a} reads {b} to {c} MB/s."),
        "self_test_passed": _("The disk {a} tested itself and found no fault."),
        "self_test_failed_now": _("The disk {a} tested itself and found a fault."),
        "self_test_unfinished": _("The disk {a} did not end its own test in time."),
    }


def _loads() -> dict[str, str]:
    return {
        "memory_tested": _("Memory tested: {a} of {b}."),
        "memory_errors": _("The memory gave back something else than what was written."),
        "memory_not_free": _("Too little memory is free to test it ({a})."),
        "memory_mostly_used": _("Only {a} of {b} of memory could be tested: too little to judge."),
        "load_not_run": _("The load could not be run to its end (status {a})."),
        "cpu_errors": _("The processor computed wrong."),
        "cpu_too_hot": _("The processor reached {a} °C; {b} is too hot: clean its fan."),
        "cpu_heat": _("The processor went from {a} to {b} °C."),
        "cpu_heat_unknown": _("No sensor tells the processor's temperature."),
        "sensors_lying": _("Sensors with an impossible temperature, ignored: {a}."),
        "cpu_throttled": _("The processor slowed itself down because of heat ({a} times)."),
    }


def _networks() -> dict[str, str]:
    return {
        "no_wired_port": _("It has no network socket."),
        "no_cable": _("No network cable was plugged in."),
        "no_link": _("The network socket does not see the cable."),
        "link": _("The network socket {a} has a link at {b} Mbit/s."),
        "address_given": _("The network gave an address."),
        "no_address": _("The network gave no address; the socket itself works."),
        "no_wifi": _("It has no Wi-Fi."),
        "radio_switched_off": _("A switch or key of the machine turns the radio off."),
        "networks_heard": _("Wi-Fi networks heard: {a}."),
        "no_network_heard": _("No Wi-Fi network was heard: try where there is one."),
        "wifi_scan_failed": _("The Wi-Fi card cannot listen (status {a})."),
        "no_bluetooth": _("It has no Bluetooth."),
        "bluetooth_silent": _("The Bluetooth radio does not answer."),
        "no_usb": _("It has no USB."),
        "usb_sockets": _("USB sockets tried: {a} of {b} that the firmware tells."),
        "usb_socket_dead": _("A USB socket does not work."),
    }


def _media() -> dict[str, str]:
    return {
        "no_camera": _("It has no camera."),
        "no_picture": _("The camera gives no picture."),
        "picture": _("Picture taken: brightness {a} of 255, contrast {b}."),
        "picture_dark": _("The picture is dark: is something in front of the lens?"),
        "no_sound_card": _("It has no sound."),
        "tone_heard": _("The microphone heard the tone, {a} times louder than the noise."),
        "tone_not_heard": _("The microphone did not hear the tone."),
        "no_recording": _("Nothing could be recorded."),
    }


def _firmware() -> dict[str, str]:
    return {
        "started_by": _("Started in {a} mode."),
        "secure_boot_on": _("Secure Boot is on."),
        "secure_boot_off": _("Secure Boot is off."),
        "firmware_version": _("Firmware: {a}."),
        "firmware_password": _("The firmware asks for a password."),
        "firmware_password_unknown": _("The firmware does not tell whether it has a password."),
        "firmware_silent": _("The firmware gives no description of itself."),
        "theft_lock": _("A theft lock is in the firmware ({a})."),
        "remote_locks_invisible": _(
            "A lock kept by a maker or an organisation on the Internet would not be seen here."
        ),
        "windows_program_in_firmware": _("The firmware carries a program for Windows; harmless."),
        "tpm": _("Security chip: TPM {a}."),
        "no_tpm": _("No security chip (TPM) is seen."),
    }


def _batteries() -> dict[str, str]:
    return {
        "battery_health": _("The battery holds {a} percent of its charge when new."),
        "design_capacity_unknown": _("The battery does not tell its capacity when new."),
        "no_charger_seen": _("No charger is seen: the discharge cannot be measured."),
        "charger_left_in": _("The charger was not taken out."),
        "charger_back_early": _("The charger was put back before the end."),
        "battery_empty": _("The battery is at {a} %: charge it before the test."),
        "discharge_not_measured": _("The battery does not tell how full it is."),
        "no_loss_measured": _("The battery's gauge did not move."),
        "discharged": _("Lost {a} percent in {b} min: about {c} min on a full battery."),
        "battery_short": _("The battery would last {a} min; at least {b} are expected."),
    }
