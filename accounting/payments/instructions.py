"""Payment instructions (Zahlungsanweisungen): to whom and how an open item is paid."""

from __future__ import annotations

import re
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.open_items.models import OpenItem, Side
from accounting.payments import gathering, payees
from accounting.payments.models import PaymentInstruction
from accounting.payments.models.instructions import PayeeFields
from accounting.payments.pain.text import fitted
from accounting.payments.values import Why
from accounting.qr.references import is_qrr, is_scor
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock
from erp.core.errors import DomainError, raise_all
from erp.core.identifiers import NotAnIban, is_qr_iban, parse_iban

Reference = PayeeFields.Reference
#: What an instruction says of the payee and the way; texts are kept as banks accept them.
FIELDS: Final = ("payee", "street", "house_number", "postcode", "town", "country", "account", "is_iban",
                 "bic", "bank", "reference_kind", "reference", "message", "charges")  # fmt: skip
_LENGTHS: Final = {"payee": 140, "street": 70, "house_number": 16, "postcode": 16, "town": 35, "bank": 140,
                   "message": 140}  # fmt: skip
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_ACCOUNT = re.compile(r"[A-Za-z0-9 ./-]{1,34}", re.ASCII)


class OnlyCreditors(DomainError):
    code = "payments.only_creditors"
    message = _("%(item)s is no item of a creditor. Only what is owed to others is paid.")
    field = "item"


class TextMissing(DomainError):
    code = "payments.text_missing"
    message = _("This is needed to pay. Fill it in.")


class TextTooLong(DomainError):
    code = "payments.text_too_long"
    message = _("“%(value)s” has %(length)s characters; banks take %(most)s. Shorten it.")


class UnwritableText(DomainError):
    code = "payments.unwritable_text"
    message = _(
        "“%(value)s” holds %(characters)s, which banks cannot write. Write it with Latin letters."
    )


class BadBic(DomainError):
    code = "payments.bad_bic"
    message = _(
        "“%(value)s” is no BIC. It has eight or eleven letters and digits, such as RAIFCH22."
    )
    field = "bic"


class BadAccount(DomainError):
    code = "payments.bad_account"
    message = _("“%(value)s” is no account number. Use at most 34 letters and digits.")
    field = "account"


class BankNeeded(DomainError):
    code = "payments.bank_needed"
    message = _("An account without an IBAN needs the BIC of its bank, or the bank's name.")
    field = "bic"


class QrrNeeded(DomainError):
    code = "payments.qrr_needed"
    message = _("%(account)s is a QR-IBAN and is paid with a QR reference alone. Copy the reference from the "
                "bill, or use the ordinary IBAN.")  # fmt: skip
    field = "reference"


class QrIbanNeeded(DomainError):
    code = "payments.qr_iban_needed"
    message = _(
        "A QR reference goes with a QR-IBAN, and %(account)s is none. Copy the account from the bill."
    )
    field = "account"


class BadReference(DomainError):
    code = "payments.bad_reference"
    message = _("“%(value)s” is no valid reference of this kind: its check digits do not fit. Copy it from the "
                "bill again.")  # fmt: skip
    field = "reference"


class BadCountry(DomainError):
    code = "payments.bad_country"
    message = _("“%(value)s” is no country. Write its two capital letters, such as CH.")
    field = "country"


class BankGone(DomainError):
    """The number in an IBAN is no bank's, or not any more, by the bank master (SIX)."""

    code = "payments.bank_gone"
    message = _("%(why)s")  # the reason is a sentence of its own
    field = "account"


class UnknownChoice(DomainError):
    code = "payments.unknown_choice"
    message = _("“%(value)s” cannot be chosen here. "
                "Load the page again, and choose from the list.")  # fmt: skip


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """What was told of a payee as it is kept: canonical IBAN, reference and BIC, texts that banks write.

    ``told`` holds some of ``FIELDS`` as people write them; blank ones are left out or empty. Raises the
    refusals above but ``BankGone``, several as ``Refusals``.
    """
    faults: list[DomainError] = []
    found: dict[str, Any] = {"is_iban": bool(told.get("is_iban", True))}
    for name, most in _LENGTHS.items():
        found[name] = _text(name, str(told.get(name) or ""), most, faults)
    if not found["payee"]:
        faults.append(TextMissing(field="payee"))
    found["country"] = str(told.get("country") or "").strip().upper()
    found["bic"] = re.sub(r"\s", "", str(told.get("bic") or "")).upper()
    if found["bic"] and not _BIC.fullmatch(found["bic"]):
        faults.append(BadBic(value=found["bic"][:20]))
    _address(found, faults)
    found["account"] = _account(str(told.get("account") or ""), found, faults)
    kind = str(told.get("reference_kind") or "")
    given = re.sub(r"\s", "", str(told.get("reference") or "")).upper()
    found["reference"] = given
    found["reference_kind"] = kind or (
        Reference.QRR if is_qrr(given) else Reference.SCOR if given else ""
    )
    _reference(found, faults)
    found["charges"] = str(told.get("charges") or "")
    if found["charges"] not in ("", *PayeeFields.Charges.values):
        faults.append(UnknownChoice(field="charges", value=found["charges"][:20]))
    raise_all(faults)
    return found


