"""Taking statements in (Kontoauszüge einlesen): checked, without doubles, whole or not at all."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounting.banking.camt import reading
from accounting.banking.camt.contents import Detail, Entry, StatementFile
from accounting.banking.camt.contents import Statement as Told
from accounting.banking.camt.elements import UnreadableValue
from accounting.banking.models import BankAccount, BankTransaction, Statement
from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core import clock, crashpoints, sandbox
from erp.core.errors import DomainError
from erp.core.identifiers import format_iban
from erp.core.money import ZERO
from erp.documents import storing

MOST_FILES: Final = 50
LONGEST_REFERENCE: Final = 64
DIRECTORY_ENTRY: Final = b"PK\x01\x02"
PACKINGS: Final = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # others unpack without a bound


class UnknownBankAccount(DomainError):
    code = "banking.unknown_account"
    message = _("The statement is of account %(iban)s, which is none of this company's. Add the "
                "bank account first, or open the right company.")  # fmt: skip
    field = "file"


class WrongCurrency(DomainError):
    code = "banking.wrong_currency"
    message = _("Statement %(statement)s is in %(found)s, the account in %(expected)s. "
                "Choose the bank account of that currency.")  # fmt: skip
    field = "file"


class InconsistentStatement(DomainError):
    code = "banking.inconsistent_statement"
    message = _("Statement %(statement)s does not add up: opening %(opening)s plus entries "
                "%(entries)s should be %(closing)s; the difference is %(difference)s. Download it "
                "again, complete.")  # fmt: skip
    field = "file"


class IntradayOnly(DomainError):
    code = "banking.intraday_only"
    message = _("This is an intraday report (camt.052), which is not final. Import the day's "
                "statement (camt.053).")  # fmt: skip
    field = "file"


class NoStatement(DomainError):
    code = "banking.no_statement"
    message = _("The file holds no statement at all. Download it again, complete.")
    field = "file"


class BadArchive(DomainError):
    code = "banking.bad_archive"
    message = _("The ZIP file cannot be read, is too large or holds more than %(limit)s files. "
                "Import the statements in smaller archives, or one by one.")  # fmt: skip
    field = "file"


@dataclass(frozen=True)
class Taken:
    """What became of a statement: counts of entries.

    ``gap`` is by how much it opens away from where the statement before it closed.
    """

    statement: str
    bank_account: BankAccount
    new: int
    known: int
    enriched: int
    pending: int
    gap: Decimal = ZERO


@transaction.atomic
def take_in(*, company: Company, content: bytes, by: User) -> list[Taken]:
    """Read a file of statements, or a ZIP of such files, into a company.

    All or nothing. An entry that was taken in before, from this or another file, is not taken
    again: it is known by the bank's own reference, or where that is missing by day, amount,
    parties and text, counting equal entries of one statement so that two real ones both stay.
    A camt.054 adds details to entries known from a camt.053. Raises what ``reading.read`` raises,
    ``BadArchive``, ``NoStatement``, ``UnknownBankAccount``, ``WrongCurrency``,
    ``InconsistentStatement`` or ``IntradayOnly``.
    """
    if len(content) > reading.LARGEST:
        raise reading.TooLarge(limit=reading.LARGEST >> 20)
    results = []
    for part in _parts(content):
        file: StatementFile = sandbox.call("accounting.banking.camt.reading:read", part)
        if file.kind == "camt.052":
            raise IntradayOnly
        if not file.statements:
            raise NoStatement
        digest = hashlib.sha256(part).hexdigest()
        storing.keep(company=company, name=f"{file.kind}-{digest[:12]}.xml", content=part, by=by,
                     content_type="application/xml")  # fmt: skip
        for statement in file.statements:
            results.append(_take(company, file.kind, statement, digest, by))
            crashpoints.reach("statement.taken")
    return results


def _take(company: Company, kind: str, statement: Told, digest: str, by: User) -> Taken:
    account = _account_of(company, statement)
    _require_consistent(kind, statement, account)
    identification = statement.identification[:80]
    booked = [e for e in statement.entries if e.is_booked]
    keys = _keys(booked, _counted_before(company, account, kind, statement))
    known = {
        row.dedupe_key: row
        for row in BankTransaction.of(company)
        .filter(bank_account=account, dedupe_key__in=keys)
        .select_for_update()
    }
    fresh = [(key, e) for key, e in zip(keys, booked, strict=True) if key not in known]
    if kind == "camt.054":  # advice without the bank's reference could be booked twice
        fresh = [(key, e) for key, e in fresh if e.servicer_reference]
    enriched = _enrich(known, dict(zip(keys, booked, strict=True)))
    if (
        fresh
        or not Statement.of(company)
        .filter(bank_account=account, message_type=kind, identification=identification)
        .exists()
    ):
        row = Statement.unscoped.create(
            company=company, bank_account=account, identification=identification,
            message_type=kind, file_digest=digest, from_date=statement.from_date,
            to_date=statement.to_date, opening=statement.opening, closing=statement.closing,
            entry_count=len(booked), imported_at=clock.now(), imported_by=by,
        )  # fmt: skip
        BankTransaction.unscoped.bulk_create(
            (_row(company, account, row, nth, key, e) for nth, (key, e) in enumerate(fresh, 1)),
            batch_size=2000,
        )
        trail.record(company=company, by=by, action="statement.import", subject=row,
                     details={"new": len(fresh), "known": len(known)})  # fmt: skip
    return Taken(statement.identification, account, len(fresh), len(known), enriched,
                 len(statement.entries) - len(booked), _gap(company, account, statement))  # fmt: skip


def _gap(company: Company, account: BankAccount, statement: Told) -> Decimal:
    if statement.opening is None or statement.from_date is None:
        return ZERO
    before = (
        Statement.of(company)
        .filter(bank_account=account, message_type="camt.053", to_date__lt=statement.from_date)
        .exclude(closing=None)
        .order_by("-to_date", "-pk")
        .first()
    )
    if before is None or before.closing is None:
        return ZERO
    return statement.opening - before.closing


def _account_of(company: Company, statement: Told) -> BankAccount:
    """The statement's account, held until the transaction ends: one import at a time."""
    number = statement.iban or statement.other_account
    found: BankAccount | None = (
        BankAccount.of(company)
        .filter(iban=number)
        .select_for_update(of=("self",), no_key=True)
        .select_related("account")
        .first()
    )
    if found is None:
        shown = format_iban(number) if statement.iban else number
        raise UnknownBankAccount(iban=shown or "?")
    return found


