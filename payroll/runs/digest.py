"""What an approval binds: the SHA-256 of each slip, and of the run with all of them."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Final, cast

import msgspec

from erp.core.sealed import SealedField
from payroll.runs.models import PayrollRun, Payslip, SlipContent
from payroll.runs.refusals import Tampered

FORM: Final = "rappen-payroll-1"  # the canonical form below; another form gets another name
CONTENT: Final = cast(SealedField, Payslip._meta.get_field("content"))
_HEAD: Final = FORM.encode() + b"\n"


def salt() -> str:
    """What keeps somebody who guesses a wage from finding it by its digest."""
    return secrets.token_hex(16)


def written(content: SlipContent) -> bytes:
    """A slip's content in its canonical form: JSON with sorted keys and sets."""
    return msgspec.json.encode(content, order="deterministic")


def digest_of(content: SlipContent) -> str:
    """The digest of a slip's opened content, the same however it is sealed: 64 hexadecimal digits."""
    return digest_of_written(written(content))


def digest_of_written(content: bytes) -> str:
    """As ``digest_of``, of what is in its canonical form already."""
    return hashlib.sha256(_HEAD + content).hexdigest()


def digest_of_run(run: PayrollRun) -> str:
    """The digest of a run as it is stored now, by those of its slips. One query."""
    slips = Payslip.of(run.company_id).filter(run=run).order_by("employee")
    told = [FORM, run.company.seal_number, run.kind, run.month.isoformat(), run.date.isoformat(),
            run.pay_date.isoformat(), run.corrects_id or 0,
            [list(row) for row in slips.values_list("employee_id", "digest", "findings")]]  # fmt: skip
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def require_untouched(slip: Payslip) -> None:
    """Raises ``Tampered`` where a slip's content is not what its digest says."""
    if changed_slips([slip]):
        raise Tampered(month=str(slip.run))


def untouched(slip: Payslip) -> SlipContent:
    """A slip's content. Raises ``Tampered`` where it is not what its digest says."""
    require_untouched(slip)
    content: SlipContent = slip.content
    return content


def changed_slips(slips: Iterable[Payslip]) -> list[Payslip]:
    """Those whose content, byte by byte as it was written, is not what their digest says."""
    return [slip for slip in slips if digest_of_written(CONTENT.written(slip)) != slip.digest]
