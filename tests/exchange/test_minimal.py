"""No field that was not granted ever appears: over roles, purposes, fields and sloppy sources."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic.audit.models import Entry
from civic.exchange.models import Call, Demand, Resource
from civic.exchange.schemas import DrawnOut
from civic.exchange.services import Ask, Denied, Value, draw
from tests.factories import exchange as make
from tests.factories.accounts import MONDAY, WANG_FANG, at_home, official, token
from tests.factories.exchange import context

pytestmark = pytest.mark.django_db
SUBJECTS = {
    "id_number": WANG_FANG["id_number"],
    "property_id": "LA2023001",
    "certificate_no": "T340000001",
    "name": "六安芳芳",
}
CODES = (
    "gaj.population", "gaj.household", "wjw.birth_certificate", "mzj.marriage", "zrzy.land", "sw.property_tax",
    "zjj.house", "rsj.insurance", "mzj.old_age_allowance", "scjg.business_name",
)  # fmt: skip
EXTRA = ("religion", "face", "diagnosis", "password", "phone", "__proto__", "criminal_record")
DEPARTMENTS = ("gaj", "zrzy", "sw", "zjj", "mzj", "wjw", "scjg")
ROLES = ("unit_handler", "unit_leader", "window_clerk", "auditor", "supervisor", "data_steward")


def marker(name: str) -> str:
    """What the source says in field `name`: a text that is found again wherever it leaks."""
    return f"⟦{name}⟧"


def sloppy(names: tuple[str, ...], shape: str) -> dict[str, Any]:
    """A record with every field there is, and more; a careless source may even nest one field in another."""
    flat = {name: marker(name) for name in (*names, *EXTRA)}
    if shape == "nested":
        return {name: {"all": flat} for name in flat}
    if shape == "listed":
        return {name: [marker(name), flat] for name in flat}
    return flat


def granted(code: str, service: str, purpose: str, department: str | None) -> set[str]:
    """The fields of the approved demands, read from the database without the code under test."""
    found = Demand.objects.filter(resource__code=code, service=service, purpose=purpose, state="APPROVED")
    if department is not None:
        found = found.filter(consumer__code=department)
    return {name for one in found for name in one.fields}


def leaked(text: str, names: set[str]) -> set[str]:
    return {name for name in names if marker(name) in text}


@given(
    code=st.sampled_from(CODES),
    service=st.sampled_from(("LA-GA-001", "LA-ZR-001", "LA-SC-001", "LA-MZ-002", "LA-JY-001")),
    purpose=st.sampled_from(("apply", "prefill", "decide", "verify", "offer")),
    asker=st.none() | st.tuples(st.sampled_from(DEPARTMENTS), st.sampled_from(ROLES)),
    wanted=st.integers(0, 2**20),
    shape=st.sampled_from(("flat", "nested", "listed")),
    records=st.integers(0, 3),
)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_field_that_was_not_granted_comes_out(
    sources, city, code, service, purpose, asker, wanted, shape, records
) -> None:
    resource = Resource.objects.get(code=code)
    names = tuple(one["name"] for one in resource.fields)
    every = (*names, *EXTRA)
    fields = tuple(name for bit, name in enumerate(every) if wanted >> bit & 1)
    key = resource.keys[0]["name"]
    sources.say(code.partition(".")[2], [sloppy(names, shape)] * records)
    account = official(department=make.office_of(asker[0]), roles=(asker[1],)) if asker else None
    allowed = granted(code, service, purpose, asker[0] if asker else None)
    allowed &= set(fields) if fields else allowed
    sources.asked.clear()

    drawn = draw(
        {"it": Ask(code, {key: SUBJECTS[key]}, fields)},
        context=context(account or "timer", service=service, purpose=purpose), at=MONDAY,
    )["it"]  # fmt: skip

    out = DrawnOut.of(drawn).model_dump_json() + repr(drawn)
    assert leaked(out, set(every) - allowed) == set()
    assert all(set(question.fields) <= allowed for question in sources.asked)
    assert all(isinstance(drawn.one(name), Denied) for name in set(fields) - allowed)
    assert set(drawn.fields) == (set(fields) or allowed or set(names))
    call = Call.objects.for_list().get(handle=drawn.call)
    assert set(call.fields) == allowed
    assert leaked(str([entry.detail for entry in Entry.objects.of(subject=call.ledger_id())]), set(every)) == set()
    if shape != "flat" and records:
        assert not any(isinstance(drawn.one(name), Value) for name in every)


@given(
    department=st.sampled_from(DEPARTMENTS), role=st.sampled_from(ROLES), purpose=st.sampled_from(("decide", "prefill"))
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_api_and_the_pages_show_nothing_more(sources, city, department, role, purpose) -> None:
    parts = {"land": "zrzy.land", "tax": "sw.property_tax", "house": "zjj.house"}
    for name, code in (("land", "zrzy.land"), ("property_tax", "sw.property_tax"), ("house", "zjj.house")):
        fields = tuple(one["name"] for one in Resource.objects.get(code=code).fields)
        sources.say(name, [sloppy(fields, "flat")])
    account = official(department=make.office_of(department), roles=(role,))
    client = Client(headers={"Authorization": f"Bearer {token(account)}"})

    answer = client.get(f"/api/property/LA2023001?purpose={purpose}")

    assert answer.status_code in (200, 403)
    if answer.status_code == 200:
        found = answer.json()
        for part, code in parts.items():
            text = json.dumps(found[part], ensure_ascii=False)
            hidden = {one["name"] for one in Resource.objects.get(code=code).fields} | set(EXTRA)
            assert leaked(text, hidden - granted(code, "LA-ZR-001", purpose, department)) == set()
    pages = at_home(account)
    for path in (
        "/office/exchange/",
        "/office/exchange/calls/",
        "/office/exchange/contests/",
        "/office/exchange/demands/",
    ):
        assert "⟦" not in pages.get(path).content.decode()
