"""What beat has done, and when (Zeitplan). Times are those of ``CELERY_TIMEZONE``."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

#: When each source of reference data is asked.
REFERENCE_RUNS = {
    "banks": crontab(hour=3, minute=0),
    "localities": crontab(hour=3, minute=10, day_of_month="2"),
    "postcodes": crontab(hour=3, minute=15, day_of_month="2"),
    "communes": crontab(hour=3, minute=20, day_of_month="2"),
    "bazg-daily": crontab(hour="13,17", minute=15, day_of_week="mon-fri"),
    "bazg-monthly": crontab(hour=13, minute=25, day_of_month="1-3,25-31"),
    "ecb": crontab(hour=16, minute=30, day_of_week="mon-fri"),
}


def plan(*, jobs: int, mails: int, inbox: int, webhooks: int) -> dict[str, dict[str, Any]]:
    """The whole schedule; what is looked for again and again has a pause in seconds."""
    return {
        "show that work in the background is done": _often("operation.alive", 60),
        "send again what the queue has lost": _often("jobs.sweep", jobs),
        "send mails that wait": _often("mails.sweep", mails),
        "keep the ledgers' heads": _at("ledger.keep_heads", crontab(hour=2, minute=30)),
        "compare control accounts with open items": _at(
            "open_items.check_all", crontab(hour=2, minute=45)
        ),
        "keep figures for fiduciaries": _at("fiduciary.look_at_all", crontab(hour=4, minute=0)),
        "ask for receipts and recall questions": _at(
            "fiduciary.remind_all", crontab(hour=7, minute=30)
        ),
        "write to those whose approval is waited for": _at(
            "approvals.tell_all", crontab(hour=7, minute=0)
        ),
        "make PDF files of documents that have none": _at(
            "receivables.archive_all", crontab(hour=3, minute=0)
        ),
        "take bills out of their folders": _often("payables.look_into_folders", inbox),
        "keep the words that search finds": _often("search.keep_words", 300),
        "keep the audit trails' heads": _at("audit.keep_heads", crontab(hour=2, minute=35)),
        "forget what is left of imports of employees": _at(
            "employees.forget_uploads", crontab(hour=3, minute=15)
        ),
        "forget old idempotency keys": _at("api.forget_keys", crontab(hour=4, minute=10)),
        "forget people's old idempotency keys": _at(
            "api.forget_keys_of_people", crontab(hour=4, minute=12)
        ),
        "forget sign-ins that were missed long ago": _at(
            "sign_in.forget_misses", crontab(hour=4, minute=15)
        ),
        "forget uploads that expired": _at("uploads.forget", crontab(minute=20)),
        "forget what killed exports of journals left": _at(
            "ledger.forget_scratch", crontab(hour=3, minute=25)
        ),
        "forget exported companies that expired": _at("handover.forget", crontab(minute=50)),
        "tell webhooks what changed": _often("webhooks.sweep", webhooks),
        "forget old tombstones": _at("changes.forget", crontab(hour=2, minute=40)),
        "look for mail domains in leaks": _at(
            "leaks.check_all", crontab(hour=3, minute=30, day_of_week="mon")
        ),
        "put reference data in force": _at("reference.daily", crontab(hour=0, minute=10)),
        **{
            f"reference data: {name}": _at("reference.update", when, source=name)
            for name, when in REFERENCE_RUNS.items()
        },
    }


def _at(task: str, when: Any, **values: Any) -> dict[str, Any]:
    return {"task": task, "schedule": when, "kwargs": values}


def _often(task: str, seconds: int) -> dict[str, Any]:
    """A look that the next one replaces: it lapses where no worker takes it in time."""
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}
