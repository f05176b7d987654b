# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes people out of raw evidence before it is hashed and kept: logins, names, Wi-Fi names.

Our own collector already did it at the source; this is for reports made by other tools.
"""

from __future__ import annotations

import json
import re

from fleet.errors import BadInput
from fleet.readers.limits import load_json

REMOVED = "[removed]"

# Keys of GLPI inventories, lshw and eReuse snapshots that name people or their networks.
_KEYS = frozenset(
    {
        "users", "user", "local_users", "local_groups", "lastloggeduser", "datelastloggeduser",
        "winowner", "wincompany", "owner", "login", "username", "processes", "envs", "remote_mgmt",
        "softwares", "ssid", "wifi_ssid", "workgroup", "domain", "debug", "mountpoint",
        "mountpoints", "lastmountpoint",
    }
)  # fmt: skip
_LINES = re.compile(
    r"(?im)^(\s*(?:ssid|essid|user ?name|logged in user|last logged user|hostname)\s*[:=]\s*).+$"
    r"|(\bESSID:)\"[^\"]*\"|(/home/|/media/|/Users/)[^/\s\"']+"
)


def redact(text: str) -> str:
    """Return the same report without people; text that holds none is returned unchanged."""
    if text[:4096].lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        return _redact_json(text)
    return _LINES.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    kept = next(group for group in found.groups() if group)
    return f"{kept}{REMOVED}"


def _redact_json(text: str) -> str:
    try:
        document = load_json(text)
    except BadInput:
        return _LINES.sub(_blank, text)
    cleaned = _without_people(document)
    return text if cleaned == document else json.dumps(cleaned, ensure_ascii=False)


def _without_people(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: REMOVED if str(key).lower() in _KEYS and held else _without_people(held)
            for key, held in value.items()
        }
    if isinstance(value, list):
        return [_without_people(one) for one in value]
    if isinstance(value, str):
        return _LINES.sub(_blank, value)
    return value
