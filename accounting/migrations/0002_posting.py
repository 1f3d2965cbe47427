"""Fence the ledger, and let the database keep its promises."""

from pathlib import Path

from django.db import migrations

from erp.core.tenancy import protect

READ_WRITE = ("SELECT", "INSERT", "UPDATE", "DELETE")
NEVER_DELETED = ("SELECT", "INSERT", "UPDATE")


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0001_initial"),
        ("erp", "0002_client_borders"),
        ("vat", "0002_client_borders"),
    ]

    operations = [
        protect("accounting_accountgroup"),
        protect("accounting_costcentre"),
        protect("accounting_costobject"),
        protect(
            "accounting_account",
            references=[("vat_code_id", "vat_vatcode", "account_vat_code_of_same_client")],
        ),
        protect("accounting_fiscalyear"),
        protect(
            "accounting_period",
            references=[("fiscal_year_id", "accounting_fiscalyear", "period_year_of_same_client")],
        ),
        protect(
            "accounting_journalentry",
            grants=READ_WRITE,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "entry_year_of_same_client"),
                ("reverses_id", "accounting_journalentry", "entry_reverses_same_client"),
            ],
        ),
        protect(
            "accounting_entryline",
            grants=READ_WRITE,
            references=[
                ("account_id", "accounting_account", "line_account_of_same_client"),
                ("cost_centre_id", "accounting_costcentre", "line_centre_of_same_client"),
                ("cost_object_id", "accounting_costobject", "line_object_of_same_client"),
                ("vat_code_id", "vat_vatcode", "line_vat_code_of_same_client"),
            ],
        ),
        migrations.RunSQL(
            # A line has its entry's date, by the database's word.
            "ALTER TABLE accounting_entryline ADD CONSTRAINT line_entry_of_same_client"
            " FOREIGN KEY (company_id, entry_id, date)"
            " REFERENCES accounting_journalentry (company_id, id, date)",
            migrations.RunSQL.noop,
        ),
        protect(
            "accounting_entryvoucher",
            grants=READ_WRITE,
            references=[
                ("entry_id", "accounting_journalentry", "voucher_entry_of_same_client"),
                ("file_id", "erp_storedfile", "voucher_file_of_same_client"),
            ],
        ),
        protect(
            "accounting_accounttotal",
            grants=NEVER_DELETED,
            references=[
                ("fiscal_year_id", "accounting_fiscalyear", "total_year_of_same_client"),
                ("account_id", "accounting_account", "total_account_of_same_client"),
                ("cost_centre_id", "accounting_costcentre", "total_centre_of_same_client"),
            ],
        ),
        protect(
            "accounting_numberseries",
            grants=NEVER_DELETED,
            references=[("fiscal_year_id", "accounting_fiscalyear", "series_year_of_same_client")],
        ),
        protect("accounting_ledgerhead", grants=NEVER_DELETED),
        protect("accounting_entrytemplate"),
        protect(
            "accounting_bankaccount",
            references=[("account_id", "accounting_account", "bank_account_of_same_client")],
        ),
        protect(
            "accounting_statement",
            grants=("SELECT", "INSERT"),
            references=[("bank_account_id", "accounting_bankaccount", "statement_of_same_client")],
        ),
        protect(
            "accounting_banktransaction",
            grants=NEVER_DELETED,
            references=[
                ("bank_account_id", "accounting_bankaccount", "transaction_bank_of_same_client"),
                ("statement_id", "accounting_statement", "transaction_of_same_client"),
                ("entry_id", "accounting_journalentry", "transaction_entry_of_same_client"),
            ],
        ),
        protect(
            "accounting_budget",
            references=[("fiscal_year_id", "accounting_fiscalyear", "budget_year_of_same_client")],
        ),
        protect(
            "accounting_budgetamount",
            references=[
                ("budget_id", "accounting_budget", "budget_amount_of_same_client"),
                ("account_id", "accounting_account", "budget_account_of_same_client"),
                ("cost_centre_id", "accounting_costcentre", "budget_centre_of_same_client"),
            ],
        ),
        migrations.RunSQL(
            [
                "GRANT USAGE ON SEQUENCE accounting_journalentry_id_seq TO rappen_app",
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
