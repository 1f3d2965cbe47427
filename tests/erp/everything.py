"""A company with one of everything, for tests that go through all there is."""

from __future__ import annotations

import datetime as dt

from accounting.assets import categories
from accounting.assets.running import run as depreciate
from accounting.assets.vouching import attach as hang
from accounting.banking.models import BankRule, BankTransaction
from accounting.banking.rules.keeping import save_rule
from accounting.cash.books import save_book
from accounting.cash.models import CashBook
from accounting.closing.accruing import accrue
from accounting.hours.entering import TypedHours, save_hours
from accounting.hours.models import Project
from accounting.hours.projects import save_project
from accounting.hours.rates import add_rate
from accounting.ledger.models import FiscalYear
from accounting.open_items.models import Settlement
from accounting.open_items.opening import NewItem, Party
from accounting.open_items.plans import Part
from accounting.open_items.settling import settle
from accounting.open_items.taking_over import TakenOver, take_over
from accounting.payables import approving
from accounting.payables import drafting as purchases
from accounting.payables import recurring as rents
from accounting.payables.capture.receiving import Incoming, receive
from accounting.payables.models import ApprovalRule, RecurringSupplierInvoice
from accounting.payables.typed import TypedInvoice, TypedLine
from accounting.payments import drafting as payments
from accounting.payments.bank_days import next_bank_day
from accounting.payments.instructions import instruct
from accounting.receivables import drafting, recurring
from accounting.receivables.dunning import levels, running, stops
from accounting.receivables.dunning.models import DunningLevel
from accounting.receivables.models import RecurringInvoice
from accounting.receivables.products import save_product
from accounting.receivables.typed import TypedDocument, TypedItem
from accounting.terms.agreeing import save_customer_terms, save_supplier_terms
from accounting.terms.models import PaymentTerms
from accounting.valuation.running import value
from contacts.models import Contact
from erp.access.gate import access_to
from erp.access.leaks.models import LeakFinding
from erp.access.models import Membership
from erp.cockpit.favourites import keep
from erp.cockpit.firms import found_firm
from erp.core import clock
from erp.fiduciary import questions
from erp.handover import orders
from payroll.employees import leave, uploads
from payroll.employees.documents import attach
from payroll.employees.facts import LeaveKind
from payroll.expenses.claiming import save_claim
from payroll.expenses.kinds import add_rate as add_expense_rate
from payroll.expenses.kinds import save_kind
from payroll.expenses.models import ExpenseKind
from payroll.rates.own import enter_figure
from payroll.runs import beginning as payroll
from payroll.setup.institutions import save_institution
from payroll.setup.models import PayrollSettings
from payroll.setup.solutions import save_solution
from payroll.wage_types.saving import save_type
from tests import make
from tests.accounting.assets import books as fixed_assets
from tests.accounting.banking.conftest import bank_account
from tests.accounting.banking.files import camt053, paid
from tests.accounting.payables.capture import papers
from tests.accounting.payments.books import SUPPLIER
from tests.accounting.valuation import books as foreign
from tests.erp.client import new_key
from tests.erp.endpoints import TEMPLATE
from tests.erp.test_api import RENT
from tests.payroll.employees import books as people
from vat.codes.models import VatSettings
from vat.returns import filing
from vat.settings.activities import grant_activity

PEOPLE = b"entry;birth_date;sex\r\n" + b"1.1.2026;1.1.1990;f\r\n" * 51


