"""Reading bank statements: every official sample against a second, plain reading of the file."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from accounting.banking.camt import reading
from tests.accounting.banking.files import camt as file_of
from tests.accounting.banking.files import camt053, entry, statement, tx

FULL_DAY = "camt.053.001.04_postfinance_full-day.xml"
#: The same content in two versions.
TWINS = [
    (FULL_DAY, "DERIVED_camt.053.001.08_from-postfinance.xml"),
    ("camt.054.001.04_postfinance_QRR-batch.xml", "camt.054.001.08_postfinance_QRR-batch.xml"),
    ("camt.054.001.04_postfinance_no-reference.xml",
     "camt.054.001.08_postfinance_no-reference.xml"),
]  # fmt: skip


@pytest.fixture(scope="session")
def samples(shared):
    return shared / "samples" / "camt"


def plain(path):
    """The file's root, without namespaces."""
    root = ElementTree.parse(path).getroot()
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def signed(element):
    amount = Decimal(element.findtext("Amt"))
    return {"CRDT": amount, "DBIT": -amount}[element.findtext("CdtDbtInd")]


def balance(account_statement, code):
    for found in account_statement.iter("Bal"):
        if found.findtext("Tp/CdOrPrtry/Cd") == code:
            return signed(found)
    return None


def is_booked(booking):
    status = booking.find("Sts")
    return (status.findtext("Cd") or status.text).strip() == "BOOK"


def day_of(booking, name):
    """A date as the bank writes it; no sample has a time that another zone would move."""
    told = booking.findtext(f"{name}/Dt") or booking.findtext(f"{name}/DtTm")
    return dt.date(*map(int, told[:10].split("-"))) if told else None


def statements_in(root):
    return [e for name in ("Stmt", "Ntfctn", "Rpt") for e in root.iter(name)]


def test_every_sample_gives_the_counts_and_sums_that_stand_in_it(samples, subtests):
    paths = sorted(samples.glob("*.xml"))
    assert len(paths) >= 15

    for path in paths:
        with subtests.test(path.name):
            read = reading.read(path.read_bytes())
            there = statements_in(plain(path))
            assert read.kind == re.search(r"camt\.05[234]", path.name)[0]
            assert read.message_id == plain(path).find(".//GrpHdr").findtext("MsgId")
            assert len(read.statements) == len(there) == 1
            for one, raw in zip(read.statements, there, strict=True):
                entries = raw.findall("Ntry")
                assert one.identification == raw.findtext("Id")
                assert (one.opening, one.closing) == (balance(raw, "OPBD"), balance(raw, "CLBD"))
                assert len(one.entries) == len(entries) > 0
                assert one.booked == sum(signed(e) for e in entries if is_booked(e))
                assert [e.amount for e in one.entries] == [signed(e) for e in entries]


