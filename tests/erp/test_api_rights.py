"""Who may call which endpoint: one right each, 403 without it, 404 from outside, nothing written."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import resolve

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
from accounting.ledger.models import CostCentre, FiscalYear
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
from erp.access.gate import access_to, operating
from erp.access.leaks.models import LeakFinding
from erp.access.models import Membership
from erp.access.permissions import Permission
from erp.cockpit.favourites import keep
from erp.cockpit.firms import found_firm
from erp.companies.models import Module
from erp.core import clock
from erp.core.tenancy import open_companies
from erp.fiduciary import questions
from erp.handover import orders
from erp.urls import endpoints
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
from tests.erp.client import Api, new_key, problem
from tests.erp.mails import kinds  # noqa: F401 - offers a kind of mail
from tests.erp.test_api import RENT
from tests.erp.test_routes import flat
from tests.examples import of_today
from tests.payroll.employees import books as people
from vat.codes.models import VatSettings
from vat.returns import filing
from vat.settings.activities import grant_activity

PEOPLE = b"entry;birth_date;sex\r\n" + b"1.1.2026;1.1.1990;f\r\n" * 51
LISTS = ("accounts/", "journal-entries/", "drafts/", "entry-templates/", "fiscal-years/",
         "cost-centres/", "cost-objects/", "budgets/", "bank-accounts/", "bank-transactions/", "statements/",
         "vat-codes/", "vat-settings/", "vat-returns/", "contacts/", "contact-activities/", "contact-persons/",
         "contact-groups/", "own-fields/", "members/", "roles/", "invitations/", "app-tokens/",
         "employees/", "employee-facts/", "employee-leave/", "employee-files/",
         "support-consents/", "mandates/", "mail-domains/", "leak-findings/", "audit-events/", "")  # fmt: skip
TEMPLATE = {"name": "Miete", "rhythm": "month", "next_date": "2026-01-31", "text": "Miete",
            "lines": RENT["lines"]}  # fmt: skip

#: Pieces of a file say by their offset what was read (tus); clients of that protocol know nothing else.
BY_OFFSET = {("uploads-detail", "patch"), ("uploads-detail", "delete")}

#: Method, address, body (None: a file), and the one right it takes.
ENDPOINTS = [
    ("PUT", "mail-texts/test-invoice/de/", {"subject": "Nr. {number}", "body": "{greeting}"},
     "company.change"),
    ("DELETE", "mail-texts/test-invoice/de/", {}, "company.change"),
    ("PATCH", "", {"town": "Bern"}, "company.change"),
    ("PUT", "logo/", None, "company.change"),
    ("GET", "members/", {}, "members.read"),
    ("GET", "members/{member}/", {}, "members.read"),
    ("POST", "members/", {"email": "x", "role": "owner"}, "members.change"),
    ("DELETE", "members/{member}/", {}, "members.change"),
    ("DELETE", "members/{member}/person/", {}, "members.change"),
    ("GET", "roles/", {}, "members.read"),
    ("GET", "roles/{role}/", {}, "members.read"),
    ("POST", "roles/", {"name": ""}, "members.change"),
    ("PATCH", "roles/{role}/", {"name": "x"}, "members.change"),
    ("DELETE", "roles/{role}/", {}, "members.change"),
    ("GET", "invitations/", {}, "members.read"),
    ("GET", "invitations/{invitation}/", {}, "members.read"),
    ("POST", "invitations/", {"email": "x"}, "members.change"),
    ("POST", "invitations/{invitation}/resend/", {}, "members.change"),
    ("DELETE", "invitations/{invitation}/", {}, "members.change"),
    ("GET", "app-tokens/", {}, "members.change"),
    ("GET", "app-tokens/{token}/", {}, "members.change"),
    ("POST", "app-tokens/", {"name": ""}, "company.read"),
    ("DELETE", "app-tokens/{token}/", {}, "members.change"),
    ("GET", "mandates/", {}, "members.read"),
    ("GET", "mandates/{mandate}/", {}, "members.read"),
    ("POST", "mandates/", {"role": "auditor"}, "members.change"),
    ("DELETE", "mandates/{mandate}/", {}, "members.change"),
    ("GET", "questions/", {}, "questions.read"),
    ("GET", "questions/{question}/", {}, "questions.read"),
    ("GET", "questions/{question}/files/{said}/", {}, "questions.read"),
    ("GET", "questions/{question}/files/{said}/picture/", {}, "questions.read"),
    ("POST", "questions/", {"title": ""}, "questions.write"),
    ("POST", "questions/{question}/answer/", {"text": ""}, "questions.write"),
    ("POST", "questions/{question}/files/", None, "questions.write"),
    ("POST", "questions/{question}/files/{said}/take/", {}, "ledger.draft"),
    ("POST", "questions/{question}/close/", {}, "questions.write"),
    ("POST", "questions/{question}/reopen/", {}, "questions.write"),
    ("GET", "support-consents/", {}, "company.read"),
    ("GET", "support-consents/{consent}/", {}, "company.read"),
    ("POST", "support-consents/", {"reason": ""}, "company.change"),
    ("DELETE", "support-consents/{consent}/", {}, "company.change"),
    ("GET", "company-exports/", {}, "members.change"),
    ("GET", "company-exports/{export}/", {}, "members.change"),
    ("POST", "company-exports/", {"passphrase": "kurz"}, "members.change"),
    ("GET", "webhooks/", {}, "webhooks.read"),
    ("GET", "webhooks/{hook}/", {}, "webhooks.read"),
    ("GET", "webhooks/{hook}/deliveries/", {}, "webhooks.read"),
    ("POST", "webhooks/", {"name": ""}, "webhooks.change"),
    ("PATCH", "webhooks/{hook}/", {"name": "x"}, "webhooks.change"),
    ("DELETE", "webhooks/{hook}/", {}, "webhooks.change"),
    ("GET", "security/", {}, "security.read"),
    ("POST", "security/end-sessions/", {}, "security.change"),
    ("GET", "mail-domains/", {}, "security.read"),
    ("GET", "mail-domains/{domain}/", {}, "security.read"),
    ("POST", "mail-domains/", {"domain": ""}, "security.change"),
    ("DELETE", "mail-domains/{domain}/", {}, "security.change"),
    ("GET", "leak-findings/", {}, "security.read"),
    ("GET", "leak-findings/{finding}/", {}, "security.read"),
    ("PATCH", "leak-findings/{finding}/", {"state": "settled"}, "security.change"),
    ("GET", "audit-events/", {}, "audit.read"),
    ("GET", "access-log/", {}, "audit.read"),
    ("PATCH", "accounts/1021/", {"name_de": "x"}, "ledger.chart"),
    ("DELETE", "accounts/1021/", {}, "ledger.chart"),
    ("POST", "account-imports/", None, "ledger.chart"),
    ("POST", "journal-imports/", None, "ledger.import"),
    ("GET", "drafts/", {}, "ledger.read"),
    ("GET", "drafts/{draft}/", {}, "ledger.read"),
    ("POST", "drafts/", RENT, "ledger.draft"),
    ("PATCH", "drafts/{draft}/", {"text": "x"}, "ledger.draft"),
    ("DELETE", "drafts/{draft}/", {}, "ledger.draft"),
    ("POST", "drafts/{draft}/post/", {}, "ledger.post"),
    ("GET", "journal-entries/{draft}/vouchers/", {}, "ledger.read"),
    ("POST", "journal-entries/{draft}/vouchers/", None, "ledger.draft"),
    ("GET", "vouchers/{voucher}/", {}, "ledger.read"),
    ("GET", "entry-templates/", {}, "ledger.read"),
    ("GET", "entry-templates/{template}/", {}, "ledger.read"),
    ("GET", "entry-templates/due/", {}, "ledger.read"),
    ("POST", "entry-templates/", {**TEMPLATE, "name": ""}, "ledger.draft"),
    ("PATCH", "entry-templates/{template}/", {"name": "x"}, "ledger.draft"),
    ("DELETE", "entry-templates/{template}/", {}, "ledger.draft"),
    ("POST", "entry-templates/{template}/book/", {"date": "2026-01-31"}, "ledger.post"),
    ("POST", "entry-templates/{template}/skip/", {"date": "gestern"}, "ledger.post"),
    ("GET", "fiscal-years/{year}/", {}, "ledger.read"),
    ("POST", "fiscal-years/", {"start": "2028-01-01"}, "ledger.chart"),
    ("DELETE", "fiscal-years/{year}/", {}, "ledger.chart"),
    ("GET", "periods/{period}/", {}, "ledger.read"),
    ("PATCH", "periods/{period}/", {"lock": "locked"}, "ledger.lock"),
    *[
        row for unit in ("centre", "object") for row in (
            ("GET", f"cost-{unit}s/", {}, "ledger.read"),
            ("GET", f"cost-{unit}s/{{{unit}}}/", {}, "ledger.read"),
            ("POST", f"cost-{unit}s/", {"number": ""}, "ledger.chart"),
            ("PATCH", f"cost-{unit}s/{{{unit}}}/", {"name_de": "x"}, "ledger.chart"),
        )
    ],
    ("GET", "budgets/{budget}/", {}, "ledger.read"),
    ("GET", "budgets/{budget}/amounts/", {}, "ledger.read"),
    ("POST", "budgets/", {"fiscal_year": "2027"}, "ledger.budget"),
    ("PATCH", "budgets/{budget}/", {"name": "x"}, "ledger.budget"),
    ("DELETE", "budgets/{budget}/", {}, "ledger.budget"),
    ("PUT", "budgets/{budget}/amounts/", {"plans": []}, "ledger.budget"),
    ("POST", "budgets/{budget}/imports/", None, "ledger.budget"),
    ("GET", "valuations/", {}, "ledger.read"),
    ("GET", "valuations/{valuation}/", {}, "ledger.read"),
    ("GET", "valuations/{valuation}/positions/", {}, "ledger.read"),
    ("GET", "valuations/proposal/?date=2026-01-01", {}, "ledger.read"),
    ("POST", "valuations/", {}, "ledger.post"),
    ("POST", "valuations/{valuation}/undo/", {}, "ledger.reverse"),
    ("GET", "valuation-rules/", {}, "ledger.read"),
    ("POST", "valuation-rules/", {}, "ledger.chart"),
    ("GET", "planned-payments/", {}, "ledger.read"),
    ("GET", "planned-payments/{planned}/", {}, "ledger.read"),
    ("POST", "planned-payments/", {"text": ""}, "ledger.budget"),
    ("PATCH", "planned-payments/{planned}/", {"text": "x"}, "ledger.budget"),
    ("DELETE", "planned-payments/{planned}/", {}, "ledger.budget"),
    ("GET", "bank-accounts/{bank}/", {}, "banking.read"),
    ("GET", "bank-accounts/{bank}/agreement/", {}, "banking.read"),
    ("GET", "bank-accounts/{bank}/state/", {}, "banking.read"),
    ("GET", "bank-accounts/{bank}/lines/", {}, "banking.read"),
    ("PATCH", "bank-accounts/{bank}/", {"name": "x"}, "banking.change"),
    ("GET", "bank-rules/{rule}/", {}, "banking.read"),
    ("GET", "bank-rules/{rule}/dry-run/", {}, "banking.read"),
    ("PATCH", "bank-rules/{rule}/", {"name": "x"}, "banking.post"),
    ("DELETE", "bank-rules/{rule}/", {}, "banking.post"),
    ("GET", "bank-transactions/{movement}/suggestions/", {}, "banking.read"),
    ("POST", "bank-transactions/{movement}/take/", {"key": "x"}, "banking.post"),
    ("POST", "bank-transactions/{movement}/share-out/", {}, "banking.post"),
    ("GET", "bank-transactions/{movement}/", {}, "banking.read"),
    ("GET", "bank-transactions/{movement}/proposal/", {}, "banking.read"),
    ("POST", "bank-transactions/{movement}/book/", {"account": "3200"}, "banking.post"),
    ("POST", "bank-transactions/{movement}/unbook/", {}, "banking.post"),
    ("GET", "cash-books/", {}, "cash.read"),
    ("GET", "cash-books/{book}/", {}, "cash.read"),
    ("GET", "cash-books/{book}/rows/?since=2026-01-01&until=2026-01-31", {}, "cash.read"),
    ("GET", "cash-books/{book}/sums/?since=2026-01-01&until=2026-01-31", {}, "cash.read"),
    ("GET", "cash-books/{book}/counts/", {}, "cash.read"),
    ("POST", "cash-books/", {"name": ""}, "cash.change"),
    ("PATCH", "cash-books/{book}/", {"name": "x"}, "cash.change"),
    *[
        ("POST", f"cash-books/{{book}}/{act}/", {}, "cash.post")
        for act in ("enter", "transfer", "settle-card", "settle", "count", "undo")
    ],
    ("GET", "open-items/", {}, "open_items.read"),
    ("GET", "open-items/ageing/", {}, "open_items.read"),
    ("GET", "open-items/due/", {}, "open_items.read"),
    *[
        ("GET", f"purchase-reports/{report}/?since=2026-01-01&until=2026-01-31", {}, "open_items.read")
        for report in ("turnover-by-supplier", "turnover-by-month", "vat-journal")
    ],
    ("GET", "open-items/{item}/", {}, "open_items.read"),
    ("GET", "open-items/parties/{contact}/", {}, "open_items.read"),
    ("POST", "open-items/{item}/undo-take-over/", {}, "ledger.reverse"),
    ("POST", "open-item-imports/", None, "ledger.import"),
    ("POST", "open-items/preview/", {"date": "x"}, "open_items.settle"),
    ("POST", "open-items/settle/", {"date": "x"}, "open_items.settle"),
    ("POST", "settlements/{settlement}/undo/", {}, "open_items.settle"),
    ("GET", "vat-settings/", {}, "vat.read"),
    ("POST", "vat-settings/", {"method": "net"}, "vat.change"),
    ("GET", "vat-codes/UX/", {}, "vat.read"),
    ("PATCH", "vat-codes/UX/", {"active": False}, "vat.change"),
    ("GET", "vat-returns/", {}, "vat.read"),
    ("GET", "vat-returns/{vat_return}/", {}, "vat.read"),
    ("GET", "vat-returns/{vat_return}/entries/?code=UN", {}, "vat.read"),
    ("POST", "vat-returns/", {}, "vat.file"),
    ("POST", "vat-returns/reconcile/", {}, "vat.file"),
    ("POST", "vat-returns/filed-elsewhere/", {}, "vat.file"),
    ("POST", "vat-returns/{vat_return}/check/", {"accepted": "x"}, "vat.file"),
    *[
        ("POST", f"vat-returns/{{vat_return}}/{act}/", {}, "vat.file")
        for act in ("settle", "unsettle", "correct")
    ],
    ("PATCH", "vat-returns/{vat_return}/", {"note_280": "x"}, "vat.file"),
    ("DELETE", "vat-returns/{vat_return}/", {}, "vat.file"),
    ("GET", "tax-office/", {}, "vat.read"),
    ("POST", "tax-office/", {"contact": "x"}, "vat.change"),
    ("POST", "vat-codes/", {"code": ""}, "vat.change"),
    ("GET", "vat-settings/{vat_settings}/", {}, "vat.read"),
    ("DELETE", "vat-settings/{vat_settings}/", {}, "vat.change"),
    ("GET", "vat-settings/preview/?valid_from=2027-01-01&method=effective&basis=agreed"
     "&interval=quarter", {}, "vat.change"),
    ("GET", "vat-activities/", {}, "vat.read"),
    ("GET", "vat-activities/{vat_activity}/", {}, "vat.read"),
    ("POST", "vat-activities/", {"name": ""}, "vat.change"),
    ("PATCH", "vat-activities/{vat_activity}/", {"valid_to": None}, "vat.change"),
    ("GET", "vat-activity-accounts/", {}, "vat.read"),
    ("POST", "vat-activity-accounts/", {}, "vat.change"),
    ("GET", "contacts/", {}, "contacts.read"),
    ("GET", "contacts/{contact}/", {}, "contacts.read"),
    ("POST", "contacts/", {"name": "x"}, "contacts.change"),
    ("PATCH", "contacts/{contact}/", {"name": "x"}, "contacts.change"),
    ("DELETE", "contacts/{contact}/", {}, "contacts.merge"),
    ("POST", "contacts/{contact}/merge/", {}, "contacts.merge"),
    ("POST", "contact-imports/", None, "contacts.import"),
    ("GET", "contact-duplicates/", {}, "contacts.read"),
    ("GET", "contact-activities/{activity}/", {}, "contacts.read"),
    ("POST", "contact-activities/", {"text": ""}, "contacts.change"),
    ("PATCH", "contact-activities/{activity}/", {"text": "x"}, "contacts.change"),
    ("DELETE", "contact-activities/{activity}/", {}, "contacts.change"),
    ("GET", "contact-persons/{acting}/", {}, "contacts.read"),
    ("POST", "contact-persons/", {"function": "x"}, "contacts.change"),
    ("DELETE", "contact-persons/{acting}/", {}, "contacts.change"),
    ("GET", "contact-files/", {}, "contacts.read"),
    ("POST", "contact-files/", None, "contacts.change"),
    ("GET", "contact-groups/{group}/", {}, "contacts.read"),
    ("POST", "contact-groups/", {"code": ""}, "contacts.settings"),
    ("PATCH", "contact-groups/{group}/", {"name_de": "x"}, "contacts.settings"),
    ("DELETE", "contact-groups/{group}/", {}, "contacts.settings"),
    ("GET", "contact-lookup/?q=x", {}, "contacts.read"),
    ("GET", "favourites/", {}, "company.read"),
    ("POST", "favourites/", {"name": "x"}, "company.read"),
    ("GET", "favourites/{favourite}/", {}, "company.read"),
    ("PATCH", "favourites/{favourite}/", {"name": "x"}, "company.read"),
    ("DELETE", "favourites/{favourite}/", {}, "company.read"),
    ("GET", "layouts/", {}, "company.read"),
    ("GET", "layouts/default/", {}, "company.read"),
    ("PATCH", "layouts/invoice/", {"font": "serif"}, "company.change"),
    ("DELETE", "layouts/invoice/", {}, "company.change"),
    ("GET", "own-fields/{field}/", {}, "company.read"),
    ("POST", "own-fields/", {"subject": "contact", "code": ""}, "contacts.settings"),
    ("PATCH", "own-fields/{field}/", {"name_de": "x"}, "contacts.settings"),
    ("DELETE", "own-fields/{field}/", {}, "contacts.settings"),
    ("GET", "sales-documents/", {}, "receivables.read"),
    ("GET", "sales-documents/{document}/", {}, "receivables.read"),
    ("GET", "sales-documents/{document}/pdf/", {}, "receivables.read"),
    ("POST", "sales-documents/", {"kind": "offer"}, "receivables.draft"),
    ("POST", "sales-documents/preview/", {"kind": "offer"}, "receivables.draft"),
    ("PUT", "sales-documents/{document}/", {"kind": "offer"}, "receivables.draft"),
    ("DELETE", "sales-documents/{document}/", {}, "receivables.draft"),
    *[
        ("POST", f"sales-documents/{{document}}/{act}/", {}, "receivables.draft")
        for act in ("copy", "credit", "decide", "deposit", "derive")
    ],
    ("POST", "sales-documents/collect/", {}, "receivables.draft"),
    ("POST", "sales-documents/{document}/issue/", {}, "receivables.issue"),
    ("POST", "sales-documents/{document}/cancel/", {}, "receivables.issue"),
    ("POST", "sales-documents/issue-many/", {}, "receivables.issue"),
    ("POST", "sales-documents/print-many/", {}, "receivables.read"),
    ("GET", "recurring-invoices/", {}, "receivables.read"),
    ("GET", "recurring-invoices/due/", {}, "receivables.read"),
    ("GET", "recurring-invoices/{recurring}/", {}, "receivables.read"),
    ("POST", "recurring-invoices/", {}, "receivables.issue"),
    ("POST", "recurring-invoices/run/", {}, "receivables.issue"),
    ("POST", "recurring-invoices/{recurring}/bill/", {}, "receivables.issue"),
    ("POST", "recurring-invoices/{recurring}/skip/", {}, "receivables.issue"),
    ("PUT", "recurring-invoices/{recurring}/", {}, "receivables.issue"),
    ("DELETE", "recurring-invoices/{recurring}/", {}, "receivables.issue"),
    ("GET", "sales-reports/turnover-by-customer/?since=2026-01-01&until=2026-01-31", {}, "receivables.read"),
    ("GET", "sales-reports/turnover-by-product/?since=2026-01-01&until=2026-01-31", {}, "receivables.read"),
    ("GET", "sales-reports/turnover-by-month/?since=2026-01-01&until=2026-01-31", {}, "receivables.read"),
    ("GET", "sales-reports/vat-journal/?since=2026-01-01&until=2026-01-31", {}, "receivables.read"),
    ("GET", "sales-reports/payment-habits/", {}, "receivables.read"),
    ("GET", "products/{product}/", {}, "receivables.read"),
    ("PATCH", "products/{product}/", {"name_de": "x"}, "receivables.settings"),
    ("DELETE", "products/{product}/", {}, "receivables.settings"),
    ("GET", "wage-types/", {}, "payroll.read"),
    ("GET", "wage-types/{wage_type}/", {}, "payroll.read"),
    ("POST", "wage-types/", {"number": "x"}, "payroll.settings"),
    ("PATCH", "wage-types/{wage_type}/", {"box": "2.1"}, "payroll.settings"),
    ("DELETE", "wage-types/{wage_type}/", {}, "payroll.settings"),
    ("GET", "payroll-settings/", {}, "payroll.read"),
    ("GET", "payroll-readiness/", {}, "payroll.read"),
    ("POST", "payroll-settings/change/", {"pay_day": "x"}, "payroll.settings"),
    ("GET", "institutions/", {}, "payroll.read"),
    ("GET", "institutions/{institution}/", {}, "payroll.read"),
    ("POST", "institutions/", {"kind": "x"}, "payroll.settings"),
    ("POST", "institutions/copy-rates/", {}, "payroll.settings"),
    ("PATCH", "institutions/{institution}/", {"canton": "ZH"}, "payroll.settings"),
    ("DELETE", "institutions/{institution}/", {}, "payroll.settings"),
    ("GET", "insurance-solutions/", {}, "payroll.read"),
    ("GET", "insurance-solutions/{solution}/", {}, "payroll.read"),
    ("POST", "insurance-solutions/", {}, "payroll.settings"),
    ("PATCH", "insurance-solutions/{solution}/", {"name": "x"}, "payroll.settings"),
    ("DELETE", "insurance-solutions/{solution}/", {}, "payroll.settings"),
    ("GET", "payment-terms/{terms}/", {}, "receivables.read"),
    ("PATCH", "payment-terms/{terms}/", {"name_de": "x"}, "receivables.settings"),
    ("DELETE", "payment-terms/{terms}/", {}, "receivables.settings"),
    ("GET", "customer-terms/{contact}/", {}, "receivables.read"),
    ("PATCH", "customer-terms/{contact}/", {"note": "x"}, "receivables.settings"),
    ("DELETE", "customer-terms/{contact}/", {}, "receivables.settings"),
    ("GET", "supplier-terms/{contact}/", {}, "payables.read"),
    ("PATCH", "supplier-terms/{contact}/", {"note": "x"}, "payables.settings"),
    ("DELETE", "supplier-terms/{contact}/", {}, "payables.settings"),
    ("GET", "sales-settings/", {}, "receivables.read"),
    ("PATCH", "sales-settings/", {"web": "x"}, "receivables.settings"),
    ("GET", "document-texts/offer/de/", {}, "receivables.read"),
    ("PATCH", "document-texts/offer/de/", {"intro": "x"}, "receivables.settings"),
    ("DELETE", "document-texts/offer/de/", {}, "receivables.settings"),
    ("GET", "number-ranges/offer/", {}, "receivables.read"),
    ("PATCH", "number-ranges/offer/", {"width": 4}, "receivables.settings"),
    ("GET", "supplier-invoices/", {}, "payables.read"),
    ("GET", "supplier-invoices/accruals/", {}, "payables.read"),
    ("GET", "supplier-invoices/{purchase}/", {}, "payables.read"),
    ("POST", "supplier-invoices/", {}, "payables.draft"),
    ("POST", "supplier-invoices/preview/", {}, "payables.draft"),
    ("PUT", "supplier-invoices/{purchase}/", {}, "payables.draft"),
    ("DELETE", "supplier-invoices/{purchase}/", {}, "payables.draft"),
    *[
        ("POST", f"supplier-invoices/{{purchase}}/{act}/", {}, right)
        for act, right in (("submit", "payables.post"), ("post", "payables.post"),
                           ("reverse", "payables.post"), ("withdraw", "payables.draft"),
                           ("credit", "payables.draft"), ("approve", "payables.approve"),
                           ("reject", "payables.approve"))
    ],
    ("POST", "supplier-invoices/release/", {}, "payables.post"),
    ("GET", "approval-rules/", {}, "payables.read"),
    ("GET", "approval-rules/{visum}/", {}, "payables.read"),
    ("POST", "approval-rules/", {}, "payables.settings"),
    ("PUT", "approval-rules/{visum}/", {}, "payables.settings"),
    ("DELETE", "approval-rules/{visum}/", {}, "payables.settings"),
    ("GET", "recurring-supplier-invoices/", {}, "payables.read"),
    ("GET", "recurring-supplier-invoices/{rent}/", {}, "payables.read"),
    ("POST", "recurring-supplier-invoices/", {}, "payables.post"),
    ("POST", "recurring-supplier-invoices/{rent}/enter/", {}, "payables.post"),
    ("POST", "recurring-supplier-invoices/{rent}/skip/", {}, "payables.post"),
    ("PUT", "recurring-supplier-invoices/{rent}/", {}, "payables.post"),
    ("DELETE", "recurring-supplier-invoices/{rent}/", {}, "payables.post"),
    ("GET", "inbox-documents/", {}, "payables.read"),
    ("POST", "inbox-documents/", None, "payables.capture"),
    ("GET", "inbox-documents/{inbox}/", {}, "payables.read"),
    ("GET", "inbox-documents/{inbox}/proposal/", {}, "payables.read"),
    ("GET", "inbox-documents/{inbox}/file/", {}, "payables.read"),
    ("GET", "inbox-documents/{inbox}/pages/1/", {}, "payables.read"),
    ("POST", "inbox-documents/{inbox}/set-aside/", {}, "payables.capture"),
    ("GET", "payment-runs/", {}, "payments.read"),
    ("GET", "payment-runs/{payments}/", {}, "payments.read"),
    ("POST", "payment-runs/", {}, "payments.propose"),
    *[
        ("POST", f"payment-runs/{{payments}}/{act}/", {}, "payments.propose")
        for act in ("take-out", "amount", "date", "cancel", "give-back")
    ],
    ("POST", "payment-runs/{payments}/approve/", {}, "payments.approve"),
    ("POST", "payment-runs/report/", None, "payments.export"),
    ("GET", "payroll/years/", {}, "payroll.read"),
    ("POST", "payroll/years/2026/certificates/", {}, "payroll.export"),
    ("POST", "payroll/years/2026/accruals/", {}, "payroll.post"),
    ("POST", "payroll/years/2026/accruals/undo/", {}, "payroll.post"),
    ("POST", "payroll/net-to-gross/", {}, "payroll.read"),
    ("GET", "payroll/tax-settlements/", {}, "payroll.read"),
    ("GET", "payroll/tax-settlements/open/2026/", {}, "payroll.read"),
    ("POST", "payroll/tax-settlements/", {}, "payroll.post"),
    ("GET", "payroll-runs/", {}, "payroll.read"),
    ("GET", "payroll-runs/{payroll}/", {}, "payroll.read"),
    ("GET", "payroll-runs/{payroll}/recap/", {}, "payroll.read"),
    ("POST", "payroll-runs/", {}, "payroll.run"),
    *[
        ("POST", f"payroll-runs/{{payroll}}/{act}/", {}, "payroll.run")
        for act in ("calculate", "slips", "days", "cancel", "correct")
    ],
    ("POST", "payroll-runs/{payroll}/approve/", {}, "payroll.approve"),
    ("POST", "payroll-runs/{payroll}/post/", {}, "payroll.post"),
    ("POST", "payroll-runs/{payroll}/undo/", {}, "payroll.post"),
    ("POST", "payroll-runs/{payroll}/pay/", {}, "payroll.pay"),
    ("POST", "payroll-runs/{payroll}/recall/", {}, "payroll.pay"),
    ("GET", "movements/?month=2026-01", {}, "payroll.read"),
    ("POST", "movements/", {}, "payroll.capture"),
    ("POST", "movements/cells/", {}, "payroll.capture"),
    ("POST", "movements/copy/", {}, "payroll.capture"),
    ("POST", "movement-imports/", None, "payroll.capture"),
    ("GET", "payment-instructions/{bill}/", {}, "payments.read"),
    ("POST", "payment-instructions/", {}, "payments.propose"),
    ("GET", "payee-accounts/", {}, "payments.read"),
    ("GET", "payments-journal/?since=2026-01-01&until=2026-01-31", {}, "payments.read"),
    ("GET", "payment-settings/", {}, "payments.read"),
    ("POST", "payment-settings/", {}, "members.change"),
    ("GET", "dunning-plan/", {}, "receivables.read"),
    ("GET", "dunning-runs/{run}/", {}, "receivables.read"),
    ("GET", "dunning-customers/{contact}/", {}, "receivables.read"),
    ("PUT", "dunning-customers/{contact}/", {}, "receivables.dun"),
    ("GET", "dunning-procedures/{procedure}/", {}, "receivables.read"),
    ("PATCH", "dunning-procedures/{procedure}/", {"name_de": "x"}, "receivables.settings"),
    ("DELETE", "dunning-procedures/{procedure}/", {}, "receivables.settings"),
    ("GET", "dunning-levels/{level}/", {}, "receivables.read"),
    ("PATCH", "dunning-levels/{level}/", {"days": 5}, "receivables.settings"),
    ("DELETE", "dunning-levels/{level}/", {}, "receivables.settings"),
    ("GET", "wage-delivery/", {}, "payroll.read"),
    ("GET", "wage-delivery/{employee}/", {}, "payroll.read"),
    ("PATCH", "wage-delivery/{employee}/", {"way": "mail"}, "payroll.people"),
    ("GET", "wage-delivery-settings/", {}, "payroll.read"),
    ("POST", "wage-delivery-settings/change/", {"way": "x"}, "payroll.settings"),
    ("GET", "wage-deliveries/?year=2026", {}, "payroll.read"),
    ("POST", "wage-deliveries/", {}, "payroll.export"),
    ("GET", "year-end/", {}, "ledger.read"),
    ("GET", "year-end/{year}/", {}, "ledger.read"),
    ("GET", "year-end/{year}/checks/", {}, "ledger.read"),
    ("GET", "year-end/{year}/checks/accruals/", {}, "ledger.read"),
    ("POST", "year-end/{year}/checks/accruals/", {"text": ""}, "ledger.close_year"),
    ("DELETE", "year-end/{year}/checks/accruals/", {}, "ledger.close_year"),
    ("POST", "year-end/{year}/close/", {}, "ledger.close_year"),
    ("POST", "year-end/{year}/reopen/", {"reason": ""}, "ledger.reopen_year"),
    ("GET", "year-end/{year}/closings/", {}, "ledger.read"),
    ("GET", "year-end/{year}/changes/", {}, "ledger.read"),
    ("GET", "year-end/{year}/appropriation/", {}, "ledger.read"),
    ("POST", "year-end/{year}/appropriation/", {}, "ledger.close_year"),
    ("DELETE", "year-end/{year}/appropriation/", {}, "ledger.close_year"),
    ("GET", "year-end/{year}/notes/", {}, "ledger.read"),
    ("PATCH", "year-end/{year}/notes/", {"code": "events", "text": ""}, "ledger.close_year"),
    ("GET", "year-end/{year}/report/", {}, "ledger.export"),
    ("GET", "year-accruals/", {}, "ledger.read"),
    ("GET", "year-accruals/{accrual}/", {}, "ledger.read"),
    ("POST", "year-accruals/", {}, "ledger.post"),
    ("POST", "year-accruals/{accrual}/undo/", {}, "ledger.reverse"),
    ("GET", "procedure-documentation/", {}, "company.read"),
    ("GET", "procedure-documentation/{year}/", {}, "company.read"),
    ("GET", "procedure-documentation/{year}/report/", {}, "company.read"),
    ("POST", "procedure-documentation/{year}/keep/", {}, "ledger.close_year"),
    ("GET", "procedure-texts/", {}, "company.read"),
    ("GET", "procedure-texts/paper/", {}, "company.read"),
    ("PATCH", "procedure-texts/paper/", {"text": ""}, "company.change"),
    ("GET", "year-archives/", {}, "ledger.export"),
    ("POST", "year-archives/", {}, "ledger.export"),
    ("GET", "my-wages/", {}, "payroll.own"),
    ("GET", "my-wage-certificates/", {}, "payroll.own"),
    ("GET", "payroll/figures/", {}, "payroll.read"),
    ("GET", "payroll/figures/family-allowances/", {}, "payroll.read"),
    ("GET", "payroll/figures/cantonal-contributions/", {}, "payroll.read"),
    ("GET", "payroll/own-figures/", {}, "payroll.read"),
    ("POST", "payroll/own-figures/", {}, "payroll.settings"),
    ("GET", "payroll/own-figures/{figure}/", {}, "payroll.read"),
    ("DELETE", "payroll/own-figures/{figure}/", {}, "payroll.settings"),
    ("GET", "payroll/tariffs/", {}, "payroll.read"),
    ("GET", "employees/", {}, "payroll.read"),
    ("GET", "employees/due/", {}, "payroll.read"),
    ("GET", "employees/{employee}/", {}, "payroll.read"),
    ("GET", "employees/{employee}/findings/", {}, "payroll.read"),
    ("GET", "employees/{employee}/balances/", {}, "payroll.read"),
    ("POST", "employees/", {}, "payroll.people"),
    ("POST", "employees/{employee}/leave/", {}, "payroll.people"),
    ("POST", "employees/{employee}/return/", {}, "payroll.people"),
    ("PATCH", "employees/{employee}/", {"number": "x"}, "payroll.people"),
    ("DELETE", "employees/{employee}/", {}, "payroll.people"),
    ("GET", "employments/{employment}/", {}, "payroll.read"),
    ("PATCH", "employments/{employment}/", {"function": "x"}, "payroll.people"),
    ("GET", "employee-facts/", {}, "payroll.read"),
    ("GET", "employee-facts/{fact}/", {}, "payroll.read"),
    ("POST", "employee-facts/", {}, "payroll.people"),
    ("PATCH", "employee-facts/{fact}/", {"valid_until": None}, "payroll.people"),
    ("DELETE", "employee-facts/{fact}/", {}, "payroll.people"),
    ("GET", "employee-leave/", {}, "payroll.read"),
    ("GET", "employee-leave/{leave}/", {}, "payroll.read"),
    ("POST", "employee-leave/", {}, "payroll.capture"),
    ("DELETE", "employee-leave/{leave}/", {}, "payroll.capture"),
    ("GET", "employee-files/", {}, "payroll.read"),
    ("GET", "employee-files/{paper}/", {}, "payroll.read"),
    ("GET", "employee-files/{paper}/file/", {}, "payroll.export"),
    ("POST", "employee-files/", None, "payroll.people"),
    ("DELETE", "employee-files/{paper}/", {}, "payroll.people"),
    ("POST", "employee-imports/", None, "payroll.people"),
    ("GET", "overview/", {}, "company.read"),
    ("GET", "setup/", {}, "company.change"),
    ("PATCH", "setup/", {"asked": ["vat"]}, "company.change"),
    ("GET", "permissions/", {}, "members.read"),
    ("GET", "history/company/1/", {}, "audit.read"),
    ("GET", "my-tokens/", {}, "company.read"),
    ("GET", "recoveries/", {}, "members.read"),
    ("GET", "open-items/control/", {}, "open_items.read"),
    ("GET", "open-items/residue-limits/", {}, "open_items.read"),
    ("POST", "open-items/residue-limits/", {}, "open_items.write_off"),
    ("POST", "open-items/share/", {}, "open_items.settle"),
    ("POST", "supplier-invoices/submit-many/", {}, "payables.post"),
    ("POST", "supplier-invoices/approve-many/", {}, "payables.approve"),
    ("POST", "supplier-invoices/{purchase}/copy/", {}, "payables.draft"),
    ("GET", "budgets/{budget}/sheet/", {}, "ledger.read"),
    ("GET", "budgets/{budget}/accounts/6000/", {}, "ledger.read"),
    ("GET", "cash-books/balances/", {}, "cash.read"),
    ("POST", "dunning-runs/{run}/letters/", {}, "receivables.dun"),
    ("POST", "account-statements/{contact}/send/", {}, "receivables.send"),
    ("GET", "sales-documents/{document}/around/", {}, "receivables.read"),
    ("GET", "sales-settings/sample/", {}, "receivables.read"),
    ("GET", "payment-runs/{payments}/reports/", {}, "payments.read"),
    ("GET", "vat-returns/{vat_return}/journal/", {}, "vat.read"),
    ("GET", "vat-code-table/", {}, "vat.read"),
    ("GET", "vat-code-table/UN/example/", {}, "vat.read"),
    ("GET", "wage-types/{wage_type}/explained/", {}, "payroll.read"),
    ("GET", "payroll-accounts/", {}, "payroll.read"),
    ("GET", "payroll/declaration-settings/", {}, "payroll.read"),
    ("PATCH", "payroll/declaration-settings/", {}, "payroll.settings"),
    ("GET", "payroll/years/2026/people/{employee}/notes/", {}, "payroll.read"),
    ("PUT", "payroll/years/2026/people/{employee}/notes/", {}, "payroll.people"),
    ("POST", "payroll/years/2026/people/{employee}/issue/", {}, "payroll.export"),
    ("POST", "payroll/net-to-gross/wage/", {}, "payroll.people"),
    ("POST", "payroll/net-to-gross/movement/", {}, "payroll.capture"),
    ("POST", "wage-deliveries/again/", {}, "payroll.export"),
    ("POST", "wage-delivery/{employee}/link/", {}, "payroll.people"),
    ("POST", "wage-delivery/{employee}/unlink/", {}, "payroll.people"),
    ("GET", "my-leave/", {}, "payroll.own"),
    ("GET", "employee-imports/{upload}/", {}, "payroll.people"),
    ("GET", "projects/", {}, "hours.read"),
    ("GET", "projects/standings/", {}, "hours.read"),
    ("GET", "projects/{project}/", {}, "hours.read"),
    ("POST", "projects/", {}, "hours.settings"),
    ("PATCH", "projects/{project}/", {"name": "x"}, "hours.settings"),
    ("DELETE", "projects/{project}/", {}, "hours.settings"),
    ("POST", "projects/{project}/bill/", {}, "hours.bill"),
    ("GET", "my-projects/", {}, "hours.own"),
    ("GET", "hour-rates/", {}, "hours.read"),
    ("GET", "hour-rates/{hour_rate}/", {}, "hours.read"),
    ("POST", "hour-rates/", {}, "hours.settings"),
    ("DELETE", "hour-rates/{hour_rate}/", {}, "hours.settings"),
    ("GET", "hour-entries/", {}, "hours.read"),
    ("GET", "hour-entries/{hours}/", {}, "hours.read"),
    ("POST", "hour-entries/", {}, "hours.change"),
    ("PATCH", "hour-entries/{hours}/", {"minutes": 1}, "hours.change"),
    ("DELETE", "hour-entries/{hours}/", {}, "hours.change"),
    ("POST", "hour-entries/approve/", {}, "hours.approve"),
    ("POST", "hour-entries/reopen/", {}, "hours.approve"),
    ("GET", "reports/costs/?until=2026-06-30", {}, "ledger.read"),
    ("GET", "hour-reports/?by=project&since=2026-01-01&until=2026-01-31", {}, "hours.read"),
    ("GET", "project-margins/?since=2026-01-01&until=2026-01-31", {}, "hours.margins"),
    ("GET", "project-margins/{project}/?since=2026-01-01&until=2026-01-31", {}, "hours.margins"),
    ("GET", "my-hours/", {}, "hours.own"),
    ("GET", "my-hours/{hours}/", {}, "hours.own"),
    ("POST", "my-hours/", {}, "hours.own"),
    ("PATCH", "my-hours/{hours}/", {"minutes": 1}, "hours.own"),
    ("DELETE", "my-hours/{hours}/", {}, "hours.own"),
    ("GET", "assets/", {}, "assets.read"),
    ("GET", "assets/{asset}/", {}, "assets.read"),
    ("GET", "assets/{asset}/whole/", {}, "assets.read"),
    ("GET", "assets/{asset}/proceeds/", {}, "assets.read"),
    ("POST", "assets/", {}, "assets.change"),
    ("POST", "assets/from-line/", {}, "assets.change"),
    ("POST", "assets/{asset}/additions/", {}, "assets.change"),
    ("PATCH", "assets/{asset}/", {"name": "x"}, "assets.change"),
    ("DELETE", "assets/{asset}/", {}, "assets.change"),
    ("POST", "asset-imports/", None, "assets.change"),
    ("POST", "assets/{asset}/revalue/", {}, "assets.post"),
    ("POST", "assets/{asset}/transfer/", {}, "assets.post"),
    ("POST", "assets/{asset}/dispose/", {}, "assets.post"),
    ("POST", "assets/{asset}/sell/", {}, "assets.post"),
    ("POST", "assets/{asset}/undo/", {}, "assets.post"),
    ("GET", "asset-vouchers/", {}, "assets.read"),
    ("GET", "asset-vouchers/{asset_voucher}/", {}, "assets.read"),
    ("GET", "asset-vouchers/{asset_voucher}/file/", {}, "assets.read"),
    ("GET", "asset-vouchers/{asset_voucher}/picture/", {}, "assets.read"),
    ("POST", "asset-vouchers/", None, "assets.change"),
    ("DELETE", "asset-vouchers/{asset_voucher}/", {}, "assets.change"),
    ("GET", "asset-lines/", {}, "assets.read"),
    ("GET", "asset-categories/", {}, "assets.read"),
    ("GET", "asset-categories/ceilings/", {}, "assets.read"),
    ("GET", "asset-categories/{asset_category}/", {}, "assets.read"),
    ("POST", "asset-categories/", {}, "assets.settings"),
    ("POST", "asset-categories/defaults/", {}, "assets.settings"),
    ("PATCH", "asset-categories/{asset_category}/", {"code": "y"}, "assets.settings"),
    ("POST", "asset-categories/{asset_category}/rules/", {}, "assets.settings"),
    ("DELETE", "asset-categories/{asset_category}/rules/{asset_rule}/", {}, "assets.settings"),
    ("GET", "depreciation-runs/", {}, "assets.read"),
    ("GET", "depreciation-runs/proposal/?until=2026-12-31", {}, "assets.read"),
    ("GET", "depreciation-runs/{depreciation}/", {}, "assets.read"),
    ("GET", "depreciation-runs/{depreciation}/rows/", {}, "assets.read"),
    ("POST", "depreciation-runs/", {}, "assets.post"),
    ("POST", "depreciation-runs/{depreciation}/reverse/", {}, "assets.post"),
    ("GET", "assets-table/?since=2026-01-01&until=2026-12-31", {}, "assets.read"),
    ("GET", "my-expenses/", {}, "expenses.own"),
    ("GET", "my-expenses/kinds/", {}, "expenses.own"),
    ("GET", "my-expenses/{claim}/", {}, "expenses.own"),
    ("POST", "my-expenses/", {}, "expenses.own"),
    ("PUT", "my-expenses/{claim}/", {"title": "x", "lines": []}, "expenses.own"),
    ("DELETE", "my-expenses/{claim}/", {}, "expenses.own"),
    ("POST", "my-expenses/{claim}/lines/1/receipt/", None, "expenses.own"),
    ("GET", "expense-claims/", {}, "expenses.read"),
    ("GET", "expense-claims/{claim}/", {}, "expenses.read"),
    ("POST", "expense-claims/{claim}/reject/", {}, "expenses.approve"),
    ("POST", "expense-claims/{claim}/book/", {}, "expenses.post"),
    ("POST", "expense-claims/{claim}/pay-with-wage/", {}, "expenses.post"),
    ("GET", "expense-kinds/", {}, "expenses.read"),
    ("GET", "expense-kinds/{expense}/", {}, "expenses.read"),
    ("POST", "expense-kinds/", {}, "expenses.settings"),
    ("PATCH", "expense-kinds/{expense}/", {"code": "y"}, "expenses.settings"),
    ("DELETE", "expense-kinds/{expense}/", {}, "expenses.settings"),
    ("GET", "expense-rates/", {}, "expenses.read"),
    ("GET", "expense-rates/{expense_rate}/", {}, "expenses.read"),
    ("POST", "expense-rates/", {}, "expenses.settings"),
    ("DELETE", "expense-rates/{expense_rate}/", {}, "expenses.settings"),
]  # fmt: skip


@pytest.fixture
def company(db):
    """A company that uses everything."""
    return make.company(modules=Module.values)


@pytest.fixture
def books(api, company):
    return one_of_everything(api, company)


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
        "hours": _hours(company, by),
        "claim": _claim(company, by),
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
        "export": _export(company, by),
        "token": api.post("app-tokens/", {"name": "x", "scopes": ["vat.read"], "days": 9}).json()["id"],
        "consent": api.post("support-consents/", {"reason": "x", "hours": 1}).json()["id"],
    }  # fmt: skip


def _export(company, by):
    job = orders.begin(company=company, passphrase="sechzehn Zeichen und mehr", by=by)
    return orders.of_job(company, job.pk).pk


def _hours(company, by):
    row = TypedHours("1", dt.date(2026, 1, 1), 60)
    return save_hours(company=company, user=by, rows=[row], by=by)[0].pk


def _favourite(company, user):
    return keep(access_to(company.pk, user=user), name="x", address="favourites/").pk


def _claim(company, by):
    return save_claim(company=company, user=by, title="x", lines=[], by=by).pk


#: What of payroll answers with wages, or is learned from its answer.
SEEING = (
    "payroll/tax-settlements/",
    "wage-delivery/",
    "payroll/years/2026/people/",
    "payroll/net-to-gross/",
)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def call(client, start, method, path, body, **headers):
    kind = "application/json" if body is not None else MULTIPART_CONTENT
    content = json.dumps(body) if body is not None else f"--{BOUNDARY}--\r\n"
    return client.generic(method, start + path, content, content_type=kind, **headers)


#: Where one's own are found, and by nobody else.
OWN = ("my-", "favourites/")


def everything(api):
    return {path: api.get(path).json() for path in LISTS}


def test_each_endpoint_takes_its_one_right_and_no_other(api, company, books):
    # No request below is complete: who may pass is told what is missing, and writes nothing.
    others = {
        right: signed_in(
            make.user(company=company, granted=[p for p in Permission.values if p != right])
        )
        for right in {row[3] for row in ENDPOINTS}
    }
    # The draft in the books is the owner's: whoever is to reach it has the right to those of others.
    users = {
        right: make.user(company=company, granted=[right, "ledger.draft_all"]) for right in others
    }
    ones = {right: signed_in(user) for right, user in users.items()}
    # Own fields are settings of the company, and each kind of record has its own right on top.
    of_fields = signed_in(make.user(company=company, granted=["company.read", "contacts.settings"]))
    # Acts that answer with wages, or say where they go, ask for the right to see them beside their own.
    seeing = {
        right: signed_in(make.user(company=company, granted=[right, "payroll.read"]))
        for right in ("payroll.post", "payroll.people", "payroll.capture")
    }
    # One's own are found by nobody else.
    own = {
        "hours": _hours(company, users["hours.own"]),
        "claim": _claim(company, users["expenses.own"]),
        "favourite": _favourite(company, users["company.read"]),
    }
    before = everything(api)
    for method, path, body, right in of_today(ENDPOINTS):
        place = path.format(**books)
        told = (method, path, right)
        refused = call(others[right], api.start, method, place, body, HTTP_IF_MATCH="*",
                       HTTP_IDEMPOTENCY_KEY=new_key())  # fmt: skip
        assert refused.status_code == 403, told
        problem(refused, 403, "permission_denied")
        one = of_fields if path.startswith("own-fields/") else ones[right]
        if path.startswith(SEEING):
            one = seeing.get(right, one)
        place = path.format(**books | own) if path.startswith(OWN) else place
        passed = call(one, api.start, method, place, body, HTTP_IF_MATCH='"0"')
        expected = {"GET": {200}, "POST": {400}}.get(method, {412})
        if path == "year-end/{year}/appropriation/" and method == "GET":
            expected = {409}  # the year is open
        assert passed.status_code in expected, (told, passed.status_code, passed.content[:300])
    assert everything(api) == before


def test_from_outside_nothing_is_there(api, company, books):
    """AUZ-2: whatever the method, as if the company did not exist."""
    before = everything(api)
    stranger = signed_in(make.owner_of(make.company()))
    for method, path, body, _right in of_today(ENDPOINTS):
        place = path.format(**books)
        answers = [
            problem(call(stranger, start, method, place, body, HTTP_IF_MATCH="*",
                         HTTP_IDEMPOTENCY_KEY=new_key()), 404)
            for start in (api.start, "/api/v1/companies/987654/")
        ]  # fmt: skip
        for answer in answers:
            del answer["request_id"]
        assert answers[0] == answers[1], (method, path)
    open_companies([company.pk])
    assert everything(api) == before


def test_what_is_not_there_is_missing_whatever_is_asked_of_it(api, anna, books):
    client = signed_in(anna)
    for method, path, body, _right in of_today(ENDPOINTS):
        if "{" in path:
            nowhere = path.format(**dict.fromkeys(books, 999999999))
            answer = call(client, api.start, method, nowhere, body, HTTP_IF_MATCH="*",
                          HTTP_IDEMPOTENCY_KEY=new_key())  # fmt: skip
            assert answer.status_code == 404, (method, path, answer.status_code)


def test_a_change_of_anything_says_what_was_read(api, anna, books):
    """API-2: a missing If-Match is 428, a stale one 412, on every PUT, PATCH and DELETE."""
    tried, client = set(), signed_in(anna)
    for method, path, body, _right in ENDPOINTS:
        if method in {"PUT", "PATCH", "DELETE"}:
            place = path.format(**books)
            problem(call(client, api.start, method, place, body), 428)
            problem(call(client, api.start, method, place, body, HTTP_IF_MATCH='"0"'), 412)
            tried.add((resolve(api.start + place).url_name, method.lower()))
    offered = {
        (pattern.name, method) for _prefix, pattern in flat(endpoints)
        for method in set(pattern.callback.actions) & {"put", "patch", "delete"}
    }  # fmt: skip
    assert tried == offered - BY_OFFSET


def test_of_changes_sent_at_once_one_is_made_and_the_others_read_again(committed_db):
    with transaction.atomic():
        company = make.company()
        anna = make.owner_of(company)
    clients = [Api(company, anna) for _ in range(4)]
    path = f"cost-centres/{_unit(clients[0])}/"
    _told, version = clients[0].read(path)
    answers, barrier = [], threading.Barrier(4)

    def send(nth):
        barrier.wait(10)
        answers.append(clients[nth].patch(path, {"name_de": f"Nr. {nth}"}, **version))
        connection.close()

    threads = [threading.Thread(target=send, args=[nth]) for nth in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status_code for a in answers) == [200, 412, 412, 412]
    (made,) = (a.json()["name_de"] for a in answers if a.status_code == 200)
    with operating(str(company.pk)):
        assert CostCentre.of(company).get().name_de == made


def _unit(api):
    return api.post("cost-centres/", {"number": "1", "name_de": "x"}).json()["id"]
