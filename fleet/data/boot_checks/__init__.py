# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the boot test: copied to the test's disk and run there, never imported here."""
