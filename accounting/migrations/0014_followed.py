"""Changes of master data, papers, bills, open items, transactions and payment runs are noted.

Where a paper stands follows from its open items, and an invoice's from its credit notes too.
What bears the name of a contact changes with that name: lists and search show and find it by it.
Entries are not followed: those that are posted have their place in the chain.
"""

from django.db import migrations

from erp.changes.following import follow


def named(table: str, resource: str) -> migrations.RunSQL:
    """Records of contacts change when these are called otherwise, and by nothing else of them."""
    renamed = "SELECT company_id, id FROM {rows} t GROUP BY 1, 2 HAVING count(DISTINCT name) > 1"
    return follow(
        "contacts_contact", resource, kinds=["UPDATE"],
        touches=f"SELECT d.company_id, d.id FROM ({renamed}) c"
                f" JOIN public.{table} d ON d.company_id = c.company_id AND d.contact_id = c.id",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounting", "0013_vat_returns"), ("erp", "0018_changes")]

    operations = [
        follow("accounting_account", "account"),
        follow("accounting_costcentre", "cost_centre"),
        follow("accounting_costobject", "cost_object"),
        follow("accounting_paymentterms", "payment_terms"),
        follow("accounting_product", "product"),
        follow("accounting_salesdocument", "sales_document"),
        follow("accounting_salesdocument", "sales_document", of="follows_id"),
        follow(
            "accounting_openitem", "sales_document",
            touches="SELECT d.company_id, d.id FROM {rows} t JOIN public.accounting_salesdocument d"
                    " ON d.company_id = t.company_id AND d.entry_id = t.entry_id",
        ),
        follow("accounting_openitem", "open_item"),
        follow("accounting_supplierinvoice", "supplier_invoice"),
        follow("accounting_inboxdocument", "inbox_document"),
        follow("accounting_banktransaction", "bank_transaction"),
        follow("accounting_paymentrun", "payment_run"),
        follow("accounting_runpayment", "payment_run", of="run_id"),
        named("accounting_salesdocument", "sales_document"),
        named("accounting_supplierinvoice", "supplier_invoice"),
        named("accounting_openitem", "open_item"),
    ]  # fmt: skip
