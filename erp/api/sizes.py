"""How much an endpoint takes at once (API-6)."""

from __future__ import annotations

from typing import Final, NoReturn

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

from erp.core import sizes

LARGEST_BODY: Final = 5 * 1024 * 1024  # bytes of what is no form


class TooLarge(APIException):
    """More than ``limit`` bytes."""

    status_code = 413
    default_code = "too_large"
    default_detail = _(
        "What was sent is larger than %(limit)s MB, which is all that is taken here."
    )

    def __init__(self, limit: int) -> None:
        super().__init__(str(self.default_detail) % {"limit": limit >> 20})


def limit(request: HttpRequest, *, of_a_file: int, together: int) -> None:
    """Refuse what says that it is too large, and let the rest be counted while it is read.

    ``of_a_file`` and ``together`` are bytes of files in a form. Raises ``TooLarge``. Must come before
    anything of the body is read.
    """
    sizes.limit(request, of_a_file=of_a_file, together=together, plain=LARGEST_BODY, stop=_refuse)


def _refuse(most: int) -> NoReturn:
    raise TooLarge(most)
