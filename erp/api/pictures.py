"""Originals as pictures, for phones: ``?width=`` and, where a file has several pages, ``?page=``."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseNotModified
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request

from erp.documents import scaled, serving
from erp.documents.drawing import JPEG, MOST_PAGES
from erp.documents.models import StoredFile

RESPONSES: Final = {(200, JPEG): OpenApiTypes.BINARY}


class PictureQuery(serializers.Serializer[Any]):
    width = serializers.ChoiceField(choices=scaled.WIDTHS, default=800, help_text="Pixels")


class PageQuery(PictureQuery):
    page = serializers.IntegerField(default=1, min_value=1, max_value=MOST_PAGES)


def shown(request: Request, file: StoredFile, *, width: int, page: int = 1) -> HttpResponse:
    """A page of an original as JPEG; nothing anew where the caller has it (``If-None-Match``).

    Answers 404 where the archive lost the original; raises what ``scaled.picture_of`` does.
    """
    version = f'"{file.digest[:32]}-{page}-{width}"'
    if request.headers.get("If-None-Match") == version:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        try:
            answer = serving.drawn(scaled.picture_of(file, nth=page, width=width), JPEG)
        except FileNotFoundError:
            raise Http404 from None
    answer["ETag"] = version
    return answer
