"""What bank transactions were matched with, and an account for what banks take off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounting", "0004_receivables")]

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
                    ("bank_charges", "Bank charges"),
                    ("wages_clearing", "Wages clearing"),
                ],
                max_length=24,
                verbose_name="purpose",
            ),
        ),
        migrations.AddField(
            model_name="banktransaction",
            name="matched",
            field=models.JSONField(default=dict, verbose_name="matched"),
        ),
        migrations.AddField(
            model_name="banktransaction",
            name="by_hand",
            field=models.BooleanField(default=False, verbose_name="booked by hand only"),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("entry__isnull", False)),
                fields=["company", "entry"],
                name="bank_transaction_of_entry",
            ),
        ),
    ]
