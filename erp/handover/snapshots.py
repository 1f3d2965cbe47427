"""One state of a company (Momentaufnahme), held open from step to step of a job, whoever works on meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections, transaction

from erp.access.gate import access_to
from erp.access.models import User
from erp.companies.models import Company


class Snapshot:
    """A transaction that only reads, on a connection of its own, through the gate as its user.

    Row-level security shows this company and no other. ``close`` is called when nobody looks any
    more; what the job itself writes is in transactions of its own.
    """

    def __init__(self, company: Company, *, by: User) -> None:
        self._own = connections["default"].copy()
        self._atomic = transaction.atomic()
        self._is_open = True
        try:
            with self.looking():
                self._atomic.__enter__()
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                access_to(company.pk, user=by)
        except BaseException:
            self._own.close()
            raise

    @contextmanager
    def looking(self) -> Iterator[None]:
        """All that asks the database sees this state."""
        present = connections["default"]
        connections["default"] = self._own
        try:
            yield
        finally:
            connections["default"] = present

    def close(self) -> None:
        """End it; twice is once."""
        if self._is_open:
            self._is_open = False
            try:
                with self.looking():
                    self._atomic.__exit__(None, None, None)
            finally:
                self._own.close()
