"""Table of contents: the tables of the foundation."""

from erp.access.firms.models import Firm, FirmStaff, Mandate
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Invitation, Membership, Role, User
from erp.access.sign_in.models import KnownDevice, MissedSignIns, SecurityEvent
from erp.access.support.models import SupportConsent
from erp.access.tokens.models import AppToken
from erp.api.models import IdempotencyRecord
from erp.audit.models import AccessLogEntry, AuditEvent, AuditHead
from erp.companies.models import Company
from erp.documents.models import StoredFile
from erp.jobs.models import Job, JobLine

__all__ = [
    "AccessLogEntry",
    "AppToken",
    "AuditEvent",
    "AuditHead",
    "Company",
    "Firm",
    "FirmStaff",
    "IdempotencyRecord",
    "Invitation",
    "Job",
    "JobLine",
    "KnownDevice",
    "LeakFinding",
    "MailDomain",
    "Mandate",
    "Membership",
    "MissedSignIns",
    "Role",
    "SecurityEvent",
    "StoredFile",
    "SupportConsent",
    "User",
]
