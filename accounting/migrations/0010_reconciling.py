"""Rules for bank transactions, what earlier bookings are found by, and whether certain matches book themselves."""

from pathlib import Path

import django.db.models.constraints
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0009_inbox"),
        ("erp", "0016_own_fields"),
        ("vat", "0003_rate_method"),
    ]

    operations = [
        migrations.RunSQL(
            Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"), migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name="BankRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("position", models.PositiveIntegerField(verbose_name="order")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("books", models.BooleanField(default=False, verbose_name="book by itself")),
                (
                    "direction",
                    models.CharField(
                        blank=True,
                        choices=[("in", "money in"), ("out", "money out")],
                        max_length=3,
                        verbose_name="direction",
                    ),
                ),
                (
                    "text_contains",
                    models.CharField(blank=True, max_length=120, verbose_name="text contains"),
                ),
                (
                    "party_contains",
                    models.CharField(blank=True, max_length=120, verbose_name="party contains"),
                ),
                (
                    "iban",
                    models.CharField(blank=True, max_length=34, verbose_name="IBAN of the party"),
                ),
                (
                    "amount_from",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=15,
                        null=True,
                        verbose_name="amount from",
                    ),
                ),
                (
                    "amount_to",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=15,
                        null=True,
                        verbose_name="amount to",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="text")),
            ],
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_from", None),
                            ("amount_to", None),
                            ("iban", ""),
                            ("party_contains", ""),
                            ("text_contains", ""),
                            _negated=True,
                        ),
                        name="bank_rule_looks_at_something",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="bankaccount",
            name="books_certain",
            field=models.BooleanField(default=True, verbose_name="book certain matches by itself"),
        ),
        migrations.AddField(
            model_name="banktransaction",
            name="habit",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("party"), models.F("text"), function="accounting_habit"
                ),
                output_field=models.CharField(max_length=140),
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("entry__isnull", False)),
                fields=["company", "habit", "-booking_date", "-id"],
                name="bank_transaction_by_habit",
            ),
        ),
        migrations.AddIndex(
            model_name="banktransaction",
            index=models.Index(
                condition=models.Q(("entry", None)),
                fields=["company", "bank_account", "booking_date", "id"],
                name="bank_waiting_of_account",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.account",
                verbose_name="contra account",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="bank_account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.bankaccount",
                verbose_name="bank account",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.company",
                verbose_name="client",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="cost_centre",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.costcentre",
                verbose_name="cost centre",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="cost_object",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounting.costobject",
                verbose_name="cost object",
            ),
        ),
        migrations.AddField(
            model_name="bankrule",
            name="vat_code",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="vat.vatcode",
                verbose_name="VAT code",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankrule",
            constraint=models.UniqueConstraint(
                fields=("company", "id"), name="bank_rule_of_company"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankrule",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("company", "position"),
                name="bank_rule_in_order",
            ),
        ),
        protect(
            "accounting_bankrule",
            references=[
                ("bank_account_id", "accounting_bankaccount", "bank_rule_bank_of_same_client"),
                ("account_id", "accounting_account", "bank_rule_account_of_same_client"),
                ("vat_code_id", "vat_vatcode", "bank_rule_code_of_same_client"),
                ("cost_centre_id", "accounting_costcentre", "bank_rule_centre_of_same_client"),
                ("cost_object_id", "accounting_costobject", "bank_rule_object_of_same_client"),
            ],
        ),
    ]
