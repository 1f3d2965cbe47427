"""Programs that come in by a key, and those that are told of changes; own fields, layouts and texts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounting.procedure.values import NONE, Asked, Content, Table, day, label, shown, yes
from accounting.receivables.models import DocumentText
from erp.access.permissions import Permission
from erp.access.tokens.models import AppToken
from erp.layouts.models import Layout
from erp.layouts.values import Kind
from erp.mails.models import MailTemplate
from erp.own_fields.models import OwnField
from erp.own_fields.subjects import offered
from erp.webhooks.models import Webhook


def interfaces(asked: Asked) -> Content:
    """App tokens by name that were good in the year or are, and webhooks; two queries."""
    tables, withheld = [], []
    if asked.may(Permission.MEMBERS_READ):
        tables.append(_tokens(asked))
    else:
        withheld.append(Permission.MEMBERS_READ)
    if asked.may(Permission.WEBHOOKS_READ):
        tables.append(_webhooks(asked))
    else:
        withheld.append(Permission.WEBHOOKS_READ)
    return Content(tables=tuple(tables), withheld=tuple(withheld))


def _tokens(asked: Asked) -> Table:
    found = AppToken.of(asked.company).filter(expires_at__gte=asked.begins).select_related("user")
    rows = tuple(
        (one.name, str(one.user), ", ".join(one.scopes), day(one.created_at),
         day(min(one.revoked_at or one.expires_at, one.expires_at)))
        for one in found.order_by("created_at", "pk")
        if one.revoked_at is None or one.revoked_at >= asked.begins
    )  # fmt: skip
    heads = _("Name"), _("Owner"), _("Rights"), _("since"), _("until")
    return Table(_("App tokens"), heads, rows)


def _webhooks(asked: Asked) -> Table:
    names = ("name", "url")
    found = Webhook.of(asked.company).defer("secrets").order_by("name", "pk")
    rows = tuple((one.name, one.url, ", ".join(one.resources), yes(one.is_on), day(one.made_at))
                 for one in found)  # fmt: skip
    heads = (
        *(label(Webhook, one) for one in names),
        label(Webhook, "resources"),
        _("on"),
        _("since"),
    )
    return Table(_("Webhooks"), heads, rows)


def customising(asked: Asked) -> Content:
    """Own fields, layouts, texts of documents and mails; four queries."""
    known = {one.name: one for one in offered(asked.company)}
    fields = tuple(
        (str(known[one.subject].label) if one.subject in known else one.subject, one.name, one.code,
         one.get_kind_display(), yes(one.printed))
        for one in OwnField.of(asked.company).order_by("subject", "position", "code")
    )  # fmt: skip
    layouts = tuple(
        (str(Kind(one.kind).label), one.get_font_display(), one.accent, yes(one.letterhead))
        for one in Layout.of(asked.company).order_by("kind")
    )
    mails = tuple((str(one), one.subject) for one in
                  MailTemplate.of(asked.company).order_by("kind", "language"))  # fmt: skip
    tables = [
        Table(_("Own fields"), (_("of"), _("Name"), _("code"), _("kind"), _("printed")), fields),
        Table(_("Layout of papers"),
              (_("kind"), label(Layout, "font"), label(Layout, "accent"), label(Layout, "letterhead")),
              layouts),
        Table(_("Own mail texts"), (_("kind"), _("Subject")), mails),
    ]  # fmt: skip
    if not asked.may(Permission.RECEIVABLES_READ):
        return Content(tables=tuple(tables), withheld=(Permission.RECEIVABLES_READ,))
    names = ("kind", "language", "intro", "closing")
    texts = DocumentText.of(asked.company).order_by("kind", "language")
    tables.append(Table(
        _("Texts of documents"), tuple(label(DocumentText, one) for one in names),
        tuple(tuple(shown(one, name) or NONE for name in names) for one in texts),
    ))  # fmt: skip
    return Content(tables=tuple(tables))
