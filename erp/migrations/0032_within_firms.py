"""What a firm's rows name is of the same firm: composite foreign keys, as within a company."""

import django.db.models.deletion
from django.db import migrations, models

from erp.access.firms.fencing import within_firm


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0031_personal_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="checkliststep",
            name="template",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="steps",
                to="erp.checklisttemplate",
            ),
        ),
        migrations.AlterField(
            model_name="firmbatchpart",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="parts",
                to="erp.firmbatch",
            ),
        ),
        migrations.AlterField(
            model_name="mandatesetting",
            name="checklist",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.checklisttemplate",
                verbose_name="checklist",
            ),
        ),
        migrations.AlterField(
            model_name="mandatetemplate",
            name="checklist",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="erp.checklisttemplate",
                verbose_name="checklist",
            ),
        ),
        migrations.AddIndex(
            model_name="checklistitem",
            index=models.Index(
                condition=models.Q(("step_id__isnull", False)),
                fields=["firm", "step_id"],
                name="checklist_item_of_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="checkliststep",
            constraint=models.UniqueConstraint(
                fields=("firm", "id"), name="checklist_step_of_firm"
            ),
        ),
        migrations.AddConstraint(
            model_name="checklisttemplate",
            constraint=models.UniqueConstraint(
                fields=("firm", "id"), name="checklist_template_of_firm"
            ),
        ),
        migrations.AddConstraint(
            model_name="firmbatch",
            constraint=models.UniqueConstraint(fields=("firm", "id"), name="firm_batch_of_firm"),
        ),
        within_firm(
            "erp_checkliststep",
            [("template_id", "erp_checklisttemplate", "step_template_of_same_firm")],
        ),
        within_firm(
            "erp_firmbatchpart", [("batch_id", "erp_firmbatch", "batch_part_of_same_firm")]
        ),
        within_firm(
            "erp_mandatesetting",
            [("checklist_id", "erp_checklisttemplate", "setting_checklist_of_same_firm")],
        ),
        within_firm(
            "erp_mandatetemplate",
            [("checklist_id", "erp_checklisttemplate", "template_checklist_of_same_firm")],
        ),
        within_firm(
            "erp_checklistitem",
            [("step_id", "erp_checkliststep", "item_step_of_same_firm")],
            forgets=True,
        ),
    ]
