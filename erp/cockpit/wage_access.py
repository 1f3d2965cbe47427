"""Letting somebody see their own wage (Zugang zum eigenen Lohn): invited as others are, as one person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from erp.access.models import Invitation, Membership, Role, User
from erp.access.permissions import Permission
from erp.cockpit import invitations
from erp.cockpit.inviting import Issued
from erp.cockpit.joining import send_link
from erp.cockpit.members import grant
from erp.cockpit.roles import hold, make_ready_role
from erp.core.errors import DomainError, called
from payroll.delivery import signing_in, terms
from payroll.delivery.refusals import AddressChanged, NoAddress
from payroll.delivery.views.terms import DeliveryView
from payroll.employees.models import Employee


@transaction.atomic
def invite_employee(employee: Employee, *, by: User, seen: str) -> Issued[Invitation] | User:
    """Invite a person to see their own wage papers, at the address that wage papers go to.

    ``seen`` is the address that ``by`` looked at: whoever changes contacts could put in their own. Whoever
    works in the company with it already gets the role and is linked at once: then nothing is sent, and
    they come back. Raises ``NoAddress``, ``AddressChanged``, ``LinkedAlready``, ``LinkedElsewhere``, and
    what ``invitations.invite`` and ``members.grant`` raise.
    """
    company = hold(employee.company)
    signing_in.require_free(employee)
    to = terms.reached_one(employee)
    address = (to.own_mail or to.contact_mail).lower()
    if not address:
        raise NoAddress(number=employee.number)
    if address != seen.strip().lower():
        raise AddressChanged(number=employee.number, mail=address, seen=seen[:60])
    if not Role.of(company).filter(code=signing_in.ROLE).exists():
        make_ready_role(company, signing_in.ROLE)  # a company founded before there was this role
    member = Membership.of(company).filter(user__email=address).select_related("user").first()
    if member is not None:
        with called(role="roles"):
            grant(company=company, user=member.user, role=signing_in.ROLE, by=by)
        signing_in.link(employee, email=address, by=by)
        return member.user
    issued = invitations.invite(company=company, email=address, roles=[signing_in.ROLE], by=by,
                                language=to.language)  # fmt: skip
    signing_in.await_invited(employee, invitation=issued.invitation.pk, by=by)
    return issued


class InviteEmployee(DeliveryView):
    """``/c/{company}/payroll/delivery/{employee}/invite/``: who may give access, and sees wages anyway."""

    permissions = {"POST": Permission.MEMBERS_CHANGE}
    http_method_names = ["post"]

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PAYROLL_PEOPLE)
        self.require(Permission.PAYROLL_READ)
        try:
            done = invite_employee(
                self.employee(), by=self.access.user, seen=request.POST.get("seen", "")
            )
        except DomainError as refusal:
            self.tell_all(refusal)
            return redirect("payroll-delivery", self.company.pk)
        if isinstance(done, User):
            messages.success(request, _("Linked to %(name)s, who works here with “%(email)s” already.") % {
                "name": done.name or done.email, "email": done.email})  # fmt: skip
        else:
            send_link(request, done)
            messages.success(request, _("The invitation is sent to %(email)s. It is valid for 72 hours.") % {
                "email": done.invitation.email})  # fmt: skip
        return redirect("payroll-delivery", self.company.pk)
