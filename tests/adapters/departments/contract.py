"""What every department's system keeps to, whoever built it: run against the fakes, and a city's real source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pytest

from civic.adapters.departments import tokens
from civic.adapters.departments.client import ask, greet, tell, withdraw
from civic.adapters.departments.endpoint import Endpoint
from civic.adapters.departments.failure import SourceFailed
from civic.adapters.departments.question import Question

SECONDS = 5.0


@dataclass(frozen=True)
class Source:
    """One resource of one system. `known`: a subject it has records of; `unknown`: one it has none of.

    `notice`: the name of a notice that a test may tell and withdraw; empty: none. `told`: its body.
    """

    endpoint: Endpoint
    resource: str
    known: Mapping[str, str]
    unknown: Mapping[str, str]
    fields: tuple[str, ...]
    notice: str = ""
    told: Mapping[str, object] | None = None

    def question(self, subject: Mapping[str, str], fields: tuple[str, ...], purpose: str = "接口验证") -> Question:
        return Question(
            resource=self.resource, subject=subject, fields=fields, call="7d3f1c1e-0000-4000-8000-000000000002",
            case="", service="contract", purpose=purpose, legal_basis="政务数据共享条例", on_behalf_of="contract",
        )  # fmt: skip


class DepartmentContract:
    """Subclass it, and give it a fixture `source`."""

    def test_it_is_up_and_takes_us(self, source: Source) -> None:
        greet(source.endpoint, timeout=SECONDS)

    def test_a_known_subject_has_records_with_every_field_asked_for_and_an_instant(self, source: Source) -> None:
        answer = ask(source.endpoint, source.question(source.known, source.fields), timeout=SECONDS)

        assert [set(record) for record in answer.records] == [set(source.fields)] * len(answer.records)
        assert len(answer.records) > 0
        assert answer.as_of.tzinfo is not None

    def test_only_what_is_asked_for_is_answered(self, source: Source) -> None:
        answer = ask(source.endpoint, source.question(source.known, source.fields[:1]), timeout=SECONDS)

        assert {name for record in answer.records for name in record} == {source.fields[0]}

    def test_an_unknown_subject_has_no_records_and_is_no_error(self, source: Source) -> None:
        assert ask(source.endpoint, source.question(source.unknown, source.fields), timeout=SECONDS).records == []

    def test_the_same_question_has_the_same_answer(self, source: Source) -> None:
        asked = source.question(source.known, source.fields)

        answers = [ask(source.endpoint, asked, timeout=SECONDS).records for _ in range(2)]

        assert answers[0] == answers[1]

    def test_a_field_that_it_does_not_have_is_refused(self, source: Source) -> None:
        asked = source.question(source.known, (*source.fields, "no_such_field"))

        with pytest.raises(SourceFailed) as failed:
            ask(source.endpoint, asked, timeout=SECONDS)

        assert (failed.value.reason, failed.value.detail) == ("STATUS", "400")

    def test_a_question_without_purpose_is_refused(self, source: Source) -> None:
        with pytest.raises(SourceFailed) as failed:
            ask(source.endpoint, source.question(source.known, source.fields, purpose=""), timeout=SECONDS)

        assert failed.value.reason in ("DENIED", "STATUS")

    def test_a_wrong_secret_is_refused(self, source: Source) -> None:
        stranger = replace(source.endpoint, secret="wrong")

        with pytest.raises(SourceFailed) as failed:
            ask(stranger, source.question(source.known, source.fields), timeout=SECONDS)

        assert failed.value.reason == "DENIED"

    def test_a_signed_request_or_a_token_is_needed(self, source: Source) -> None:
        other = replace(source.endpoint, auth="signature" if source.endpoint.auth == "oauth2" else "oauth2", secret="-")

        with pytest.raises(SourceFailed) as failed:
            ask(other, source.question(source.known, source.fields), timeout=SECONDS)

        assert failed.value.reason in ("DENIED", "STATUS")

    def test_a_notice_told_twice_takes_effect_once_and_can_be_withdrawn_twice(self, source: Source) -> None:
        if not source.notice:
            pytest.skip("no notice to test with")
        where, key, body = source.endpoint, "contract-test-1", dict(source.told or {})
        first, second = (tell(where, notice=source.notice, key=key, body=body, timeout=SECONDS) for _ in range(2))
        gone, still_gone = (withdraw(where, notice=source.notice, key=key, timeout=SECONDS) for _ in range(2))

        assert (first.accepted, second.accepted) == (True, True)
        assert first.reference == second.reference != ""
        assert (gone.accepted, still_gone.accepted) == (True, True)

    @pytest.fixture(autouse=True)
    def _no_token_of_another_test(self) -> None:
        tokens.forget_all()
