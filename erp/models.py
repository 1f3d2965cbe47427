"""Table of contents: the tables of the foundation."""

from erp.access.models import Membership, Role, User
from erp.api.models import IdempotencyRecord
from erp.audit.models import AuditEvent
from erp.companies.models import Company
from erp.documents.models import StoredFile

__all__ = ["AuditEvent", "Company", "IdempotencyRecord", "Membership", "Role", "StoredFile", "User"]
