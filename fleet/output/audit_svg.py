# SPDX-FileCopyrightText: 2026 The ParcLibre authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two small charts as SVG text: a bar for a table's line, and survival curves.

The numbers stand beside them in tables; a title says what a screen reader needs. Curves differ by
their dashes and their names, not by colour alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fleet.i18n import _
from fleet.model.audit import Curve
from fleet.model.audit_days import years
from fleet.output.audit_words import group_name
from fleet.output.safe import for_html

_WIDTH, _HEIGHT = 640, 320
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 44
_DASHES = ("none", "8 4", "2 3", "12 4 2 4", "6 2", "1 5", "14 6", "4 8")
_INKS = ("#0b4f79", "#a33b00", "#2c6b2f", "#5b2a86", "#7a1f3d", "#3d3d00", "#00504f", "#222222")


def bar_svg(share: float) -> str:
    """Return a bar of a share (0 to 1) of the width it is given; hidden from screen readers."""
    width = min(max(share, 0.0), 1.0) * 100
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"'
        f' focusable="false"><rect width="{width:.2f}" height="10"/></svg>'
    )


def curves_svg(curves: Sequence[Curve], title: str, id_: str) -> str:
    """Return survival curves on one chart, from 0 to 100 %, by years of age."""
    last = max((c.survival.points[-1].days for c in curves if c.survival.points), default=0)
    if not last:
        return ""
    most = max(1, -(-last * 4 // 1461))
    inside = "".join((*_axes(most), *(_line(c, n, most) for n, c in enumerate(curves))))
    described = _("Share of machines still in their first life, by age in years.")
    return (
        f'<svg class="curves" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-labelledby="{id_}-t {id_}-d"><title id="{id_}-t">{for_html(title)}</title>'
        f'<desc id="{id_}-d">{for_html(described)}</desc>{inside}</svg>'
    )


def legend(curves: Sequence[Curve]) -> Iterator[tuple[str, str]]:
    """Yield each curve's sample line, as SVG, and its name."""
    for n, curve in enumerate(curves):
        sample = (
            '<svg class="sample" viewBox="0 0 40 8" aria-hidden="true" focusable="false">'
            f'<path d="M0 4H40" {_pen(n)}/></svg>'
        )
        yield sample, group_name(curve.label)


def _axes(most: int) -> Iterator[str]:
    for percent in (0, 25, 50, 75, 100):
        y = _y(percent / 100)
        yield f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{percent} %</text>'
    for year in range(0, most + 1, 1 if most <= 12 else 2):
        x = _x(year, most)
        yield f'<path class="grid" d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}"/>'
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{year}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    unit = for_html(_("years of age"))
    yield f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{unit}</text>'


def _line(curve: Curve, n: int, most: int) -> str:
    path = [f"M{_x(0, most):.1f} {_y(1):.1f}"]
    for point in curve.survival.points:
        path.append(f"H{_x(float(years(point.days)), most):.1f}V{_y(point.survival):.1f}")
    return f'<path d="{"".join(path)}" {_pen(n)}/>'


def _pen(n: int) -> str:
    ink, dash = _INKS[n % len(_INKS)], _DASHES[n % len(_DASHES)]
    return f'fill="none" stroke="{ink}" stroke-width="2.5" stroke-dasharray="{dash}"'


def _x(year: float, most: int) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * year / most


def _y(share: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - share)
