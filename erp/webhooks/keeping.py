"""Adding, changing and removing webhooks (Webhooks verwalten)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.gate import Access
from erp.access.permissions import Permission
from erp.audit import trail
from erp.core import clock
from erp.core.errors import DomainError
from erp.core.outbound import NoAnswer, Place
from erp.webhooks.models import Delivery, Secrets, Webhook
from erp.webhooks.signing import new_secret

MOST: Final = 20
#: What one may be told of, and the right to see it.
RESOURCES: Final[dict[str, Permission]] = {
    "contact": Permission.CONTACTS_READ,
    "contact_group": Permission.CONTACTS_READ,
    "activity": Permission.CONTACTS_READ,
    "account": Permission.LEDGER_READ,
    "cost_centre": Permission.LEDGER_READ,
    "cost_object": Permission.LEDGER_READ,
    "vat_code": Permission.VAT_READ,
    "product": Permission.RECEIVABLES_READ,
    "payment_terms": Permission.RECEIVABLES_READ,
    "sales_document": Permission.RECEIVABLES_READ,
    "supplier_invoice": Permission.PAYABLES_READ,
    "inbox_document": Permission.PAYABLES_READ,
    "open_item": Permission.OPEN_ITEMS_READ,
    "bank_transaction": Permission.BANKING_READ,
    "payment_run": Permission.PAYMENTS_READ,
    "project": Permission.HOURS_READ,
    "hours": Permission.HOURS_READ,
    "expense_claim": Permission.EXPENSES_READ,
    "expense_kind": Permission.EXPENSES_READ,
    "question": Permission.QUESTIONS_READ,
}


class BadAddress(DomainError):
    code = "webhooks.bad_address"
    message = _("“%(url)s” cannot be told anything: it takes an address that begins with https://, "
                "without port, name or password.")  # fmt: skip
    field = "url"


class BadResources(DomainError):
    code = "webhooks.bad_resources"
    message = _("Choose what to tell of, of what you may see yourself; not “%(value)s”.")
    field = "resources"


class TooManyWebhooks(DomainError):
    code = "webhooks.too_many"
    message = _("There are %(limit)s webhooks already. Delete one that is not needed any more.")
    conflict = True


class DeliveryWaits(DomainError):
    code = "webhooks.delivery_waits"
    message = _("A delivery is on its way. Wait until it has arrived, or switch the webhook off.")
    conflict = True


def offered(access: Access) -> list[str]:
    """What somebody may let others be told of."""
    return [name for name, right in RESOURCES.items() if access.may(right)]


@transaction.atomic
def add_webhook(
    access: Access, *, name: str, url: str, resources: Collection[str]
) -> tuple[Webhook, str]:
    """A new webhook and its secret, which is told this once.

    Its receiver is asked to send a challenge back first. Raises ``BadAddress``, ``BadResources`` or
    ``TooManyWebhooks``.
    """
    company = access.company
    _require(access, url, resources)
    if Webhook.of(company).count() >= MOST:
        raise TooManyWebhooks(limit=MOST)
    secret, now = new_secret(), clock.now()
    hook = Webhook(
        company=company, name=name, url=url, resources=sorted(set(resources)), due_at=now,
        secrets=Secrets(secret), made_at=now, made_by=access.user,
    )  # fmt: skip
    hook.save()
    trail.record(company=company, by=access.user, action="webhook.add", subject=hook,
                 details=trail.values(hook, "name", "url"))  # fmt: skip
    return hook, secret


@transaction.atomic
def change_webhook(
    access: Access, hook: Webhook, *, name: str | None = None, url: str | None = None,
    resources: Collection[str] | None = None, is_on: bool | None = None,
) -> Webhook:  # fmt: skip
    """Change a webhook; with another address, or switched on, the challenge is sent anew.

    What changed while it was off is told of as far as it is known. Raises as ``add_webhook``.
    """
    held = _held(hook)
    _require(access, url or held.url, held.resources if resources is None else resources)
    anew = (url is not None and url != held.url) or (is_on is True and not held.is_on)
    held.name = held.name if name is None else name
    held.url = held.url if url is None else url
    if resources is not None:
        held.resources = sorted(set(resources))
    if is_on is not None:
        held.is_on, held.off_reason = is_on, ""
    if anew:
        held.confirmed_at, held.tries, held.due_at = None, 0, clock.now()
        held.lease, held.lease_until = "", None
        Delivery.of(held.company).filter(webhook=held, state=Delivery.State.WAITING).update(
            state=Delivery.State.FAILED, fault="given up"
        )
    held.save()
    trail.record(company=held.company, by=access.user, action="webhook.change", subject=held,
                 details=trail.values(held, "name", "url", "is_on"))  # fmt: skip
    return held


@transaction.atomic
def rotate_secret(access: Access, hook: Webhook) -> str:
    """A new secret, told this once; deliveries are signed by the old one, too, until the next change."""
    held, secret = _held(hook), new_secret()
    held.secrets = Secrets(secret, held.secrets.current)
    held.save()
    trail.record(company=held.company, by=access.user, action="webhook.rotate", subject=held)
    return secret


@transaction.atomic
def delete_webhook(access: Access, hook: Webhook) -> None:
    """Remove a webhook with what it was told."""
    held = _held(hook)
    trail.record(company=held.company, by=access.user, action="webhook.delete", subject=held,
                 details=trail.values(held, "name", "url"))  # fmt: skip
    Delivery.of(held.company).filter(webhook=held).delete()
    held.delete()


@transaction.atomic
def send_test(access: Access, hook: Webhook) -> Delivery:
    """Let a webhook be told that this is a test. Raises ``DeliveryWaits``."""
    held = _held(hook)
    if Delivery.of(held.company).filter(webhook=held, state=Delivery.State.WAITING).exists():
        raise DeliveryWaits
    held.due_at = clock.now()
    held.save(update_fields=["due_at"])
    return make_delivery(held, "webhook.test", '{"type":"webhook.test"}')


def make_delivery(
    hook: Webhook, kind: str, body: str, *, epoch: str = "", place: int = 0
) -> Delivery:
    """Write down what is to be told, under a number of its own."""
    return Delivery.unscoped.create(
        company=hook.company, webhook=hook, number=f"msg_{secrets.token_hex(12)}", kind=kind,
        body=body, epoch=epoch, place=place, made_at=clock.now(),
    )  # fmt: skip


def _require(access: Access, url: str, resources: Collection[str]) -> None:
    try:
        Place.read(url)
    except NoAnswer:
        raise BadAddress(url=url[:100]) from None
    allowed = offered(access)
    if not resources:
        raise BadResources(value="")
    for one in resources:
        if one not in allowed:
            raise BadResources(value=one)


def _held(hook: Webhook) -> Webhook:
    rows = Webhook.of(hook.company_id).select_for_update(of=("self",)).select_related("company")
    return rows.get(pk=hook.pk)
