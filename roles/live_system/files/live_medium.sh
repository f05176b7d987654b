# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
# Part of the first stage (initramfs): which medium the live system starts from.
#
# live-boot, when it does not find the medium that it was told at once, mounts every disk of the
# machine to look for one: a foreign disk's journal would be replayed, its clock of mounts moved.
# These functions take the place of its own: the medium that the start-up menu names by UUID
# (parclibre.medium=...), or else removable ones only. A USB disk that says it is not removable is
# found by its UUID too.
find_livefs ()
{
	parclibre_medium="$(sed -n 's/.*parclibre\.medium=\([^ ]*\).*/\1/p' /proc/cmdline)"
	if [ -n "${parclibre_medium}" ]
	then
		[ -e "/dev/disk/by-uuid/${parclibre_medium}" ] || return 1
		check_dev "null" "$(readlink -f "/dev/disk/by-uuid/${parclibre_medium}")" "skip_uuid_check"
		return
	fi
	for sysblock in $(removable_dev "sys")
	do
		for dev in $(subdevices "${sysblock}")
		do
			check_dev "${dev}" && return 0
		done
	done
	return 1
}
