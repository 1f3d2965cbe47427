"""Bills as suppliers send them, for tests: on paper, by scanner, by phone, with data inside."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import pikepdf
import pillow_heif
import pypdfium2
from django.utils.safestring import mark_safe
from PIL import Image, ImageChops, ImageFilter

from accounting.qr import slip
from accounting.qr.bill import Bill
from tests.accounting.qr.bills import BILL, COUNTRIES

CII = "urn:un:unece:uncefact:data:standard:"
INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{CII}CrossIndustryInvoice:100"
 xmlns:ram="{CII}ReusableAggregateBusinessInformationEntity:100" xmlns:udt="{CII}UnqualifiedDataType:100">
 <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
  <ram:ID>urn:cen.eu:en16931:2017</ram:ID></ram:GuidelineSpecifiedDocumentContextParameter>
 </rsm:ExchangedDocumentContext>
 <rsm:ExchangedDocument><ram:ID>R-2026-0815</ram:ID><ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260603</udt:DateTimeString></ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Schwarzwald Werkzeuge GmbH</ram:Name>
   <ram:PostalTradeAddress><ram:PostcodeCode>79098</ram:PostcodeCode><ram:LineOne>Salzstrasse 1</ram:LineOne>
    <ram:CityName>Freiburg</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">06/123/45678</ram:ID></ram:SpecifiedTaxRegistration>
   <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE123456789</ram:ID></ram:SpecifiedTaxRegistration>
  </ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:PaymentReference>R-2026-0815</ram:PaymentReference>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>
    <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE89 3704 0044 0532 0130 00</ram:IBANID>
    </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>19.00</ram:CalculatedAmount><ram:TypeCode>VAT</ram:TypeCode>
    <ram:BasisAmount>100.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format="102">20260703</udt:DateTimeString>
    </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
    <ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>119.00</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>
""".encode()


@cache
def pdf(bill: Bill = BILL) -> bytes:
    """A bill as its supplier prints it: one page with a slip at its foot."""
    part = slip.slip(bill, language="de", countries=COUNTRIES)
    body = mark_safe("<h1>Rechnung 4711</h1><p>Gerüstbau Obere Gasse, Mai 2026</p>")
    return slip.render(slip.page(body, slips=[part], title="Rechnung 4711", language="de"))


def pages(*files: bytes) -> bytes:
    """Several PDF files as one."""
    whole = pikepdf.new()
    for content in files:
        with pikepdf.open(io.BytesIO(content)) as one:
            whole.pages.extend(one.pages)
    return saved(whole)


def blank(count: int = 1) -> bytes:
    whole = pikepdf.new()
    for _nth in range(count):
        whole.add_blank_page(page_size=(595, 842))
    return saved(whole)


def locked(content: bytes, *, user: str, owner: str = "owner") -> bytes:
    with pikepdf.open(io.BytesIO(content)) as file:
        return saved(file, encryption=pikepdf.Encryption(user=user, owner=owner))


def with_data(content: bytes, xml: bytes = INVOICE, name: str = "factur-x.xml") -> bytes:
    with pikepdf.open(io.BytesIO(content)) as file:
        file.attachments[name] = pikepdf.AttachedFileSpec(
            file, xml, mime_type="text/xml", filename=name
        )
        return saved(file)


def saved(file: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    file.save(out, **how)  # type: ignore[arg-type]
    return out.getvalue()


def picture(content: bytes | None = None, *, dpi: int = 200, nth: int = 0) -> Image.Image:
    """A page as a scanner sees it."""
    with pypdfium2.PdfDocument(content or pdf()) as file:
        shown: Image.Image = file[nth].render(scale=dpi / 72, grayscale=True).to_pil()
        return shown.copy()


def scanned(image: Image.Image, kind: str = "JPEG", **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def as_pdf(*images: Image.Image, dpi: int = 200) -> bytes:
    """Pictures as a scanner that makes PDF files."""
    out = io.BytesIO()
    images[0].save(out, "PDF", resolution=dpi, save_all=True, append_images=images[1:])
    return out.getvalue()


def turned(image: Image.Image, angle: float) -> Image.Image:
    return image.rotate(angle, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)


def photographed(
    image: Image.Image, tilt: float, size: tuple[int, int] = (3000, 4000)
) -> Image.Image:
    """A page on a dark table, seen at an angle, lit from one side, a little out of focus."""
    width, height = size
    seen = [
        (width * (0.1 + tilt), height * 0.12), (width * (0.9 - tilt), height * 0.15),
        (width * 0.97, height * 0.93), (width * 0.05, height * 0.9),
    ]  # fmt: skip
    w, h = image.size
    how = _perspective(seen, [(0, 0), (w, 0), (w, h), (0, h)])
    lying = image.transform(
        size, Image.Transform.PERSPECTIVE, how, Image.Resampling.BICUBIC, fillcolor=80
    )
    light = Image.linear_gradient("L").resize(size).point(lambda v: 150 + v * 0.35)
    return ImageChops.multiply(lying, light).filter(ImageFilter.GaussianBlur(1.5))


def _perspective(
    seen: Sequence[tuple[float, float]], flat: Sequence[tuple[float, float]]
) -> list[float]:
    """The eight figures that map four points to four others: a system solved by elimination."""
    rows = []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for nth in range(8):
        pivot = max(range(nth, 8), key=lambda row: abs(rows[row][nth]))
        rows[nth], rows[pivot] = rows[pivot], rows[nth]
        for row in range(8):
            if row != nth:
                factor = rows[row][nth] / rows[nth][nth]
                rows[row] = [a - factor * b for a, b in zip(rows[row], rows[nth], strict=True)]
    return [rows[nth][8] / rows[nth][nth] for nth in range(8)]


def heic(picture: Image.Image, **how: object) -> bytes:
    """A picture as an iPhone takes it."""
    out = io.BytesIO()
    pillow_heif.from_pillow(picture.convert("RGB")).save(out, quality=60, **how)
    return out.getvalue()
