"""Table of contents: the tables of payroll's rooms."""

from payroll.declarations.models import (
    CertificateNotes,
    DeclarationSettings,
    IssuedCertificate,
)
from payroll.delivery.models import Delivery, DeliverySettings, DeliveryTerms
from payroll.employees.models import (
    Employee,
    EmployeeFile,
    EmployeeUpload,
    Employment,
    Fact,
    LeaveEntry,
)
from payroll.expenses.models import ExpenseClaim, ExpenseKind, ExpenseLine, ExpenseRate
from payroll.rates.models import OwnFigure
from payroll.runs.models import MonthlyMovement, PayrollRun, Payslip, WageOrder
from payroll.settlements.models import SettledRun, TaxSettlement
from payroll.setup.models import (
    Institution,
    PayrollSettings,
    Solution,
    SolutionRate,
)
from payroll.wage_types.models import WageType

__all__ = [
    "CertificateNotes",
    "DeclarationSettings",
    "Delivery",
    "DeliverySettings",
    "DeliveryTerms",
    "Employee",
    "EmployeeFile",
    "EmployeeUpload",
    "Employment",
    "ExpenseClaim",
    "ExpenseKind",
    "ExpenseLine",
    "ExpenseRate",
    "Fact",
    "Institution",
    "IssuedCertificate",
    "LeaveEntry",
    "MonthlyMovement",
    "OwnFigure",
    "PayrollRun",
    "PayrollSettings",
    "Payslip",
    "SettledRun",
    "Solution",
    "SolutionRate",
    "TaxSettlement",
    "WageOrder",
    "WageType",
]
