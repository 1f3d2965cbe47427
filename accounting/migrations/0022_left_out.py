"""A valuation tells what it leaves out; reserves that the law does not count are known by their purpose."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounting", "0021_assets")]

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
                    ("currency_deferred", "Unrealised currency gains, deferred"),
                    ("receivables_valuation", "Valuation of receivables in foreign currencies"),
                    ("payables_valuation", "Valuation of payables in foreign currencies"),
                    ("result_of_year", "Result of the year"),
                    ("retained_earnings", "Result carried forward"),
                    ("own_shares_reserve", "Reserve for own shares in the group"),
                    ("revaluation_reserve", "Reserve from revaluations"),
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
        migrations.AddField(
            "account",
            "valuation",
            models.CharField(
                blank=True, max_length=10, verbose_name="rate of valuation",
                choices=[("closing", "the rate of the day"), ("historical", "the rate it was booked at")],
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "valuationrun", "left_out", models.JSONField(default=list, verbose_name="not valued")
        ),
        migrations.AddIndex(
            "entryline",
            models.Index(
                fields=["company", "account"], name="line_in_currency", condition=~Q(currency="")
            ),
        ),
    ]  # fmt: skip
