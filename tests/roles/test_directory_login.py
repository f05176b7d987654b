# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directory_login role: sssd that its own tool finds right, and no secret in the image."""

from __future__ import annotations

import pytest

from tests.roles.harness import Chroot, RoleFailed

_AD = {
    "directory_login_kind": "ad",
    "directory_login_domain": "ecoles.example.fr",
    "directory_login_allowed_groups": ["Enseignants"],
    "directory_login_administrator_groups": ["Admins du parc"],
}
_LDAP = {
    "directory_login_kind": "ldap",
    "directory_login_domain": "ville.example.fr",
    "directory_login_ldap_uri": "ldaps://annuaire.example.fr",
    "directory_login_ldap_search_base": "dc=ville,dc=example,dc=fr",
}


@pytest.mark.root
def test_without_a_directory_nothing_changes(chroot: Chroot) -> None:
    assert chroot.apply("directory_login").changed == 0


@pytest.mark.root
@pytest.mark.slow
def test_a_domain_is_opened_and_closed_again(chroot: Chroot) -> None:
    given = {**_AD, "package_set_recommends": False}
    chroot.apply("user_accounts", given, packages=True)

    chroot.apply_twice("directory_login", given, packages=True)

    assert chroot.mode("/etc/sssd/sssd.conf") == "0600 root:root"
    check = chroot.run("sssctl", "config-check", check=False)
    assert "Issues identified by validators: 0" in check.stdout, check.stdout
    assert "simple_allow_groups = Enseignants, Admins du parc" in chroot.read("/etc/sssd/sssd.conf")
    assert "pam_mkhomedir.so" in chroot.read("/etc/pam.d/common-session")
    chroot.run("visudo", "--check")
    assert chroot.run("systemctl", "is-enabled", "sssd", check=False).stdout.strip() == "disabled"
    join = chroot.run("systemctl", "is-enabled", "parclibre-directory-join", check=False)
    assert join.stdout.strip() == "enabled"
    assert not chroot.exists("/etc/krb5.keytab")

    # The same machine, by LDAP.
    chroot.apply_twice("directory_login", {**given, **_LDAP}, packages=True)
    check = chroot.run("sssctl", "config-check", check=False)
    assert "Issues identified by validators: 0" in check.stdout, check.stdout
    assert "ldap_tls_reqcert = demand" in chroot.read("/etc/sssd/sssd.conf")

    # Then without a directory.
    chroot.apply_twice("directory_login")
    assert not chroot.exists("/etc/sssd/sssd.conf")
    assert "pam_mkhomedir.so" not in chroot.read("/etc/pam.d/common-session")


@pytest.mark.root
def test_every_bad_value_is_said_at_once(chroot: Chroot) -> None:
    with pytest.raises(RoleFailed) as refused:
        chroot.apply(
            "directory_login",
            {**_LDAP, "directory_login_domain": "ville", "directory_login_ldap_uri": "http://x",
             "directory_login_ldap_search_base": "ville"},
        )  # fmt: skip

    for words in ("is not a domain", "ldaps://", "dc=example"):
        assert words in str(refused.value)
