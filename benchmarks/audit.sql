-- SPDX-FileCopyrightText: 2026 The ParcLibre authors
-- SPDX-License-Identifier: GPL-3.0-or-later
-- The audit's main figures as one would ask SQLite for them. A statement is named after the figure
-- that its first answer must equal; those named « - » are only timed.

-- name: fleet.in_service
SELECT count(*) FROM intervals i
WHERE i.state = 'in_service' AND i.from_on <= :day AND (i.until_on IS NULL OR i.until_on > :day);

-- name: decree.frozen
SELECT count(*) FROM intervals i
JOIN machines m ON m.id = i.machine
JOIN intervals r ON r.machine = i.machine AND r.state = 'retired'
WHERE i.from_on < :first AND (i.until_on IS NULL OR i.until_on >= :first)
  AND i.state NOT IN ('in_stock', 'in_service', 'in_repair', 'recycled', 'lost',
                      'sold_or_transferred')
  AND r.from_on < :first AND r.from_on <= date(m.purchased_on, '+10 years')
  AND m.kind IN ('laptop', 'tablet', 'screen', 'all_in_one', 'desktop', 'mini_pc', 'printer')
  AND m.id NOT IN (SELECT subject FROM events WHERE kind = 'TitleTransferred' AND at < :first);

-- name: decree.a
-- The plus signs keep SQLite from the index by state, a thousand times slower here.
SELECT count(DISTINCT m.id) FROM events e
JOIN machines m ON m.id = e.subject
JOIN intervals r ON r.machine = m.id AND +r.state = 'retired'
WHERE e.kind = 'TitleTransferred' AND e.at >= :first AND e.at < :day || '~'
  AND +r.from_on <= date(m.purchased_on, '+10 years')
  AND m.kind IN ('laptop', 'tablet', 'screen', 'all_in_one', 'desktop', 'mini_pc', 'printer');

-- name: workshop.families
SELECT count(*) FROM intervals i WHERE i.state = 'given' AND i.from_on BETWEEN :first AND :day;

-- name: money.purchases
SELECT sum(json_extract(CAST(fold AS TEXT), '$.purchase_value_cents')) FROM machines
WHERE purchased_on BETWEEN :first AND :day;

-- name: -
SELECT i.state, count(*),
  avg(julianday(min(coalesce(i.until_on, :day), :day)) - julianday(i.from_on))
FROM intervals i WHERE i.from_on <= :day GROUP BY i.state;

-- name: -
SELECT m.model, count(*), avg(julianday(:day) - julianday(m.purchased_on))
FROM intervals i JOIN machines m ON m.id = i.machine
WHERE i.state = 'in_service' AND i.from_on <= :day AND (i.until_on IS NULL OR i.until_on > :day)
GROUP BY m.model;

-- name: -
SELECT m.site, m.kind, count(*) FROM intervals i JOIN machines m ON m.id = i.machine
WHERE i.from_on <= :day AND (i.until_on IS NULL OR i.until_on > :day) GROUP BY m.site, m.kind;

-- name: -
SELECT m.model, julianday(min(i.from_on)) - julianday(m.purchased_on)
FROM machines m JOIN intervals i ON i.machine = m.id WHERE i.state = 'retired' GROUP BY m.id;
