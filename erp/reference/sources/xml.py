"""Foreign XML: small, without entities, document types or network; elements by local name."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from erp.core.errors import DomainError
from erp.reference.editions import WrongHeader


class UnreadableXml(DomainError):
    code = "reference.unreadable_xml"
    message = _("This is no readable XML: %(reason)s. Download the file again.")
    field = "file"


def root_of(content: bytes, name: str, *, source: str) -> Any:
    """The root element, if it is called so. Raises ``UnreadableXml`` or ``WrongHeader``."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        tree = etree.parse(BytesIO(content), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableXml(reason=str(error.msg or "?")[:120]) from None
    root = tree.getroot()
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise UnreadableXml(reason="DOCTYPE")
    if local(root) != name:
        raise WrongHeader(found=f"<{local(root)[:60]}>", source=source, wanted=f"<{name}>")
    return root


def local(element: Any) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def child_text(element: Any, name: str) -> str:
    """The text of the first child of a name, without blanks around it; empty if there is none."""
    return next(((child.text or "").strip() for child in element if local(child) == name), "")
