"""No change is lost, however transactions overlap: commits come in another order than numbers."""

from __future__ import annotations

import random
import threading
import time

from django.db import connection, transaction

from contacts.models import ContactGroup
from erp.access.gate import operating
from erp.changes import delta
from tests import make

WRITERS, ROUNDS = 6, 25


def test_a_copy_read_amidst_overlapping_writers_ends_up_the_same(committed_db):
    with transaction.atomic():
        number = str(make.company().pk)
    faults, done = [], threading.Event()

    def write(nth):
        chance = random.Random(nth)
        try:
            for turn in range(ROUNDS):
                with operating(number) as access:
                    rows = ContactGroup.of(access.company)
                    for step in range(chance.randint(1, 3)):
                        code = f"{nth}-{turn}-{step}"
                        ContactGroup.unscoped.create(
                            company=access.company, code=code, name_de=code
                        )
                        time.sleep(chance.random() / 200)  # others begin and commit meanwhile
                    mine = list(
                        rows.filter(code__startswith=f"{nth}-").values_list("pk", flat=True)
                    )
                    rows.filter(pk__in=chance.sample(mine, len(mine) // 4)).update(
                        name_de=f"anders {turn}"
                    )
                    rows.filter(pk__in=chance.sample(mine, len(mine) // 5)).delete()
                    if chance.random() < 0.15:
                        transaction.set_rollback(True)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    copy, cursor = {}, None

    def read():
        nonlocal cursor
        with operating(number) as access:
            found = delta.since(access.company, "contact_group", cursor, limit=7)
        with operating(number) as access:  # another snapshot, as another request has
            ids = [one.record for one in found.changes]
            rows = {
                row.pk: row.name_de for row in ContactGroup.of(access.company).filter(pk__in=ids)
            }
        for pk in ids:
            copy.pop(pk, None)
        copy.update(rows)
        cursor = found.cursor
        return bool(found.changes)

    with operating(number) as access:
        cursor = delta.beginning(access.company, "contact_group")
        assert not ContactGroup.of(access.company).exists()
    threads = [threading.Thread(target=write, args=[nth]) for nth in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        read()
    done.set()
    assert faults == []

    with operating(number) as access:
        truth = dict(ContactGroup.of(access.company).values_list("pk", "name_de"))
    assert len(truth) > 50
    end = time.monotonic() + 120
    while copy != truth and time.monotonic() < end:
        if not read():
            time.sleep(0.02)
    assert copy == truth
