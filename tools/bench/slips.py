"""The QR-bill: its symbol beside another maker's, and pages with a slip beside the bare page."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import qrbill
from django.utils.safestring import SafeString

from accounting.qr import references, slip
from accounting.qr.bill import Bill, Party
from accounting.qr.payload import payload
from accounting.qr.symbol import symbol
from erp.documents import pdf
from tools.bench.measuring import interleaved, note

COUNTRIES = frozenset({"CH"})
MAKER = Party("Alpenholz Handels AG", "7000", "Chur", "CH", "Obere Gasse", "12a")
PAYER = Party("Pia-Maria Rutschmann-Schnyder", "9400", "Rorschach", "CH", "Grosse Marktgasse", "28")
BILL = Bill("CH4431999123000889012", MAKER, "CHF", Decimal("1949.75"), PAYER, "QRR", "210000000003139471430009017",
            "Rechnung 4711", "//S1/10/4711/11/260603/30/106017086/32/8.1/40/2:10;0:30")  # fmt: skip
ROWS = "".join(
    f"<tr><td>{n}</td><td>Lärche gehobelt, 27 mm</td><td class='figure'>{n * 100}.00</td></tr>"
    for n in range(1, 13)
)
BODY = SafeString(f"<h1>Rechnung 4711</h1><table>{ROWS}</table>")


def for_qrbill(party: Party) -> dict[str, str]:
    return {"name": party.name, "street": party.street, "house_num": party.house_number,
            "pcode": party.postcode, "city": party.town, "country": party.country}  # fmt: skip


def bench_slips() -> None:
    """Half the time of the other maker's symbol; a page with its slip in twice the bare page's."""
    chance = random.Random(5)  # noqa: S311

    def bill() -> Bill:
        reference = references.make_qrr(str(chance.randrange(1, 10**9)))
        return replace(
            BILL, reference=reference, amount=Decimal(chance.randrange(100, 10**7)) / 100
        )

    def theirs() -> None:
        one = bill()
        qrbill.QRBill(
            account=one.iban, creditor=for_qrbill(one.creditor), debtor=for_qrbill(PAYER), amount=str(one.amount),
            reference_number=one.reference, additional_information=one.message,
            billing_information=one.billing,
        ).qr_image()  # fmt: skip

    ours, other = interleaved(30, lambda: symbol(payload(bill(), countries=COUNTRIES)), theirs)
    note("QR symbol beside qrbill", 1, ours, other, "<= 0.5", 0.5)

    def page(made: SafeString) -> bytes:
        return slip.render(slip.page(BODY, slips=[made], title="Rechnung 4711", language="de"))

    bare_page = f"<html lang='de'><title>Rechnung</title><body>{BODY}</body></html>"
    whole, bare = interleaved(
        10,
        lambda: page(slip.slip(bill(), language="de", countries=COUNTRIES)),
        lambda: pdf.render(bare_page, sheets=[slip.SHEET]),
    )
    print(f"  {1 / whole:,.1f} pages with slip a second, {1 / bare:,.1f} without")
    note("invoice page with slip, beside without", 1, whole, bare, "<= 4", 4)
