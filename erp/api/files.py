"""Files in and out of endpoints."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from erp.api.inputs import Input
from erp.uploads import receiving


def uploaded(context: Any, pk: int) -> UploadedFile:
    """A file that came in pieces (``…/uploads/``). Raises what ``receiving.whole`` does."""
    name, content = receiving.whole(context["company"], pk, by=context["access"].user)
    return SimpleUploadedFile(name if name.strip(". ") else "file", content)


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
