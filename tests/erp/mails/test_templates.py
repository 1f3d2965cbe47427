"""Texts of mails: ours, a company's own, placeholders; plain replacement, once."""

from __future__ import annotations

import pytest

from erp.access.permissions import Permission
from erp.audit.models import AuditEvent
from erp.core.tenancy import open_companies
from erp.core.texts import NotOneLine
from erp.mails import kinds
from erp.mails.addresses import NoSubject, NoText
from erp.mails.models import MailTemplate
from erp.mails.templates import (
    Texts,
    UnknownPlaceholder,
    register,
    reset_text,
    save_text,
    written,
)
from tests import make
from tests.erp.mails.kinds import DEFAULTS

pytestmark = pytest.mark.django_db
VALUES = {"number": "2026-17", "greeting": "Sehr geehrte Frau Muster"}


def save(company, *, language="de", subject="Nr. {number}", body="{greeting}\n\n{company}"):
    return save_text(company=company, by=make.owner_of(company), kind="test-invoice",
                     language=language, subject=subject, body=body)  # fmt: skip


def test_without_a_text_of_its_own_ours_is_written(company):
    subject, body = written(company, "test-invoice", "fr", VALUES)
    assert subject == f"Facture 2026-17 de {company.name}"
    assert body == f"Sehr geehrte Frau Muster\n\nVoici la facture 2026-17.\n\n{company.name}"
    assert written(company, "test-invoice", "rm", VALUES)[0].startswith("Rechnung")  # the company's


def test_an_own_text_holds_for_its_language_and_company(company):
    save(company)
    assert written(company, "test-invoice", "de", VALUES) == (
        "Nr. 2026-17", f"Sehr geehrte Frau Muster\n\n{company.name}",
    )  # fmt: skip
    assert written(company, "test-invoice", "en", VALUES)[0].startswith("Invoice")
    other = make.company()
    open_companies([other.pk])
    assert written(other, "test-invoice", "de", VALUES)[0].startswith("Rechnung")
    open_companies([company.pk])
    reset_text(company=company, by=make.owner_of(company), kind="test-invoice", language="de")
    assert written(company, "test-invoice", "de", VALUES)[0].startswith("Rechnung")
    actions = AuditEvent.of(company).filter(subject="mailtemplate").order_by("pk")
    assert [event.action for event in actions] == ["mail_text.save", "mail_text.reset"]


def test_many_are_written_with_one_query(company, django_assert_num_queries):
    save(company)
    with django_assert_num_queries(1):
        texts = Texts(company, "test-invoice")
        for language in ("de", "fr", "it", "en", "de"):
            texts.written(language, VALUES)


@pytest.mark.parametrize(
    "name", ["Number", " number ", "numer", "", "company.uid", "0", "number!r", "__class__", "a\nb"]
)
@pytest.mark.parametrize("field", ["subject", "body"])
def test_an_unknown_placeholder_is_refused_by_name_with_those_there_are(company, name, field):
    with pytest.raises(UnknownPlaceholder) as refusal:
        save(company, **{field: f"Nr. {{{name}}}"})
    assert refusal.value.place == field
    assert refusal.value.values == {"name": name, "known": "{number}, {greeting}, {company}"}
    assert not MailTemplate.of(company).exists()


def test_a_text_needs_a_subject_of_one_line_and_a_body(company):
    for told, refusal in (
        ({"subject": " "}, NoSubject), ({"body": "\n"}, NoText),
        ({"subject": "Rechnung\nBcc: alle@example.ch"}, NotOneLine),
    ):  # fmt: skip
        with pytest.raises(refusal):
            save(company, **told)


def test_a_value_is_put_in_as_it_is_and_a_subject_stays_one_line(company):
    """OUT-3: no value is read as a text, and none breaks a header."""
    save(company, subject="{greeting} {number}", body="{greeting} } { 100% %(x)s")
    values = {"number": "{company}\r\nBcc: alle@example.ch", "greeting": "{number}"}
    subject, body = written(company, "test-invoice", "de", values)
    assert subject == "{number} {company} Bcc: alle@example.ch"
    assert body == "{number} } { 100% %(x)s"
    assert len(written(company, "test-invoice", "de", values | {"number": "x" * 300})[0]) == 200


def test_a_value_that_is_missing_is_a_bug(company):
    with pytest.raises(LookupError, match="greeting"):
        written(company, "test-invoice", "de", {"number": "17"})


def test_a_kind_that_is_declared_wrongly_is_a_bug():
    more = {"label": "x", "see": Permission.LEDGER_READ, "send": Permission.LEDGER_POST}
    for name, placeholders, defaults in (
        ("Bad Name", {"number": "", "greeting": ""}, DEFAULTS),
        ("lacks-a-language", {"number": "", "greeting": ""}, {"de": DEFAULTS["de"]}),
        ("names-something-unknown", {"number": ""}, DEFAULTS),
    ):
        with pytest.raises(ValueError, match=r"."):
            register(name, placeholders=placeholders, defaults=defaults, **more)
        assert name not in kinds.all_kinds()
