"""Payment orders: what is written is valid and by the rules; what breaks them is told with its place."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from accounting.payments.pain import rules, text, writing
from accounting.payments.pain.order import (
    Address,
    Advice,
    Bank,
    Block,
    Kind,
    Order,
    ReferenceKind,
    in_chunks,
    kind_of,
)
from tests.accounting.payments.orders import DAY, MINE, iban, order, orders, paid, qrr, scor
from tests.examples import cases

QR = iban("CH", "30000123456789012")
SCHEMAS = {}


@pytest.fixture(scope="session")
def schema(shared):
    return etree.XMLSchema(etree.parse(shared / "schemas/iso20022-ch/pain.001.001.09.ch.03.xsd"))


def codes(content: bytes, **more) -> list[str]:
    return [finding.code for finding in rules.check(content, **more)]


# --- writing ----------------------------------------------------------------------------------------
def test_payments_of_every_kind_are_written_by_the_schema_and_by_the_rules(schema):
    told = order(
        paid(1, account=QR, reference_kind=ReferenceKind.QRR, reference=qrr(4711), message="Danke"),
        paid(2, reference_kind=ReferenceKind.SCOR, reference=scor("R2026")),
        paid(3, message="Rechnung 17 & 18 <Zürich>"),
        paid(4, name="Café Łódź"),
    )
    content = writing.write(told)
    assert schema.validate(etree.fromstring(content)), schema.error_log
    assert rules.check(content) == []
    assert b'<InstdAmt Ccy="CHF">100.00</InstdAmt>' in content
    assert content == writing.write(told)


def test_euros_abroad_bear_the_service_level_and_its_charges(schema):
    content = writing.write(order(
        paid(1, currency="EUR", account=iban("DE", "370400440532013000")),
        paid(2, currency="EUR"),
        paid(3, currency="EUR", account="0123456789", is_iban=False, bank=Bank("CHASUS33")),
    ))  # fmt: skip
    assert schema.validate(etree.fromstring(content)), schema.error_log
    assert content.count(b"<Cd>SEPA</Cd>") == 1
    assert content.count(b"SLEV") == 1 and content.count(b"<ChrgBr>SHAR") == 1


def test_wages_are_marked_on_the_block_and_confidential(schema):
    content = writing.write(order(paid(1), is_salary=True, advice=Advice.NONE))
    assert schema.validate(etree.fromstring(content)), schema.error_log
    assert b"<CtgyPurp><Cd>SALA</Cd></CtgyPurp>" in content and b"<Prtry>NOA</Prtry>" in content


def test_a_file_that_breaks_a_rule_is_not_written():
    with pytest.raises(writing.BreaksRules) as refusal:
        writing.write(order(paid(1, account=QR)))
    assert [f.code for f in refusal.value.findings] == ["qr_iban_needs_qrr"]
    assert "PmtInf[1]/CdtTrfTxInf[1]/RmtInf" in str(refusal.value)


def test_an_order_is_divided_where_it_holds_more_than_a_file_may():
    told = order(*(paid(n) for n in range(7)))
    parts = in_chunks(told, 3)
    assert [part.count for part in parts] == [3, 3, 1]
    assert [part.id for part in parts] == ["MSG-1", "MSG-1-2", "MSG-1-3"]
    assert [part.blocks[0].id for part in parts] == ["PMT-1", "PMT-1-2", "PMT-1-3"]
    assert [t for part in parts for t in part.transactions] == list(told.transactions)
    assert in_chunks(told) == [told]


@settings(
    max_examples=cases(1000, each_time=100), deadline=None, suppress_health_check=[*HealthCheck]
)
@given(told=orders())
def test_whatever_is_paid_is_schema_valid_and_without_findings(schema, told):
    content = writing.write(told)
    assert schema.validate(etree.fromstring(content)), schema.error_log
    assert rules.check(content) == []


def test_kinds_of_payments():
    german = iban("DE", "370400440532013000")
    assert kind_of(MINE, "CHF") is Kind.DOMESTIC and kind_of(MINE, "USD") is Kind.FOREIGN
    assert kind_of(german, "EUR") is Kind.SEPA and kind_of(german, "CHF") is Kind.FOREIGN
    assert kind_of("", "EUR") is Kind.FOREIGN
    assert kind_of("RS35260005601001611379", "EUR", on=dt.date(2026, 1, 1)) is Kind.FOREIGN


# --- the checker ------------------------------------------------------------------------------------
EMPTY_AGENT = "empty_element"  # the synthetic samples have an empty FinInstnId, which SPS forbids
SAMPLES = {
    "CONSTRUCTED_pain.001_IG-5.1_QRR-SCOR.xml": [],
    "pain.001_D_QRR_ok.xml": [EMPTY_AGENT],
    "pain.001_D_QRR_structured-address_ok.xml": [EMPTY_AGENT],
    "pain.001_S_SEPA_ok.xml": [EMPTY_AGENT],
    "pain.001_S_Ustrd-140.xml": ["iban"],  # a British IBAN has letters for its bank
    "pain.001_D_QR-IBAN-with-SCOR_NOK.xml": [EMPTY_AGENT, "qr_iban_needs_qrr"],
    "pain.001_D_QR-IBAN-without-ref_NOK.xml": [EMPTY_AGENT, "qr_iban_needs_qrr"],
    "pain.001_S_CHF_NOK.xml": [EMPTY_AGENT, "sepa_currency"],
    "pain.001_charset-star_XSD-FAIL.xml": ["characters", "debtor_address"],
}


@pytest.mark.parametrize(("name", "expected"), SAMPLES.items())
def test_official_samples(shared, name, expected):
    assert codes((shared / "samples/pain" / name).read_bytes()) == expected


def test_older_orders_and_direct_debits_are_told_as_such(shared):
    folder = shared / "samples/pain"
    assert codes((folder / "pain.001.001.03.ch.02_legacy.xml").read_bytes())[0] == "namespace"
    assert "structure" in codes((folder / "pain.008.001.02.ch.03_example.xml").read_bytes())


GOOD = writing.serialised(writing.tree_of(order(paid(1), paid(2)))).decode()
FIRST = "PmtInf[1]/CdtTrfTxInf[1]"
BREACHES = [
    ("<NbOfTxs>2</NbOfTxs><CtrlSum>200.00</CtrlSum><InitgPty>",
     "<NbOfTxs>3</NbOfTxs><CtrlSum>200.00</CtrlSum><InitgPty>", "count", "GrpHdr/NbOfTxs", "3"),
    ("<CtrlSum>200.00</CtrlSum><InitgPty>", "<CtrlSum>200.01</CtrlSum><InitgPty>", "sum",
     "GrpHdr/CtrlSum", "200.01"),
    ("<MsgId>MSG-1</MsgId>", "<MsgId>MSG_1</MsgId>", "reference_characters", "GrpHdr/MsgId", "MSG_1"),
    ("<MsgId>MSG-1</MsgId>", "", "missing", "GrpHdr/MsgId", ""),
    ("<EndToEndId>E-1</EndToEndId>", "<EndToEndId>a//b</EndToEndId>", "reference_characters",
     f"{FIRST}/PmtId/EndToEndId", "a//b"),
    ("<InstrId>I-2</InstrId>", "<InstrId>I-1</InstrId>", "duplicate_payment",
     "PmtInf[1]/CdtTrfTxInf[2]/PmtId/InstrId", "I-1"),
    ("</Nm><CtctDtls>", "</Nm><PstlAdr><Ctry>CH</Ctry></PstlAdr><CtctDtls>", "initiator_address",
     "GrpHdr/InitgPty/PstlAdr", ""),
    ("<ChanlTp>PRVD</ChanlTp>", "<ChanlTp>FAXX</ChanlTp>", "software", "GrpHdr/InitgPty/CtctDtls", "FAXX"),
    ("<PmtMtd>TRF", "<PmtMtd>XXX", "method", "PmtInf[1]/PmtMtd", "XXX"),
    ("<BtchBookg>true", "<BtchBookg>yes", "batch", "PmtInf[1]/BtchBookg", "yes"),
    ("<ReqdExctnDt><Dt>2026-12-01</Dt></ReqdExctnDt>", "<ReqdExctnDt>2026-12-01</ReqdExctnDt>",
     "date", "PmtInf[1]/ReqdExctnDt", "2026-12-01"),
    ("<Dbtr><Nm>Muster AG</Nm>", "<Dbtr><Nm>Muster AG</Nm><PstlAdr><Ctry>CH</Ctry></PstlAdr>",
     "debtor_address", "PmtInf[1]/Dbtr/PstlAdr", ""),
    (f"<IBAN>{MINE}", f"<IBAN>{QR}", "debtor_qr_iban", "PmtInf[1]/DbtrAcct/Id/IBAN", QR),
    (f"<IBAN>{MINE}", "<IBAN>CH5604835012345678008", "iban", "PmtInf[1]/DbtrAcct/Id/IBAN",
     "CH5604835012345678008"),
    ("<ClrSysMmbId>", "<BICFI>CRESCHZZ80A</BICFI><ClrSysMmbId>", "agent_twice",
     "PmtInf[1]/DbtrAgt/FinInstnId", "CRESCHZZ80A"),
    ("<MmbId>4835", "<MmbId>483512", "clearing", "PmtInf[1]/DbtrAgt/FinInstnId/ClrSysMmbId", "483512"),
    ('Ccy="CHF">100.00', 'Ccy="CHF">0100.00', "amount", f"{FIRST}/Amt/InstdAmt", "0100.00"),
    ('Ccy="CHF">100.00', 'Ccy="CHF">100,00', "amount", f"{FIRST}/Amt/InstdAmt", "100,00"),
    ('Ccy="CHF">100.00', 'Ccy="CHF">99.999', "decimals", f"{FIRST}/Amt/InstdAmt", "99.999"),
    ('Ccy="CHF">100.00', 'Ccy="CHF">10000000000.00', "amount_limit", f"{FIRST}/Amt/InstdAmt",
     "10000000000.00"),
    ('Ccy="CHF">100.00', 'Ccy="EUR">100.00', "currencies", "PmtInf[1]", "CHF, EUR"),
    ("<Nm>Lieferantin AG</Nm>", "", "missing", f"{FIRST}/Cdtr/Nm", ""),
    ("<Nm>Lieferantin AG</Nm>", "<Nm>" + "x" * 141 + "</Nm>", "too_long", f"{FIRST}/Cdtr/Nm", "x" * 141),
    ("<TwnNm>Bern</TwnNm>", "", "town", f"{FIRST}/Cdtr/PstlAdr/TwnNm", ""),
    ("<Ctry>CH</Ctry>", "<Ctry>Schweiz</Ctry>", "country", f"{FIRST}/Cdtr/PstlAdr/Ctry", "Schweiz"),
    ("<StrtNm>Gasse</StrtNm>", "<AdrTp><Cd>HOME</Cd></AdrTp><StrtNm>Gasse</StrtNm>", "address_type",
     f"{FIRST}/Cdtr/PstlAdr/AdrTp", ""),
    ("<StrtNm>Gasse</StrtNm><BldgNb>7</BldgNb><PstCd>3011</PstCd><TwnNm>Bern</TwnNm><Ctry>CH</Ctry>",
     "<Ctry>CH</Ctry><AdrLine>Gasse 7</AdrLine><AdrLine>3011 Bern</AdrLine>", "address_lines",
     f"{FIRST}/Cdtr/PstlAdr", "Gasse 7; 3011 Bern"),
    ("<Ctry>CH</Ctry></PstlAdr></Cdtr>", "<Ctry>CH</Ctry><AdrLine>Gasse</AdrLine></PstlAdr></Cdtr>",
     "address_repeats", f"{FIRST}/Cdtr/PstlAdr/AdrLine", "Gasse"),
    ("</CdtrAcct>", "</CdtrAcct><RmtInf><Ustrd>a</Ustrd><Ustrd>b</Ustrd></RmtInf>", "remittance_once",
     f"{FIRST}/RmtInf", ""),
    ("</CdtrAcct>", "</CdtrAcct><RmtInf><Ustrd>" + "a" * 141 + "</Ustrd></RmtInf>", "too_long",
     f"{FIRST}/RmtInf/Ustrd", "a" * 141),
    ("</CdtrAcct>", "</CdtrAcct><RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp>"
     f"<Ref>{qrr(1)}</Ref></CdtrRefInf></Strd></RmtInf>", "qrr_needs_qr_iban",
     f"{FIRST}/RmtInf/Strd/CdtrRefInf", iban("CH", "00762011623852957")),
    ("</CdtrAcct>", "</CdtrAcct><RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp>"
     "<Ref>RF00X</Ref></CdtrRefInf></Strd></RmtInf>", "scor", f"{FIRST}/RmtInf/Strd/CdtrRefInf/Ref", "RF00X"),
    ("</CdtrAcct>", "</CdtrAcct><RmtInf><Strd><CdtrRefInf><Ref>17</Ref></CdtrRefInf></Strd></RmtInf>",
     "reference_type", f"{FIRST}/RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry", "17"),
    ("<Amt><InstdAmt", "<PmtTpInf><CtgyPurp><Cd>SALA</Cd></CtgyPurp></PmtTpInf><Amt><InstdAmt",
     "salary_level", f"{FIRST}/PmtTpInf/CtgyPurp/Cd", ""),
    ("</InstdAmt></Amt>", "</InstdAmt></Amt><CdtrAgt><FinInstnId><BICFI>RAIFCH22</BICFI></FinInstnId></CdtrAgt>",
     "agent_not_needed", f"{FIRST}/CdtrAgt/FinInstnId", ""),
    ("</InstdAmt></Amt>", "</InstdAmt></Amt><ChrgBr>HALF</ChrgBr>", "charges", f"{FIRST}/ChrgBr", "HALF"),
]  # fmt: skip


@pytest.mark.parametrize(("was", "now", "code", "place", "value"), BREACHES)
def test_each_breach_is_told_with_its_place_and_value(was, now, code, place, value):
    assert was in GOOD
    findings = rules.check(GOOD.replace(was, now, 1).encode())
    assert (code, place, value) in [(f.code, f.place, f.value) for f in findings]
    assert all(str(finding.remedy) and finding.bank_code for finding in findings)


def test_sepa_bears_its_charges_and_only_euros():
    told = order(paid(1, currency="EUR", account=iban("DE", "370400440532013000")))
    good = writing.write(told)
    assert codes(good.replace(b"SLEV", b"SHAR")) == ["sepa_charges"]
    assert codes(good.replace(b'Ccy="EUR"', b'Ccy="GBP"')) == ["sepa_currency"]
    long = writing.tree_of(order(replace(next(told.transactions), name="x" * 71)))
    assert [f.code for f in rules.check_tree(long)] == ["too_long"]


def test_wages_in_single_bookings_are_told_and_charges_on_two_levels_too():
    content = writing.write(order(paid(1), is_salary=True))
    assert codes(content.replace(b"<BtchBookg>true", b"<BtchBookg>false")) == ["salary_single"]
    foreign = writing.write(
        order(paid(1, currency="USD", account="1", is_iban=False, bank=Bank("CHASUS33")))
    )
    twice = foreign.replace(b"<CdtTrfTxInf>", b"<ChrgBr>SHAR</ChrgBr><CdtTrfTxInf>")
    assert codes(twice) == ["both_levels"]
    assert codes(foreign.replace(b"<BICFI>CHASUS33</BICFI>", b"<Nm>Bank</Nm>")) == []
    assert codes(foreign.replace(b"CHASUS33", b"chase")) == ["bic"]
    start, end = foreign.index(b"<CdtrAgt>"), foreign.index(b"</CdtrAgt>") + len(b"</CdtrAgt>")
    assert codes(foreign[:start] + foreign[end:]) == ["agent_missing"]


def test_the_envelope_is_checked_too():
    raw = GOOD.encode()
    assert codes(b"\xef\xbb\xbf" + raw) == ["encoding"]
    cdata = raw.replace(b"<Nm>Muster AG</Nm>", b"<Nm><![CDATA[Muster AG]]></Nm>", 1)
    assert codes(cdata) == ["cdata"]
    assert "characters" in codes(GOOD.replace("Lieferantin AG", "Lieferantin ★", 1).encode())
    assert "empty_element" in codes(raw.replace(b"<Nm>Lieferantin AG</Nm>", b"<Nm/>", 1))
    assert codes(raw, on=DAY) == [] and codes(raw, on=DAY + dt.timedelta(1)) == ["date_past"]
    blocks = writing.tree_of(replace(order(paid(1)), blocks=order(paid(1)).blocks * 2))
    assert [f.code for f in rules.check_tree(blocks)] == ["duplicate_block"]
    with pytest.raises(rules.NotAPaymentFile):
        rules.check(b"MT940")


def test_entities_are_never_resolved():
    bomb = (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD.split("?>", 1)[1].encode()
    )
    findings = codes(bomb.replace(b"Lieferantin AG", b"&x;", 1))
    assert "empty_element" in findings or "missing" in findings


# --- texts ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("was", "now", "lost"),
    [
        ("Zürich Łódź Țara €", "Zürich Łódź Țara €", ()),
        ("“Œuvre” – l’été…", '"Œuvre" - l\'été...', ()),
        ("Москва", "Moskva", ()),
        ("Αθήνα", "Athina", ()),
        ("Việt Nam", "Viet Nam", ()),
        ("ﬁn Ⅷ", "fin VIII", ()),
        ("Ware ★ 株", "Ware ? ?", ("★", "株")),
        ("a\u200bb\tc\nd", "ab c d", ()),
    ],
)
def test_texts_are_written_with_the_letters_of_banks_and_nothing_is_lost_in_silence(was, now, lost):
    fitted = text.fitted(was)
    assert (fitted.text, fitted.lost) == (now, lost)
    assert bool(fitted.changed) == (not text.is_allowed(" ".join(was.split())))


def test_references_keep_their_small_set():
    assert text.as_reference("R-2026/17 Müller & Co.") == "R-2026/17 Muller - Co."
    assert text.as_reference("//a//b/") == "a/b" and text.as_reference("") == "NOTPROVIDED"
    assert all(text.is_reference(text.as_reference(one)) for one in ("ä" * 50, "/", "★", "a/ "))


def test_address_and_bank_without_bic(schema):
    bank = Bank(name="First Bank", address=Address("Lagos", "NG"))
    content = writing.write(
        order(paid(1, currency="USD", account="0690000031", is_iban=False, bank=bank))
    )
    assert schema.validate(etree.fromstring(content)), schema.error_log


def test_too_many_payments_for_a_file():
    block = Block("P", DAY, MINE, "M", (paid(1),) * 100_000, bank_iid="4835")
    with pytest.raises(writing.TooManyTransactions):
        writing.write(Order("M", dt.datetime(2026, 1, 1), "M", (block,)))


def test_amounts_have_two_decimals():
    assert writing.amount_text(Decimal("5")) == "5.00"
