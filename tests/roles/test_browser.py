# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The browser role: the policies that Firefox reads."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from fleet.adapters.ansible import collect_packages
from tests.roles.harness import PROJECT, Chroot, RoleFailed

_NAMES = PROJECT / "roles" / "browser" / "vars" / "main" / "policy_names.yml"
_KNOWN = frozenset(yaml.safe_load(_NAMES.read_text(encoding="utf-8"))["browser__policy_names"])


def _policies(chroot: Chroot) -> dict[str, Any]:
    policies: dict[str, Any] = json.loads(chroot.read("/etc/firefox/policies/policies.json"))
    assert set(policies) == {"policies"}
    assert set(policies["policies"]) <= _KNOWN
    return dict(policies["policies"])


@pytest.mark.root
def test_a_school_browser_sends_nothing_and_takes_no_unknown_extension(chroot: Chroot) -> None:
    bookmark = {"name": "Espace numérique", "url": "https://ent.example.fr/"}

    chroot.apply_twice("browser", {"browser_profile": "ecole", "browser_bookmarks": [bookmark]})

    policies = _policies(chroot)
    assert policies["DisableTelemetry"] is True
    assert policies["DNSOverHTTPS"] == {"Enabled": False, "Locked": True}
    assert policies["DisablePrivateBrowsing"] is True
    assert policies["ExtensionSettings"]["*"]["installation_mode"] == "blocked"
    allowed = policies["ExtensionSettings"]["uBlock0@raymondhill.net"]
    assert allowed == {"installation_mode": "allowed"}
    assert policies["ManagedBookmarks"][1] == bookmark
    assert policies["SearchEngines"]["Default"] == "Qwant"
    assert "WebsiteFilter" not in policies
    managed = json.loads(chroot.read("/etc/chromium/policies/managed/parclibre.json"))
    assert managed["MetricsReportingEnabled"] is False
    assert "Pin-Priority: -1" in chroot.read("/etc/apt/preferences.d/parclibre-browser.pref")


@pytest.mark.root
def test_a_nursery_reaches_its_list_and_forgets_on_closing(chroot: Chroot) -> None:
    sites = ["*://*.example.fr/*"]

    chroot.apply("browser", {"browser_profile": "maternelle", "browser_allowed_sites": sites})

    policies = _policies(chroot)
    assert policies["WebsiteFilter"] == {"Block": ["<all_urls>"], "Exceptions": sites}
    assert policies["SanitizeOnShutdown"] is True


@pytest.mark.root
def test_every_bad_value_is_said_at_once(chroot: Chroot) -> None:
    with pytest.raises(RoleFailed) as refused:
        chroot.apply(
            "browser",
            {
                "browser_profile": "maternelle",
                "browser_homepage": "nulle part",
                "browser_blocked_sites": ["example.fr"],
                "browser_policies": {"DisableTelemetri": True},
            },
        )

    for words in ("list of sites allowed", "browser_homepage", "match pattern", "DisableTelemetri"):
        assert words in str(refused.value)


@pytest.mark.parametrize("codename", ["noble", "jammy"])
def test_no_snap_is_installed_on_ubuntu(codename: str) -> None:
    names = collect_packages(("browser",), {"package_set_codename": codename}, project=PROJECT)

    assert names == ()
