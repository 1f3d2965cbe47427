"""Two managers of a firm who take each other out at the same moment."""

from __future__ import annotations

import threading

from django.db import connection, transaction

from erp.cockpit import firms, staffing
from tests import make


def test_of_two_managers_who_remove_each_other_one_stays(committed_db):
    with transaction.atomic():
        first, operator = make.user(), make.user(is_operator=True)
        firm = firms.found_firm(name="Zwei", manager=first, by=operator)
        second = make.staff(firm, first, "lead", is_manager=True)
    barrier, done = threading.Barrier(2), []

    def remove(by, user):
        barrier.wait(10)
        try:
            staffing.remove_staff(firm, user=user, by=by)
            done.append(user)
        except (staffing.LastManager, staffing.NotInFirm):
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
