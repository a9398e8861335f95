"""Department and Official: who deals with matters for the city."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils.translation import get_language

from civic.accounts import policies, rules
from civic.accounts.querysets import OfficialQuerySet
from civic.areas.models import Area
from civic.audit.seal import Sealed
from civic.audit.services import record
from civic.core.errors import Conflict, require

if TYPE_CHECKING:
    from civic.accounts.models.account import Account


class RolesClash(Conflict):
    """Nobody may hold these roles together."""

    code = "roles-clash"


class DepartmentManager(models.Manager["Department"]):
    """Takes departments in."""

    def describe(self, *, code: str, by: object, at: datetime, **facts: object) -> "tuple[Department, bool]":
        """Add department `code`, or bring its facts (name, name_en, area, phone) up to date.

        Returns the department and whether anything was written.
        """
        with transaction.atomic():
            department = self.select_for_update().filter(code=code).first() or Department(code=code)
            fresh = department.pk is None
            if not fresh and all(getattr(department, name) == value for name, value in facts.items()):
                return department, False
            for name, value in facts.items():
                setattr(department, name, value)
            department.save()
            record(at=at, actor=by, step="accounts.department." + ("add" if fresh else "change"), subject=department)
        return department, True


class Department(Sealed):
    """A department of the city; the owner of services and the home of officials."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=100)
    name_en = models.CharField("英文名称", max_length=160, blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, null=True, blank=True, verbose_name="所在区划")
    phone = models.CharField("办公电话", max_length=40, blank=True)

    objects: ClassVar[DepartmentManager] = DepartmentManager()

    class Meta:
        verbose_name = "部门"

    class Personal:
        none = True
        public = ("phone",)  # the office's own number

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if self.name_en and get_language() == "en" else self.name


class OfficialManager(models.Manager.from_queryset(OfficialQuerySet)):  # type: ignore[misc]
    """Appoints officials."""

    def appoint(
        self,
        *,
        account: "Account",
        department: Department,
        display_name: str,
        roles: Collection[str] = (),
        by: object,
        at: datetime,
    ) -> "Official":
        """Put the holder of `account` into office. Raises: RolesClash."""
        refuse_clashing(roles)
        with transaction.atomic():
            official = Official(
                account=account, department=department, display_name=display_name, roles=sorted(set(roles))
            )
            official.save(force_insert=True)
            record(at=at, actor=by, step="accounts.official.appoint", subject=official, detail=_roles(roles))
        return official


class Official(Sealed):
    """A person in office: one account, one department, some roles. The name in office is public."""

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, related_name="official")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="officials", verbose_name="部门")
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name="角色")
    display_name = models.CharField("公务姓名", max_length=40)

    objects: ClassVar[OfficialManager] = OfficialManager()

    class Meta:
        verbose_name = "工作人员"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.display_name

    # Verbs

    def assign(self, roles: Collection[str], *, by: "Account", at: datetime) -> None:
        """Give exactly `roles`. Raises: NotAllowed, RolesClash."""
        require(policies.why_not_manage(by, self))
        refuse_clashing(roles)
        with transaction.atomic():
            self.refresh_from_db(from_queryset=Official.objects.select_for_update(of=("self",)))
            self.roles = sorted(set(roles))
            self.save(force_update=True)
            record(at=at, actor=by, step="accounts.official.assign", subject=self, detail=_roles(roles))

    # Questions

    def roles_shown(self) -> "list[rules.Role]":
        """The roles with what people call them."""
        return [rules.ROLES[code] for code in self.roles if code in rules.ROLES]


def refuse_clashing(roles: Collection[str]) -> None:
    """Refuse roles that do not exist or that nobody may hold together."""
    reason = rules.why_not_these_roles(roles)
    if reason is not None:
        raise RolesClash(reason)


def _roles(roles: Collection[str]) -> dict[str, str]:
    return {"roles": ",".join(sorted(set(roles)))}
