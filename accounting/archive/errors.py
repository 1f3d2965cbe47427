"""Why there is no archive of a year."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class YearStillOpen(DomainError):
    code = "archive.year_open"
    message = _("The fiscal year %(year)s is not closed: %(periods)s can still be posted into. Lock "
                "these periods first.")  # fmt: skip
    field = "fiscal_year"
    conflict = True


class NoSuchYear(DomainError):
    code = "archive.no_year"
    message = _("%(date)s lies in no fiscal year. Choose a day of the year to be archived.")
    field = "until"


class RightsMissing(DomainError):
    code = "archive.rights_missing"
    message = _("An archive holds everything of a year. You lack: %(rights)s. Let somebody make it who "
                "has these rights.")  # fmt: skip


class OriginalLost(DomainError):
    code = "archive.original_lost"
    message = _("“%(name)s” (SHA-256 %(digest)s) is not in the store of files as it was kept. Restore it "
                "from a backup, then make the archive again.")  # fmt: skip
    conflict = True


class ArchiveTooLarge(DomainError):
    code = "archive.too_large"
    message = _("The files of this year have %(gigabytes)s GB; an archive may have %(limit)s GB. Ask "
                "whoever runs the program to archive the files beside it.")  # fmt: skip
    conflict = True


class BooksChanged(DomainError):
    code = "archive.books_changed"
    message = _("The fiscal year %(year)s was changed while its archive was made. Make it again.")
    conflict = True


class ArchiveFaulty(DomainError):
    code = "archive.faulty"
    message = _("The archive does not stand its own check: %(fault)s Have the books verified before you "
                "archive them.")  # fmt: skip
    conflict = True
