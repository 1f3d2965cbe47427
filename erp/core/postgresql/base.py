"""The connection."""

from __future__ import annotations

from django.db.backends.postgresql import base

from erp.core.postgresql.features import DatabaseFeatures


class DatabaseWrapper(base.DatabaseWrapper):
    """As Django's own."""

    features_class = DatabaseFeatures
