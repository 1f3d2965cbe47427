"""Threads are followed, with what is said in them: for copies on phones, webhooks, and search."""

from django.db import migrations

from erp.changes.following import follow


class Migration(migrations.Migration):
    dependencies = [("erp", "0033_approvals")]

    operations = [
        follow("erp_question", "question"),
        follow("erp_questionmessage", "question", of="question_id"),
    ]
