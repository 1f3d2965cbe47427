"""``…/uploads/``: files in pieces, which go on after a cut connection (tus 1.0.0, https://tus.io).

Core protocol, and the extensions creation, termination, expiration and checksum. What is whole is
handed to other endpoints as ``{"upload": id}``.
"""

from __future__ import annotations

import base64
import binascii
import io
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.encoding import force_str
from django.utils.http import http_date
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers
from rest_framework.exceptions import APIException, UnsupportedMediaType, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from erp.access.permissions import Permission
from erp.api.endpoints import CompanyViewSet
from erp.core import clock
from erp.core.errors import DomainError
from erp.uploads import receiving
from erp.uploads.models import Upload

VERSION: Final = "1.0.0"
_READ_AT_ONCE: Final = 64 * 1024
_HELD: Final = 256 * 1024  # bytes of a piece in memory; of more there is a scratch file
_STATUS: Final[dict[type[DomainError], int]] = {
    receiving.UploadTooLarge: 413,
    receiving.WrongChecksum: 460,
    receiving.UnknownChecksum: 400,
    receiving.UploadBusy: 423,
}


def _header(name: str, kind: Any, told: str, *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(
        name, kind, OpenApiParameter.HEADER, required=required, description=told
    )


_TUS = _header("Tus-Resumable", str, VERSION)
_LENGTH = _header("Upload-Length", int, "Bytes of the whole file")
_NAME = _header("Upload-Metadata", str, "filename, a blank, and the name in Base64", required=False)
_OFFSET = _header("Upload-Offset", int, "Bytes that have arrived, as HEAD tells")
_CHECKSUM = _header(
    "Upload-Checksum", str, "sha1 or sha256, a blank, and the piece's digest in Base64",
    required=False,
)  # fmt: skip


class Pieces(BaseParser):
    """Bytes as they are; they were taken before (``_take_what_arrives``)."""

    media_type = "application/offset+octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        return None


class TusRefusal(APIException):
    """What the protocol answers with a status of its own."""

    def __init__(self, status: int, code: str, text: str) -> None:
        self.status_code = status
        super().__init__(text, code)


class UploadOutput(serializers.ModelSerializer[Upload]):
    """A file that comes in pieces; whole, once ``received`` is ``size``."""

    class Meta:
        model = Upload
        fields = ("id", "name", "size", "received", "created_at", "expires_at")


#: Rights of endpoints that take a file, any of which lets somebody send it in pieces.
TAKING: Final = frozenset({
    Permission.ASSETS_CHANGE, Permission.YEAR_CLOSE,
    Permission.BANKING_IMPORT, Permission.COMPANY_CHANGE, Permission.CONTACTS_CHANGE,
    Permission.CONTACTS_IMPORT, Permission.EXPENSES_OWN, Permission.BUDGET_CHANGE,
    Permission.CHART_CHANGE, Permission.LEDGER_DRAFT, Permission.LEDGER_IMPORT,
    Permission.PAYABLES_CAPTURE, Permission.PAYMENTS_EXPORT, Permission.PAYROLL_CAPTURE,
    Permission.PAYROLL_PEOPLE, Permission.QUESTIONS_WRITE, Permission.RECEIVABLES_SETTINGS,
})  # fmt: skip


class UploadViewSet(mixins.ListModelMixin, CompanyViewSet):
    """``…/uploads/``: one's own. ``Upload-Offset`` stands for ``If-Match``."""

    permissions = {
        "list": Permission.COMPANY_READ,
        "retrieve": Permission.COMPANY_READ,
        "metadata": Permission.COMPANY_READ,
        "create": Permission.COMPANY_READ,
        "partial_update": Permission.COMPANY_READ,
        "destroy": Permission.COMPANY_READ,
    }
    opened_by = TAKING
    serializer_class = UploadOutput
    queryset = Upload.unscoped.none()
    parser_classes = (Pieces,)
    takes_keys = False  # a piece says by its offset whether it came before
    refuses = (413, 423, 460)
    asks_match = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "PATCH":
            _take_what_arrives(request)
        answer = super().dispatch(request, *args, **kwargs)
        answer["Tus-Resumable"] = VERSION
        return answer

    def get_queryset(self) -> QuerySet[Upload]:
        alive = Upload.of(self.company).filter(by=self.access.user, expires_at__gt=clock.now())
        return alive.order_by("pk")

    def handle_exception(self, exc: Exception) -> Response:
        status = _STATUS.get(type(exc))  # type: ignore[arg-type]
        if status is not None and isinstance(exc, DomainError):
            exc = TusRefusal(status, exc.code, force_str(exc))
        return super().handle_exception(exc)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """What of the protocol is known here."""
        return Response(status=204, headers={
            "Tus-Version": VERSION, "Tus-Max-Size": str(receiving.LARGEST),
            "Tus-Extension": "creation,termination,expiration,checksum",
            "Tus-Checksum-Algorithm": ",".join(receiving.CHECKSUMS),
        })  # fmt: skip

    @extend_schema(parameters=[_TUS, _LENGTH, _NAME], request=None, responses={201: UploadOutput})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Begin: say how large the file is and what it is called; ``Location`` is where it goes."""
        size = self._number("Upload-Length")
        self._require_version()
        upload = receiving.begin(
            company=self.company, name=_name_in(request.headers.get("Upload-Metadata", "")),
            size=size, by=self.access.user,
        )  # fmt: skip
        answer = self._told(upload, 201)
        answer["Location"] = request.build_absolute_uri(f"{request.path}{upload.pk}/")
        return answer

    def retrieve(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """How much has arrived, in the headers, too (HEAD)."""
        return self._told(self.get_object())

    @extend_schema(
        parameters=[_TUS, _OFFSET, _CHECKSUM], responses={204: None},
        request={Pieces.media_type: bytes},
    )  # fmt: skip
    def partial_update(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Send a piece of at most 5 MB. Of a connection that is cut, what has arrived counts."""
        upload = self.get_object()
        self._require_version()
        if getattr(request._request, "is_too_large", False):
            most = receiving.LARGEST_PIECE
            raise TusRefusal(413, "uploads.piece_too_large", f"Send at most {most} bytes at once.")
        checksum = request.headers.get("Upload-Checksum", "")
        piece: IO[bytes] = request._request.piece  # type: ignore[attr-defined]
        if piece.seek(0, io.SEEK_END) and request._request.content_type != Pieces.media_type:
            raise UnsupportedMediaType(request.content_type or "")
        if checksum and getattr(request._request, "is_cut", False):
            piece, checksum = io.BytesIO(), ""  # nobody can tell whether it is sound
        grown = receiving.append(
            upload, piece, offset=self._number("Upload-Offset"), checksum=checksum
        )
        return self._told(grown, 204)

    def destroy(self, request: Request, pk: str, **kwargs: Any) -> Response:
        """Give an upload up."""
        upload = self.get_object()
        self._require_version()
        receiving.forget(upload)
        return Response(status=204)

    def _told(self, upload: Upload, status: int = 200) -> Response:
        body = None if status == 204 else self.get_serializer(upload).data
        return Response(body, status=status, headers={
            "Upload-Offset": str(upload.received), "Upload-Length": str(upload.size),
            "Upload-Expires": http_date(upload.expires_at.timestamp()), "Cache-Control": "no-store",
        })  # fmt: skip

    def _number(self, header: str) -> int:
        told = self.request.headers.get(header, "")
        if not (told.isascii() and told.isdecimal() and len(told) < 16):
            raise ValidationError({header: ["Send a number of bytes."]})
        return int(told)

    def _require_version(self) -> None:
        if self.request.headers.get("Tus-Resumable") != VERSION:
            raise TusRefusal(412, "uploads.version", f"Send Tus-Resumable: {VERSION}.")


def _take_what_arrives(request: HttpRequest) -> None:
    """Read a piece before a transaction begins, and keep what came of one that is cut off.

    It is in a scratch file unless it is small; nothing else reads the body.
    """
    asked: Any = request
    told = request.META.get("CONTENT_LENGTH") or "0"
    asked.piece = piece = SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115 - gone with the request
    asked.is_too_large = not told.isdecimal() or int(told) > receiving.LARGEST_PIECE
    if not asked.is_too_large:
        with suppress(UnreadablePostError):
            while part := request.read(_READ_AT_ONCE):
                piece.write(part)
        asked.is_cut = piece.tell() < int(told)
    asked._body = b""
    request.META["CONTENT_LENGTH"] = "0"


def _name_in(metadata: str) -> str:
    """The name of the file in ``Upload-Metadata``: pairs by commas, values in Base64."""
    for pair in metadata.split(","):
        key, _blank, value = pair.strip().partition(" ")
        if key in {"filename", "name"}:
            try:
                return base64.b64decode(value, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                raise ValidationError({"Upload-Metadata": ["Send the name in Base64."]}) from None
    return ""
