"""Bills that come in: the code of a scanned page, read by us and by the bare libraries."""

from __future__ import annotations

import pypdfium2
import zxingcpp
from django.utils.safestring import SafeString

from accounting.payables.capture import payloads, scanning
from accounting.qr import slip
from erp.core import sandbox
from tools.bench.measuring import interleaved, note
from tools.bench.slips import BILL, BODY, COUNTRIES


def bench_capture() -> None:
    """At most 1.3 times PDFium and ZXing by themselves at 200 dpi; what the child process takes is printed."""
    part: SafeString = slip.slip(BILL, language="de", countries=COUNTRIES)
    content = slip.render(slip.page(BODY, slips=[part], title="Rechnung 4711", language="de"))

    def ours() -> None:
        found = scanning.scan(content)
        read = payloads.read(found.codes[0].content, countries=COUNTRIES)
        if read.bill != BILL:
            raise AssertionError(read)

    def bare() -> None:
        with pypdfium2.PdfDocument(content) as file:
            picture = file[0].render(scale=200 / 72).to_pil()
        if not zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode):
            raise AssertionError("no code")

    whole, libraries = interleaved(20, ours, bare)
    alone, _again = interleaved(
        5, lambda: sandbox.call("accounting.payables.capture.scanning:scan", content), bare
    )
    print(f"  {whole * 1000:,.1f} ms a page; {alone * 1000:,.0f} ms in a child process of its own")
    note("QR code of a page, beside bare PDFium and ZXing", 1, whole, libraries, "<= 1.3", 1.3)
