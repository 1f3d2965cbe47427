"""Fence payroll's tables. What freezes a posted run comes with the runs."""

from django.db import migrations

from erp.core.tenancy import protect


def _to(table, *keys):
    return [
        (f"{key}_id", other, f"{table.removeprefix('payroll_')}_{key}_of_same_client")
        for key, other in keys
    ]


ACCOUNT = "accounting_account"
EMPLOYEE = "payroll_employee"
BORDERS = {
    "payroll_payrollsettings": [],
    "payroll_ownfigure": [],
    "payroll_institution": [
        ("contact", "contacts_contact"), ("liability", ACCOUNT), ("expense", ACCOUNT)
    ],
    "payroll_solution": [("institution", "payroll_institution")],
    "payroll_solutionrate": [("solution", "payroll_solution")],
    "payroll_wagetype": [("account", ACCOUNT)],
    "payroll_employee": [("contact", "contacts_contact")],
    "payroll_employment": [("employee", EMPLOYEE)],
    "payroll_fact": [("employee", EMPLOYEE)],
    "payroll_employeefile": [("employee", EMPLOYEE)],
    "payroll_leaveentry": [("employee", EMPLOYEE)],
    "payroll_payrollrun": [
        ("corrects", "payroll_payrollrun"), ("entry", "accounting_journalentry"),
        ("bank_account", "accounting_bankaccount"),
    ],
    "payroll_monthlymovement": [("employee", EMPLOYEE)],
    "payroll_payslip": [("run", "payroll_payrollrun"), ("employee", EMPLOYEE)],
}  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("payroll", "0001_initial"),
        ("accounting", "0013_vat_returns"),
        ("contacts", "0002_client_borders"),
        ("erp", "0016_own_fields"),
    ]

    operations = [protect(table, references=_to(table, *keys)) for table, keys in BORDERS.items()]
