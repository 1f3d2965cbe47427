"""Keys of clients' rows begin with the client: an id may be taken again by another client."""

from django.db import migrations

from erp.core.tenancy import Unsaid, key_by_company

TABLES = [
    "accounting_account", "accounting_accountgroup", "accounting_accounttotal",
    "accounting_accrualpart", "accounting_approvalrule", "accounting_bankaccount",
    "accounting_bankrule", "accounting_banktransaction", "accounting_budget",
    "accounting_budgetamount", "accounting_cashbook", "accounting_cashcount",
    "accounting_costcentre", "accounting_costobject", "accounting_customerdunning",
    "accounting_customerterms", "accounting_documentline", "accounting_documenttext",
    "accounting_dunningfee", "accounting_dunninglevel", "accounting_dunningnotice",
    "accounting_dunningnoticeitem", "accounting_dunningprocedure", "accounting_dunningrun",
    "accounting_dunningtext", "accounting_entryline", "accounting_entrytemplate",
    "accounting_entryvoucher", "accounting_fiscalyear", "accounting_hourentry",
    "accounting_hourrate", "accounting_inboxdocument", "accounting_itemstop",
    "accounting_journalentry", "accounting_ledgerhead", "accounting_numbercount",
    "accounting_numberrange", "accounting_numberseries", "accounting_openitem",
    "accounting_payeeaccount", "accounting_paymentinstruction", "accounting_paymentreport",
    "accounting_paymentrun", "accounting_paymentsettings", "accounting_paymentterms",
    "accounting_period", "accounting_plannedpayment", "accounting_product", "accounting_project",
    "accounting_recurringinvoice", "accounting_recurringsupplierinvoice",
    "accounting_residuelimit", "accounting_runitem", "accounting_runpayment",
    "accounting_salesdocument", "accounting_salessettings", "accounting_settlement",
    "accounting_statement", "accounting_supplierinvoice", "accounting_supplierinvoiceline",
    "accounting_supplierterms", "accounting_visa",
]  # fmt: skip
#: Constraints that said the same as the key does now, by model.
SAID_TWICE = [
    ("account", "account_of_company"), ("accrualpart", "accrual_part_of_company"),
    ("approvalrule", "approval_rule_of_company"), ("bankaccount", "bank_account_of_company"),
    ("bankrule", "bank_rule_of_company"), ("budget", "budget_of_company"),
    ("cashbook", "cash_book_of_company"), ("cashcount", "cash_count_of_company"),
    ("costcentre", "cost_centre_of_company"), ("costobject", "cost_object_of_company"),
    ("customerdunning", "customer_dunning_of_company"),
    ("customerterms", "customer_terms_of_company"), ("documentline", "document_line_of_company"),
    ("dunninglevel", "dunning_level_of_company"), ("dunningnotice", "dunning_notice_of_company"),
    ("dunningprocedure", "dunning_procedure_of_company"), ("dunningrun", "dunning_run_of_company"),
    ("fiscalyear", "fiscal_year_of_company"), ("hourentry", "hour_entry_of_company"),
    ("hourrate", "hour_rate_of_company"), ("inboxdocument", "inbox_of_company"),
    ("itemstop", "item_stop_of_company"), ("journalentry", "entry_of_company"),
    ("openitem", "open_item_of_company"), ("payeeaccount", "payee_account_of_company"),
    ("paymentinstruction", "instruction_of_company"), ("paymentrun", "payment_run_of_company"),
    ("paymentsettings", "payment_settings_of_company"),
    ("paymentterms", "payment_terms_of_company"), ("plannedpayment", "planned_payment_of_company"),
    ("product", "product_of_company"), ("project", "project_of_company"),
    ("recurringinvoice", "recurring_invoice_of_company"),
    ("recurringsupplierinvoice", "recurring_supplier_of_company"),
    ("residuelimit", "residue_limit_of_company"), ("runpayment", "run_payment_of_company"),
    ("salesdocument", "sales_document_of_company"), ("settlement", "settlement_of_company"),
    ("statement", "statement_of_company"), ("supplierinvoice", "supplier_invoice_of_company"),
    ("supplierinvoiceline", "supplier_line_of_company"),
    ("supplierterms", "supplier_terms_of_company"), ("visa", "visa_of_company"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounting", "0015_hours")]

    operations = [
        key_by_company(*TABLES),
        Unsaid(SAID_TWICE),
    ]
