"""Personal data at rest: unreadable in the database, bound to its row, sealed anew under other keys."""

from __future__ import annotations

import datetime as dt
import secrets

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import override_settings

from contacts.models import Contact
from erp.core import clock, vault
from erp.core.tenancy import open_companies
from payroll.employees.facts import Personal
from payroll.employees.models import Employee
from payroll.wages.kinds import Sex
from tests import make

pytestmark = pytest.mark.django_db

AHV = "756.9217.0769.85"


def employee(company, number="1"):
    contact = Contact.unscoped.create(
        company=company, number=900 + int(number), kind="person", name="Anna Muster",
        sort_name="muster anna", created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    return Employee.unscoped.create(
        company=company, number=number, contact=contact, created_at=clock.now(),
        personal=Personal(birth_date=dt.date(1986, 3, 1), sex=Sex.FEMALE, ahv_number=AHV),
    )  # fmt: skip


def at_rest(row):
    with connection.cursor() as cursor:
        cursor.execute("SELECT personal FROM payroll_employee WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


def test_the_database_holds_nothing_that_can_be_read():
    row = employee(make.company())
    text = at_rest(row)
    assert AHV not in text
    assert "1986" not in text
    assert Employee.of(row.company).get().personal == row.personal


def test_what_was_moved_to_another_row_does_not_open():
    company = make.company()
    anna, beat = employee(company, "1"), employee(company, "2")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payroll_employee SET personal = %s WHERE id = %s",
                       [at_rest(anna), beat.pk])  # fmt: skip
    with pytest.raises(vault.CannotOpen):
        _ = Employee.of(company).get(pk=beat.pk).personal


def test_what_is_not_looked_at_is_not_opened():
    company = make.company()
    row = employee(company)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payroll_employee SET personal = 'x' WHERE id = %s", [row.pk])
    found = Employee.of(company).get()
    found.number = "7"
    found.save()
    assert Employee.of(company).values_list("number", flat=True).get() == "7"
    assert at_rest(row) == "x"


def test_nothing_readable_gets_in_by_an_update():
    company = make.company()
    row = employee(company)
    with pytest.raises(TypeError, match="sealed row by row"):
        Employee.of(company).update(personal=row.personal)


def test_rows_are_sealed_anew_under_the_first_key():
    company = make.company()
    row, stuck = employee(company, "1"), employee(company, "2")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payroll_employee SET personal = 'old:AAAA' WHERE id = %s", [stuck.pk]
        )
    from django.conf import settings

    fresh = [("new", secrets.token_bytes(32))]
    with (
        override_settings(FIELD_KEYS=[*fresh, *settings.FIELD_KEYS]),
        pytest.raises(CommandError, match=rf"payroll_employee: {stuck.pk}\."),
    ):
        call_command("rotate_secrets", verbosity=0)
    open_companies([company.pk])
    with override_settings(FIELD_KEYS=fresh):
        assert Employee.of(company).get(pk=row.pk).personal == row.personal
