"""Two managers of a firm who take each other out at the same moment."""

from __future__ import annotations

import threading

from django.db import connection, transaction

from erp.cockpit import firms
from tests import make


def test_of_two_managers_who_remove_each_other_one_stays(committed_db):
    with transaction.atomic():
        first, second, operator = make.user(), make.user(), make.user(is_operator=True)
        firm = firms.found_firm(name="Zwei", manager=first, by=operator)
        firms.set_staff(firm, email=second.email, team_role="lead", is_manager=True, by=first)
    barrier, done = threading.Barrier(2), []

    def remove(by, user):
        barrier.wait(10)
        try:
            firms.remove_staff(firm, user=user, by=by)
            done.append(user)
        except (firms.LastManager, firms.NotInFirm):
            pass
        connection.close()

    threads = [
        threading.Thread(target=remove, args=pair) for pair in ((first, second), (second, first))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
