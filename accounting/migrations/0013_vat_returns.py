"""The tax of net rates has an account, returns post by themselves, and VAT lines are found by their day."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0012_payables"),
        ("erp", "0016_own_fields"),
        ("vat", "0003_rate_method"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="account",
            name="purpose",
            field=models.CharField(
                blank=True,
                choices=[
                    ("receivables", "Receivables"),
                    ("payables", "Payables"),
                    ("receivables_foreign", "Receivables in foreign currencies"),
                    ("payables_foreign", "Payables in foreign currencies"),
                    ("input_tax_material", "Input tax on material and services"),
                    ("input_tax_investment", "Input tax on investments and other costs"),
                    ("output_tax", "VAT due"),
                    ("acquisition_tax", "Acquisition tax due"),
                    ("vat_settlement", "VAT settlement"),
                    ("net_tax", "VAT at net and flat rates"),
                    ("suspense", "Suspense"),
                    ("transfer", "Transfers in transit"),
                    ("rounding_expense", "Rounding differences, expense"),
                    ("rounding_income", "Rounding differences, income"),
                    ("currency_loss", "Currency losses"),
                    ("currency_gain", "Currency gains"),
                    ("result_of_year", "Result of the year"),
                    ("retained_earnings", "Result carried forward"),
                    ("opening", "Opening balance sheet"),
                    ("profit_and_loss", "Income statement"),
                    ("sales_discounts", "Discounts given"),
                    ("purchase_discounts", "Discounts received"),
                    ("bad_debts", "Bad debts"),
                    ("deposits_received", "Prepayments received"),
                    ("deposits_paid", "Prepayments to suppliers"),
                    ("prepaid_expenses", "Prepaid expenses"),
                    ("bank_charges", "Bank charges"),
                    ("dunning_fees", "Dunning fees"),
                    ("cash_differences", "Cash differences"),
                    ("wages_clearing", "Wages clearing"),
                ],
                max_length=24,
                verbose_name="purpose",
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="source",
            field=models.CharField(
                choices=[
                    ("manual", "typed"),
                    ("import", "journal import"),
                    ("bank", "bank statement"),
                    ("recurring", "recurring entry"),
                    ("items", "open items"),
                    ("cash", "cash book"),
                    ("vat", "VAT return"),
                    ("payroll", "payroll run"),
                ],
                default="manual",
                max_length=9,
                verbose_name="source",
            ),
        ),
        migrations.AddIndex(
            model_name="entryline",
            index=models.Index(
                condition=models.Q(("vat_code__isnull", False)),
                fields=["company", "date"],
                include=(
                    "entry",
                    "account",
                    "vat_code",
                    "vat_part",
                    "vat_rate",
                    "vat_base",
                    "supply_date",
                    "debit",
                    "credit",
                ),
                name="line_with_vat",
            ),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["company", "date"], name="settlement_by_date"),
        ),
    ]