def _require_consistent(kind: str, statement: Told, account: BankAccount) -> None:
    found = {e.currency for e in statement.entries} | {statement.currency}
    found |= statement.balance_currencies
    for currency in found - {"", account.currency}:
        raise WrongCurrency(
            statement=statement.identification, found=currency or "?", expected=account.currency
        )
    if kind != "camt.053" or statement.opening is None or statement.closing is None:
        return
    difference = statement.opening + statement.booked - statement.closing
    if difference:
        raise InconsistentStatement(
            statement=statement.identification, opening=statement.opening,
            entries=statement.booked, closing=statement.closing, difference=difference,
        )  # fmt: skip


def _counted_before(
    company: Company, account: BankAccount, kind: str, statement: Told
) -> Counter[str]:
    """How often entries like these were taken, where the statement goes on exactly where the last
    one closed: then nothing in it was told before, however equal it looks."""
    last = (
        Statement.of(company)
        .filter(bank_account=account, message_type="camt.053")
        .exclude(to_date=None)
        .order_by("-to_date", "-pk")
        .first()
    )
    known = Statement.of(company).filter(
        bank_account=account, message_type=kind, identification=statement.identification[:80]
    )
    if (
        kind != "camt.053" or last is None or last.to_date is None or statement.from_date is None
        or last.closing != statement.opening or statement.from_date < last.to_date
        or known.exists()
    ):  # fmt: skip
        return Counter()
    days = {entry.booking_date for entry in statement.entries if entry.booking_date}
    taken = BankTransaction.of(company).filter(bank_account=account, booking_date__in=days)
    return Counter(key.rpartition("#")[0] for key in taken.values_list("dedupe_key", flat=True))


def _keys(entries: list[Entry], counted: Counter[str]) -> list[str]:
    """One key per entry; equal entries are told apart by their count, on from ``counted``."""
    seen = Counter(counted)
    keys = []
    for entry in entries:
        if entry.servicer_reference:
            base = f"r:{_short(entry.servicer_reference)}:{entry.amount}:{entry.booking_date or ''}"
        else:
            told = [
                entry.booking_date, entry.value_date, entry.amount, entry.reference, entry.text,
                *((d.end_to_end_id, d.reference, d.party, d.text) for d in entry.details),
            ]  # fmt: skip
            base = "h:" + hashlib.sha256(repr(told).encode()).hexdigest()
        seen[base] += 1
        keys.append(f"{base}#{seen[base]}")
    return keys