def test_every_sample_gives_the_entries_that_stand_in_it(samples, subtests):
    for path in sorted(samples.glob("*.xml")):
        with subtests.test(path.name):
            raw = [e for s in statements_in(plain(path)) for e in s.findall("Ntry")]
            read = [e for s in reading.read(path.read_bytes()).statements for e in s.entries]
            for one, there in zip(read, raw, strict=True):
                assert one.currency == there.find("Amt").get("Ccy")
                assert one.is_booked == is_booked(there)
                assert one.booking_date == day_of(there, "BookgDt")
                assert one.value_date == day_of(there, "ValDt")
                assert one.reversal == (there.findtext("RvslInd") == "true")
                assert one.servicer_reference == there.findtext("AcctSvcrRef", "")
                assert one.reference == there.findtext("NtryRef", "")
                code = there.find("BkTxCd")
                told = [code.findtext(f"Domn/{p}") for p in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
                assert one.bank_code == "/".join(filter(None, told))
                assert len(one.details) == len(payments_in(there))


def payments_in(entry):
    """The payments that an entry tells; of an order debited in one, the batch with its numbers."""
    found = entry.findall(".//TxDtls")
    ours = [one for one in entry.findall(".//Btch") if one.find("MsgId") is not None]
    debited = entry.findtext("CdtDbtInd") == "DBIT"
    return found or (ours if debited else [])


def test_every_sample_gives_the_payments_that_stand_in_it(samples, subtests):
    for path in sorted(samples.glob("*.xml")):
        with subtests.test(path.name):
            raw = [tx for entry in plain(path).iter("Ntry") for tx in payments_in(entry)]
            read = [
                d for s in reading.read(path.read_bytes()).statements for e in s.entries
                for d in e.details
            ]  # fmt: skip
            for one, there in zip(read, raw, strict=True):
                if there.tag == "Btch":
                    assert one.message_id == there.findtext("MsgId", "")
                    assert one.block_id == there.findtext("PmtInfId", "")
                    continue
                if there.find("Amt") is not None:
                    assert one.amount == signed(there)
                    assert one.currency == there.find("Amt").get("Ccy")
                assert one.servicer_reference == there.findtext("Refs/AcctSvcrRef", "")
                told = there.findtext("Refs/EndToEndId", "")
                assert one.end_to_end_id == (told if told != "NOTPROVIDED" else "")
                assert one.reference == there.findtext(".//CdtrRefInf/Ref", "").replace(" ", "")
                assert one.return_reason == there.findtext("RtrInf/Rsn/Cd", "")
                for words in there.findall("RmtInf/Ustrd"):
                    assert " ".join(words.text.split()) in one.text
                assert "?REJECT?" not in one.text
                assert "?ERROR?" not in one.text


def test_both_versions_of_the_same_content_read_the_same(samples, subtests):
    for older, newer in TWINS:
        with subtests.test(newer):
            old = reading.read((samples / older).read_bytes())
            new = reading.read((samples / newer).read_bytes())
            assert old == new
            assert old.statements[0].entries


def test_the_full_day_adds_up_and_shows_every_kind_of_entry(samples):
    """13 entries, 32 payments, 322'152.16 + 537.61 = 322'689.77 (as published)."""
    (day,) = reading.read((samples / FULL_DAY).read_bytes()).statements

    assert (day.iban, day.currency, day.other_account) == ("CH0309000000250090342", "CHF", "")
    assert (day.from_date, day.to_date) == (dt.date(2016, 4, 30), dt.date(2016, 4, 30))
    assert (day.opening, day.booked, day.closing) == (
        Decimal("322152.16"), Decimal("537.61"), Decimal("322689.77"),
    )  # fmt: skip
    assert [len(e.details) for e in day.entries] == [1, 1, 1, 1, 1, 1, 10, 8, 3, 2, 1, 1, 1]
    assert all(sum(d.amount for d in e.details) == e.amount for e in day.entries)
    assert [e.reversal for e in day.entries] == [False] * 11 + [True] * 2
    assert day.entries[0].bank_code == "ACMT/ADOP/CHRG"
    assert day.entries[0].text == "UEBRIGE: 25-9034-2 FÜR KONTOAUSZUG PAPIER TÄGLICH"
    assert {d.return_reason for d in day.entries[8].details} == {"NARR"}
    first, second, *_rest = day.entries[6].details
    assert (first.party, first.reference, first.reference_type, first.text) == (
        "", "000000000002015110002913192", "QRR", "",
    )  # fmt: skip
    assert (second.party, second.party_iban) == ("Rutschmann Pia", "")
    assert day.entries[6].details[5].party_iban == "CH4444444444444444444"
    assert day.entries[7].details[2].text == " ".join(f"MUSTER MITTEILUNG {n}" for n in range(1, 5))


def test_a_reversal_is_money_out_and_names_who_had_paid(samples):
    """The roles stay those of the payment that is reversed: its debtor is the other side."""
    (day,) = reading.read((samples / FULL_DAY).read_bytes()).statements

    told = [
        (e.amount, d.amount, d.party, d.party_iban, d.return_reason)
        for e in day.entries if e.reversal for d in e.details
    ]  # fmt: skip
    assert told == [
        (Decimal("-6.00"), Decimal("-6.00"), "Bernasconi Maria", "CH3709000000250094580", "MD06"),
        (Decimal("-15.53"), Decimal("-15.53"), "Rutschmann Pia", "CH4409000000495962779", "MD06"),
    ]


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("1", True), ("false", False),
                                                ("0", False)])  # fmt: skip
def test_the_reversal_indicator_is_a_boolean_of_xml(written, meant):
    content = camt053(entry(more=f"<RvslInd>{written}</RvslInd>"))
    assert reading.read(content).statements[0].entries[0].reversal is meant


def test_a_reversed_payment_of_ours_names_its_creditor():
    back = tx("50.00", party="Lieferant AG", role="Cdtr")
    content = camt053(entry("50.00", back, side="CRDT", more="<RvslInd>true</RvslInd>"))

    (payment,) = reading.read(content).statements[0].entries[0].details

    assert (payment.party, payment.amount) == ("Lieferant AG", Decimal("50.00"))


