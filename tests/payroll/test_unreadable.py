"""Whoever holds a dump of the database reads nothing about anybody's wage, family, health or account."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from erp.audit.models import AuditEvent
from erp.core.sealed import sealed_fields
from payroll.declarations.models import CertificateNotes, IssuedCertificate
from payroll.employees.models import Employee
from tests.payroll import tables
from tests.payroll.runs import books
from tests.payroll.whole import PASSWORD, SECRETS, opened, whole

pytestmark = pytest.mark.django_db
#: Columns of payroll that hold texts a person may type about somebody, and why they lie open.
OPEN = {
    ("payroll_employee", "own_values"): "searched; whoever adds a field is told",
    ("payroll_payrollrun", "reason"): "of a run, no person",
    ("payroll_taxsettlement", "reason"): "of a settlement, no person",
    ("payroll_taxsettlement", "reference"): "of the tax office's payment slip",
    ("payroll_employment", "function"): "stands in the list of people",
}


@pytest.fixture
def company():
    with time_machine.travel(dt.datetime(2026, 1, 20, 9), tick=True):
        made = books.company()
        whole(made)
        yield made


def test_a_dump_tells_nothing_of_anybody(company):
    there, dump = opened(company), tables.everything()
    numbers = [
        books.ahv(7),
        books.ahv(8),
        books.ahv(77),
        books.ahv(78),
        "CH9300762011623852957",
        books.iban(8),
    ]
    for secret in [*SECRETS, *numbers, *(one.replace(".", "") for one in numbers[:4])]:
        assert secret not in dump, secret
    for secret in (
        "7123.45",
        "1234.55",
        "8321.65",
        "Knieoperation",
        "Burnout",
        "Zwillingskind",
        "4214.50",
        PASSWORD,
        *numbers,
    ):
        assert secret in there, secret  # it was looked for in the right place
    for slip in re.findall(r'"(?:net|payout|gross)":"([0-9.]+)"', there):
        assert float(slip) == 0 or f"{slip}" not in dump, slip


def test_each_table_of_payroll_has_rows_that_were_looked_through(company):
    """What stands in no table of its own is filled by hand, or holds no person."""
    empty = {
        model._meta.db_table for model in apps.get_app_config("payroll").get_models()
        if not model._default_manager.filter(company=company).exists()
    }  # fmt: skip
    assert empty <= {
        "payroll_declarationsettings", "payroll_ownfigure", "payroll_ownfamilyallowance",
        "payroll_cantonalcontribution",
        "payroll_expensekind", "payroll_expenserate", "payroll_expenseclaim", "payroll_expenseline",
    }  # fmt: skip
    sealed = {(one.model._meta.db_table, one.column) for one in sealed_fields()}
    with connection.cursor() as cursor:
        for table, column in sealed:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
            held = [text for (text,) in cursor.fetchall()]
            assert held or table.startswith("erp_"), (table, column)
            assert all(re.fullmatch(r"[\w.-]+:[\w+/=-]+", text) for text in held), (table, column)


def test_only_named_columns_hold_open_texts_or_values(company):
    """A new column of payroll that could hold something personal is sealed, or named with its reason."""
    people = {"payroll_employee", "payroll_employment", "payroll_fact", "payroll_employeefile",
              "payroll_leaveentry", "payroll_monthlymovement", "payroll_payslip", "payroll_wageorder",
              "payroll_issuedcertificate", "payroll_certificatenotes", "payroll_payrollrun",
              "payroll_taxsettlement", "payroll_settledrun", "payroll_delivery",
              "payroll_deliveryterms", "payroll_employeeupload"}  # fmt: skip
    plain = {"number", "kind", "key", "media_type", "digest", "paper_digest", "message", "block",
             "status", "waiver", "way", "canton", "how"}  # fmt: skip
    for model in apps.get_app_config("payroll").get_models():
        table = model._meta.db_table
        if table not in people:
            continue
        for field in model._meta.local_concrete_fields:
            kind = type(field).__name__
            if kind in {"CharField", "TextField", "JSONField"} and field.column not in plain:
                assert (table, field.column) in OPEN, (table, field.column)


def test_the_trail_tells_no_kind_of_absence_and_no_title(company):
    told = str(list(AuditEvent.of(company).values_list("details", flat=True)))
    for word in ("sickness", "accident", "Burnout", "Knie", "Dienst", "Abfindung"):
        assert word not in told, word
    assert AuditEvent.of(company).filter(action="leave.book").exists()
    assert CertificateNotes.of(company).get().content.remark == "Abfindung geheim"
    assert IssuedCertificate.of(company).get().content.name
    assert Employee.of(company).count() == 2
