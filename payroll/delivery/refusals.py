"""Why wage papers are not delivered, and what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from erp.core.errors import DomainError


class NoAddress(DomainError):
    code = "delivery.no_address"
    message = _("Number %(number)s has no e-mail address. Add one to the contact or under “Delivery”, or "
                "choose another way.")  # fmt: skip
    field = "mail"


class AddressChanged(DomainError):
    code = "delivery.address_changed"
    message = _("Wage papers of number %(number)s go to “%(mail)s” now, not to “%(seen)s”. Check the address, "
                "and invite again.")  # fmt: skip
    field = "mail"


class NoPassword(DomainError):
    code = "delivery.no_password"
    message = _("Number %(number)s has no password for encrypted files yet. Make one under “Delivery”, and "
                "hand it over on paper.")  # fmt: skip
    field = "password"


class NoPortal(DomainError):
    code = "delivery.no_portal"
    message = _("Number %(number)s does not sign in yet. Invite the person under “Delivery”, or choose "
                "another way.")  # fmt: skip
    field = "way"


class UnknownWay(DomainError):
    code = "delivery.unknown_way"
    message = _("“%(value)s” is no way of delivery. Choose one of: %(choices)s.")
    field = "way"


class DeliveryChanged(DomainError):
    code = "delivery.changed"
    message = _("How number %(number)s gets wage papers was changed by somebody else meanwhile. Look at it "
                "again.")  # fmt: skip
    field = "version"
    conflict = True


class PasswordTooLong(DomainError):
    code = "delivery.password_too_long"
    message = _("A password of files has at most %(most)s bytes. Shorten it.")
    field = "password"


class NotAMemberHere(DomainError):
    code = "delivery.not_a_member"
    message = _("“%(email)s” does not work in this company with the right to see their own wage. Give them "
                "the role “Employee”, or invite them.")  # fmt: skip
    field = "user"


class LinkedElsewhere(DomainError):
    code = "delivery.linked_elsewhere"
    message = _("“%(email)s” sees the wage papers of number %(number)s already. Undo that first.")
    field = "user"
    conflict = True


class LinkedAlready(DomainError):
    code = "delivery.linked_already"
    message = _(
        "Number %(number)s signs in already, as “%(email)s”. Undo that before inviting anew."
    )
    field = "user"
    conflict = True


class NothingToDeliver(DomainError):
    code = "delivery.nothing"
    message = _("Everything of this was delivered before. Deliver one again in its row.")
    conflict = True


class PapersMissing(DomainError):
    code = "delivery.papers_missing"
    message = _("%(count)s papers are not made yet. Make them first.")
    conflict = True
