"""What a firm says of a client (Mandatsführung)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from erp.access.firms.models import Firm, FirmStaff
from erp.access.models import User
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.fiduciary.models import MandateSetting
from erp.web.pages import id_or_none


class NotOfTheFirm(DomainError):
    code = "fiduciary.not_of_the_firm"
    message = _("“%(person)s” does not work for %(firm)s. Choose somebody of its staff.")
    field = "responsible"


def colleague(firm: Firm, told: str) -> User:
    """Whom of a firm's staff an e-mail address or a number names; nobody else is looked for.

    Raises ``NotOfTheFirm``, which repeats what was typed and tells nothing of others.
    """
    staff = FirmStaff.objects.filter(firm=firm).select_related("user")
    number = id_or_none(told)
    named = (
        staff.filter(user=number) if number is not None else staff.filter(user__email=told.lower())
    )
    found = named.first()
    if found is None:
        raise NotOfTheFirm(person=told[:100], firm=firm)
    return found.user


def require_staff(firm: Firm, user: User | None, *, field: str = "responsible") -> None:
    """Raises ``NotOfTheFirm`` for whoever does not work there; nobody at all is right."""
    if user is not None and not FirmStaff.objects.filter(firm=firm, user=user).exists():
        raise NotOfTheFirm(person=user, firm=firm, field=field)


@transaction.atomic
def set_responsible(*, firm: Firm, company: Company, responsible: User | None) -> MandateSetting:
    """Say who of the firm answers for a client (Mandatsleitung), or nobody.

    The client is open by ``in_client``. Raises ``NotOfTheFirm``.
    """
    require_staff(firm, responsible)
    found, _new = MandateSetting.unscoped.update_or_create(
        firm=firm, company=company, defaults={"responsible": responsible}
    )
    return found
