"""The program with addresses for measuring (``tools.bench.bare``)."""

from __future__ import annotations

from erp.wsgi import application  # noqa: F401 - gunicorn takes it from here

from django.conf import settings  # isort: skip

settings.ROOT_URLCONF = "tools.bench.bare"
