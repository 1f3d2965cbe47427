"""Companies that were founded before the first test, so that not each test has to found its own.

What a test does with one is rolled back with the rest of the test, and the next test finds it as
it was. Tests that commit, or that found a company at another moment than now, make theirs anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.core.cache import cache
from django.db import connection, transaction

from erp.companies.models import Company
from erp.core import clock
from erp.core.tenancy import open_companies, set_local

MOST: Final = 4  # in one test; further ones are founded in it
_ready: list[int] = []
_test: Any = None
_taken = 0


def found(new: Callable[[], Company]) -> None:
    """Make them. To be called once per database, outside of every test."""
    for _nth in range(MOST):
        with transaction.atomic():
            _ready.append(new().pk)


def take() -> Company | None:
    """One that this test has not had yet, open to its transaction; none where there is none."""
    global _test, _taken
    test = _transaction_of_the_test()
    if test is None or clock._source is not clock._machine_time or clock.now is not _now:
        return None  # it commits, or its clock stands still
    if test is not _test:
        _test, _taken = test, 0
        cache.clear()  # what it remembers of the test before, which nothing rolls back
    if _taken == len(_ready):
        return None
    number = _ready[_taken]
    _taken += 1
    open_companies([number])
    set_local("rappen.closing", "on")  # as founding does
    return Company.objects.get(pk=number)


_now = clock.now


def _transaction_of_the_test() -> Any:
    """The one that is rolled back after the test, where it has one."""
    blocks = connection.atomic_blocks
    return blocks[0] if blocks and blocks[0]._from_testcase else None
