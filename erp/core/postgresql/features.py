"""What Django may take for granted of our tables."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import features


class DatabaseFeatures(features.DatabaseFeatures):
    """A client's row is known by company and number, so that a number alone determines nothing."""

    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """Whether rows may be grouped by ``id`` alone; a client's by all columns that are asked for."""
        names = {field.name for field in model._meta.local_concrete_fields}
        return "company" not in names and super().allows_group_by_selected_pks_on_model(model)
