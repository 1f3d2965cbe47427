"""Which static files are collected."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """All but what nobody asks for: of the readers of OpenAPI documents we use Swagger UI alone."""

    ignore_patterns: ClassVar[list[str]] = [  # type: ignore[misc]
        *StaticFilesConfig.ignore_patterns,
        "redoc",
    ]
