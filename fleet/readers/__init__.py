# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers: pure functions from foreign text to facts. They do no input or output."""
