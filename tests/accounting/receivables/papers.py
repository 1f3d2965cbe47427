"""Papers for tests and for looking at: from one line to many pages, in four languages."""

from __future__ import annotations

import base64
import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from accounting.receivables.paper import (
    DocumentBody,
    Letter,
    Paper,
    PaperLine,
    Sender,
    TableBody,
)
from tests.accounting.qr.bills import BILL, COUNTRIES, GIFT, IBAN, MAKER, PAYER

DAY = dt.date(2026, 11, 23)
D = Decimal


def logo(width: int = 640, height: int = 160, word: str = "ALPENHOLZ") -> str:
    """A picture as a company may have it."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(20, 140), (100, 20), (180, 140)], fill="#2f6f4f")
    draw.text((200, 50), word, fill="#2f6f4f", font_size=64)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


SENDER = Sender(
    "Müller Holzbau AG",
    "Obere Gasse",
    "12a",
    "7000",
    "Chur",
    "CH",
    uid="CHE109322551",
    vat_liable=True,
    phone="081 252 10 20",
    mail="buero@mueller-holzbau.ch",
    web="www.mueller-holzbau.ch",
)
RECIPIENT = ("Zoë Çelik-Łukaszewicz", "Rue du Théâtre 3", "1000 Lausanne")
TITLES = {
    "de": "Rechnung RE-2026-00012",
    "fr": "Facture RE-2026-00012",
    "it": "Fattura RE-2026-00012",
    "en": "Invoice RE-2026-00012",
}
FACTS = {
    "de": (
        ("Kundennummer", "K-1047"),
        ("Ihre Bestellung", "B 4711 vom 3. November"),
        ("Leistung", "12.11.2026"),
    ),
    "fr": (
        ("No de client", "K-1047"),
        ("Votre commande", "B 4711 du 3 novembre"),
        ("Prestation", "12.11.2026"),
    ),
    "it": (
        ("N. cliente", "K-1047"),
        ("Vostro ordine", "B 4711 del 3 novembre"),
        ("Prestazione", "12.11.2026"),
    ),
    "en": (
        ("Customer number", "K-1047"),
        ("Your order", "B 4711 of 3 November"),
        ("Supply", "12.11.2026"),
    ),
}
TEXTS = {
    "de": (
        "Guten Tag Frau Çelik",
        "Für die Arbeiten an Ihrem Dachstuhl stellen wir Ihnen in Rechnung:",
        "Zahlbar bis 23.12.2026, netto. Bei Zahlung bis 3.12.2026 ziehen Sie 2 % Skonto ab (CHF 38.99).",
        "Besten Dank für Ihren Auftrag.\n\nFreundliche Grüsse\nMüller Holzbau AG",
    ),
    "fr": (
        "Madame,",
        "Nous vous facturons les travaux effectués sur votre charpente :",
        "Payable jusqu’au 23.12.2026, net. Escompte de 2 % en cas de paiement jusqu’au 3.12.2026 (CHF 38.99).",
        "Nous vous remercions de votre confiance.\n\nMeilleures salutations\nMüller Holzbau AG",
    ),
    "it": (
        "Gentile signora Çelik,",
        "Le fatturiamo i lavori eseguiti alla carpenteria del tetto:",
        "Pagabile entro il 23.12.2026, netto. Sconto del 2 % per pagamenti entro il 3.12.2026 (CHF 38.99).",
        "La ringraziamo per l’incarico.\n\nCordiali saluti\nMüller Holzbau AG",
    ),
    "en": (
        "Dear Ms Çelik",
        "For the work on your roof structure we charge you:",
        "Payable by 23.12.2026, net. For payment by 3.12.2026 deduct 2 % (CHF 38.99).",
        "Thank you for your order.\n\nKind regards\nMüller Holzbau AG",
    ),
}
NET = {
    "de": "Total exkl. MWST",
    "fr": "Total hors TVA",
    "it": "Totale IVA esclusa",
    "en": "Total excl. VAT",
}
VAT = {"de": "MWST", "fr": "TVA", "it": "IVA", "en": "VAT"}
SUM = {"de": "Total", "fr": "Total", "it": "Totale", "en": "Total"}


def letter(language: str = "de", **changes: Any) -> Letter:
    greeting, intro, _term, closing = TEXTS[language]
    told = Letter(
        language,
        SENDER,
        RECIPIENT,
        TITLES[language],
        DAY,
        FACTS[language],
        greeting,
        intro,
        closing,
    )
    return replace(told, **changes)


def item(
    nth: int = 1, *, text: str = "", quantity: str = "12", price: str = "48.50", **more: Any
) -> PaperLine:
    amount = (D(quantity) * D(price)).quantize(D("0.01"))
    values: dict[str, Any] = {"unit": "Std.", "rate": D("8.1"), "amount": amount, **more}
    return PaperLine(
        "item", text or f"Lärche gehobelt, Lage {nth}", D(quantity), price=D(price), **values
    )


def invoice(
    *lines: PaperLine,
    language: str = "de",
    slips: bool = True,
    letter_changes: Any = None,
    **body: Any,
) -> Paper:
    """An invoice of these lines (default: one) at 8.1 %, prices without VAT."""
    lines = lines or (item(),)
    net = sum((line.amount for line in lines if line.kind == "item" and line.amount), D(0))
    tax = (net * D("0.081")).quantize(D("0.01"))
    values: dict[str, Any] = {
        "currency": "CHF",
        "basis": "net",
        "lines": lines,
        "totals": (
            (NET[language], net, ""),
            (f"{VAT[language]} 8.1 %", tax, ""),
            (SUM[language], net + tax, "sum"),
        ),
        "vat": ((D("8.1"), net, tax),),
        "terms": (TEXTS[language][2],),
        **body,
    }
    bill = replace(BILL, amount=values["totals"][-1][1], currency=values["currency"])
    return Paper(
        letter(language, **(letter_changes or {})),
        DocumentBody(**values),
        (bill,) if slips else (),
        COUNTRIES,
    )


LONG = (
    "Abbund und Aufrichten des Dachstuhls\nSparren 100/200 mm in Fichte, Pfetten in Brettschichtholz GL24h, "
    "einschliesslich aller Verbindungsmittel, Windverband und Transport auf die Baustelle Obere Gasse. Die Arbeiten "
    "umfassen auch das Abdecken gegen Witterung während der Bauzeit.\nAusführung nach SIA 265."
)


def mixed() -> Paper:
    """Two rates, discounts, texts, subtotals, long texts, a period of supply."""
    lines = (
        PaperLine(
            "text", "Etappe 1: Rohbau\nAusführung gemäss Offerte OF-2026-00031 vom 12.8.2026"
        ),
        item(text=LONG, quantity="1", price="18450", unit="Pauschal"),
        item(
            text="Zimmermann", quantity="36.5", price="92.75", discount="10 %", amount=D("3046.84")
        ),
        PaperLine("subtotal", "", amount=D("21496.84")),
        PaperLine("text", "Etappe 2: Verpflegung und Unterkunft"),
        item(
            text="Mittagessen Bauleute",
            quantity="24",
            price="19.50",
            unit="Stück",
            rate=D("2.6"),
            supply="1.10.2026 – 31.10.2026",
        ),
        item(text="Übernachtungen", quantity="6", price="84.20", unit="Nacht", rate=D("3.8")),
        item(text="Rücknahme Schalbretter", quantity="-40", price="3.1250", unit="Laufmeter"),
        PaperLine("subtotal", "Zwischentotal Etappe 2", amount=D("848.20")),
    )
    net = D("22345.04")
    return replace(
        invoice(
            *lines,
            totals=(
                ("Total Positionen", net, ""),
                ("Rabatt 5 %", D("-1117.25"), ""),
                ("Total exkl. MWST", D("21227.79"), "strong"),
                ("MWST", D("1671.46"), ""),
                ("Rundung", D("0.00"), ""),
                ("Total", D("22899.25"), "sum"),
            ),
            vat=(
                (D("2.6"), D("444.60"), D("11.56")),
                (D("3.8"), D("479.94"), D("18.24")),
                (D("8.1"), D("20303.25"), D("1644.56")),
            ),
            terms=(
                "Zahlbar in drei Raten, je mit eigenem Einzahlungsschein:",
                "1. Rate CHF 7’633.10 bis 23.12.2026, 2. Rate CHF 7’633.10 bis 23.1.2027, "
                "3. Rate CHF 7’633.05 bis 23.2.2027",
            ),
        ),
        bills=tuple(
            replace(BILL, amount=D(amount), message=f"Rate {n}")
            for n, amount in enumerate(("7633.10", "7633.10", "7633.05"), 1)
        ),
    )


def many(count: int, **how: Any) -> Paper:
    return invoice(
        *(
            item(
                n,
                text=f"Lärche gehobelt, Lage {n}"
                + (f"\nPaket {n} von {count}" if n % 5 == 0 else ""),
                quantity=str(n),
                price="17.35",
                unit="m²",
            )
            for n in range(1, count + 1)
        ),
        **how,
    )


def dunning(language: str = "de", rows: int = 3) -> Paper:
    title = {"de": "2. Mahnung", "fr": "2e rappel", "it": "2° sollecito", "en": "Second reminder"}[
        language
    ]
    heads = {
        "de": ("Rechnung", "Datum", "Fällig am", "Betrag", "Bezahlt", "Offen"),
        "fr": ("Facture", "Date", "Échéance", "Montant", "Payé", "Ouvert"),
        "it": ("Fattura", "Data", "Scadenza", "Importo", "Pagato", "Aperto"),
        "en": ("Invoice", "Date", "Due on", "Amount", "Paid", "Open"),
    }[language]
    kinds = ("text", "date", "date", "amount", "amount", "amount")
    body = TableBody(
        tuple(zip(heads, kinds, strict=True)),
        tuple(
            (
                f"RE-2026-{n:05}",
                dt.date(2026, 9, 1 + n % 28),
                dt.date(2026, 10, 1 + n % 28),
                D("1949.75") + n,
                D("-500.00"),
                D("1449.75") + n,
            )
            for n in range(1, rows + 1)
        ),
        (
            ("Offen", D("4355.25"), ""),
            ("Mahnspesen", D("20.00"), ""),
            ("Verzugszins 5 %", D("12.40"), ""),
            ("Zu bezahlen", D("4387.65"), "sum"),
        ),
    )
    return Paper(
        letter(
            language,
            title=title,
            intro="Sicher ist es Ihrer Aufmerksamkeit entgangen: Folgende Rechnungen sind noch offen.\n\n"
            "Bitte begleichen Sie den Betrag bis 3.12.2026.",
        ),
        body,
        (replace(BILL, amount=D("4387.65")),),
        COUNTRIES,
    )


EXAMPLES = {
    "one-line": invoice(
        letter_changes={
            "sender": replace(
                SENDER,
                logo=logo(),
                footer="Müller Holzbau AG · Graubündner Kantonalbank · IBAN CH58 0079 1123 0008 8901 2\n"
                "Sitz Chur · Handelsregister Graubünden",
            )
        }
    ),
    "mixed": mixed(),
    "forty": many(
        40,
        letter_changes={"sender": replace(SENDER, footer="Müller Holzbau AG · Gerichtsstand Chur")},
    ),
    "hundred": many(100),
    "gross-euro": replace(
        invoice(
            item(text="Beratung", quantity="2", price="129.00", unit=""),
            basis="gross",
            currency="EUR",
            totals=(
                ("Total inkl. MWST", D("258.00"), "sum"),
                ("enthaltene MWST 8.1 %", D("19.33"), ""),
            ),
        ),
        bills=(
            replace(
                GIFT,
                iban=IBAN,
                amount=D("258.00"),
                debtor=PAYER,
                message="RE-2026-00012",
                creditor=MAKER,
            ),
        ),
    ),
    "credit": invoice(
        item(quantity="-3", price="48.50"),
        slips=False,
        letter_changes={
            "title": "Gutschrift GS-2026-00003",
            "address_left": True,
            "sender": replace(SENDER, logo=logo(300, 300)),
        },
    ),
    "no-slip": replace(
        invoice(letter_changes={"draft": True}),
        bills=(replace(BILL, currency="USD", debtor=replace(PAYER, town="")),),
    ),
    "dunning": dunning(),
    "statement": replace(dunning(rows=45), bills=()),
    **{
        f"invoice-{language}": invoice(*(item(n) for n in range(1, 5)), language=language)
        for language in TEXTS
    },
    **{f"dunning-{language}": dunning(language) for language in TEXTS},
}
