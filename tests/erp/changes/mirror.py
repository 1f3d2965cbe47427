"""A copy of a list that somebody elsewhere keeps by asking what changed."""

from __future__ import annotations

import time

from django.db import connection

from erp.core import clock


def until_all_is_told(seconds=120):
    """Wait until no transaction of the cluster hides what was written up to now."""
    end = time.monotonic() + seconds
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())")
        (beyond,) = cursor.fetchone()
        while True:
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= %s::xid8", [beyond])
            if cursor.fetchone()[0]:
                return
            assert time.monotonic() < end, "a transaction elsewhere is too long"
            time.sleep(0.1)


class Mirror:
    """Rows of a list by their id; ``refresh`` asks until nothing more is told."""

    def __init__(self, api, path, **query):
        self.api, self.path, self.query = api, path, query
        self.cursor = self._told(changed_since="")["cursor"]
        page = api.get(path, **query).json()
        page = page if isinstance(page, list) else page.get("results", page.get("items"))
        self.rows = {row["id"]: row for row in page}

    def _told(self, **query):
        answer = self.api.get(self.path, **self.query, **query)
        assert answer.status_code == 200, answer.content
        assert set(answer.json()) == {"results", "gone", "cursor", "more"}
        return answer.json()

    def refresh(self, **query):
        """What was told, in the order of the changes; the last answer stands for itself."""
        seen, more = [], True
        while more:
            told = self._told(changed_since=self.cursor, **query)
            for row in told["results"]:
                self.rows[row["id"]] = row
            for pk in told["gone"]:
                self.rows.pop(pk, None)
            seen += [row["id"] for row in told["results"]] + told["gone"]
            self.cursor, more = told["cursor"], told["more"]
        return seen

    def until(self, reached, seconds=120):
        """Refresh until ``reached()``: transactions elsewhere in the cluster may delay what is told."""
        end, seen = clock.now().timestamp() + seconds, []
        while True:
            seen += self.refresh()
            if reached():
                return seen
            assert clock.now().timestamp() < end, (self.rows, seen)
            time.sleep(0.02)
