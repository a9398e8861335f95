"""No change without a line in the ledger: with the ledger shut, every route that changes something answers 503.

Each mutating route of the URLconf and the API has one valid call here, or stands among those that by design record
nothing, with the reason. A new route without either fails.
"""

import pytest
from django.db import connection

from tests.chaos.calls import CALLS
from tests.chaos.routes import Route, mutating
from tests.chaos.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("doors_open")]

NOTED_ELSEWHERE = {  # sessions, rate counters and log-in attempts: they are no record of anybody's business
    "django_session", "usersessions_usersession", "accounts_tally", "cases_lookup", "accounts_onetimecode",
    "accounts_outboxmessage", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog",
}  # fmt: skip
DRAFT = "a draft is the applicant's own scratch paper: it has no effect until it is sent, which is recorded"
FAKE = "a fake of the demonstration, absent in service; it changes nothing"
LOOK = "asks a question; changes nothing but a rate counter"
LOG_IN = "sends or asks for a code: only counters and the code itself; being let in is recorded"
SESSION = "concerns the caller's own session only"
TASTE = "keeps a preference of this browser in a cookie"
USED_UP = {  # tables that a refused call may still touch
    "POST /office/login/second/": {"mfa_authenticator"},  # a code that was shown is used up, whatever follows
}
QUEUE = "asks a worker to draw or to sort; what comes of it is recorded"
BY_DESIGN = {
    "POST /apply/<str:code>/": DRAFT,
    "POST /apply/drafts/<uuid:token>/<slug:key>/": DRAFT,
    "POST /apply/drafts/<uuid:token>/autosave/": DRAFT,
    "POST /apply/drafts/<uuid:token>/delivery/": DRAFT,
    "POST /apply/drafts/<uuid:token>/discard/": DRAFT,
    "POST /api/licences/verify": LOOK,
    "POST /consultations/<int:pk>/near/": LOOK,
    "POST /api/consultations/{pk}/near": LOOK,
    "POST /demo/identity/.well-known/openid-configuration": FAKE,
    "POST /demo/identity/authorize/": FAKE,
    "POST /demo/identity/jwks/": FAKE,
    "POST /demo/identity/token/": FAKE,
    "POST /demo/identity/userinfo/": FAKE,
    "POST /demo/outbox/": FAKE,
    "POST /login/": LOG_IN,
    "POST /login/code/again/": LOG_IN,
    "POST /login/organisation/": LOG_IN,
    "POST /login/unified/": LOG_IN,
    "POST /office/login/": LOG_IN,
    "POST /office/login/passkey/": LOG_IN + "; a passkey's answer cannot be made without its device",
    "POST /logout/": SESSION,
    "POST /office/logout/": SESSION,
    "POST /my/acting-for/end/": SESSION,
    "POST /my/mandates/<uuid:handle>/use/": SESSION + "; each act under the mandate is recorded with it",
    "POST /my/sessions/<int:session_id>/end/": SESSION,
    "POST /my/sessions/end-others/": SESSION,
    "POST /office/account/sessions/<int:session_id>/end/": SESSION,
    "POST /office/account/passkeys/new/": "a passkey cannot be made without its device; tests/accounts covers it",
    "POST /office/account/passkeys/<int:passkey_id>/removal/": "as above",
    "POST /office/consultations/<int:pk>/map/": QUEUE,
    "POST /office/consultations/<int:pk>/themes/propose/": QUEUE,
    "POST /office/cases/filters/": "a saved filter is an official's own bookmark",
    "POST /office/preferences/<slug:what>/<slug:value>/": TASTE,
    "POST /preferences/<slug:what>/<slug:value>/": TASTE,
    "POST /services/<str:code>/eligibility/": LOOK,
    "POST /hotline/track/": LOOK,
    "POST /hotline/track/<str:number>/": LOOK,
    "POST /track/": LOOK,
    "POST /track/<str:number>/": LOOK,
    "POST /transparency/verify/": LOOK,
    "POST /verify/": LOOK,
}


@pytest.fixture
def world() -> World:
    return World()


def test_every_mutating_route_has_a_prepared_call_or_a_reason() -> None:
    known = {str(route) for route in mutating()}

    assert sorted(known - CALLS.keys() - BY_DESIGN.keys()) == []
    assert sorted((CALLS.keys() | BY_DESIGN.keys()) - known) == []
    assert sorted(CALLS.keys() & BY_DESIGN.keys()) == []


@pytest.mark.parametrize("route", [route for route in mutating() if str(route) in CALLS], ids=str)
def test_with_the_ledger_shut_the_route_answers_503_and_changes_nothing(route: Route, world: World) -> None:
    act = CALLS[str(route)](world)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE audit_entry ADD CONSTRAINT shut CHECK (id < 0) NOT VALID")
    before = rows()

    answer = act()

    assert answer.status_code == 503, (answer.status_code, answer.content.decode()[:2000])
    assert sorted(set(changed(before, rows())) - USED_UP.get(str(route), set())) == []


def rows() -> dict[str, str]:
    """The fingerprint of every table's rows."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - NOTED_ELSEWHERE)
        parts = [f"SELECT '{name}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
                 for name in tables]  # fmt: skip
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables whose rows are not as they were."""
    return sorted(name for name in before if before[name] != after[name])
