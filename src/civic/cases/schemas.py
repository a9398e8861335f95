"""What goes in and out of the cases' API."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Field, Schema

from civic.cases.licensed import materials_of
from civic.cases.states import SuppliedBy

Days = Annotated[int, Field(ge=1, le=60, description="Working days.")]
Words = Annotated[str, Field(max_length=2000)]


class ApplyIn(Schema):
    """An application. `documents` maps a material's key to tokens from POST /api/documents."""

    service: str = Field(max_length=40, examples=["LA-RS-001"])
    form: dict[str, Any] = Field(default_factory=dict)
    documents: dict[str, list[str]] = Field(default_factory=dict)
    commitments: list[str] = Field(default_factory=list, description="Keys of materials replaced by a commitment.")
    licences: list[str] | None = Field(
        None,
        description="Keys of materials that the caller's licences fill; null: as the caller agreed once and for all.",
    )
    delivery: Literal["ELECTRONIC", "SELF_PICK", "POST"] = "ELECTRONIC"
    address: str = Field("", max_length=300)


class ReceiptOut(Schema):
    """What the public ledger holds of the submission, and where the proof of inclusion is found."""

    digest: str = Field(description="SHA-256 in hex, salted, over everything that was stored: the entry's digest.")
    url: str


class AppliedOut(Schema):
    """The answer to an application. `due_on` is null until the application is accepted."""

    status: Literal["success"]
    message: str
    apply_id: str
    due_on: date | None
    receipt: ReceiptOut


class TaskOut(Schema):
    """One department's part."""

    id: int
    key: str
    name: str
    department: str
    state: str
    opinion: str
    act_by: datetime | None
    version: int

    @staticmethod
    def resolve_department(task: Any) -> str:
        return str(task.department.name)


class CaseOut(Schema):
    """A case as those who may see it see it."""

    number: str
    service: str
    service_name: str
    department: str
    state: str
    state_name: str
    holders: list[str]
    channel: str
    delivery: str
    submitted_at: datetime
    act_by: datetime
    accepted_at: datetime | None
    due_on: date | None
    outcome: str
    ended_at: datetime | None
    delivered_at: datetime | None
    version: int
    allowed: list[str] = Field(description="Steps that the table has from here.")

    @staticmethod
    def resolve_service(case: Any) -> str:
        return str(case.service.code)

    @staticmethod
    def resolve_service_name(case: Any) -> str:
        return str(case.service_version.name)

    @staticmethod
    def resolve_department(case: Any) -> str:
        return str(case.department.name)

    @staticmethod
    def resolve_state_name(case: Any) -> str:
        return str(case.get_state_display())

    @staticmethod
    def resolve_due_on(case: Any) -> date | None:
        due: date | None = case.due_on
        return due

    @staticmethod
    def resolve_allowed(case: Any) -> list[str]:
        return list(case.allowed_steps())


class MaterialOut(Schema):
    """By what a material of a case is supplied, as it was sent last."""

    key: str
    name: str
    supplied_by: SuppliedBy
    documents: list[str]
    licence_state: str = Field(description="The licence's state when it was used, which counts; empty without one.")
    used_at: datetime | None


class CaseDetailOut(CaseOut):
    """A case with its tasks and materials."""

    tasks: list[TaskOut]
    materials: list[MaterialOut]

    @staticmethod
    def resolve_materials(case: Any) -> list[MaterialOut]:
        return [
            MaterialOut(
                key=row.key, name=str(row.material["name"]), supplied_by=SuppliedBy(row.by),
                documents=list(row.documents), licence_state=row.state_then,
                used_at=row.use.used_at if row.use is not None else None,
            )
            for row in materials_of(case)
        ]  # fmt: skip

    @staticmethod
    def resolve_tasks(case: Any) -> list[Any]:
        return list(case.tasks.all())


class EventOut(Schema):
    """One line of the timeline."""

    at: datetime
    step: str
    text: str
    department: str


class TrackOut(Schema):
    """What anybody with the number and the phone's last four digits may know."""

    number: str
    service_name: str
    state: str
    state_name: str
    holders: list[str]
    submitted_at: datetime
    due_on: date | None
    timeline: list[EventOut]


class StepIn(Schema):
    """A step that needs no words."""


class ItemIn(Schema):
    """One thing that is wrong, where it is, and what to do about it."""

    pointer: str = Field(max_length=100, examples=["/form/bank", "/documents/photo"])
    message: str = Field(min_length=1, max_length=500)


class CorrectionIn(Schema):
    """Everything that is wrong, told at once."""

    items: list[ItemIn] = Field(min_length=1, max_length=50)
    reason: str = Field("", max_length=500, description="Why the leader asks again, about more than is new.")


class ResubmissionIn(Schema):
    """The corrected application."""

    form: dict[str, Any] = Field(default_factory=dict)
    documents: dict[str, list[str]] = Field(default_factory=dict)
    licences: list[str] = Field(default_factory=list, description="Keys of materials that licences are to fill now.")


class SuspensionIn(Schema):
    """Why the clock is to stand still."""

    reason: Literal["SITE_VISIT", "HEARING", "INSPECTION", "EXPERT_REVIEW", "TENDER", "PUBLIC_NOTICE"]


class ExtensionIn(Schema):
    """Ask for more time, or approve or refuse what was asked; a refusal needs a reason."""

    approve: bool = False
    refuse: bool = False
    days: Days | None = None
    reason: str = Field("", max_length=300)


class DecisionIn(Schema):
    """The decision, with its reasons and legal basis. NOT_ACCEPTED refuses to take up the application."""

    outcome: Literal["GRANTED", "REFUSED", "NOT_ACCEPTED"]
    reasons: Words
    legal_basis: str = Field(max_length=400)
    at_once: bool = Field(False, description="Accept and decide in one sitting: services decided on the spot.")
    overruling: Words = Field("", description="Why it is granted although a department did not agree.")


class CompletionIn(Schema):
    """A department's opinion at the end of its task."""

    opinion: Literal["AGREE", "DISAGREE"]
    note: Words = ""


class WithdrawalIn(Schema):
    """Taking the application back."""

    reason: str = Field("", max_length=300)


class DeliveryIn(Schema):
    """Handing over or posting the result."""

    tracking: str = Field("", max_length=40, pattern=r"^[A-Za-z0-9-]*$")
