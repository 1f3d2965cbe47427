"""Keys of clients' rows begin with the client: an id may be taken again by another client."""

from django.db import migrations

from erp.core.tenancy import Unsaid, key_by_company

TABLES = [
    "payroll_certificatenotes", "payroll_declarationsettings", "payroll_delivery",
    "payroll_deliverysettings", "payroll_deliveryterms", "payroll_employee",
    "payroll_employeefile", "payroll_employment", "payroll_expenseclaim", "payroll_expensekind",
    "payroll_expenseline", "payroll_expenserate", "payroll_fact", "payroll_institution",
    "payroll_issuedcertificate", "payroll_leaveentry", "payroll_monthlymovement",
    "payroll_ownfigure", "payroll_payrollrun", "payroll_payrollsettings", "payroll_payslip",
    "payroll_settledrun", "payroll_solution", "payroll_solutionrate", "payroll_taxsettlement",
    "payroll_wageorder", "payroll_wagetype",
]  # fmt: skip
#: Constraints that said the same as the key does now, by model.
SAID_TWICE = [
    ("employee", "employee_of_company"), ("employment", "employment_of_company"),
    ("expenseclaim", "expense_claim_of_company"), ("expensekind", "expense_kind_of_company"),
    ("expenseline", "expense_line_of_company"), ("expenserate", "expense_rate_of_company"),
    ("institution", "institution_of_company"), ("issuedcertificate", "certificate_of_company"),
    ("payrollrun", "payroll_run_of_company"), ("payslip", "payslip_of_company"),
    ("solution", "solution_of_company"), ("taxsettlement", "tax_settlement_of_company"),
    ("wageorder", "wage_order_of_company"), ("wagetype", "wage_type_of_company"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("payroll", "0017_expenses")]

    operations = [
        key_by_company(*TABLES),
        Unsaid(SAID_TWICE),
    ]
