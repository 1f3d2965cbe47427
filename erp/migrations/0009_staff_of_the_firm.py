"""A client sees who works for its fiduciary, but takes nobody out of the firm."""

from django.db import migrations

_ME = "nullif(current_setting('rappen.user', true), '')::bigint"
_I_OPERATE = f"EXISTS (SELECT FROM erp_user u WHERE u.id = {_ME} AND u.is_operator AND u.is_active)"


class Migration(migrations.Migration):
    dependencies = [("erp", "0008_leaks")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE POLICY erp_firmstaff_leaves_by_the_firm ON erp_firmstaff AS RESTRICTIVE"
                f" FOR DELETE USING (firm_id IN (SELECT rappen_my_firms()) OR {_I_OPERATE})"
            ],
            migrations.RunSQL.noop,
        ),
    ]
