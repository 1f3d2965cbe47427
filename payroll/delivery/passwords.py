"""What opens encrypted files (Dokumentpasswort): made by the program or chosen, kept sealed, shown once."""

from __future__ import annotations

import io
import secrets
from typing import Final

import msgspec
import pikepdf
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from erp.access.models import User
from erp.access.passwords.checks import refusals
from erp.access.passwords.normal import normalised
from erp.core import clock
from erp.core.errors import Refusals
from payroll.delivery import terms
from payroll.delivery.refusals import PasswordTooLong
from payroll.employees.models import Employee

#: No letter that looks like another one, as it is copied from paper by hand.
LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, EACH = 4, 5  # of letters: 99 bits
LONGEST: Final = 127  # bytes, ISO 32000-2, 7.6.4.3.3
REVISION: Final = 6  # AES-256, ISO 32000-2


def generated() -> str:
    """A password for a file: four groups of five letters and figures."""
    return "-".join(
        "".join(secrets.choice(LETTERS) for _one in range(EACH)) for _two in range(GROUPS)
    )


@sensitive_variables()
@transaction.atomic
def set_password(employee: Employee, *, by: User, chosen: str | None = None) -> str:
    """Give somebody a new password for files from now on; it comes back this once, to be handed over.

    Files that went out before keep the one before. Raises ``PasswordTooLong``, or ``Refusals`` with
    what a password of the sign-in would be refused for.
    """
    row = terms.held(employee)
    password = generated() if chosen is None else _checked(employee, chosen)
    row.content = msgspec.structs.replace(row.content, password=password)
    row.password_set_at = clock.now()
    terms.save(row, by=by, action="employee.slip_password", details={"chosen": chosen is not None})
    return password


@sensitive_variables()
def _checked(employee: Employee, chosen: str) -> str:
    password = normalised(chosen)
    if len(password.encode()) > LONGEST:
        raise PasswordTooLong(most=LONGEST)
    contact = employee.contact
    words = [employee.company.name, *filter(None, (contact.first_name, contact.last_name))]
    if found := refusals(password, user=None, words=words):
        raise Refusals(found)
    return password


@sensitive_variables()
def locked(pdf: bytes, password: str) -> bytes:
    """A PDF that opens with a password alone: AES-256 over all of it, names and dates included.

    Nobody is its owner: what protects is the password, not what a program may be asked to forbid.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as file:
        file.save(out, encryption=pikepdf.Encryption(
            user=password, owner=secrets.token_urlsafe(32), R=REVISION, aes=True, metadata=True,
        ))  # fmt: skip
    return out.getvalue()