def _short(reference: str) -> str:
    """A reference, or its digest where a bank's is longer than the standard's 35 characters."""
    if len(reference) <= LONGEST_REFERENCE:
        return reference
    return hashlib.sha256(reference.encode()).hexdigest()


def _enrich(known: dict[str, BankTransaction], entries: dict[str, Entry]) -> int:
    """Fill in what an earlier message did not tell: details, party, reference."""
    changed = []
    for key, row in known.items():
        if _told([_plain(d) for d in entries[key].details]) > _told(row.details):
            _describe(row, entries[key])
            changed.append(row)
    BankTransaction.unscoped.bulk_update(
        changed, ["details", "party", "party_iban", "reference", "text"], batch_size=500
    )
    return len(changed)


def _told(details: list[dict[str, Any]]) -> tuple[int, int]:
    """How much a message tells of an entry: its payments, then what is known about them."""
    return len(details), sum(bool(value) for one in details for value in one.values())


def _row(
    company: Company, account: BankAccount, statement: Statement, nth: int, key: str,
    entry: Entry,
) -> BankTransaction:  # fmt: skip
    row = BankTransaction(
        company=company, bank_account=account, statement=statement, position=nth, dedupe_key=key,
        booking_date=_day_of(entry, statement),
        value_date=entry.value_date, amount=entry.amount, is_reversal=entry.reversal,
        bank_code=entry.bank_code[:20],
    )  # fmt: skip
    _describe(row, entry)
    return row


def _day_of(entry: Entry, statement: Statement) -> dt.date:
    day = entry.booking_date or entry.value_date or statement.to_date
    if day is None:
        raise UnreadableValue(entry=entry.reference or "?", element="BookgDt", value="")
    return day


def _describe(row: BankTransaction, entry: Entry) -> None:
    """Say what the entry is; what an earlier message told and this one does not, stays."""
    details = entry.details
    only = details[0] if len(details) == 1 else None
    if only:
        row.party = (only.party or row.party)[:140]
        row.party_iban = (only.party_iban or row.party_iban)[:34]
        row.reference = (only.reference or row.reference)[:35]
    else:
        row.party = ", ".join(dict.fromkeys(d.party for d in details if d.party))[:140]
        row.party_iban = row.reference = ""
    row.text = ((only.text if only else "") or entry.text or row.text)[:500]
    row.details = [_plain(d) for d in details]


def _plain(detail: Detail) -> dict[str, Any]:
    return {
        "amount": str(detail.amount),
        "currency": detail.currency,
        "party": detail.party,
        "party_iban": detail.party_iban,
        "reference": detail.reference,
        "reference_type": detail.reference_type,
        "end_to_end_id": detail.end_to_end_id,
        "servicer_reference": detail.servicer_reference,
        "message_id": detail.message_id[:35],
        "instruction_id": detail.instruction_id[:35],
        "block_id": detail.block_id[:35],
        "text": detail.text,
        "return_reason": detail.return_reason,
        "charges": str(detail.charges or ""),
        "instructed": str(detail.instructed or ""),
        "instructed_currency": detail.instructed_currency,
    }


def _parts(content: bytes) -> list[bytes]:
    """The files of a ZIP, or the file itself."""
    if not content.startswith(b"PK\x03\x04"):
        return [content]
    if content.count(DIRECTORY_ENTRY) > 2 * MOST_FILES:  # with folders; a million fill the memory
        raise BadArchive(limit=MOST_FILES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [m for m in archive.infolist() if not m.is_dir()]
            if (
                not 0 < len(members) <= MOST_FILES
                or sum(m.file_size for m in members) > reading.LARGEST
                or any(m.compress_type not in PACKINGS for m in members)
            ):
                raise BadArchive(limit=MOST_FILES)
            return [_unpacked(archive, m) for m in members]
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        raise BadArchive(limit=MOST_FILES) from None


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's content, never more than its entry says: that may be a lie, and a bomb."""
    with archive.open(member) as packed:
        return packed.read(member.file_size + 1)
