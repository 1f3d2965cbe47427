"""A phone was offline: it sends its queue over a line that breaks off, twice, and nothing happens twice."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections import Counter
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import transaction
from PIL import Image

from accounting.cash.books import save_book
from accounting.cash.models import CashBook
from accounting.hours.models import HourEntry, Project
from accounting.hours.projects import save_project
from accounting.ledger.models import JournalEntry
from accounting.ledger.verifying import verify_ledger
from accounting.liquidity.models import PlannedPayment
from accounting.open_items.models import OpenItem, Settlement
from accounting.open_items.opening import NewItem, Party
from accounting.open_items.taking_over import TakenOver, take_over
from accounting.payables.capture.models import InboxDocument
from accounting.payables.models import SupplierInvoice
from accounting.receivables.models import SalesDocument
from contacts.models import Activity, Contact
from erp.access.gate import operating
from erp.api.models import IdempotencyRecord
from erp.audit.models import AccessLogEntry
from erp.companies.models import CompanyOwned, Module
from payroll.expenses.models import ExpenseClaim, ExpenseLine
from tests import make
from tests.accounting.receivables import sales
from tests.erp.changes.mirror import until_all_is_told
from tests.erp.clients.cutting import breaking_off
from tests.erp.clients.phone import Phone, Write
from tests.erp.clients.site import running
from tests.examples import turn
from tests.payroll.expenses import books as expenses

#: What is done, and how often; 500 writes together.
DONE = {
    "contact": 90, "note": 50, "call": 80, "hours": 110, "entry": 30, "draft": 20, "issue": 12,
    "settle": 10, "bill": 20, "hand in": 10, "claim": 20, "receipt": 8, "photo": 6, "cash": 10,
    "planned": 16, "given up": 8,
}  # fmt: skip
NEEDS = {"note": "contact", "call": "contact", "issue": "draft", "hand in": "bill", "receipt": "claim",
         "given up": "planned"}  # fmt: skip
FOLLOWED = ("contacts/", "contact-activities/", "journal-entries/", "sales-documents/", "open-items/",
            "supplier-invoices/", "my-hours/", "my-expenses/", "inbox-documents/")  # fmt: skip
#: What one write of a kind leaves behind.
LEAVES = {
    "contact": [Contact], "call": [Activity], "entry": [JournalEntry], "draft": [SalesDocument],
    "issue": [JournalEntry, OpenItem], "settle": [JournalEntry, Settlement], "bill": [SupplierInvoice],
    "hand in": [JournalEntry, OpenItem], "hours": [HourEntry], "claim": [ExpenseClaim, ExpenseLine],
    "photo": [InboxDocument], "cash": [JournalEntry], "planned": [PlannedPayment],
}  # fmt: skip
MARCH_2 = "2026-03-02"


@pytest.fixture
def books(committed_db):
    """A company that uses everything; some claims of its are open."""
    with transaction.atomic():
        company = sales.company(qr=False)
        company.modules = [*Module.values]
        company.save()
        by = make.owner_of(company)
        huber = sales.customer(company)
        receivable, day = make.account(company, "1100"), dt.date(2026, 1, 31)
        take_over(company=company, date=dt.date(2026, 1, 1), by=by, text="Übernahme", items=[
            TakenOver(receivable, Party("Huber AG", huber.pk), f"R-{nth}", day, NewItem(Decimal(100), day))
            for nth in range(DONE["settle"])
        ])  # fmt: skip
        expenses.kind(company, wage_type=None)
        save_project(Project(company=company, number="P1", name="Küche"), by=by)
        book = CashBook(company=company, account=make.account(company, "1000"), name="Kasse",
                        kept_from=dt.date(2026, 1, 1))  # fmt: skip
        save_book(book, by=by)
        items = [*OpenItem.of(company).order_by("pk").values_list("pk", flat=True)]
    return company, by, huber, book, items


def photo(nth):
    out = io.BytesIO()
    Image.new("RGB", (40, 60 + nth), (90, 200, 90)).save(out, "JPEG")
    return out.getvalue()


def queue(chance, huber, book, items):
    """What somebody did without a connection, in an order in which it can have been done."""
    bodies = {
        "contact": lambda n: ("POST", "contacts/", {"kind": "person", "first_name": "Anna",
                                                    "last_name": f"Muster {n}"}),
        "note": lambda n: ("PATCH", f"contacts/@contact-{n}.id/", {"notes": f"Nur am Morgen ({n})"}),
        "call": lambda n: ("POST", "contact-activities/", {
            "kind": "call", "contact": f"@contact-{n}.id", "text": "Will eine Offerte"}),
        "entry": lambda n: ("POST", "journal-entries/", {
            "date": MARCH_2, "text": f"Miete {n}", "lines": [
                {"account": "6000", "debit": f"{n + 1}.00"}, {"account": "1020", "credit": f"{n + 1}.00"}]}),
        "draft": lambda n: ("POST", "sales-documents/", {
            "kind": "invoice", "contact": huber.pk, "date": MARCH_2, "lines": [
                {"text": f"Arbeit {n}", "price": "95.00", "account": "3400", "vat_code": "UN"}]}),
        "issue": lambda n: ("POST", f"sales-documents/@draft-{n}.id/issue/", None),
        "settle": lambda n: ("POST", "open-items/settle/", {
            "date": "2026-03-31", "parts": [{"item": items[n], "paid": "50.00"}],
            "money": {"account": "1020", "amount": "50.00"}}),
        "bill": lambda n: ("POST", "supplier-invoices/", {
            "kind": "invoice", "contact": huber.pk, "date": MARCH_2, "number": f"R-{n}",
            "lines": [{"amount": "108.10", "account": "4200", "vat_code": "MN"}]}),
        "hand in": lambda n: ("POST", f"supplier-invoices/@bill-{n}.id/submit/", None),
        "hours": lambda n: ("POST", "my-hours/", {"project": "P1", "minutes": 5, "text": f"Nr. {n}",
                                                  "day": f"2026-03-{n % 28 + 1:02}"}),
        "claim": lambda n: ("POST", "my-expenses/", {"title": f"Bern {n}", "lines": [
            {"kind": "MAHL", "day": MARCH_2, "paid": "32.50"}]}),
        "receipt": lambda n: ("POST", f"my-expenses/@claim-{n}.id/lines/1/receipt/", photo(n)),
        "photo": lambda n: ("POST", "inbox-documents/", photo(100 + n)),
        "cash": lambda n: ("POST", f"cash-books/{book.pk}/enter/", {
            "date": MARCH_2, "text": f"Barverkauf {n}", "amount": "10.00",
            "shares": [{"account": "3200", "amount": "10.00"}]}),
        "planned": lambda n: ("POST", "planned-payments/", {"date": "2026-12-25", "text": f"Leasing {n}",
                                                            "amount": "-640.00"}),
        "given up": lambda n: ("DELETE", f"planned-payments/@planned-{n}.id/", None),
    }  # fmt: skip
    order = [kind for kind, times in DONE.items() for _nth in range(times)]
    chance.shuffle(order)
    done, writes, so_far = Counter(), [], Counter()
    while order:
        kind = next(k for k in order if k not in NEEDS or so_far[k] < so_far[NEEDS[k]])
        order.remove(kind)
        nth = so_far[kind]
        so_far[kind] += 1
        method, path, body = bodies[kind](nth)
        fields = {"channel": "photo"} if kind == "photo" else {}
        writes.append((kind, Write(f"{chance.getrandbits(64):016x}", method, path, body,
                                   f"{kind}-{nth}" if kind in NEEDS.values() else "",
                                   "*" if method in {"PATCH", "DELETE"} else "", fields)))  # fmt: skip
        done[kind] += 1
    return writes


def parcels(chance, writes):
    """How a phone sends its queue: one by one, or what is JSON in batches."""
    left = list(writes)
    while left:
        size = chance.choice((1, 1, 1, 1, 2, 12, 30))
        parcel = [left.pop(0)]
        while left and len(parcel) < size and not _is_file(parcel[0]) and not _is_file(left[0]):
            parcel.append(left.pop(0))
        yield parcel


def _is_file(write):
    return isinstance(write.body, bytes)


def replayed(phone, sent):
    """Send all of it; the answer to each write by its key."""
    answers = {}
    for parcel in sent:
        if len(parcel) == 1:
            answers[parcel[0].key] = phone.send(parcel[0])
        else:
            keys = [one.key for one in parcel]
            answers |= zip(keys, phone.send_together(parcel), strict=True)
    return answers


def counted(company):
    """How many rows of the company there are, table by table; who looked at it is noted each time."""
    with operating(str(company.pk)):
        return {model._meta.label: model.of(company).count() for model in apps.get_models()
                if issubclass(model, CompanyOwned) and model is not AccessLogEntry}  # fmt: skip


def told(phone, cursors):
    """What delta sync tells behind cursors, which move on."""
    found = {}
    for path, cursor in cursors.items():
        found[path], more = [], True
        while more:
            answer = phone.read(f"{path}?changed_since={cursor}&page_size=500")
            found[path] += [one["id"] for one in answer["results"]] + answer["gone"]
            cursor, more = answer["cursor"], answer["more"]
        cursors[path] = cursor
    return found


@turn(1)
def test_500_writes_sent_twice_over_a_line_that_breaks_off_take_effect_once(books, tmp_path):
    company, anna, huber, book, items = books
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    kinds = queue(chance, huber, book, items)
    writes = [write for _kind, write in kinds]
    assert len(writes) == 500 and len({one.key for one in writes}) == 500
    sent = [*parcels(chance, writes)]
    with running(tmp_path / "web.log") as (port, _web), breaking_off(port, seed=seed) as road:
        phone = Phone(port, company.pk)
        phone.sign_in(anna.email)
        until_all_is_told()  # what was before belongs before the cursors
        cursors = {path: phone.read(f"{path}?changed_since=")["cursor"] for path in FOLLOWED}
        before = counted(company)
        phone.port = road.port
        first = replayed(phone, sent)
        assert {one.status for one in first.values()} <= {200, 201, 204}, [
            (kind, first[w.key]) for kind, w in kinds if first[w.key].status >= 300][:5]  # fmt: skip
        tries, cut = phone.tries, road.fates.total() - road.fates["through"]
        print(f"{len(sent)} parcels in {tries} tries; {dict(road.fates)}")
        assert cut > len(sent) / 4 and min(road.fates.values()) > 0
        after = counted(company)

        # exactly one effect each: in the database …
        grown = {label: times - before[label] for label, times in after.items()}
        wanted = Counter()
        for kind, times in DONE.items():
            for model in LEAVES.get(kind, ()):
                wanted[model._meta.label] += times
        wanted[PlannedPayment._meta.label] -= DONE["given up"]
        wanted[IdempotencyRecord._meta.label] = 500
        assert {label: grown[label] for label in wanted} == dict(wanted)
        with operating(str(company.pk)):
            assert verify_ledger(company).sound
            assert (
                JournalEntry.of(company).filter(text__startswith="Miete ").count() == DONE["entry"]
            )
            assert Contact.of(company).exclude(notes="").count() == DONE["note"]
            assert ExpenseLine.of(company).exclude(file=None).count() == DONE["receipt"]
            numbers = [int(one.rpartition("-")[2]) for one in SalesDocument.of(company)
                       .exclude(number="").values_list("number", flat=True)]  # fmt: skip
            assert sorted(numbers) == [*range(1, DONE["issue"] + 1)]

        # … and by what delta sync tells; the ids of the answers are there
        phone.port = port
        ids = {kind: [first[write.key].body["id"] for one, write in kinds if one == kind]
               for kind in ("contact", "call", "entry", "draft", "bill", "hours", "claim")}  # fmt: skip
        entries = sum(times for kind, times in DONE.items() if JournalEntry in LEAVES.get(kind, ()))
        until_all_is_told()
        seen = told(phone, cursors)
        for path, times in (("journal-entries/", entries), ("my-hours/", DONE["hours"]),
                            ("inbox-documents/", DONE["photo"])):  # fmt: skip
            assert len({*seen[path]}) == times, path
        for path, kind in (("contacts/", "contact"), ("contact-activities/", "call"),
                           ("sales-documents/", "draft"), ("supplier-invoices/", "bill"),
                           ("my-hours/", "hours"), ("my-expenses/", "claim")):  # fmt: skip
            assert len({*ids[kind]}) == DONE[kind] and {*ids[kind]} <= {*seen[path]}, path
        assert {*ids["entry"]} <= {*seen["journal-entries/"]}
        for path, kind in (
            ("contacts/", "contact"),
            ("my-hours/", "hours"),
            ("my-expenses/", "claim"),
        ):
            assert {*seen[path]} == {*ids[kind]}

        # once more, all of it: the same answers, and nothing else
        phone.port = road.port
        again = replayed(phone, sent)
        assert [kind for kind, write in kinds if not again[write.key].replayed] == []
        differ = [(kind, first[write.key], again[write.key]) for kind, write in kinds
                  if not again[write.key].tells_the_same_as(first[write.key])]  # fmt: skip
        assert differ == []
        assert counted(company) == after
        phone.port = port
        assert {path: ids for path, ids in told(phone, cursors).items() if ids} == {}
