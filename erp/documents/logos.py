"""A company's logo: stored like every original, printed on what goes out."""

from __future__ import annotations

import base64
import io

from django.utils.translation import gettext_lazy as _
from PIL import Image

from erp.access.models import User
from erp.audit import trail
from erp.companies.models import Company
from erp.core.errors import DomainError
from erp.documents import storing
from erp.documents.models import StoredFile

LARGEST = 1024 * 1024
WIDEST = 3000  # pixels; 45 mm in print need a fifth of it


class NotALogo(DomainError):
    code = "documents.not_a_logo"
    message = _("A logo is a PNG or JPG file of at most 1 MB; “%(name)s” is none.")
    field = "logo"


def set_logo(*, company: Company, name: str, content: bytes, by: User) -> StoredFile:
    """Print this picture on the company's reports from now on. Raises ``NotALogo``."""
    if len(content) > LARGEST or not _is_small_picture(content):
        raise NotALogo(name=name[:60])
    file = storing.store(company=company, name=name, content=content, by=by)
    if company.logo_digest != file.digest:
        trail.record(company=company, by=by, action="company.change", subject=company,
                     details={"logo_digest": [company.logo_digest, file.digest]})  # fmt: skip
    company.logo_digest = file.digest
    company.save(update_fields=["logo_digest"])
    return file


def _is_small_picture(content: bytes) -> bool:
    """Whether this is a picture that does not unfold into a huge one."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            return max(picture.size) <= WIDEST
    except (OSError, ValueError, Image.DecompressionBombError):
        return False


def logo_as_data(company: Company) -> str:
    """The logo as an address that holds the picture itself; blank where there is none."""
    return picture_as_data(company, company.logo_digest)


def picture_as_data(company: Company, digest: str) -> str:
    """A stored picture as an address that holds it, such as the logo of years ago; blank where lost."""
    file = StoredFile.of(company).filter(digest=digest).first() if digest else None
    if file is None:
        return ""
    try:
        content = storing.content_of(file)
    except FileNotFoundError:
        return ""
    return f"data:{file.content_type};base64,{base64.b64encode(content).decode()}"