def test_references_are_qrr_by_their_27_digits_and_scor_by_their_type(samples):
    told = {
        name: [
            (d.reference, d.reference_type)
            for e in reading.read((samples / name).read_bytes()).statements[0].entries
            for d in e.details
        ]
        for name in (
            "camt.054.001.04_single-ISR.xml", "camt.054.001.04_ISR-single.xml",
            "camt.054.001.08_postfinance_QRR-batch.xml",
            "camt.054.001.08_postfinance_no-reference.xml", "camt.053.001.08_generic.xml",
            "camt.054.001.08_generic.xml",
        )
    }  # fmt: skip
    assert told == {
        "camt.054.001.04_single-ISR.xml": [("210000000003139471430009017", "QRR")],
        "camt.054.001.04_ISR-single.xml": [("812726000000300000000000393", "QRR")],
        "camt.054.001.08_postfinance_QRR-batch.xml": [
            ("539115429773825311971477453", "QRR"), ("662437765447746478179744715", "QRR"),
        ],
        "camt.054.001.08_postfinance_no-reference.xml": [("", "")],
        "camt.053.001.08_generic.xml": [("4654654654654654", "SCOR")],
        "camt.054.001.08_generic.xml": [
            ("ISRrefnumberV1", ""), ("ISRrefnumberV2", ""), ("Refnumber V3block1".replace(" ", ""), "SCOR"),
        ],
    }  # fmt: skip


def test_parties_are_persons_companies_and_banks(samples):
    def parties(name):
        (one,) = reading.read((samples / name).read_bytes()).statements
        return [d.party for e in one.entries for d in e.details]

    assert parties("camt.054.001.08_fin-institution-party.xml") == ["Example Creditor 3 - V1"]
    assert parties("camt.054.001.04_batch-no-details.xml") == ["Ada Lovelace", "Lord Bayron"]
    assert parties("camt.054.001.04_ISR-single.xml") == ["Hans Muster"]  # without address lines
    assert parties("camt.054.001.04_QRR-no-optional-dates.xml") == ["John Doe"]
    assert parties("camt.053.001.08_generic.xml") == ["NAME NAME"]


def test_the_ultimate_party_comes_before_the_one_who_paid_for_it():
    paid = tx("10.00", party="Zahlstelle AG").replace(
        "</RltdPties>", "<UltmtDbtr><Pty><Nm>Kundin GmbH</Nm></Pty></UltmtDbtr></RltdPties>"
    )
    (payment,) = reading.read(camt053(entry("10.00", paid))).statements[0].entries[0].details
    assert payment.party == "Kundin GmbH"


def test_an_account_may_be_named_by_another_number_than_its_iban(samples):
    (one,) = reading.read((samples / "camt.053.001.08_generic.xml").read_bytes()).statements
    assert (one.iban, one.other_account) == ("", "NL26VAYB8060476890")


def test_a_batch_without_payments_is_one_entry_with_its_total(samples):
    (report,) = reading.read((samples / "camt.052.001.08_generic.xml").read_bytes()).statements
    (only,) = report.entries
    (whole,) = only.details
    assert (only.amount, whole.amount) == (Decimal("-200000.00"), Decimal("-200000.00"))
    assert (whole.message_id, whole.block_id) == ("FINP-0055", "FINP-0055-001")  # our own order


def test_an_amount_of_a_payment_comes_from_the_transaction_never_from_the_order():
    """InstdAmt may be in another currency; TxAmt is what was booked."""
    given = tx(party="Kundin").replace(
        "<RltdPties>",
        '<AmtDtls><InstdAmt><Amt Ccy="EUR">100.00</Amt></InstdAmt>'
        '<TxAmt><Amt Ccy="CHF">95.10</Amt></TxAmt></AmtDtls><RltdPties>',
    )
    (payment,) = reading.read(camt053(entry("95.10", given))).statements[0].entries[0].details
    assert (payment.amount, payment.currency) == (Decimal("95.10"), "CHF")


def test_only_the_booked_balances_count():
    """Interim, available and forward balances stand beside them and are no statement's ends."""
    from tests.accounting.banking.files import balance as written

    others = "".join(written(code, "9999.00") for code in ("ITBD", "CLAV", "FWAV", "OPAV"))
    content = file_of(
        statement(entry("7.50"), opening="2.50").replace("<Bal>", others + "<Bal>", 1)
    )

    (one,) = reading.read(content).statements

    assert (one.opening, one.closing) == (Decimal("2.50"), Decimal("10.00"))


def test_overdrawn_balances_are_negative():
    (one,) = reading.read(camt053(entry("30.00", side="DBIT"), opening="-20.00")).statements
    assert (one.opening, one.booked, one.closing) == (
        Decimal("-20.00"), Decimal("-30.00"), Decimal("-50.00"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("<Dt>2026-03-31</Dt>", (2026, 3, 31)),
        ("<Dt>2026-03-31+02:00</Dt>", (2026, 3, 31)),
        ("<Dt>2026-03-31Z</Dt>", (2026, 3, 31)),
        ("<DtTm>2026-03-31T23:30:00</DtTm>", (2026, 3, 31)),  # local time
        ("<DtTm>2026-03-31T23:30:00+02:00</DtTm>", (2026, 3, 31)),
        ("<DtTm>2026-03-31T21:59:59Z</DtTm>", (2026, 3, 31)),  # summer: one second to midnight
        ("<DtTm>2026-03-31T22:00:00Z</DtTm>", (2026, 4, 1)),
        ("<DtTm>2026-01-31T22:59:59+00:00</DtTm>", (2026, 1, 31)),  # winter
        ("<DtTm>2026-01-31T23:00:00+00:00</DtTm>", (2026, 2, 1)),
        ("<DtTm>2026-04-01T01:00:00+09:00</DtTm>", (2026, 3, 31)),
        ("<DtTm>2026-03-31T23:30:00.123+02:00</DtTm>", (2026, 3, 31)),
    ],
)
def test_the_booking_day_is_the_day_in_zurich(written, day):
    content = camt053(entry()).replace(
        b"<BookgDt><Dt>2026-03-31</Dt>", f"<BookgDt>{written}".encode()
    )
    assert written.encode() in content
    assert reading.read(content).statements[0].entries[0].booking_date == dt.date(*day)


