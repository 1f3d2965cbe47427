"""What acts are done to, as the trail calls it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.apps import apps
from django.db import models

from erp.access.models import User
from erp.audit.models import AccessLogEntry, AuditEvent, AuditHead
from erp.companies.models import Company, CompanyOwned


@cache
def subjects() -> Mapping[str, type[models.Model]]:
    """The models that acts are done to, by the names the trail has for them: all but the logs."""
    logs = {AuditEvent, AuditHead, AccessLogEntry}
    owned = {m for m in apps.get_models() if issubclass(m, CompanyOwned)} - logs
    return {model._meta.model_name or "": model for model in {Company, User} | owned}
