"""The proof finds what a master of the database did behind the program's back (LED-7, LED-8)."""

from __future__ import annotations

import datetime as dt
import json
import os
import tracemalloc
from contextlib import contextmanager
from io import StringIO
from textwrap import dedent

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from psycopg.conninfo import conninfo_to_dict

from accounting.ledger import chain, posting
from accounting.ledger.bulk import NewEntry, post_many
from accounting.ledger.lines import Line, VatFacts, credit, debit
from accounting.ledger.models import CostCentre, EntryLine, EntryVoucher, JournalEntry
from accounting.ledger.posting import LINE_COLUMNS, post, reverse, write_draft
from accounting.ledger.tasks import keep_heads
from accounting.ledger.verifying import HEADS, head_of, verify_ledger
from erp.audit.anchors import Anchor
from erp.core.tenancy import open_companies
from erp.documents.storing import path_of, store
from erp.operation import running
from tests import make
from tests.make import MARCH_31, chf
from vat.codes.models import VatCode

ENTRIES = 6
CHANGED, MISSING, INSERTED, REORDERED = "changed", "missing", "inserted", "reordered"
UNBALANCED, TOTALS, NUMBERS, CUT = "unbalanced", "totals", "numbers", "cut off"
ATTACHMENT = "attachment changed"


@pytest.fixture
def company(committed_db, settings, tmp_path):
    """Six entries: rent of 100 to 600 francs on the 10th of January to June; 2 has a voucher."""
    settings.RAPPEN_VAR = tmp_path
    company = make.company()
    with books_of(company) as by:
        voucher = store(company=company, name="miete.pdf", content=b"%PDF-1.7 Miete", by=by)
        for n in range(1, ENTRIES + 1):
            make.rent(company, amount=f"{n}00.00", date=dt.date(2026, n, 10), by=by,
                      vouchers=[voucher] if n == 2 else [])  # fmt: skip
    return company


@contextmanager
def books_of(company):
    with transaction.atomic():
        open_companies([company.pk])
        yield make.owner_of(company)


@contextmanager
def master():
    """The administrator of the database: no row-level security, no triggers, no foreign keys."""
    server = conninfo_to_dict(os.environ["DATABASE_OWNER_URL"])
    name = connections["default"].settings_dict["NAME"]
    with psycopg.connect(host=server["host"], user="postgres", dbname=name) as session:
        session.execute("SET session_replication_role = replica")
        yield session


def tamper(company, statements):
    """Run SQL in which ``e3`` is the id of entry 3 and ``c`` the company's."""
    with books_of(company):
        ids = {f"e{n}": pk for n, pk in numbered(company).items()}
    with master() as session:
        for statement in statements.split(";"):
            if statement.strip():
                done = session.execute(statement.format(c=company.pk, **ids))
                assert done.rowcount > 0, statement


def numbered(company):
    return dict(JournalEntry.of(company).filter(number__gt=0).values_list("number", "pk"))


def verdict_on(company, *, anchors=()):
    with books_of(company):
        return verify_ledger(company, anchors=anchors)


def found_in(company, *, anchors=()):
    return [(b.kind, b.entry) for b in verdict_on(company, anchors=anchors).breaks]


def present_head(company):
    with books_of(company):
        return head_of(company)


#: What takes entry 3 out of the totals, so that these give nothing away.
WITHOUT_TOTALS_OF_3 = """
    DELETE FROM accounting_accounttotal
        WHERE company_id = {c} AND month = '2026-03-01'
"""
DELETE_3 = "DELETE FROM accounting_entryline WHERE entry_id = {e3};" \
           "DELETE FROM accounting_journalentry WHERE id = {e3}"  # fmt: skip
