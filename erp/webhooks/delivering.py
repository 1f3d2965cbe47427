"""Telling webhooks what changed (Zustellung): take one, talk to its receiver, note what came of it.

The row is taken with a lease before anybody is asked, and what is told stands in the database first:
killed at any moment, the same delivery is tried again under the same number, and nothing is skipped.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404

from erp.access.gate import access_to, delivering
from erp.access.giving import rights_of
from erp.changes import delta
from erp.core import clock, crashpoints, outbound
from erp.core.outbound import NoAnswer, Service
from erp.jobs.sending import put
from erp.webhooks import notices
from erp.webhooks.keeping import RESOURCES, make_delivery
from erp.webhooks.models import Delivery, Webhook
from erp.webhooks.signing import headers_of

AT_ONCE: Final = 1_000  # ids in a delivery; a larger transaction says only that there are more
MOST: Final = 200  # webhooks in one sweep
KEPT: Final = 100  # deliveries of a webhook that are over
LEASE: Final = dt.timedelta(seconds=60)
_ENDURED: Final = Service("webhook", "", dt.timedelta(seconds=5), 64 * 1024)
_GONE: Final = 410
State = Delivery.State


@dataclass(frozen=True)
class Outcome:
    """What a receiver answered: a status, or what was wrong."""

    good: bool
    status: int | None = None
    fault: str = ""


def sweep() -> int:
    """Put webhooks into the queue that have something to be told; how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhook, company FROM rappen_webhooks_due(%s, %s)",
                       [clock.now(), MOST])  # fmt: skip
        due = cursor.fetchall()
    return sum(
        put("webhooks.tell", f"c{company}-w{hook}-{secrets.token_hex(6)}", hook=hook,
            company=company)
        for hook, company in due
    )  # fmt: skip


def tell(number: int, company: int) -> bool:
    """Tell a webhook what it wants to know next, if nobody else does; whether anything was tried."""
    taken = _taken(number, company)
    if taken is None:
        return False
    hook, told = taken
    crashpoints.reach("webhook.taken")
    outcome = _tried(hook, told) if _may_be_told(hook) else None
    crashpoints.reach("webhook.told")
    with delivering(company):
        if outcome is None:
            _end(hook)
        else:
            _note(hook, told, outcome)
    return True


def _may_be_told(hook: Webhook) -> bool:
    """Whether who made a webhook may still see all that it tells of (AUZ-5).

    A module that is switched off takes no right for good: nothing of it changes meanwhile, and the
    webhook goes on when it is back.
    """
    try:
        with transaction.atomic():
            access = access_to(hook.company_id, user=hook.made_by)
            given = rights_of(hook.made_by, access.company)
            return all(RESOURCES[one] in given for one in hook.resources)
    except (Http404, PermissionDenied):
        return False


def _end(hook: Webhook) -> None:
    """Switch a webhook off whose maker has no right to it any more."""
    held = Webhook.of(hook.company_id).filter(pk=hook.pk, lease=hook.lease)
    if held.update(is_on=False, off_reason="rights", lease="", lease_until=None):
        hook.off_reason = "rights"
        notices.tell_off(hook)


def _taken(number: int, company: int) -> tuple[Webhook, Delivery] | None:
    with delivering(company):
        rows = Webhook.of(company).select_for_update(of=("self",), skip_locked=True)
        hook = rows.filter(pk=number, is_on=True).select_related("company", "made_by").first()
        now = clock.now()
        if hook is None or (hook.lease_until and hook.lease_until > now) or hook.due_at > now:
            return None
        told = Delivery.of(company).filter(webhook=hook, state=State.WAITING).first() or _next(hook)
        if told is None:
            return None
        hook.lease, hook.lease_until = secrets.token_hex(16), now + LEASE
        hook.save(update_fields=["lease", "lease_until", "epoch", "place"])
        return hook, told


