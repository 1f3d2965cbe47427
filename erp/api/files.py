"""Files in and out of endpoints."""

from __future__ import annotations

from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from erp.api.inputs import Input


class UploadInput(Input):
    """A file, sent as ``multipart/form-data``."""

    file = serializers.FileField(max_length=200)


class AnyType(JSONRenderer):
    """Lets a client ask for whatever a file is; what is wrong is told in JSON all the same."""

    media_type = "*/*"
