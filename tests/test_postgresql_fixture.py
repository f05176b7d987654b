# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private PostgreSQL is real, empty for each test, and does not sort as SQLite does."""

from __future__ import annotations

from sqlalchemy import create_engine, text


def test_each_test_gets_an_empty_french_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)

    with engine.begin() as connection:
        tables = connection.scalar(
            text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        )
        connection.execute(text("CREATE TABLE leftover (word text)"))
        words = connection.scalars(
            text("SELECT w FROM (VALUES ('zoé'), ('Étage'), ('eau')) AS v(w) ORDER BY w")
        ).all()
    engine.dispose()

    assert tables == 0
    assert words == ["eau", "Étage", "zoé"]


def test_the_next_test_sees_nothing_of_the_last_one(postgres_url: str) -> None:
    engine = create_engine(postgres_url)

    with engine.connect() as connection:
        leftover = connection.scalar(text("SELECT to_regclass('leftover')"))
    engine.dispose()

    assert leftover is None