DELETE_5_AND_6 = """
    DELETE FROM accounting_entryline WHERE entry_id IN ({e5}, {e6});
    DELETE FROM accounting_journalentry WHERE id IN ({e5}, {e6})
"""
FORGET_5_AND_6 = """
    UPDATE accounting_ledgerhead SET position = 4, digest = (
        SELECT chain_digest FROM accounting_journalentry WHERE id = {e4}) WHERE company_id = {c};
    UPDATE accounting_numberseries SET last = 4 WHERE company_id = {c};
    DELETE FROM accounting_accounttotal WHERE company_id = {c} AND month >= '2026-05-01'
"""
DELETE_ALL = """
    DELETE FROM accounting_entryvoucher WHERE company_id = {c};
    DELETE FROM accounting_entryline WHERE company_id = {c};
    DELETE FROM accounting_journalentry WHERE company_id = {c}
"""
FORGET_ALL = """
    DELETE FROM accounting_ledgerhead WHERE company_id = {c};
    DELETE FROM accounting_numberseries WHERE company_id = {c};
    DELETE FROM accounting_accounttotal WHERE company_id = {c}
"""
COPY_3_TO_THE_END = """
    INSERT INTO accounting_journalentry (company_id, fiscal_year_id, date, text, voucher, kind,
        source, source_key, series, number, created_at, created_by_id, posted_at, posted_by_id,
        chain_position, content_digest, chain_digest)
    SELECT company_id, fiscal_year_id, date, text, voucher, kind, source, source_key, series, 7,
        created_at, created_by_id, posted_at, posted_by_id, 7, content_digest, chain_digest
    FROM accounting_journalentry WHERE id = {e3};
    INSERT INTO accounting_entryline (company_id, entry_id, date, position, account_id, debit,
        credit, text, currency, vat_part)
    SELECT company_id, (SELECT max(id) FROM accounting_journalentry WHERE company_id = {c}), date,
        position, account_id, debit, credit, text, currency, vat_part
    FROM accounting_entryline WHERE entry_id = {e3}
"""

