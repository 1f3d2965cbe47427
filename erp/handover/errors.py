"""Why a company is not taken in (Übernahme verweigert)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NoSuchOwner(DomainError):
    code = "handover.no_such_owner"
    message = _("Nobody signs in here as %(email)s. Add the person first, then name them as owner.")
    field = "owner"


class ShortNameTaken(DomainError):
    code = "handover.short_name_taken"
    message = _(
        "Another company is called “%(short_name)s” here. Give a short name with --short-name."
    )
    field = "short_name"


class NotTheSame(DomainError):
    code = "handover.not_the_same"
    message = _(
        "What would be taken in is not what was handed over: %(what)s. Nothing was taken in."
    )
    field = "file"


class TablesBusy(DomainError):
    code = "handover.tables_busy"
    message = _(
        "Others are working all the time, so that the tables could not be held. Try again at a quieter hour."
    )
    conflict = True


class NoOwnerConnection(DomainError):
    code = "handover.no_owner_connection"
    message = _(
        "Companies are taken in by the owner of the database. Set DATABASE_OWNER_URL, as for migrations."
    )
