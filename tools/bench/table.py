"""All figures of a run as one table, by area; or as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby

from tools.bench.measuring import Result


def as_json(results: Sequence[Result]) -> str:
    """An array of figures; ``ours`` and ``plain`` are in ``unit``, ``met`` is null without a target."""
    return json.dumps([asdict(one) for one in results], ensure_ascii=False, indent=1)


def as_text(results: Sequence[Result]) -> str:
    """One line a figure, grouped by area; a target is met, missed for a reason that is told, or MISSED."""
    width = max([len(one.subject) for one in results], default=0)
    lines = [f"{'':<{width + 2}}{'size':>10} {'ours':>14} {'plain':>14} {'ratio':>7}  target"]
    for area, rows in groupby(results, key=lambda one: one.area):
        lines.append(area)
        lines += [f"  {_line(one, width)}".rstrip() for one in rows]
    missed = [one for one in results if one.met is False and not one.reason]
    wanted = [one for one in results if one.met is not None]
    lines.append(f"{sum(one.met is True for one in wanted)} of {len(wanted)} targets met"
                 + (f", {len(missed)} missed without a known reason" if missed else ""))  # fmt: skip
    return "\n".join(lines)


def _line(one: Result, width: int) -> str:
    ratio = f"{one.ratio:.0%}" if "%" in one.target else f"{one.ratio:.2f}"
    met = (
        ""
        if one.met is None
        else "met"
        if one.met
        else f"missed: {one.reason}"
        if one.reason
        else "MISSED"
    )
    return (f"{one.subject:<{width}}{one.size:>10,} {one.ours:>11,.2f} {one.unit} {one.plain:>11,.2f} {one.unit}"
            f" {ratio:>7}  {one.target:<9} {met}")  # fmt: skip
