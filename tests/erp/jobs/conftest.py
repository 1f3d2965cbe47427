"""What jobs are tested with."""

from __future__ import annotations

import pytest

from erp.jobs import sending
from tests.erp.jobs import kinds  # noqa: F401 - offers them


@pytest.fixture
def sent(monkeypatch):
    """What goes to the queue; the real one is of test_kills."""
    found = []

    class Queue:
        away = False

        def send_task(self, name, *, kwargs, task_id, retry):
            assert (name, retry) == ("jobs.run", False)
            assert task_id.startswith(f"c{kwargs['company'] or 0}-j{kwargs['job']}-")
            if self.away:
                raise OSError("nobody listens")
            found.append((kwargs["job"], kwargs["company"]))

    queue = Queue()
    monkeypatch.setattr(sending, "current_app", queue)
    found_by = type("Sent", (list,), {})()
    found_by.queue, found_by.found = queue, found
    return found_by
