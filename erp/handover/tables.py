"""What goes along when a company is handed over, table by table, and what stays, with its reason."""

from __future__ import annotations

from typing import Final

#: Tables whose rows a company takes along. Their keys begin with the company, so that ids stay.
TAKEN: Final = (
    "accounting_account", "accounting_accountgroup", "accounting_accounttotal",
    "accounting_accrualpart", "accounting_annualnote", "accounting_appropriation",
    "accounting_approvalrule", "accounting_asset", "accounting_assetcategory",
    "accounting_assetmovement", "accounting_assetrule", "accounting_assetvoucher",
    "accounting_bankaccount",
    "accounting_bankrule", "accounting_banktransaction", "accounting_budget",
    "accounting_budgetamount", "accounting_cashbook", "accounting_cashcount",
    "accounting_checknote", "accounting_costcentre", "accounting_costobject",
    "accounting_customerdunning", "accounting_customerterms", "accounting_depreciationrun",
    "accounting_documentline", "accounting_documenttext", "accounting_dunningfee",
    "accounting_dunninglevel", "accounting_dunningnotice", "accounting_dunningnoticeitem",
    "accounting_dunningprocedure", "accounting_dunningrun", "accounting_dunningtext",
    "accounting_entryline", "accounting_entrytemplate", "accounting_entryvoucher",
    "accounting_fiscalyear", "accounting_hourentry", "accounting_hourrate",
    "accounting_inboxdocument", "accounting_itemstop", "accounting_journalentry",
    "accounting_ledgerhead", "accounting_numbercount", "accounting_numberrange",
    "accounting_numberseries", "accounting_openitem", "accounting_payeeaccount",
    "accounting_paymentinstruction", "accounting_paymentreport", "accounting_paymentrun",
    "accounting_paymentsettings", "accounting_paymentterms", "accounting_period",
    "accounting_plannedpayment", "accounting_proceduretext", "accounting_product", "accounting_project",
    "accounting_recurringinvoice", "accounting_recurringsupplierinvoice", "accounting_residuelimit",
    "accounting_runitem", "accounting_runpayment", "accounting_salesdocument",
    "accounting_salessettings", "accounting_settlement", "accounting_statement",
    "accounting_supplierinvoice", "accounting_supplierinvoiceline", "accounting_supplierterms",
    "accounting_valuationposition", "accounting_valuationrule", "accounting_valuationrun",
    "accounting_visa", "accounting_yearaccrual", "accounting_yearclosing", "contacts_activity",
    "contacts_communication", "contacts_contact", "contacts_contactaddress",
    "contacts_contactbankaccount", "contacts_contactfile", "contacts_contactgroup",
    "contacts_contactkey", "contacts_contactmembership", "contacts_contactperson",
    "erp_accesslogentry", "erp_auditevent", "erp_audithead", "erp_layout", "erp_mailfile",
    "erp_mailtemplate", "erp_membership", "erp_outgoingmail", "erp_ownfield", "erp_role", "erp_storedfile",
    "payroll_certificatenotes", "payroll_declarationsettings", "payroll_delivery",
    "payroll_deliverysettings", "payroll_deliveryterms", "payroll_employee", "payroll_employeefile",
    "payroll_employment", "payroll_expenseclaim", "payroll_expensekind", "payroll_expenseline",
    "payroll_expenserate", "payroll_fact", "payroll_institution", "payroll_issuedcertificate",
    "payroll_leaveentry", "payroll_monthlymovement", "payroll_ownfigure", "payroll_payrollrun",
    "payroll_payrollsettings", "payroll_payslip", "payroll_settledrun", "payroll_solution",
    "payroll_solutionrate", "payroll_taxsettlement", "payroll_wageorder", "payroll_wagetype",
    "vat_activityaccount", "vat_taxoffice", "vat_vatactivity", "vat_vatcode", "vat_vatinstalment",
    "vat_vatreturn", "vat_vatsettings",
)  # fmt: skip

_ACCESS: Final = "access to the former installation"
_FIRM: Final = "of a fiduciary's firm in the former installation"
_MACHINERY: Final = "machinery of the former installation, made anew where it is needed"

#: Tables whose rows stay, by reason; a file says so.
LEFT_OUT: Final[dict[str, str]] = {
    "erp_approvaldigest": "mails that the former installation wrote to its people",
    "erp_apptoken": _ACCESS,
    "erp_change": _MACHINERY,
    "erp_changefloor": _MACHINERY,
    "erp_checklistitem": _FIRM,
    "erp_companyexport": _MACHINERY,
    "erp_delivery": "messages to programs that listen to the former installation",
    "erp_favourite": "pages that people kept at hand in the former installation",
    "erp_firmbatchpart": _FIRM,
    "erp_idempotencyrecord": _MACHINERY,
    "erp_invitation": _ACCESS,
    "erp_job": _MACHINERY,
    "erp_jobline": _MACHINERY,
    "erp_leakfinding": "what was found of sign-ins to the former installation",
    "erp_maildomain": "what was found of sign-ins to the former installation",
    "erp_mandate": _ACCESS,
    "erp_mandatefigures": _FIRM,
    "erp_mandatesetting": _FIRM,
    "erp_mandatetime": _FIRM,
    "erp_question": "talk with a fiduciary's firm, which is not of the company alone",
    "erp_questionmessage": "talk with a fiduciary's firm, which is not of the company alone",
    "erp_recoveryapproval": _ACCESS,
    "erp_searchhead": _MACHINERY,
    "erp_searchword": _MACHINERY,
    "erp_supportconsent": _ACCESS,
    "erp_upload": _MACHINERY,
    "erp_webhook": "programs that listen to the former installation, and their secrets",
    "payroll_employeeupload": "a file that waits to be imported, and its job",
}

#: Columns that are written otherwise than they are stored, as SQL of the row ``t``, and why.
CHANGED: Final[dict[tuple[str, str], tuple[str, str]]] = {
    ("payroll_deliveryterms", "invitation"): (
        "NULL::bigint", "invitations stay with the former installation",
    ),
    ("erp_outgoingmail", "state"): (
        "CASE WHEN t.state IN ('queued', 'sending') THEN 'cancelled' ELSE t.state END",
        "a mail that still waits is sent by the former installation alone",
    ),
    ("erp_outgoingmail", "lease"): ("''::text", "held by nobody"),
    ("erp_outgoingmail", "lease_until"): ("NULL::timestamptz", "held by nobody"),
}  # fmt: skip

#: The columns that are in no row of a file: the company is the file's, and seals are made anew.
IMPLIED: Final = ("company_id", "seal_id")

#: Columns of the company itself that an installation gives: its number, and how its seals call it and people.
OWN_TO_INSTALLATION: Final = ("id", "sealed_as", "people_above")