def _next(hook: Webhook) -> Delivery | None:
    """What a webhook is told next: a challenge first, then what changed."""
    if hook.confirmed_at is None:
        challenge = secrets.token_urlsafe(24)
        body = {"type": "webhook.challenge", "challenge": challenge}
        return make_delivery(hook, "webhook.challenge", json.dumps(body))
    found = delta.transactions_since(
        hook.company, hook.resources, hook.epoch, hook.place, limit=AT_ONCE
    )
    if not found.changes and not found.is_new_epoch:
        return None
    body = _body(hook, found)
    return make_delivery(hook, body["type"], json.dumps(body), epoch=found.epoch, place=found.place)


def _body(hook: Webhook, found: delta.Transactions) -> dict[str, Any]:
    """Which records changed, and nothing of what they say; without ids where they are too many."""
    changed: dict[str, dict[str, list[int]]] = {}
    for resource, record, gone in found.changes:
        lists = changed.setdefault(resource, {"changed": [], "gone": []})
        lists["gone" if gone else "changed"].append(record)
    kind = "books.replaced" if found.is_new_epoch else "records.changed"
    return {"type": kind, "company": hook.company_id, "resources": changed,
            "complete": found.complete, "timestamp": clock.now().isoformat()}  # fmt: skip


def _tried(hook: Webhook, told: Delivery) -> Outcome:
    body = told.body.encode()
    moment = int(clock.now().timestamp())
    headers = headers_of(told.number, body, moment=moment, keys=hook.secrets)
    headers |= {"Content-Type": "application/json", "User-Agent": "Rappen-Webhooks/1"}
    try:
        answer = outbound.post(hook.url, body, headers, endured=_ENDURED)
    except NoAnswer as reason:
        return Outcome(False, fault=str(reason)[:100])
    good = 200 <= answer.status < 300
    if good and told.kind == "webhook.challenge":
        challenge = json.loads(told.body)["challenge"]
        if challenge.encode() not in answer.content:
            return Outcome(False, answer.status, "the challenge did not come back")
    return Outcome(good, answer.status)


def _note(hook: Webhook, told: Delivery, outcome: Outcome) -> None:
    company, now = hook.company_id, clock.now()
    held = Webhook.of(company).select_for_update().filter(pk=hook.pk, lease=hook.lease).first()
    if held is None:
        return  # deleted, or somebody else has it
    tries = told.tries + 1
    over = not outcome.good and (tries > len(settings.WEBHOOK_PAUSES) or outcome.status == _GONE)
    state = State.DONE if outcome.good else State.FAILED if over else State.WAITING
    waiting = Delivery.of(company).filter(pk=told.pk, state=State.WAITING)
    if not waiting.update(
        state=state, tries=tries, status=outcome.status, fault=outcome.fault, tried_at=now
    ):
        return  # given up meanwhile: what the address of then says counts no more
    held.lease, held.lease_until = "", None
    held.tries = 0 if outcome.good else tries
    held.due_at = now
    if over:
        held.is_on, held.off_reason = False, "gone" if outcome.status == _GONE else "failed"
    elif not outcome.good:
        held.due_at = now + dt.timedelta(seconds=settings.WEBHOOK_PAUSES[tries - 1])
    elif told.kind == "webhook.challenge":
        _confirm(held, now)
    elif told.place:
        held.epoch, held.place = told.epoch, told.place
    held.save(update_fields=["lease", "lease_until", "tries", "due_at", "is_on", "off_reason",
                             "confirmed_at", "epoch", "place"])  # fmt: skip
    if over:
        notices.tell_off(held)
    _forget(held)


def _confirm(hook: Webhook, now: dt.datetime) -> None:
    """From now on it is told; one that was told before goes on from there."""
    hook.confirmed_at = now
    if not hook.epoch:
        begin = delta.beginning_of(hook.company_id)
        hook.epoch, hook.place = begin.epoch, begin.place


def _forget(hook: Webhook) -> None:
    over = Delivery.of(hook.company_id).filter(webhook=hook).exclude(state=State.WAITING)
    oldest = over.order_by("-pk").values_list("pk", flat=True)[KEPT : KEPT + 1]
    for pk in oldest:
        over.filter(pk__lte=pk).delete()
