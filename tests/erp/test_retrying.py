"""DB-8: what the database breaks off is done again, whole, and at most four times."""

from __future__ import annotations

import json
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from django.test import Client

from accounting.ledger import charting, posting
from accounting.ledger.models import CostCentre, JournalEntry
from erp.access.gate import operating
from erp.core import retrying
from erp.core.errors import Overtaken
from tests import make
from tests.erp.client import Api, problem
from tests.erp.test_api import RENT


class BrokenOff(Exception):
    sqlstate = retrying.DEADLOCK


def broken_off():
    error = OperationalError("deadlock detected")
    error.__cause__ = BrokenOff()
    return error


def test_two_transactions_that_wait_for_each_other_both_come_to_their_end(committed_db):
    with transaction.atomic():
        company = make.company()
        by = make.owner_of(company)
        units = [charting.save_cost_unit(CostCentre(company=company), by=by, number=n, name_de=n).pk
                 for n in ("1", "2")]  # fmt: skip
    barrier, tries, done = threading.Barrier(2), [0, 0], []

    def work(nth):
        order = units if nth == 0 else units[::-1]

        def attempt():
            tries[nth] += 1
            with operating(str(company.pk)):
                for place, pk in enumerate(order):
                    CostCentre.of(company).filter(pk=pk).update(name_fr=f"par {nth}")
                    if place == 0 and tries[nth] == 1:
                        barrier.wait(10)  # both hold one and want the other

        retrying.retried(attempt)
        done.append(nth)
        connection.close()

    threads = [threading.Thread(target=work, args=[nth]) for nth in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(done) == [0, 1] and sum(tries) == 3  # one was broken off, and done again
    with operating(str(company.pk)):
        assert len({c.name_fr for c in CostCentre.of(company)}) == 1


def test_what_is_broken_off_again_and_again_is_given_up(monkeypatch):
    monkeypatch.setattr(retrying, "LONGEST_WAIT", 0)
    tries = []

    def attempt():
        tries.append(1)
        raise broken_off()

    with pytest.raises(Overtaken):
        retrying.retried(attempt)
    assert len(tries) == retrying.ATTEMPTS
    with pytest.raises(OperationalError):  # another fault is no reason to do it again
        retrying.retried(lambda: (_ for _ in ()).throw(OperationalError("gone")))


@pytest.fixture
def broken(monkeypatch):
    """Let posting be broken off after it has written, the first ``times``."""
    left, post = {"times": 0}, posting.post

    def breaking(**told):
        entry = post(**told)
        if left["times"]:
            left["times"] -= 1
            raise broken_off()
        return entry

    monkeypatch.setattr(retrying, "LONGEST_WAIT", 0)
    monkeypatch.setattr(posting, "post", breaking)
    return left


@pytest.mark.django_db
@pytest.mark.parametrize(("times", "status", "entries"), [(0, 201, 1), (2, 201, 1), (9, 409, 0)])
def test_an_endpoint_is_called_again_with_the_body_it_had(broken, times, status, entries):
    company = make.company()
    api = Api(company, make.owner_of(company))
    broken["times"] = times
    answer = api.enter(RENT)
    assert answer.status_code == status, answer.content
    if status == 409:
        problem(answer, 409, "core.overtaken")
    assert JournalEntry.of(company).count() == entries


@pytest.mark.django_db
@pytest.mark.parametrize(("times", "status", "entries"), [(2, 200, 1), (9, 409, 0)])
def test_a_page_is_asked_again_with_its_files(broken, times, status, entries):
    company = make.company()
    client = Client()
    client.force_login(make.owner_of(company))
    broken["times"] = times
    typed = {"mode": "simple", "date": "2026-03-31", "text": "Miete", "debit": "6000",
             "credit": "1020", "amount": "2000.00", "once": "k1"}  # fmt: skip
    answer = client.post(
        f"/c/{company.pk}/ledger/post/",
        {"entry": json.dumps(typed),
         "voucher_file": SimpleUploadedFile("beleg.pdf", b"%PDF-1.7 Beleg")},
    )  # fmt: skip
    assert answer.status_code == status, answer.content.decode()[:500]
    found = list(JournalEntry.of(company))
    assert len(found) == entries
    for entry in found:
        (voucher,) = entry.vouchers.select_related("file")
        assert voucher.file.size == len(b"%PDF-1.7 Beleg")
