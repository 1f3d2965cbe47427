"""Status reports of banks (pain.002), of both versions, and hostile ones."""

from __future__ import annotations

import pytest
from lxml import etree

from accounting.payments.pain import status
from accounting.payments.pain.status import BlockStatus, PaymentStatus, Reason

BODY = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-12-01T06:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>MSG-1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
<GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>PMT-1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
<StsRsnInf><Rsn><Prtry>DT06</Prtry></Rsn></StsRsnInf>
<TxInfAndSts><OrgnlInstrId>I-1</OrgnlInstrId><OrgnlEndToEndId>E-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>Konto
 unbekannt</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"""


@pytest.mark.parametrize("version", ["10", "03"])
def test_a_report_tells_message_block_and_payment_with_reasons(version, shared):
    content = BODY.format(version=version).encode()
    folder = shared / "schemas/iso20022-ch"
    schema = etree.XMLSchema(etree.parse(folder / f"pain.002.001.{version}.xsd"))
    assert schema.validate(etree.fromstring(content)), schema.error_log
    report = status.read(content)
    assert (report.message_id, report.order_id, report.status) == ("BANK-1", "MSG-1", "PART")
    rejected = PaymentStatus("I-1", "E-1", "RJCT", (Reason("AC01", "Konto unbekannt"),))
    assert report.blocks == (BlockStatus("PMT-1", "PART", (Reason("DT06"),), (rejected,)),)


@pytest.mark.parametrize(
    "content",
    [
        b"MT940",
        b"<Document/>",
        BODY.format(version="10").replace("<OrgnlMsgId>MSG-1</OrgnlMsgId>", "").encode(),
        b'<!DOCTYPE a [<!ENTITY x "y">]>' + BODY.format(version="10").encode(),
        b"<Document>" + b"<a>" * 60 + b"</a>" * 60 + b"</Document>",
        b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><Document>&b;</Document>',
    ],
)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(status.NotAStatusReport):
        status.read(content)


def test_a_report_has_a_largest_size():
    with pytest.raises(status.ReportTooLarge):
        status.read(b" " * (status.LARGEST + 1))
