"""What runs by the clock is known to the workers."""

from __future__ import annotations

from django.conf import settings

from erp.celery import app


def test_every_task_of_the_timetable_is_known():
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted - set(app.tasks) == set()
