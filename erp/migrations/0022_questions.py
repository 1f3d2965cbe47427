"""Questions between a company and its fiduciary."""

import django.db.models.deletion
import django.db.models.manager
from django.conf import settings
from django.db import migrations, models

from erp.core.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [
        ("erp", "0021_fiduciary"),
    ]

    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("question", "question"), ("receipt", "receipt wanted")],
                        default="question",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("title", models.CharField(max_length=160, verbose_name="subject")),
                ("subject", models.CharField(blank=True, max_length=20)),
                ("subject_id", models.BigIntegerField(null=True)),
                ("party", models.CharField(blank=True, max_length=140, verbose_name="party")),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2, max_digits=15, null=True, verbose_name="amount"
                    ),
                ),
                ("day", models.DateField(null=True, verbose_name="date")),
                (
                    "asks",
                    models.CharField(
                        choices=[("client", "company"), ("fiduciary", "fiduciary")],
                        max_length=9,
                        verbose_name="to be answered by",
                    ),
                ),
                ("due_on", models.DateField(null=True, verbose_name="answer until")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("answered", "answered"), ("closed", "settled")],
                        default="open",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("opened_at", models.DateTimeField(verbose_name="asked at")),
                ("link", models.CharField(blank=True, max_length=200)),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "reminders",
                    models.PositiveSmallIntegerField(default=0, verbose_name="reminders"),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.company",
                        verbose_name="client",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.firm",
                        verbose_name="fiduciary",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "question",
                "verbose_name_plural": "questions",
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="question_of_company"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", ""), ("subject_id", None)),
                            models.Q(
                                models.Q(("subject", ""), _negated=True),
                                ("subject_id__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="question_about_something",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "closed"), _negated=True),
                        fields=["company", "asks"],
                        name="question_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("subject", ""), _negated=True),
                        fields=["company", "subject", "subject_id"],
                        name="question_about",
                    ),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="QuestionMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("text", models.TextField(blank=True, max_length=4000, verbose_name="text")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.company",
                        verbose_name="client",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="erp.storedfile",
                        verbose_name="file",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="erp.question",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="question_message_of_company"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True),
                            ("file__isnull", False),
                            _connector="OR",
                        ),
                        name="question_message_says_something",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["company", "question", "id"], name="message_of_question"),
                ],
            },
            managers=[
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        protect(
            "erp_question",
            grants=["SELECT", "INSERT", "UPDATE (asks, state, link, told_at, reminders)"],
        ),
        protect(
            "erp_questionmessage",
            grants=["SELECT", "INSERT"],
            references=[
                ("question_id", "erp_question", "message_question_of_same_client"),
                ("file_id", "erp_storedfile", "message_file_of_same_client"),
            ],
        ),
    ]
