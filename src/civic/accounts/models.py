"""The nouns of identity: accounts, persons, departments, officials."""

from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from civic.audit.seal import Sealed


class Department(models.Model):
    """A department of the city; the owner of services and the home of officials."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    name_en = models.CharField(max_length=160, blank=True)

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.name


class Person(Sealed):
    """A natural person as the city knows them."""

    class Personal:
        none = True

    def __str__(self) -> str:
        return f"person {self.pk}"


class Account(AbstractBaseUser, Sealed):
    """A way to log in: a resident's, an official's or a machine's."""

    class Kind(models.TextChoices):
        RESIDENT = "RESIDENT", "居民"
        OFFICIAL = "OFFICIAL", "工作人员"
        MACHINE = "MACHINE", "系统"

    username = models.CharField(max_length=64, unique=True)
    handle = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.RESIDENT)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="account")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = BaseUserManager()
    USERNAME_FIELD = "username"

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.username

    @property
    def is_official(self) -> bool:
        return self.kind == self.Kind.OFFICIAL and self.official is not None

    def has_any_role(self, *roles: str) -> bool:
        return self.is_official and bool(set(roles) & set(self.official.roles))

    @property
    def department_id(self) -> int | None:
        """The department this official works for; None for everyone else."""
        return self.official.department_id if self.is_official else None


class Official(Sealed):
    """A person in office: one account, one department, some roles."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="official")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="officials")
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    display_name = models.CharField(max_length=40)

    class Personal:
        none = True

    def __str__(self) -> str:
        return self.display_name
