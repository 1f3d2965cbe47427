"""Pages of access: who works in a company, who is invited, and what roles grant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from erp.access.giving import rights_of
from erp.access.models import Invitation, Role, User
from erp.access.permissions import Permission
from erp.audit import access_log
from erp.audit.models import AccessLogEntry
from erp.cockpit import invitations, people
from erp.cockpit.forms import CopyForm, InvitationForm, RoleForm
from erp.cockpit.joining import send_link
from erp.cockpit.members import grant, remove_member, withdraw
from erp.cockpit.recovery import waiting_in
from erp.cockpit.recovery_pages import answer
from erp.cockpit.roles import change_role, delete_role, make_role
from erp.core.errors import DomainError
from erp.web.pages import CompanyView, id_of, refused, tell


class Members(CompanyView):
    """``/c/{company}/settings/access/``: people with their roles, and open invitations."""

    permission = Permission.MEMBERS_READ
    permissions = {"POST": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "members"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        acts: dict[str, Callable[[HttpRequest], None]] = {
            "grant": self._grant, "withdraw": self._withdraw, "remove": self._remove,
            "resend": self._resend, "take_back": self._take_back,
            "vouch": self._say, "doubt": self._say,
        }  # fmt: skip
        wanted = request.POST.get("do", "")
        if wanted == "invite":
            return self._invite(request)
        if wanted not in acts:
            raise Http404
        try:
            acts[wanted](request)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return refused(request, self._show(request))
        return redirect("members" if self._still_in() else "companies", *self._where())

    def _grant(self, request: HttpRequest) -> None:
        grant(company=self.company, user=self._person(request), by=self.access.user,
              role=request.POST.get("role", "")[:30])  # fmt: skip

    def _withdraw(self, request: HttpRequest) -> None:
        withdraw(company=self.company, user=self._person(request), by=self.access.user,
                 role=request.POST.get("role", "")[:30])  # fmt: skip

    def _remove(self, request: HttpRequest) -> None:
        user = self._person(request)
        remove_member(company=self.company, user=user, by=self.access.user)
        messages.success(request, _("%s has no access any more.") % user)

    def _resend(self, request: HttpRequest) -> None:
        issued = invitations.resend(self._invitation(request), by=self.access.user)
        send_link(request, issued)
        messages.success(request, _("The invitation is sent again; the old link is dead."))

    def _take_back(self, request: HttpRequest) -> None:
        invitations.withdraw(self._invitation(request), by=self.access.user)
        messages.success(request, _("The invitation is withdrawn."))

    def _say(self, request: HttpRequest) -> None:
        answer(request, place=self.company, by=self.access.user)

    def _invite(self, request: HttpRequest) -> HttpResponse:
        form = InvitationForm(request.POST, givable=people.grantable(self.company, self._rights()))
        if form.is_valid():
            try:
                issued = invitations.invite(
                    company=self.company, by=self.access.user, **form.cleaned_data
                )
            except DomainError as refusal:
                tell(form, refusal)
            else:
                send_link(request, issued)
                messages.success(
                    request, _("The invitation to %s is sent.") % issued.invitation.email
                )
                return redirect("members", self.company.pk)
        return refused(request, self._show(request, form))

    def _person(self, request: HttpRequest) -> User:
        members = User.objects.filter(memberships__company=self.company).distinct()
        found: User = get_object_or_404(members, pk=id_of(request.POST.get("user")))
        return found

    def _invitation(self, request: HttpRequest) -> Invitation:
        found: Invitation = get_object_or_404(
            invitations.unfinished(self.company), pk=id_of(request.POST.get("invitation"))
        )
        return found

    def _rights(self) -> frozenset[str]:
        """What whoever asks could give and take: nothing where they may only look."""
        if not self.access.may(Permission.MEMBERS_CHANGE):
            return frozenset()
        return rights_of(self.access.user, self.company)

    def _still_in(self) -> bool:
        """Whether this page still opens to whoever may just have taken a role from themselves."""
        return Permission.MEMBERS_READ in rights_of(self.access.user, self.company)

    def _where(self) -> list[int]:
        return [self.company.pk] if self._still_in() else []

    def _show(self, request: HttpRequest, form: InvitationForm | None = None) -> HttpResponse:
        rights = self._rights()
        shown = people.people_of(self.company, asking=self.access.user, rights=rights)
        staff = people.mandated(self.company)
        access_log.note(company=self.company, by=self.access.user, subject=User,
                        kind=AccessLogEntry.Kind.LIST, count=len(shown) + len(staff))  # fmt: skip
        names = dict(Role.of(self.company).values_list("code", "name"))
        waiting = list(invitations.unfinished(self.company))
        standing = invitations.standing(self.company, waiting)
        context = {
            "page_title": _("Access"), "people": shown, "staff": staff,
            "recoveries": waiting_in(self.company),
            "invitations": [(one, [names.get(code, code) for code in one.roles], one.pk in standing)
                            for one in waiting],
            "form": form or InvitationForm(givable=people.grantable(self.company, rights),
                                           initial={"language": self.company.language}),
        }  # fmt: skip
        return render(request, "erp/members.html", context)


class Roles(CompanyView):
    """``/c/{company}/settings/roles/``: the roles, and a new one by copy."""

    permission = Permission.MEMBERS_READ
    permissions = {"POST": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "roles"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(request, CopyForm(
            roles=people.roles_of(self.company), initial={"source": request.GET.get("copy", "")}
        ))  # fmt: skip

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """A copy takes along what whoever makes it has themselves, and no more."""
        form = CopyForm(request.POST, roles=people.roles_of(self.company))
        if form.is_valid():
            source = Role.of(self.company).get(code=form.cleaned_data["source"])
            kept = source.rights & rights_of(self.access.user, self.company)
            try:
                role = make_role(company=self.company, name=form.cleaned_data["name"],
                                 permissions=kept, by=self.access.user)  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                if kept < source.rights:
                    messages.warning(
                        request, _("Rights that you do not have yourself were left out.")
                    )
                return redirect("role", self.company.pk, role.code)
        return refused(request, self._show(request, form))

    def _show(self, request: HttpRequest, form: CopyForm) -> HttpResponse:
        context = {
            "page_title": _("Roles"),
            "roles": [(role, len(role.rights)) for role in people.roles_of(self.company)],
            "all": len(Permission),
            "form": form,
        }
        return render(request, "erp/roles.html", context)


class RolePage(CompanyView):
    """``/c/{company}/settings/roles/{code}/``: what a role grants, by module."""

    permission = Permission.MEMBERS_READ
    permissions = {"POST": Permission.MEMBERS_CHANGE}
    step_up = frozenset({"POST"})
    help_page = "roles"

    def get(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        role = self._role(code)
        return self._show(request, role, RoleForm(initial={"name": str(role)}), role.rights)

    def post(self, request: HttpRequest, code: str, **kwargs: Any) -> HttpResponse:
        role = self._role(code)
        if "delete" in request.POST:
            return self._delete(request, role)
        form = RoleForm(request.POST)
        ticked = set(request.POST.getlist("permissions"))
        if form.is_valid():
            # A browser does not send ticks that may not be changed: they stay as they are.
            fixed = role.rights - rights_of(self.access.user, self.company)
            try:
                change_role(role, name=form.cleaned_data["name"], by=self.access.user,
                            permissions=[*form.cleaned_data["permissions"], *fixed])  # fmt: skip
            except DomainError as refusal:
                tell(form, refusal)
            else:
                messages.success(request, _("The role is saved; it holds from the next page on."))
                return redirect("role", self.company.pk, role.code)
        return refused(request, self._show(request, role, form, ticked))

    def _delete(self, request: HttpRequest, role: Role) -> HttpResponse:
        try:
            delete_role(role, by=self.access.user)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            shown = self._show(request, role, RoleForm(initial={"name": str(role)}), role.rights)
            return refused(request, shown)
        messages.success(request, _("The role is deleted."))
        return redirect("roles", self.company.pk)

    def _role(self, code: str) -> Role:
        found: Role = get_object_or_404(
            Role.of(self.company).select_related("company"), code=code[:30]
        )
        return found

    def _show(self, request: HttpRequest, role: Role, form: RoleForm, ticked: Any) -> HttpResponse:
        changeable = self.access.may(Permission.MEMBERS_CHANGE) and not role.ready
        editable = rights_of(self.access.user, self.company) if changeable else frozenset()
        holders = User.objects.filter(
            memberships__company=self.company, memberships__role=role
        ).order_by("name", "email")  # fmt: skip
        context = {
            "page_title": str(role),
            "role": role,
            "form": form,
            "changeable": changeable,
            "groups": people.matrix(ticked, editable=editable),
            "people": holders,
        }
        return render(request, "erp/role.html", context)
