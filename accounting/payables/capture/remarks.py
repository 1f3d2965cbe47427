"""What is odd about a bill that came in (Hinweise zum Beleg): each with field, value and remedy.

The rules of the QR-bill (``accounting.qr.rules``) speak to whoever makes a bill. Whoever received
one cannot correct it: here they hear what it means for paying it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounting.qr import payload, references, rules
from erp.core.errors import DomainError
from erp.core.identifiers import NotAnIban


class Weight(StrEnum):
    """How much a remark matters: an error keeps the bill from being paid as it was read."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Remark:
    """One oddity; its text is in the language of whoever reads it."""

    weight: Weight
    about: DomainError

    @property
    def code(self) -> str:
        return self.about.code

    @property
    def field(self) -> str:
        """The field of the bill, such as ``iban`` or ``creditor.town``."""
        return self.about.place or ""

    @property
    def text(self) -> str:
        return str(self.about)


class BrokenIban(DomainError):
    code = "capture.broken_iban"
    message = _("The IBAN “%(value)s” in the code has a wrong form or check digit. Compare it with what is "
                "printed; where it is the same, ask the supplier for a correct bill.")  # fmt: skip
    field = "iban"


class ForeignIban(DomainError):
    code = "capture.foreign_iban"
    message = _("The code names account “%(value)s”, which is neither in Switzerland nor in Liechtenstein, as "
                "every QR-bill's is. Ask the supplier before you pay it.")  # fmt: skip
    field = "iban"


class WrongCurrency(DomainError):
    code = "capture.wrong_currency"
    message = _("The code is in “%(value)s”; a QR-bill is in CHF or EUR. Choose the currency that is printed, "
                "and pay it without the code.")  # fmt: skip
    field = "currency"


class WrongAmount(DomainError):
    code = "capture.wrong_amount"
    message = _(
        "The code asks for %(value)s, which no bank pays. Enter the amount that is printed."
    )
    field = "amount"


class WrongPair(DomainError):
    code = "capture.wrong_pair"
    message = _("Account %(iban)s and a reference of kind “%(value)s” do not belong together: a QR-IBAN takes a "
                "QR reference, an ordinary IBAN any other. The bank refuses such a payment; ask the supplier "
                "for a correct bill.")  # fmt: skip
    field = "reference_type"


class UnknownKind(DomainError):
    code = "capture.unknown_reference_type"
    message = _("“%(value)s” is not a kind of reference: QRR, SCOR and NON are. Choose the one that fits what is "
                "printed.")  # fmt: skip
    field = "reference_type"


class BrokenReference(DomainError):
    code = "capture.broken_reference"
    message = _("The reference “%(value)s” has a wrong form or check digit. Compare it with what is printed; "
                "where it is the same, ask the supplier for a correct bill.")  # fmt: skip
    field = "reference"


class StrayReference(DomainError):
    code = "capture.stray_reference"
    message = _("The code says it has no reference, yet names “%(value)s”. Compare it with what is printed, and "
                "choose its kind or leave it out.")  # fmt: skip
    field = "reference"


class NoPayee(DomainError):
    code = "capture.payee_incomplete"
    message = _(
        "%(what)s of the payee is missing, and no bank pays without. Add it from what is printed."
    )


class BentRule(DomainError):
    code = "capture.bent_rule"
    message = _("“%(value)s” breaks a rule of the QR-bill. It was read as it stands; compare it with what is "
                "printed.")  # fmt: skip


class NotUtf8(DomainError):
    code = "capture.not_unicode"
    message = _("The code of “%(value)s” is written in Latin-1 in place of UTF-8. Look whether umlauts and "
                "accents were read correctly.")  # fmt: skip
    field = "payload"


class NoAmount(DomainError):
    code = "capture.no_amount"
    message = _(
        "The code of “%(value)s” names no amount. Enter the one that is printed, or that you give."
    )
    field = "amount"


class NotForPayment(DomainError):
    code = "capture.not_for_payment"
    message = _("The code is over %(value)s: it is for information, and nothing is to be paid. Capture it "
                "without a payment, or set it aside.")  # fmt: skip
    field = "amount"


class SkippedTags(DomainError):
    code = "capture.skipped_tags"
    message = _("Of the billing information, “%(value)s” was not understood and left out; all else is used. "
                "Compare it with what is printed.")  # fmt: skip
    field = "billing"


class BrokenUid(DomainError):
    code = "capture.broken_uid"
    message = _("The UID “%(value)s” of the billing information has a wrong check digit. It is not used to find "
                "the supplier; choose the supplier yourself.")  # fmt: skip
    field = "uid"


class VatDoesNotAddUp(DomainError):
    code = "capture.vat_does_not_add_up"
    message = _("By the billing information, net amounts and VAT are %(value)s together; the amount is "
                "%(amount)s. Compare the rates with what is printed.")  # fmt: skip
    field = "vat"


_PAYEE: Final = {"creditor.name", "creditor.town", "creditor.country"}
_ERRORS: Final[dict[type[DomainError], type[DomainError]]] = {
    NotAnIban: BrokenIban,
    rules.NotASwissAccount: ForeignIban,
    rules.BadCurrency: WrongCurrency,
    rules.BadAmount: WrongAmount,
    rules.BadReferenceType: UnknownKind,
    rules.QrIbanNeedsQrr: WrongPair,
    references.NotAQrr: BrokenReference,
    references.NotAScor: BrokenReference,
}
#: These speak to both sides, or of the code itself.
_AS_IS: Final = (payload.CombinedAddress, payload.NewerVersion, payload.ForbiddenParty)
_TOLD_ELSEWHERE: Final = (rules.ZeroWithoutNotice,)


def received(odd: DomainError) -> Remark | None:
    """A broken rule as whoever received the bill hears of it; None where that is told otherwise."""
    if isinstance(odd, _TOLD_ELSEWHERE):
        return None
    if isinstance(odd, payload.UnreadableAmount):
        return Remark(Weight.ERROR, odd)
    if isinstance(odd, _AS_IS):
        return Remark(Weight.WARNING, odd)
    if isinstance(odd, rules.QrrNeedsQrIban):
        return Remark(Weight.ERROR, WrongPair(value="QRR", **odd.values))
    if isinstance(odd, rules.NoReferenceWanted):
        return Remark(Weight.WARNING, StrayReference(**odd.values))
    if isinstance(odd, rules.Missing) and odd.place in _PAYEE:
        return Remark(Weight.ERROR, NoPayee(field=odd.place, **odd.values))
    found = _ERRORS.get(type(odd))
    if found is not None:
        return Remark(Weight.ERROR, found(field=odd.place, **odd.values))
    return Remark(Weight.WARNING, BentRule(field=odd.place, value=_value(odd.values)))


def _value(values: dict[str, Any]) -> Any:
    """What a rule is about: the value, or else what it counts."""
    return values.get("value") or values.get("what") or values.get("length") or values.get("count")