def one_of_everything(api, company):
    """One of everything that a company has, and the ids of it."""
    draft = api.post("drafts/", RENT, key=new_key()).json()["id"]
    voucher = api.upload(f"journal-entries/{draft}/vouchers/", b"%PDF-1.7", key=new_key()).json()
    api.post("accounts/", {"number": "1021", "type": "asset", "name_de": "Bank"})
    year = api.post("fiscal-years/", {"start": "2027-01-01", "end": "2027-12-31"}).json()
    units = {
        unit: api.post(f"cost-{unit}s/", {"number": "1", "name_de": "x"}).json()["id"]
        for unit in ("centre", "object")
    }
    api.upload(f"year-end/{year['id']}/checks/accruals/", b"%PDF-1.7", text="x")
    budget = api.post("budgets/", {"fiscal_year": "2027", "name": "x"}).json()["id"]
    contact, person = (
        api.post("contacts/", told, key=new_key()).json()["id"]
        for told in ({"kind": "organisation", "name": "x"}, {"kind": "person", "last_name": "x"})
    )
    acting = api.post("contact-persons/", {"organisation": contact, "person": person}).json()["id"]
    activity = api.post("contact-activities/", {"contact": contact, "text": "x"}, key=new_key())
    group = api.post("contact-groups/", {"code": "x", "name_de": "x"}).json()["id"]
    field = api.post(
        "own-fields/", {"subject": "contact", "code": "x", "kind": "text", "name_de": "x"}
    ).json()["id"]
    favourite = api.post("favourites/", {"name": "x", "address": "contacts/"}).json()["id"]
    bank = bank_account(company)
    api.upload("statements/", camt053(paid("5.00", "Meier")), key=new_key())
    domain = api.post("mail-domains/", {"domain": "example.ch"}).json()
    finding = LeakFinding.unscoped.create(
        company=company, domain="example.ch", alias="x", breach="x", found_at=clock.now()
    )
    firm = found_firm(name="x", manager=make.user(), by=make.user(is_operator=True))
    owed = take_over(
        company=company, date=dt.date(2026, 1, 1), by=make.owner_of(company), text="x",
        items=[TakenOver(make.account(company, "1100"), Party("x"), "R-1", dt.date(2026, 1, 1),
                         NewItem(make.chf("1.00"), dt.date(2026, 1, 31)))],
    )  # fmt: skip
    settle(company=company, date=dt.date(2026, 1, 2), by=make.owner_of(company),
           parts=[Part(owed[0], discount=make.chf("0.40"))])  # fmt: skip
    by = make.owner_of(company)
    typed = TypedDocument(kind="invoice", contact=contact, date=dt.date(2026, 1, 1),
                          lines=(TypedItem(text="x", price=make.chf("5.00")),))  # fmt: skip
    document = drafting.save(company=company, typed=typed, by=by)
    again = recurring.save(
        RecurringInvoice(company=company, name="x", next_on=dt.date(2026, 1, 1)), typed, by=by
    )
    party = Contact.of(company).get(pk=contact)
    save_customer_terms(party, by=by, note="x")
    save_supplier_terms(party, by=by, note="x")
    procedure = levels.set_up(company, by=by)
    stops.set_customer(party, by=by, procedure=procedure)
    book = save_book(CashBook(company=company, account=make.account(company, "1000"), name="x",
                              kept_from=dt.date(2026, 1, 1)), by=by)  # fmt: skip
    categories.add_defaults(company, by=by, valid_from=dt.date(2026, 1, 1))
    planned = api.post(
        "planned-payments/", {"date": "2026-01-01", "text": "x", "amount": "1.00"}
    ).json()
    bought = TypedInvoice(contact=contact, date=dt.date(2026, 1, 1),
                          lines=(TypedLine(make.chf("5.00"), account="4200"),))  # fmt: skip
    rent = RecurringSupplierInvoice(company=company, name="x", next_on=dt.date(2026, 1, 1))
    (bill,) = take_over(
        company=company, date=dt.date(2026, 1, 1), by=by, text="x",
        items=[TakenOver(make.account(company, "2000"), Party("x", contact), "B-1", dt.date(2026, 1, 1),
                         NewItem(make.chf("1.00"), dt.date(2026, 1, 31)))],
    )  # fmt: skip
    instruct(company, item=bill, by=by, payee="x", account=SUPPLIER)
    day = next_bank_day(clock.today(), "CHF")
    received, _job = receive(company=company, incoming=[Incoming("x.pdf", papers.blank())],
                             channel="upload", by=by)  # fmt: skip
    PayrollSettings.unscoped.get_or_create(company=company)
    wage_type = save_type(company=company, by=by, number=9000, name_de="x", kind="info")
    institution = save_institution(company=company, by=by, kind="ktg", name="x")
    anna = people.hire(company, by=by)
    expense = save_kind(ExpenseKind(company=company, code="x", name_de="x", unit="km",
                                    account=make.account(company, "5820")), by=by)  # fmt: skip
    project = save_project(Project(company=company, number="1", name="x"), by=by)
    van = fixed_assets.van(company)
    given = api.post("mandates/", {"firm_code": firm.code, "role": "auditor"}).json()["id"]
    asked = questions.ask(company=company, by=by, title="x")
    said = questions.answer(asked, by=by, file=Incoming("x.pdf", papers.blank(2)))
    foreign.moved(company, "1024", "1.00", "1.00", date=dt.date(2026, 1, 1))
    valuation = value(company, date=dt.date(2026, 1, 1), by=by, typed={"EUR": make.chf("1")})
    return {
        "asset": van.pk, "asset_voucher": hang(van, [received[0].document.file], by=by)[0].pk,
        "asset_category": van.category_id,
        "asset_rule": van.category.rules.get().pk,
        "depreciation": depreciate(company, until=dt.date(2026, 1, 31), by=by).pk,
        "valuation": valuation.pk,
        "question": asked.pk, "said": said.pk,
        "accrual": accrue(
            company=company, year=FiscalYear.of(company).get(name="2026"), kind="accrued_expense",
            account=make.account(company, "6500"), amount=make.chf("1.00"), text="x", by=by,
        ).pk,
        "project": project.pk,
        "hour_rate": add_rate(company=company, rate=make.chf("1.00"), by=by,
                              valid_from=dt.date(2026, 1, 1)).pk,
        "hours": some_hours(company, by),
        "claim": a_claim(company, by),
        "expense": expense.pk,
        "expense_rate": add_expense_rate(expense, rate=make.chf("1.00"), by=by,
                                         valid_from=dt.date(2026, 1, 1)).pk,
        "payroll": payroll.begin(company=company, month=dt.date(2026, 1, 1), by=by).pk,
        "employee": anna.pk, "employment": anna.employments.get().pk,
        "fact": anna.facts.get(kind="wage").pk,
        "leave": leave.book(anna, kind=LeaveKind.HOLIDAYS, date=people.JANUARY,
                            amount=make.chf("-1"), by=by).pk,
        "upload": uploads.begin(company=company, content=PEOPLE, wish=uploads.Wish.CHECK, by=by).pk,
        "paper": attach(anna, name="x.pdf", content=papers.blank(), by=by).pk,
        "vat_return": filing.begin(company=company, start=dt.date(2026, 1, 1), by=by).pk,
        "bill": bill.pk, "inbox": received[0].document.pk,
        "payments": payments.draft(bank, date=day, until=day, by=by).pk,
        "purchase": purchases.save(company=company, typed=bought, by=by).pk,
        "vat_settings": VatSettings.of(company).get().pk,
        "vat_activity": grant_activity(
            company=company, activity_code="01234", name="x", percent=make.chf("0.60"),
            valid_from=dt.date(2026, 1, 1), by=by,
        ).pk,
        "figure": enter_figure(
            company=company, key="small_wage", valid_from=dt.date(2040, 1, 1),
            value=make.chf("2500"), source="x", by=by,
        ).pk,
        "visum": approving.save_rule(ApprovalRule(company=company, approver=by), by=by).pk,
        "rent": rents.save(rent, bought, by=by).pk,
        "document": document.pk, "recurring": again.pk, "procedure": procedure.pk,
        "product": save_product(company=company, by=by, name_de="x",
                                account=make.account(company, "3200")).pk,
        "terms": PaymentTerms.of(company).first().pk,
        "wage_type": wage_type.pk, "institution": institution.pk,
        "solution": save_solution(institution=institution, by=by, code="11").pk,
        "level": DunningLevel.of(company).order_by("pk").first().pk,
        "run": running.draft(company, date=dt.date(2026, 2, 1), by=by).pk,
        "item": owed[0].pk, "settlement": Settlement.of(company).get().pk,
        "mandate": given,
        "domain": domain["id"], "finding": finding.pk,
        "contact": contact, "acting": acting, "activity": activity.json()["id"], "group": group,
        "favourite": favourite, "field": field, **units, "draft": draft, "voucher": voucher["id"], "year": year["id"],
        "bank": bank.pk, "budget": budget, "book": book.pk, "planned": planned["id"],
        "rule": save_rule(BankRule(company=company, name="x", text_contains="x",
                                   account=make.account(company, "3200")), by=by).pk,
        "period": year["periods"][0]["id"], "member": Membership.of(company).get().pk,
        "template": api.post("entry-templates/", TEMPLATE).json()["id"],
        "movement": BankTransaction.of(company).get().pk,
        "role": api.post("roles/", {"name": "Lager", "permissions": ["company.read"]}).json()["code"],
        "invitation": api.post("invitations/", {"email": "bea@example.ch", "roles": ["sales"]},
                               key=new_key()).json()["id"],
        "hook": api.post(
            "webhooks/", {"name": "x", "url": "https://example.ch/", "resources": ["contact"]}
        ).json()["id"],
        "export": an_export(company, by),
        "token": api.post("app-tokens/", {"name": "x", "scopes": ["vat.read"], "days": 9}).json()["id"],
        "consent": api.post("support-consents/", {"reason": "x", "hours": 1}).json()["id"],
    }  # fmt: skip


def an_export(company, by):
    job = orders.begin(company=company, passphrase="sechzehn Zeichen und mehr", by=by)
    return orders.of_job(company, job.pk).pk


def some_hours(company, by):
    row = TypedHours("1", dt.date(2026, 1, 1), 60)
    return save_hours(company=company, user=by, rows=[row], by=by)[0].pk


def a_favourite(company, user):
    return keep(access_to(company.pk, user=user), name="x", address="favourites/").pk


def a_claim(company, by):
    return save_claim(company=company, user=by, title="x", lines=[], by=by).pk