#: What was done, and all that the proof must say about it, the first break first.
DEEDS = {
    "text changed": (
        "UPDATE accounting_journalentry SET text = 'Ferien' WHERE id = {e3}",
        [(CHANGED, 3)],
    ),
    "voucher reference changed": (
        "UPDATE accounting_journalentry SET voucher = 'B-9' WHERE id = {e3}",
        [(CHANGED, 3)],
    ),
    "user changed": (
        "UPDATE accounting_journalentry SET posted_by_id = 1 + posted_by_id WHERE id = {e3}",
        [(CHANGED, 3)],
    ),
    "time changed": (
        "UPDATE accounting_journalentry SET posted_at = posted_at - interval '1 microsecond'"
        " WHERE id = {e3}",
        [(CHANGED, 3)],
    ),
    "text of a line changed": (
        "UPDATE accounting_entryline SET text = 'x' WHERE entry_id = {e3} AND position = 1",
        [(CHANGED, 3)],
    ),
    "amount changed on both sides": (
        "UPDATE accounting_entryline SET debit = 2 * debit, credit = 2 * credit"
        " WHERE entry_id = {e3}",
        [(CHANGED, 3), (TOTALS, None), (TOTALS, None)],
    ),
    "amount changed on both sides and in the totals": (
        "UPDATE accounting_entryline SET debit = 2 * debit, credit = 2 * credit"
        " WHERE entry_id = {e3};"
        "UPDATE accounting_accounttotal SET debit = 2 * debit, credit = 2 * credit"
        " WHERE company_id = {c} AND month = '2026-03-01'",
        [(CHANGED, 3)],
    ),
    "amount changed on one side": (
        "UPDATE accounting_entryline SET debit = debit + 1 WHERE entry_id = {e3} AND debit > 0",
        [(CHANGED, 3), (UNBALANCED, 3), (TOTALS, None)],
    ),
    "account changed": (
        "UPDATE accounting_entryline SET account_id = (SELECT id FROM accounting_account"
        " WHERE company_id = {c} AND number = '6500') WHERE entry_id = {e3} AND debit > 0",
        [(CHANGED, 3), (TOTALS, None), (TOTALS, None)],
    ),
    "date changed": (
        "UPDATE accounting_journalentry SET date = '2026-03-09' WHERE id = {e3};"
        "UPDATE accounting_entryline SET date = '2026-03-09' WHERE entry_id = {e3}",
        [(CHANGED, 3)],
    ),
    "date of a line changed": (
        "UPDATE accounting_entryline SET date = '2026-03-09' WHERE entry_id = {e3} AND debit > 0",
        [(CHANGED, 3)],
    ),
    "line removed": (
        "DELETE FROM accounting_entryline WHERE entry_id = {e3} AND position = 2",
        [(CHANGED, 3), (UNBALANCED, 3), (TOTALS, None)],
    ),
    "reversal made up": (
        "UPDATE accounting_journalentry SET kind = 'reversal', reverses_id = {e1} WHERE id = {e3}",
        [(CHANGED, 3)],
    ),
    "number changed": (
        "UPDATE accounting_journalentry SET number = 9 WHERE id = {e3}",
        [(REORDERED, 9), (NUMBERS, None)],
    ),
    "numbers exchanged": (
        "UPDATE accounting_journalentry SET number = 9 WHERE id = {e3};"
        "UPDATE accounting_journalentry SET number = 3 WHERE id = {e4};"
        "UPDATE accounting_journalentry SET number = 4 WHERE id = {e3}",
        [(REORDERED, 4), (REORDERED, 3)],
    ),
    "two entries swapped": (
        "UPDATE accounting_journalentry SET chain_position = 99 WHERE id = {e3};"
        "UPDATE accounting_journalentry SET chain_position = 3 WHERE id = {e4};"
        "UPDATE accounting_journalentry SET chain_position = 4 WHERE id = {e3}",
        [(REORDERED, 4), (REORDERED, 3), (REORDERED, 5)],
    ),
    "entry deleted": (DELETE_3, [(MISSING, 3), (TOTALS, None), (TOTALS, None), (NUMBERS, None)]),
    "entry deleted, totals reckoned anew": (
        DELETE_3 + ";" + WITHOUT_TOTALS_OF_3,
        [(MISSING, 3), (NUMBERS, None)],
    ),
    "entry turned back into a draft": (
        "UPDATE accounting_journalentry SET number = NULL, posted_at = NULL, posted_by_id = NULL,"
        " chain_position = NULL, content_digest = NULL, chain_digest = NULL WHERE id = {e3}",
        [(MISSING, 3), (TOTALS, None), (TOTALS, None), (NUMBERS, None)],
    ),
    "first entry deleted": (
        DELETE_3.replace("{e3}", "{e1}"),
        [(MISSING, 1), (TOTALS, None), (TOTALS, None), (NUMBERS, None)],
    ),
    "last entries deleted": (
        DELETE_5_AND_6,
        [(CUT, None), *[(TOTALS, None)] * 4, (NUMBERS, None)],
    ),
    "all entries deleted": (DELETE_ALL, [(CUT, None), *[(TOTALS, None)] * 12, (NUMBERS, None)]),
    "entry inserted": (
        COPY_3_TO_THE_END,
        [(REORDERED, 7), (INSERTED, 7), (TOTALS, None), (TOTALS, None), (NUMBERS, None)],
    ),
    "total changed": (
        "UPDATE accounting_accounttotal SET debit = debit + 1"
        " WHERE company_id = {c} AND month = '2026-03-01' AND debit > 0",
        [(TOTALS, None)],
    ),
    "total in foreign currency changed": (
        "UPDATE accounting_accounttotal SET amount_foreign = 1"
        " WHERE company_id = {c} AND month = '2026-03-01' AND debit > 0",
        [(TOTALS, None)],
    ),
    "total removed": (
        "DELETE FROM accounting_accounttotal"
        " WHERE company_id = {c} AND month = '2026-03-01' AND debit > 0",
        [(TOTALS, None)],
    ),
    "last number given changed": (
        "UPDATE accounting_numberseries SET last = 5 WHERE company_id = {c}",
        [(NUMBERS, None)],
    ),
    "series changed": (
        "UPDATE accounting_journalentry SET series = 'K' WHERE id = {e6}",
        [(NUMBERS, None), (NUMBERS, None)],
    ),
    "head changed": (
        "UPDATE accounting_ledgerhead SET digest = sha256('') WHERE company_id = {c}",
        [(CHANGED, 6)],
    ),
    "head set back": (
        "UPDATE accounting_ledgerhead SET position = 5, digest = (SELECT chain_digest"
        " FROM accounting_journalentry WHERE id = {e5}) WHERE company_id = {c}",
        [(INSERTED, 6)],
    ),
    "head removed": ("DELETE FROM accounting_ledgerhead WHERE company_id = {c}", [(CUT, None)]),
    "voucher taken off": (
        "DELETE FROM accounting_entryvoucher WHERE entry_id = {e2}",
        [(CHANGED, 2)],
    ),
    "voucher hung on another entry": (
        "UPDATE accounting_entryvoucher SET entry_id = {e3} WHERE entry_id = {e2}",
        [(CHANGED, 2), (CHANGED, 3)],
    ),
    "digest of a voucher changed": (
        "UPDATE erp_storedfile SET digest = repeat('0', 64) WHERE company_id = {c}",
        [(CHANGED, 2), (ATTACHMENT, 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", DEEDS)
def test_the_proof_names_what_was_done(company, deed):
    statements, expected = DEEDS[deed]
    assert found_in(company) == []

    tamper(company, statements)

    assert found_in(company) == expected


def test_only_the_company_tampered_with_is_unsound(company):
    other = make.company()
    with books_of(other) as by:
        make.rent(other, by=by)

    tamper(company, DEEDS["text changed"][0])

    assert found_in(other) == []
    assert not verdict_on(company).sound


def test_the_verdict_counts_and_tells_where_the_chain_ends(company):
    verdict = verdict_on(company)
    assert (verdict.company, verdict.entries, verdict.lines, verdict.position) == (
        company.pk, ENTRIES, 2 * ENTRIES, ENTRIES,
    )  # fmt: skip
    assert Anchor(verdict.position, verdict.head) == present_head(company)


# --- vouchers on disk


def voucher_file(company):
    with books_of(company):
        return path_of(company.pk, EntryVoucher.of(company).get().file.digest)


def test_a_voucher_whose_bytes_changed_is_named(company):
    path = voucher_file(company)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    assert found_in(company) == [(ATTACHMENT, 2)]


def test_a_voucher_that_is_gone_is_named(company):
    voucher_file(company).unlink()
    assert found_in(company) == [(ATTACHMENT, 2)]


# --- whoever reckons the whole chain anew is found by the heads kept elsewhere


def forge(company, *, start=1):
    """Seal all entries from ``start`` on anew, and put the head where the chain then ends."""
    with books_of(company):
        entries = list(JournalEntry.of(company).filter(number__gt=0).order_by("chain_position"))
        seals, previous = [], b""
        for entry in entries:
            content, link = bytes(entry.content_digest), bytes(entry.chain_digest)
            if entry.chain_position >= start:
                content = content_of(company, entry)
                link = chain.link(
                    previous, position=entry.chain_position, number=entry.number, content=content
                )
            seals.append((content, link, entry.pk))
            previous = link
    with master() as session:
        session.cursor().executemany(
            "UPDATE accounting_journalentry SET content_digest = %s, chain_digest = %s"
            " WHERE id = %s",
            seals,
        )
        session.execute(
            "UPDATE accounting_ledgerhead SET position = %s, digest = %s WHERE company_id = %s",
            [entries[-1].chain_position, previous, company.pk],
        )


def content_of(company, entry):
    lines = EntryLine.of(company).filter(entry=entry).order_by("position")
    vouchers = EntryVoucher.of(company).filter(entry=entry, sealed=True)
    return chain.content_digest(
        company=company.pk, fiscal_year=entry.fiscal_year_id, date=entry.date, kind=entry.kind,
        text=entry.text, voucher=entry.voucher, source=entry.source, source_key=entry.source_key,
        reverses=entry.reverses_id, posted_by=entry.posted_by_id, posted_at=entry.posted_at,
        lines=lines.values_list(*LINE_COLUMNS), vouchers=vouchers.values_list("file__digest", flat=True),
    )  # fmt: skip


def test_a_forged_chain_differs_from_a_head_kept_elsewhere(company):
    kept = present_head(company)
    tamper(company, DEEDS["text changed"][0])
    forge(company)

    assert found_in(company) == []
    assert found_in(company, anchors=[kept]) == [(CHANGED, 6)]


@pytest.mark.parametrize("forged_first", [True, False])
def test_a_head_kept_after_the_forgery_does_not_hide_the_one_kept_before(company, forged_first):
    kept = present_head(company)
    tamper(company, DEEDS["text changed"][0])
    forge(company)
    kept_later = present_head(company)
    assert (kept_later.position, kept_later != kept) == (kept.position, True)

    anchors = [kept_later, kept] if forged_first else [kept, kept_later]
    assert found_in(company, anchors=anchors) == [(CHANGED, 6)]


def test_a_tail_cut_off_with_all_its_traces_is_found_by_a_head_kept_elsewhere(company):
    kept = present_head(company)
    tamper(company, FORGET_5_AND_6 + ";" + DELETE_5_AND_6)

    assert found_in(company) == []
    assert found_in(company, anchors=[kept]) == [(CUT, None)]


def test_posting_on_after_a_cut_does_not_hide_it(company):
    kept = present_head(company)
    tamper(company, FORGET_5_AND_6 + ";" + DELETE_5_AND_6)
    with books_of(company) as by:
        for _ in range(3):
            make.rent(company, by=by)

    assert found_in(company) == []
    assert found_in(company, anchors=[kept]) == [(CHANGED, 6)]


def test_a_chain_deleted_with_all_its_traces_is_found_by_heads_kept_elsewhere(company):
    kept = [Anchor(3, "00" * 32), present_head(company)]
    tamper(company, DELETE_ALL + ";" + FORGET_ALL)

    assert found_in(company) == []
    assert found_in(company, anchors=kept) == [(CUT, None), (CUT, None)]


def test_heads_kept_on_the_way_agree_with_books_that_went_on(company):
    kept = [present_head(company)]
    for _ in range(2):
        with books_of(company) as by:
            make.rent(company, by=by)
        kept.append(present_head(company))
    assert found_in(company, anchors=kept) == []


def test_an_entry_well_forged_into_the_middle_is_named(company):
    """With a fitting link to the one before; the entries behind it moved on by one place."""
    tamper(company, COPY_3_TO_THE_END.replace(", 7, content_digest", ", 1007, content_digest") + """;
        UPDATE accounting_journalentry SET chain_position = chain_position + 1000
            WHERE id IN ({e4}, {e5}, {e6});
        UPDATE accounting_journalentry SET chain_position = chain_position - 999
            WHERE id IN ({e4}, {e5}, {e6});
        UPDATE accounting_journalentry SET chain_position = 4
            WHERE company_id = {c} AND chain_position = 1007""")  # fmt: skip
    with books_of(company):
        before, forged = JournalEntry.of(company).filter(chain_position__in=[3, 4]).order_by(
            "chain_position"
        )  # fmt: skip
        content = content_of(company, forged)
        link = chain.link(bytes(before.chain_digest), position=4, number=7, content=content)
    with master() as session:
        session.execute(
            "UPDATE accounting_journalentry SET content_digest = %s, chain_digest = %s"
            " WHERE id = %s", [content, link, forged.pk],
        )  # fmt: skip

    found = found_in(company)
    assert found[0] == (INSERTED, 7)
    assert {kind for kind, _entry in found[1:]} == {TOTALS, NUMBERS}


def test_an_entry_that_never_balanced_is_named_though_its_seal_fits(company):
    tamper(
        company,
        "UPDATE accounting_entryline SET debit = debit + 1 WHERE entry_id = {e3} AND debit > 0;"
        "UPDATE accounting_accounttotal SET debit = debit + 1"
        " WHERE company_id = {c} AND month = '2026-03-01' AND debit > 0",
    )
    forge(company, start=3)
    assert found_in(company) == [(UNBALANCED, 3)]


def test_numbers_given_and_gone_are_told_though_drafts_remain(company):
    with books_of(company) as by:
        write_draft(company=company, date=MARCH_31, text="Entwurf", lines=[], by=by)
    posted = DELETE_ALL.rstrip() + " AND number > 0"
    tamper(company, posted + ";DELETE FROM accounting_ledgerhead WHERE company_id = {c}")
    assert (NUMBERS, None) in found_in(company)


# --- what is in order stays in order


def test_books_with_everything_in_them_are_sound(company):
    with books_of(company) as by:
        bank, euro = make.account(company, "1020"), make.account(company, "1024")
        sales, tax = make.account(company, "3200"), make.account(company, "2200")
        centre = CostCentre.unscoped.create(company=company, number="10", name_de="Büro")
        un = VatCode.of(company).get(code="UN")
        voucher = store(company=company, name="a.pdf", content=b"%PDF-1.7 zwei", by=by)
        told = {"company": company, "date": MARCH_31, "by": by}
        facts = {"code": un, "rate": chf("8.10"), "supply_date": MARCH_31}
        post(
            text="«Müller & Söhne», 10 % \U0001f9fe \"'\\",
            voucher="R-1",
            **told,
            vouchers=[voucher, voucher],
            lines=[
                debit(bank, chf("108.10")),
                credit(
                    sales,
                    chf("100"),
                    cost_centre=centre,
                    vat=VatFacts(part="B", base=chf("-100.0"), **facts),
                ),
                credit(tax, chf("8.10"), vat=VatFacts(part="T", base=chf("-100"), **facts)),
            ],
        )
        post(
            text="Kurs",
            kind="opening",
            **told,
            lines=[
                Line(
                    euro,
                    debit=chf("9.4"),
                    credit=chf("-0.00"),
                    currency="EUR",
                    amount_foreign=chf("1E+1"),
                ),
                credit(bank, chf("9.40")),
            ],
        )
        valued = post(text="Bewertung", **told,
                      lines=[debit(euro, chf("1"), currency="EUR", amount_foreign=chf("-0")),
                             credit(sales, chf("1"))])  # fmt: skip
        back = reverse(valued, date=MARCH_31, by=by)
        reverse(back, date=dt.date(2026, 12, 31), by=by, text="Storno vom Storno")
        write_draft(text="Entwurf", lines=[debit(bank, chf("1"))], **told)
        later = store(company=company, name="b.pdf", content=b"%PDF-1.7 drei", by=by)
        posting.attach(valued, [later])

    verdict = verdict_on(company)
    assert verdict.breaks == []
    assert verdict.entries == ENTRIES + 5


def test_an_empty_ledger_is_sound(committed_db):
    company = make.company()
    verdict = verdict_on(company)
    assert (verdict.sound, verdict.entries, verdict.position, verdict.head) == (True, 0, 0, "")


# --- the command, and the heads kept outside the database


def verify_by_command(company, **options):
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("verify_ledger", company=company and str(company.pk), stdout=out, **options)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def test_the_command_tells_of_sound_books(company):
    said, code = verify_by_command(company)
    assert code == 0
    assert said.startswith(f"company {company.pk}: 6 entries, 12 lines, head ")
    assert len(said.splitlines()) == 1


def test_the_command_prints_each_break_and_exits_with_1(company):
    tamper(company, DEEDS["amount changed on one side"][0])
    said, code = verify_by_command(company)
    assert code == 1
    _first, *breaks = dedent(said).splitlines()
    assert [line.strip() for line in breaks] == [
        "changed: entry 3: the content differs from what was sealed",
        "unbalanced: entry 3: debit 301.00",
        "totals: account 6000, 2026-03: totals and lines differ",
    ]


def test_the_command_prints_json(company):
    tamper(company, DEEDS["text changed"][0])
    said, code = verify_by_command(company, format="json")
    told = json.loads(said)
    assert (code, told["sound"], told["entries"], told["position"]) == (1, False, 6, 6)
    assert told["breaks"] == [
        {"kind": CHANGED, "entry": 3, "details": "the content differs from what was sealed"}
    ]


def test_the_command_proves_every_company(company):
    other = make.company()
    tamper(company, DEEDS["text changed"][0])
    said, code = verify_by_command(None)
    assert code == 1
    assert f"company {company.pk}: 6 entries" in said
    assert f"company {other.pk}: 0 entries" in said


def test_the_command_refuses_an_unknown_company(committed_db):
    with pytest.raises(CommandError, match="nobody-gmbh"):
        call_command("verify_ledger", company="nobody-gmbh", stdout=StringIO())


def test_heads_are_kept_in_a_file_that_only_grows(company, tmp_path):
    path = tmp_path / "anchors" / "ledger-heads.jsonl"
    keep_heads()
    first = path.read_text()
    with books_of(company) as by:
        make.rent(company, by=by)
    keep_heads()

    assert path.read_text().startswith(first)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    own = [row for row in rows if row["company"] == company.pk]
    assert [row["position"] for row in own] == [6, 7]
    assert Anchor(own[1]["position"], own[1]["digest"]) == present_head(company)
    assert path.parent.stat().st_mode & 0o077 == 0
    _said, code = verify_by_command(company)
    assert code == 0


@pytest.mark.parametrize(
    "deed", [FORGET_5_AND_6 + ";" + DELETE_5_AND_6, DELETE_ALL + ";" + FORGET_ALL],
    ids=["tail cut off", "all deleted"],
)  # fmt: skip
def test_the_command_uses_the_heads_kept(company, deed):
    keep_heads()
    tamper(company, deed)
    keep_heads()  # whoever cut the chain cannot cover it up by keeping the new head
    said, code = verify_by_command(company)
    assert code == 1
    assert "cut off: a head at place 6 was kept, and the place is gone" in said


def test_a_torn_line_of_the_heads_stops_no_proof(company, tmp_path):
    path = tmp_path / "anchors" / "ledger-heads.jsonl"
    keep_heads()
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    assert HEADS.is_torn() and verify_by_command(company)[1] == 0
    assert running.proofs().state == "warning" and "ledger-heads" in running.proofs().text
    keep_heads()
    assert not HEADS.is_torn() and path.read_bytes().startswith(whole + b"{")
    assert verify_by_command(company)[1] == 0
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'{"company": \xff\n', *lines[1:]]))
    said, code = verify_by_command(company)
    assert code == 1 and "head unreadable: line 2 of ledger-heads.jsonl cannot be read" in said


# --- memory


def test_the_memory_of_the_proof_does_not_grow_with_the_ledger(committed_db):
    company = make.company()

    def fill(count):
        with books_of(company) as by:
            lines = [
                debit(make.account(company, "6000"), chf("5.00")),
                credit(make.account(company, "1020"), chf("5.00")),
            ]
            entries = [NewEntry(MARCH_31, f"Miete {n}", lines) for n in range(count)]
            post_many(company=company, entries=entries, by=by)

    def peak():
        tracemalloc.start()
        try:
            verdict = verdict_on(company)
            return verdict, tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    fill(1000)
    with master() as session:
        session.execute("ANALYZE accounting_journalentry, accounting_entryline")
    fill(1000)
    peak()  # what is loaded once
    small, first = peak()
    for _ in range(3):
        fill(2000)
    large, second = peak()

    assert (small.entries, large.entries) == (2000, 8000)
    assert small.breaks == large.breaks == []
    assert second < 1.3 * first
