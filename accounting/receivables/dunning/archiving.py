"""The PDF of a letter: made once, and kept as it went out."""

from __future__ import annotations

from accounting.receivables import paper
from accounting.receivables.dunning.models import Channel, DunningNotice, DunningRun
from accounting.receivables.paper import Paper
from erp.access.models import User
from erp.companies.models import Company
from erp.core.filetypes import PDF
from erp.documents import storing
from erp.documents.logos import picture_as_data
from erp.documents.models import StoredFile
from erp.reference.models import Country


class Stationery:
    """What is on every letter but not kept with each: logos by their digest, and the countries."""

    def __init__(self, company: Company) -> None:
        self.company = company
        codes = Country.objects.filter(valid_to=None).values_list("alpha2", flat=True)
        self.countries = frozenset(codes)
        self._logos: dict[str, str] = {}

    def paper(self, notice: DunningNotice) -> Paper:
        """A letter as it was written, with the logo of that time."""
        digest = notice.paper["letter"]["sender"]["logo"]
        if digest not in self._logos:
            self._logos[digest] = picture_as_data(self.company, digest)
        return paper.from_json(notice.paper, logo=self._logos[digest], countries=self.countries)


def archive(notice: DunningNotice, *, by: User, stationery: Stationery) -> StoredFile:
    """Make the PDF of a letter and keep it; once there it stays. Raises ``PdfUnavailable``."""
    if notice.file is None:
        content = paper.pdf(stationery.paper(notice))
        notice.file = storing.keep(company=notice.company, name=file_name(notice),
                                   content=content, content_type=PDF, by=by)  # fmt: skip
        notice.save(update_fields=["file"])
    return notice.file


def file_name(notice: DunningNotice) -> str:
    return f"{notice.title}-{notice.number}.pdf".replace("/", "-").replace(" ", "-")


def to_print(run: DunningRun, *, by: User) -> StoredFile | None:
    """All letters of a run that go out on paper as one PDF; None where all go by mail."""
    rows = DunningNotice.of(run.company_id).filter(
        run=run, channel=Channel.PRINT, cancelled_at=None
    )
    stationery = Stationery(run.company)
    papers = [stationery.paper(row) for row in rows.order_by("number")]
    if not papers:
        return None
    run.batch = storing.keep(company=run.company, name=f"{run.date:%Y-%m-%d}-{run.pk}.pdf",
                             content=paper.book(papers), content_type=PDF, by=by)  # fmt: skip
    run.save(update_fields=["batch"])
    return run.batch