def test_the_span_of_a_statement_is_told_in_days_of_zurich(samples):
    (one,) = reading.read((samples / "camt.054.001.04_ISR-single.xml").read_bytes()).statements
    assert (one.from_date, one.to_date) == (dt.date(2021, 4, 26), dt.date(2021, 4, 28))


def test_without_a_span_the_closing_balance_tells_the_day():
    (moved,) = reading.read(camt053(entry(day="2026-03-30"), days=None)).statements
    (still,) = reading.read(camt053(opening="5.00", days=None)).statements

    assert moved.from_date == dt.date(2026, 3, 30)
    assert moved.to_date == still.to_date == dt.date(2026, 3, 31)


def test_an_entry_may_lack_dates_references_and_codes(samples):
    (one,) = reading.read(
        (samples / "camt.054.001.08_fin-institution-party.xml").read_bytes()
    ).statements
    (only,) = one.entries
    assert (only.booking_date, only.value_date, only.bank_code, only.text) == (None, None, "", "")
    assert only.details[0].amount == only.amount == Decimal("-200000.00")


def test_several_statements_keep_their_own_entries():
    first = statement(entry("1.00"), entry("2.00"), ident="A")
    empty = statement(ident="B")
    last = statement(entry("4.00"), ident="C")

    read = reading.read(file_of(first, empty, last)).statements

    assert [(s.identification, [e.amount for e in s.entries]) for s in read] == [
        ("A", [Decimal("1.00"), Decimal("2.00")]), ("B", []), ("C", [Decimal("4.00")]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1000", "1000.00"), ("474.4", "474.40"), ("0.05", "0.05"), ("0", "0.00"),
     ("007.10", "7.10"), (" 12.50\n", "12.50"), ("9999999999999.99", "9999999999999.99"),
     ("100.000", "100.00"), ("100.50000", "100.50")],
)  # fmt: skip
def test_amounts_are_exact_and_kept_to_the_centime(written, meant):
    """Banks leave out decimals or pad them; the value is the same, and so is its form."""
    (one,) = reading.read(camt053(entry(written), closing="1.00")).statements
    assert str(one.entries[0].amount) == meant


def test_pending_and_informative_entries_are_no_bookings():
    content = camt053(entry("10.00"), entry("5.00", status="PDNG"), entry("3.00", status="INFO"))
    (one,) = reading.read(content).statements
    assert [e.is_booked for e in one.entries] == [True, False, False]
    assert one.booked == Decimal("10.00")


def test_the_prefix_and_the_namespace_do_not_matter():
    usual = camt053(entry("12.00", tx("12.00", party="Kundin")))
    prefixed = re.sub(
        rb"<(/?)(\w)", rb"<\1b:\2", usual.replace(b"xmlns=", b"xmlns:b=")
    )  # fmt: skip
    prefixed = prefixed.replace(b"<?b:xml", b"<?xml")
    bare = re.sub(rb' xmlns="[^"]*"', b"", usual)

    assert reading.read(prefixed) == reading.read(bare) == reading.read(usual)
    assert reading.read(prefixed).statements[0].entries[0].details[0].party == "Kundin"


@pytest.mark.parametrize("encoding", ["ISO-8859-1", "UTF-16", "UTF-8"])
def test_the_declared_encoding_is_obeyed(encoding):
    text = camt053(entry(text="Löhne März, Genève")).decode()
    content = text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
    assert reading.read(content).statements[0].entries[0].text == "Löhne März, Genève"


def test_a_large_statement_is_read_whole():
    """The reader frees entries as it goes; none may get lost by that."""
    content = camt053(*(entry(f"{n}.05", tx(f"{n}.05", party=f"P{n}")) for n in range(1, 3001)))
    (one,) = reading.read(content).statements
    assert [e.amount for e in one.entries] == [Decimal(f"{n}.05") for n in range(1, 3001)]
    assert [e.details[0].party for e in one.entries] == [f"P{n}" for n in range(1, 3001)]