def _text(name: str, given: str, most: int, faults: list[DomainError]) -> str:
    written = fitted(given)
    if written.lost:
        faults.append(
            UnwritableText(field=name, value=given[:60], characters=" ".join(written.lost))
        )
    if len(written.text) > most:
        faults.append(
            TextTooLong(field=name, value=given[:40], length=len(written.text), most=most)
        )
    return written.text


def _address(found: dict[str, Any], faults: list[DomainError]) -> None:
    if found["country"] and not _COUNTRY.fullmatch(found["country"]):
        faults.append(BadCountry(value=found["country"][:20]))
    if any(found[name] for name in ("street", "house_number", "postcode", "town")):
        faults += [TextMissing(field=name) for name in ("town", "country") if not found[name]]


def _account(given: str, found: dict[str, Any], faults: list[DomainError]) -> str:
    if not given.strip():
        faults.append(TextMissing(field="account"))
        return ""
    if not found["is_iban"]:
        bare = given.strip()
        if not _ACCOUNT.fullmatch(bare):
            faults.append(BadAccount(value=given[:40]))
        if not (found["bic"] or found["bank"]):
            faults.append(BankNeeded())
        return bare
    try:
        account = parse_iban(given)
    except NotAnIban:
        faults.append(NotAnIban(field="account", value=given[:40]))
        return ""
    return account


def _reference(found: dict[str, Any], faults: list[DomainError]) -> None:
    kind, given, account = found["reference_kind"], found["reference"], found["account"]
    if kind not in ("", *Reference.values):
        faults.append(UnknownChoice(field="reference_kind", value=kind[:20]))
        return
    if kind and not (is_qrr(given) if kind == Reference.QRR else is_scor(given)):
        faults.append(BadReference(value=given[:40]))
    to_qr = bool(account) and found["is_iban"] and is_qr_iban(account)
    if to_qr and kind != Reference.QRR:
        faults.append(QrrNeeded(account=account))
    elif account and not to_qr and kind == Reference.QRR:
        faults.append(QrIbanNeeded(account=account))


def _require_bank(account: str) -> None:
    """Refuse a Swiss IBAN whose bank is unknown or closed today; one query. Raises ``BankGone``.

    A bank that was taken over is pointed at where it is paid, as it still takes payments.
    """
    found = gathering.banks_of([account]).get(account)
    if found is not None and found.why is not Why.BANK_TAKEN_OVER:
        raise BankGone(why=found)


@transaction.atomic
def instruct(
    company: Company,
    *,
    item: OpenItem,
    by: User,
    blocked: str = "",
    as_billed: bool = False,
    **told: Any,
) -> PaymentInstruction:
    """Say how an open item of a creditor is paid; it replaces what was said before.

    ``told`` are ``payee``, its structured address (``street``, ``house_number``, ``postcode``, ``town``,
    ``country``), ``account`` (an IBAN; with ``is_iban=False`` another number with ``bic`` or ``bank``),
    ``reference_kind`` (QRR, SCOR or blank) with ``reference``, ``message`` and ``charges``. ``blocked`` is
    why it must not be paid yet. ``as_billed`` takes what a bill says even where its bank is none: the books
    hold the bill, and the proposal says why it is not paid. An account that is another than the payee's
    waits for a second person (``payees.note``). Runs that hold the item as a draft keep what they have.
    Raises ``OnlyCreditors``, ``BankGone`` and what ``checked`` raises.
    """
    if item.side != Side.PAYABLES or item.company_id != company.pk:
        raise OnlyCreditors(item=str(item))
    values = checked(told)
    if values["is_iban"] and not as_billed:
        _require_bank(values["account"])
    before = PaymentInstruction.of(company).filter(item=item).first()
    found, _new = PaymentInstruction.unscoped.update_or_create(
        company=company, item=item,
        defaults={**values, "blocked": blocked.strip()[:200], "changed_at": clock.now(),
                  "changed_by": by},
    )  # fmt: skip
    old = trail.values(before, *FIELDS, "blocked") if before else {}
    new = trail.filled(trail.values(found, *FIELDS, "blocked"))
    if changed := trail.changes(old, {**dict.fromkeys(old, ""), **new}) if old else new:
        trail.record(company=company, by=by, action="payment_instruction.set", subject=found,
                     details=changed)  # fmt: skip
    payees.note(
        company, whose=payees.Whose.of(item.contact_id, item.party), account=found.account, by=by,
        known=payees.known_accounts(company, item.contact_id),
    )  # fmt: skip
    return found


@transaction.atomic
def block(item: OpenItem, *, reason: str, by: User) -> PaymentInstruction:
    """Keep an item from being paid, or with a blank reason let it be paid again.

    How it is paid stays as it was said. Raises ``OnlyCreditors``.
    """
    if item.side != Side.PAYABLES:
        raise OnlyCreditors(item=str(item))
    found: PaymentInstruction
    found, _new = PaymentInstruction.unscoped.get_or_create(
        company=item.company, item=item,
        defaults={"payee": fitted(item.party).text[:140], "changed_at": clock.now(), "changed_by": by},
    )  # fmt: skip
    before = found.blocked
    found.blocked = reason.strip()[:200]
    found.save(update_fields=["blocked"])
    trail.record(company=item.company, by=by, action="payment_instruction.set", subject=found,
                 details={"blocked": [before, found.blocked]})  # fmt: skip
    return found
