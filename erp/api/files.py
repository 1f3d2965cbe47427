"""Files in and out of endpoints."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from erp.api.inputs import Input
from erp.uploads import receiving
from erp.uploads.models import Upload


class Arrived(UploadedFile):
    """A file that came in pieces: it tells its size at once, and is read when somebody asks for it."""

    def __init__(self, upload: Upload) -> None:
        name = upload.name if upload.name.strip(". ") else "file"
        super().__init__(io.BytesIO(), name, size=upload.size)
        self._path = receiving.path_of(upload)
        self._at = 0

    def read(self, most: int = -1) -> bytes:
        rest = (self.size or 0) - self._at
        wanted = rest if most < 0 else min(most, rest)
        if not wanted:
            return b""
        with self._path.open("rb") as file:
            file.seek(self._at)
            found = file.read(wanted)
        self._at += len(found)
        return found

    def seek(self, to: int, whence: int = io.SEEK_SET) -> int:
        self._at = to + {io.SEEK_CUR: self._at, io.SEEK_END: self.size or 0}.get(whence, 0)
        return self._at


def uploaded(context: Any, pk: int) -> UploadedFile:
    """A file that came in pieces (``…/uploads/``). Raises what ``receiving.whole`` does."""
    return Arrived(receiving.whole(context["company"], pk, by=context["access"].user))


class UploadInput(Input):
    """A file, sent as ``multipart/form-data``, or the id of an upload that is whole."""

    file = serializers.FileField(max_length=200, required=False)
    upload = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)

    def to_internal_value(self, data: Any) -> Any:
        told = super().to_internal_value(data)
        if ("file" in told) == ("upload" in told):
            raise serializers.ValidationError({"file": [_("Send a file, or the id of an upload.")]})
        if "upload" in told:
            told["file"] = uploaded(self.context, told.pop("upload"))
        return told


class AnyType(JSONRenderer):
    """Lets a client ask for whatever a file is; what is wrong is told in JSON all the same."""

    media_type = "*/*"
