"""``make bench``: how long the books take, beside the same work in plain SQL, in the same run.

Only the ratios of one run mean anything; each stands beside what it must reach, in one table at the end.
``--lines`` chooses the sizes of books (10000,100000,1000000), ``--only`` names works, ``--format json`` is
for programs. Why a target is known to be missed stands in ``known_misses.csv``; another one that is missed
ends with 1.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from contextlib import redirect_stdout

import django

django.setup()

from tools.bench.books import Book, analyse, fill, found  # noqa: E402 - settings come first
from tools.bench.measuring import RESULTS, working  # noqa: E402
from tools.bench.table import as_json, as_text  # noqa: E402
from tools.bench.works import WORKS, Work  # noqa: E402


def main(arguments: Sequence[str]) -> int:
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--lines", default="10000,100000,1000000")
    told.add_argument("--only", default=",".join(one.name for one in WORKS if not one.long))
    told.add_argument("--format", choices=("text", "json"), default="text")
    chosen = told.parse_args(arguments)
    named = chosen.only.split(",")
    if unknown := set(named) - {one.name for one in WORKS}:
        told.error(
            f"--only: {', '.join(sorted(unknown))} is none of {', '.join(one.name for one in WORKS)}"
        )
    with redirect_stdout(sys.stderr):  # what works say while they run
        broken = measure(
            [one for one in WORKS if one.name in named],
            [int(size) for size in chosen.lines.split(",")],
        )
    areas = list(dict.fromkeys(one.area for one in WORKS))
    results = sorted(RESULTS, key=lambda one: areas.index(one.area))
    print(as_json(results) if chosen.format == "json" else as_text(results))
    if broken:
        print(f"broke off: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken or any(one.met is False and not one.reason for one in results) else 0


def measure(works: Sequence[Work], sizes: Sequence[int]) -> list[str]:
    """Fill books of all sizes where a work wants them, let each work note its figures; those that broke off."""
    books = [_filled(size) for size in sizes] if any(one.on_books for one in works) else []
    analyse()
    broken = []
    for one in works:
        print(one.name, flush=True)
        try:
            with working(one.area, one.name):
                if one.on_books is not None:
                    one.on_books(books)
                elif one.alone is not None:
                    one.alone()
        except Exception:  # the figures of the others are worth having
            traceback.print_exc()
            broken.append(one.name)
    return broken


def _filled(size: int) -> Book:
    book = found(size)
    seconds = fill(book)
    print(f"  loaded {size:,} lines in {seconds:.1f} s, {size / seconds:,.0f} lines/s", flush=True)
    return book


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
