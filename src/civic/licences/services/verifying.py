"""Verification with the register at hand: a file or a code, judged for any instant."""

from dataclasses import replace
from datetime import datetime

from civic.adapters.signing.client import trusted
from civic.core.text import local
from civic.licences import rules
from civic.licences.formats.genuine import Genuine, NotGenuine
from civic.licences.formats.verdict import GENUINE, UNKNOWN_CODE, State, Verdict, read_any
from civic.licences.models import Licence


def verify_file(content: bytes, *, at: datetime, known_at: datetime | None = None) -> Verdict:
    """Return the verdict over a file: JSON, SD-JWT or PDF, in the state it had at `at` by what is known now.

    `known_at` is the instant of asking, where `at` lies in the past. What is genuine by its signature and not in the
    register (a register restored from before) is in no known state.
    """
    now = known_at or at
    try:
        genuine = read_any(content, trusted(at=now))
    except NotGenuine as reason:
        return Verdict(str(reason.reason), at)
    licence = Licence.objects.select_related("type").filter(number=genuine.number, code=genuine.code).first()
    if licence is None:
        return Verdict(GENUINE, at, State.UNKNOWN, now, genuine)
    names = {field["key"]: local(field, "name") for field in licence.type.fields}
    return Verdict(GENUINE, at, _state(licence, at), now, replace(genuine, names={**genuine.names, **names}))


def verify_code(code: str, *, at: datetime, known_at: datetime | None = None) -> Verdict:
    """Return the verdict over the licence with this code; of its holder only a masked name is told."""
    typed = rules.typed_code(code)
    licence = Licence.objects.for_signing().filter(code=typed).first()
    if licence is None:
        return Verdict(UNKNOWN_CODE, at)
    return Verdict(GENUINE, at, _state(licence, at), known_at or at, _public(licence))


def _state(licence: Licence, at: datetime) -> State:
    return State(licence.state_as_of(at) or State.NOT_YET)


def _public(licence: Licence) -> Genuine:
    return Genuine(
        form="CODE",
        type=licence.type.label,
        number=licence.number,
        code=licence.code,
        issuer=licence.authority.label,
        signed_at=licence.issued_at,
        valid_from=licence.valid_from.isoformat(),
        valid_until=licence.valid_until.isoformat() if licence.valid_until else None,
        claims={"holder_name": _masked_name(licence)},
        names={"holder_name": "持证主体"},
    )


def _masked_name(licence: Licence) -> str:
    """Return the holder's name as everybody may see it; a firm's is public by law."""
    return licence.person.masked("name", "strict") if licence.person is not None else licence.holder_name
