"""Kinds that wages know (Arten): of wage types, insurances, pay and tax. Their values stand in kept slips."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    FEMALE = "F"
    MALE = "M"


class Base(StrEnum):
    """What a wage type counts for (Basen)."""

    AHV = "ahv"
    ALV = "alv"
    UVG = "uvg"
    UVGZ = "uvgz"
    KTG = "ktg"
    BVG = "bvg"
    FAK = "fak"
    QST = "qst"
    GROSS = "gross"


class Kind(StrEnum):
    """What a wage type is (Art der Lohnart); it decides on which side of the slip it stands.

    ``BASE_ONLY`` raises bases and pays nothing; ``INFO`` stands on the certificate alone.
    ``NET_CORRECTION`` takes out again what came in as benefit in kind or was paid to others.
    """

    EARNING = "earning"
    BENEFIT_IN_KIND = "benefit_in_kind"
    EMPLOYER_PAID = "employer_paid"
    THIRD_PARTY = "third_party"
    CORRECTION = "correction"
    BASE_ONLY = "base_only"
    FAMILY = "family"
    DEDUCTION = "deduction"
    NET_CORRECTION = "net_correction"
    EXPENSE = "expense"
    ADVANCE = "advance"
    INFO = "info"


class Method(StrEnum):
    """How an amount comes about: typed, quantity × rate, or a percentage of other wage types."""

    AMOUNT = "amount"
    QUANTITY = "quantity"
    PERCENT = "percent"


class Insurance(StrEnum):
    """What a contribution is for (Sozialversicherung)."""

    AHV = "ahv"
    ALV = "alv"
    BU = "bu"
    NBU = "nbu"
    UVGZ = "uvgz"
    KTG = "ktg"
    BVG = "bvg"
    FAK = "fak"
    ADMIN = "admin"  # administration costs, in percent of the contributions to AHV/IV/EO
    CANTONAL = "cantonal"
    EXTRA = "extra"


class Pay(StrEnum):
    MONTH = "month"
    HOUR = "hour"
    LESSON = "lesson"


class Thirteenth(StrEnum):
    """When a 13th month's wage is paid out (13. Monatslohn)."""

    NONE = "none"
    DECEMBER = "december"
    HALVES = "halves"  # June and December
    QUARTERS = "quarters"
    MONTHLY = "monthly"


class TaxModel(StrEnum):
    """How a canton reckons withholding tax: month by month, or by the year."""

    MONTHLY = "monthly"
    YEARLY = "yearly"
