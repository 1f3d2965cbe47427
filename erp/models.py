"""Table of contents: the tables of the foundation."""

from erp.access.addresses.models import AddressChange
from erp.access.firms.models import Firm, FirmInvitation, FirmStaff, Mandate
from erp.access.leaks.models import LeakFinding, MailDomain
from erp.access.models import Invitation, Membership, Role, User
from erp.access.recovery.models import FactorRecovery, RecoveryApproval
from erp.access.sign_in.models import KnownDevice, MissedSignIns, PhoneGrant, SecurityEvent
from erp.access.support.models import SupportConsent
from erp.access.tokens.models import AppToken
from erp.api.models import IdempotencyRecord, PersonalIdempotencyRecord
from erp.audit.models import AccessLogEntry, AuditEvent, AuditHead
from erp.changes.models import Change, ChangeFloor
from erp.cockpit.models import ApprovalDigest, Favourite
from erp.companies.models import Company
from erp.documents.models import StoredFile
from erp.fiduciary.models import (
    ChecklistItem,
    ChecklistStep,
    ChecklistTemplate,
    FirmBatch,
    FirmBatchPart,
    MandateFigures,
    MandateSetting,
    MandateTemplate,
    MandateTime,
    Question,
    QuestionMessage,
)
from erp.handover.models import CompanyExport
from erp.jobs.models import Job, JobLine
from erp.layouts.models import Layout
from erp.mails.models import MailFile, MailTemplate, OutgoingMail
from erp.own_fields.models import OwnField
from erp.reference.models import (
    Bank,
    Canton,
    Commune,
    Country,
    Currency,
    ExchangeRate,
    Holiday,
    Locality,
    ReferenceChange,
    ReferenceVersion,
    SourceState,
    WithholdingTariff,
)
from erp.search.models import SearchHead, SearchWord
from erp.uploads.models import Upload
from erp.webhooks.models import Delivery, Webhook

__all__ = [
    "AccessLogEntry",
    "AddressChange",
    "AppToken",
    "ApprovalDigest",
    "AuditEvent",
    "AuditHead",
    "Bank",
    "Canton",
    "Change",
    "ChangeFloor",
    "ChecklistItem",
    "ChecklistStep",
    "ChecklistTemplate",
    "Commune",
    "Company",
    "CompanyExport",
    "Country",
    "Currency",
    "Delivery",
    "ExchangeRate",
    "FactorRecovery",
    "Favourite",
    "Firm",
    "FirmBatch",
    "FirmBatchPart",
    "FirmInvitation",
    "FirmStaff",
    "Holiday",
    "IdempotencyRecord",
    "Invitation",
    "Job",
    "JobLine",
    "KnownDevice",
    "Layout",
    "LeakFinding",
    "Locality",
    "MailDomain",
    "MailFile",
    "MailTemplate",
    "Mandate",
    "MandateFigures",
    "MandateSetting",
    "MandateTemplate",
    "MandateTime",
    "Membership",
    "MissedSignIns",
    "OutgoingMail",
    "OwnField",
    "PersonalIdempotencyRecord",
    "PhoneGrant",
    "Question",
    "QuestionMessage",
    "RecoveryApproval",
    "ReferenceChange",
    "ReferenceVersion",
    "Role",
    "SearchHead",
    "SearchWord",
    "SecurityEvent",
    "SourceState",
    "StoredFile",
    "SupportConsent",
    "Upload",
    "User",
    "Webhook",
    "WithholdingTariff",
]
