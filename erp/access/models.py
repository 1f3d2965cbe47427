"""Users, their roles and their memberships in companies."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from erp.access.passwords.normal import normalised
from erp.access.permissions import Permission, ready_name, ready_rights
from erp.companies.models import Company, CompanyOwned, Language
from erp.core import clock


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in (Benutzer), with one sign-in for all companies."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DE)
    is_active = models.BooleanField(_("may sign in"), default=True)
    approval_mails = models.BooleanField(_("mails about what waits for approval"), default=True)
    is_operator = models.BooleanField(_("operates this installation"), default=False)
    date_joined = models.DateTimeField(_("since"), default=clock.now)
    password_checked_at = models.DateTimeField(_("password looked up in leaks"), null=True)
    password_breached_at = models.DateTimeField(_("password found in a leak"), null=True)
    #: The company that somebody came along with as a name, and the number its seals name them by.
    came_with = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", null=True, editable=False,
        db_index=False,
    )  # fmt: skip
    sealed_as = models.BigIntegerField(null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(fields=["came_with", "sealed_as"], name="user_sealed_once"),
            models.CheckConstraint(
                condition=Q(came_with=None, sealed_as=None)
                | Q(came_with__isnull=False, sealed_as__gte=0),
                name="user_sealed_with_a_company",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else normalised(raw_password))

    def check_password(self, raw_password: str | None) -> bool:
        return raw_password is not None and super().check_password(normalised(raw_password))

    async def acheck_password(self, raw_password: str | None) -> bool:
        return raw_password is not None and await super().acheck_password(normalised(raw_password))

    def seal_number(self, company: Company) -> int:
        """What the person is called in the hash chains of a company, where nobody else is.

        Who came along with its books has the number from before; others have theirs above all of
        those, so that a number never means two people.
        """
        if self.sealed_as is not None and self.came_with_id == company.pk:
            return self.sealed_as
        return company.people_above + self.pk

    @cached_property
    def has_factor(self) -> bool:
        """Whether there is a second factor; set by the sign-in, so that it is seldom asked for."""
        from erp.access.sign_in.backend import has_factor

        return has_factor(self)


class Role(CompanyOwned):
    """A bundle of permissions in one company (Rolle); ready-made or its own.

    ``permissions`` are those chosen for one of its own; what a role grants says ``rights``.
    """

    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    permissions = ArrayField(models.CharField(max_length=40, choices=Permission), default=list)
    ready = models.BooleanField(_("ready-made"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "code"], name="role_once"),
        ]

    def __str__(self) -> str:
        """What it is called: a ready-made one in the language of whoever looks."""
        return (ready_name(self.code) if self.ready else "") or self.name

    @property
    def rights(self) -> frozenset[str]:
        """What the role grants: a ready-made one what the catalogue says, now and later."""
        return ready_rights(self.code) if self.ready else frozenset(self.permissions)


class Membership(CompanyOwned):
    """A user's role in a company. Several roles add up."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="memberships",
        db_index=False,
    )
    role = models.ForeignKey(
        Role,
        on_delete=models.PROTECT,
        related_name="memberships",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "role"], name="membership_once"),
        ]
        indexes = [models.Index(fields=["user"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Invited(models.Model):
    """A word to an address that it may join (Einladung), whatever it is to.

    The link holds a token, of which only the digest is kept. It works once, for the person of
    this address, and in the name of whoever sent it last.
    """

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=Language)
    digest = models.CharField("SHA-256", max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
        db_index=False,
    )
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.email

    @property
    def whereto(self) -> str:
        """What it is to, by its name."""
        raise NotImplementedError

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted, as far as time and its sender's second thoughts go."""
        return (
            self.accepted_at is None and self.withdrawn_at is None and clock.now() < self.expires_at
        )


class Invitation(CompanyOwned, Invited):
    """A word to an address that it may join a company with some roles."""

    roles = ArrayField(models.SlugField(max_length=30), verbose_name=_("roles"))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "email"],
                name="invitation_once",
                condition=Q(accepted_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
                name="invitation_one_end",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="invitation_by_token")]

    @property
    def whereto(self) -> str:
        return str(self.company)
