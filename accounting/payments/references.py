"""References of payments, whether their check digits are right: QRR and SCOR."""

from __future__ import annotations

import re
from typing import Final

from stdnum import iso11649
from stdnum.ch import esr

_QRR: Final = re.compile(r"[0-9]{27}", re.ASCII)
_SCOR: Final = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}", re.ASCII)


def is_qrr(text: str) -> bool:
    """A QR reference: 27 digits, not all zero, the last by modulo 10 recursive of the others."""
    return (
        _QRR.fullmatch(text) is not None
        and text.strip("0") != ""
        and text[-1] == esr.calc_check_digit(text[:-1])
    )


def is_scor(text: str) -> bool:
    """A creditor reference of ISO 11649 in its canonical form."""
    return _SCOR.fullmatch(text) is not None and bool(iso11649.is_valid(text))
