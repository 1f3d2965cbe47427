"""The contact of an open item is a contact of the company, and changes by a merge alone."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from erp.core.tenancy import RUNTIME_ROLE


class Migration(migrations.Migration):
    dependencies = [
        ("accounting", "0005_matching"),
        ("contacts", "0002_client_borders"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name="openitem", name="contact_id"),
                migrations.AddField(
                    model_name="openitem",
                    name="contact",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                        verbose_name="contact",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)),
                fields=["company", "contact", "side"],
                name="open_item_of_contact",
            ),
        ),
        # Without the company: each row's look at its entry then takes these, and no other index,
        # also while a table has just begun to grow.
        migrations.RemoveIndex(model_name="openitem", name="open_item_of_entry"),
        migrations.RemoveIndex(model_name="settlement", name="settlement_of_entry"),
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(fields=["entry", "position"], name="open_item_of_entry"),
        ),
        migrations.AddIndex(
            model_name="settlement",
            index=models.Index(fields=["entry", "position"], name="settlement_of_entry"),
        ),
        migrations.RunSQL(
            [
                "ALTER TABLE accounting_openitem ADD CONSTRAINT open_item_contact_of_same_client"
                " FOREIGN KEY (company_id, contact_id) REFERENCES contacts_contact (company_id, id)"
                " DEFERRABLE INITIALLY IMMEDIATE",
                f"GRANT UPDATE (contact_id) ON accounting_openitem TO {RUNTIME_ROLE}",
                Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"),
            ],
            migrations.RunSQL.noop,
        ),
    ]
