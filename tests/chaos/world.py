"""A small city for tests of every route: 王芳, her mother, strangers, officials, nouns in every state."""

import json
from datetime import timedelta
from functools import cached_property
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from civic.accounts.models import Account, Consent, Department, Mandate, Token
from civic.cases.models import Case, CreditMark, Draft, Task
from civic.cases.models.doubts import Said
from civic.catalogue.models import Service, Version
from civic.consultation.models import Consultation, Opinion
from civic.exchange.models import Call, Contest, Demand
from civic.exchange.services import Ask, draw
from civic.hotline.models import Exclusion, Surge, Ticket
from civic.hotline.services.rating import invite
from civic.instant.models import Offer, Onward, Recheck, Ruling
from civic.participation.models import Sortition
from civic.ratings.models import Remedy, Right
from civic.supervision.models import Assignment, Card, Complaint, Order
from civic.supervision.services import follow_up
from tests.factories import accounts as people
from tests.factories import (
    cases,
    catalogue,
    consultation,
    exchange,
    hotline,
    instant,
    participation,
    ratings,
    supervision,
)
from tests.factories.accounts import MONDAY

OPINION = {"reasons": "材料齐全。", "legal_basis": "《不动产登记暂行条例》"}


class World:
    """Everybody and everything a route can be asked about, each made when it is first needed."""

    def __init__(self) -> None:
        self.at = now() - timedelta(hours=2)
        self.version: Version = cases.transfer_of_home()
        self.staff = cases.officials()
        self.wang = people.resident("王芳", phone="13800005678", id_number="341502199001010025")
        self.stranger = people.resident("孙浩", phone="13800009999", id_number="341503198812120019")

    @property
    def land(self) -> Department:
        return Department.objects.get(code="zrzy")

    def official(self, *roles: str) -> Account:
        """An official of the land bureau with these roles."""
        return people.official("周建", department=self.land, roles=roles)

    def page(self, account: Account | None) -> Client:
        """A browser in which `account` is logged in."""
        client = Client()
        if account is not None:
            client.force_login(account, backend="civic.accounts.backends.AccountBackend")
        return client

    def api(self, account: Account | None) -> Client:
        """A program with a token of `account`."""
        if account is None:
            return Client()
        text = people.token(account)
        Token.objects.filter(account=account).update(last_used_at=now())  # its first use is noted once
        return Client(headers={"Authorization": f"Bearer {text}"})

    @cached_property
    def submitted(self) -> Case:
        return cases.case(by=self.wang, version=self.version, at=self.at, delivery="SELF_PICK")

    @cached_property
    def corrected(self) -> Case:
        wanted = [{"pointer": "/form/price", "message": "成交价与合同不一致,请核对后重填。"}]
        self.submitted.request_correction(items=wanted, by=self.staff["clerk"], at=self.at)
        return self.submitted

    @cached_property
    def accepted(self) -> Case:
        self.submitted.accept(by=self.staff["clerk"], at=self.at)
        return self.submitted

    @cached_property
    def suspended(self) -> Case:
        self.accepted.suspend(reason="HEARING", by=self.staff["handler"], at=self.at)
        return self.accepted

    @cached_property
    def decided(self) -> Case:
        for key, who in (("land", "handler"), ("tax", "tax"), ("house", "housing"), ("register", "handler")):
            task = Task.objects.get(case=self.accepted, key=key)
            task.complete(opinion="AGREE", by=self.staff[who], at=self.at)
        self.accepted.refresh_from_db()
        self.accepted.grant(**OPINION, by=self.staff["leader"], at=self.at)
        return self.accepted

    @cached_property
    def doubted(self) -> Case:
        self.decided.verify_commitment(material="homes", result="FALSE", by=self.staff["handler"], at=self.at)
        return self.decided

    @cached_property
    def hearing_asked(self) -> Case:
        said = Said("我只有一套住房。", wants_hearing=True)
        self.doubted.make_statement(said=said, by=self.wang, at=self.at)
        return self.doubted

    @cached_property
    def hearing_held(self) -> Case:
        """A hearing of a case that was doubted a month ago; it was held an hour ago."""
        return cases.hearing_held(by=self.wang, staff=self.staff, version=self.version, at=self.at)

    @cached_property
    def advised(self) -> Case:
        """An open case that people decide, on the advice of rules."""
        exchange.city()
        version = cases.transfer_of_home(code="LA-ZR-009", rules={**instant.HOME_RULES, "auto": False})
        return cases.case(by=self.wang, version=version, at=self.at, delivery="SELF_PICK")

    @cached_property
    def marked(self) -> CreditMark:
        """A commitment of Wang Fang's in another case was found false."""
        return cases.credit_mark(by=self.wang, staff=self.staff)

    @cached_property
    def repair_asked(self) -> CreditMark:
        self.marked.ask_repair(words="已经补交税款和滞纳金。", by=self.wang, at=self.at)
        return self.marked

    def task(self, key: str = "tax") -> Task:
        return Task.objects.get(case=self.accepted, key=key)

    @cached_property
    def draft(self) -> Draft:
        return cases.draft(by=self.wang, version=self.version, at=self.at)

    @cached_property
    def complete_draft(self) -> Draft:
        answers = {**cases.FORM, "_commitments": ["homes"], "_delivery": "ELECTRONIC", "_address": ""}
        self.draft.keep(answers, at=self.at)
        return self.draft

    @cached_property
    def picture_draft(self) -> Draft:
        return cases.draft(by=self.wang, version=catalogue.published_service(online=True).current, at=self.at)

    @cached_property
    def right(self) -> Right:
        return ratings.right(holder=self.wang)

    @cached_property
    def rated(self) -> Right:
        ratings.rating(4, of=self.right)
        return self.right

    @cached_property
    def declined_by_rules(self) -> Ruling:
        return instant.ruled_home(by=self.wang, at=self.at)

    @cached_property
    def recheck(self) -> Recheck:
        return Recheck.objects.draw(self.declined_by_rules, at=self.at)

    @cached_property
    def offered(self) -> Offer:
        return instant.offer(self.wang, self.version, at=self.at, until=self.at + timedelta(days=30))

    @cached_property
    def refused_onward(self) -> Onward:
        return instant.refused_onward(self.declined_by_rules, at=self.at)

    @cached_property
    def remedy(self) -> Remedy:
        return ratings.remedy(of=self.right)

    @cached_property
    def supervisor(self) -> Account:
        return ratings.supervisor(home=self.remedy.rating.right.department)

    @cached_property
    def mother(self) -> Account:
        return people.resident("刘桂英", phone="13800004321", id_number="34150219550307002X")

    @cached_property
    def proposed(self) -> Mandate:
        """Wang Fang has asked to act for her mother."""
        return Mandate.objects.propose(
            kind="PARENT",
            agent=self.wang,
            principal=self.mother.person,
            scope=("*",),
            valid_until=self.at + timedelta(days=30),
            at=self.at,
        )

    @cached_property
    def mandate(self) -> Mandate:
        self.proposed.confirm(by="test", at=self.at, proof="code")
        return self.proposed

    @cached_property
    def consent(self) -> Consent:
        return people.consent(self.wang.person)

    @cached_property
    def asked(self) -> Call:
        """The land bureau has asked its own register about Wang Fang's home, on her behalf."""
        exchange.city()
        with pytest.MonkeyPatch.context() as patch:
            exchange.sources(patch)
            asks = {"it": Ask("zrzy.land", exchange.PROPERTY)}
            found = draw(asks, context=exchange.context(for_=self.wang), at=MONDAY)
        return Call.objects.for_list().get(handle=found["it"].call)

    @cached_property
    def contested(self) -> Contest:
        words = "去年已经搬家，地址是旧的。"
        made: Contest = Contest.objects.open_for(self.asked, field="address", words=words, by=self.wang, at=MONDAY)
        return made

    @cached_property
    def demanded(self) -> Demand:
        """The labour bureau asks for the land register."""
        self.asked  # noqa: B018 (loads the lists)
        return exchange.demand(by=self.staff["stranger"])

    @cached_property
    def ticket(self) -> Ticket:
        """What Wang Fang has told the hotline, at the land bureau."""
        return hotline.dispatched(by=self.wang, to="zrzy", at=self.at)

    @cached_property
    def card(self) -> Card:
        """The land bureau was late with Wang Fang's ticket."""
        given = supervision.rung(self.ticket)
        assert given is not None
        return given

    @cached_property
    def exclusion(self) -> Exclusion:
        """The land bureau's leader wants Wang Fang's ticket left out of a rate."""
        hotline.city()
        return hotline.exclusion(self.ticket, by=self.staff["leader"])

    @cached_property
    def order(self) -> Order:
        red = supervision.rung(self.ticket, "red")
        assert red is not None
        red.sign(by=supervision.wu_gang(), at=self.at)
        opened = follow_up(red, at=self.at)
        assert opened is not None
        return opened

    @cached_property
    def complaint(self) -> Complaint:
        """Wang Fang complains of the city administration; the petitions bureau looks into it."""
        hotline.unit("xfj")
        matter = {"subject": self.voice.ledger_id(), "number": self.voice.number, "label": "hotline.ticket"}
        facts = {"topic": "SLOW", "words": "说好明天修，一周了没有人来。", "matter": matter}
        made: Complaint = Complaint.objects.lodge(about=hotline.unit(), by=self.wang, at=self.at, **facts)
        return made

    @cached_property
    def assignment(self) -> Assignment:
        """What a joint meeting has the city administration do."""
        return supervision.assignment()

    @cached_property
    def voice(self) -> Ticket:
        """Wang Fang's street lamp, at the city administration since an hour; the answer may be published."""
        return hotline.dispatched(by=self.wang, at=self.at, wants_public=True)

    @cached_property
    def surge(self) -> Surge:
        """More and more people speak of street lamps; the land bureau has to look into it."""
        return hotline.surge(at_unit="zrzy", at=self.at)

    @cached_property
    def answered_voice(self) -> Ticket:
        return hotline.passed(by=self.wang, at=hotline.morning(days=3))

    @cached_property
    def rated_voice(self) -> Ticket:
        """Mended, and Wang Fang is asked how content she is."""
        ticket = hotline.closed(by=self.wang, at=hotline.morning(days=3))
        invite(ticket, at=self.at)
        return ticket

    @cached_property
    def refused_voice(self) -> Ticket:
        ticket = hotline.ticket(by=self.wang, at=self.at)
        ticket.decline(ground=hotline.ground(), by=hotline.gao_fei(), at=self.at)
        return ticket

    @cached_property
    def published_voice(self) -> Ticket:
        return hotline.published(by=self.wang, at=hotline.morning(days=3))

    @cached_property
    def prepared(self) -> Sortition:
        """The land bureau has uploaded a register that will be public."""
        plan = participation.plan(is_open=True)
        register, clerk = participation.REGISTER, self.official("unit_handler")
        made: Sortition = Sortition.objects.prepare(plan, register=register, by=clerk, at=self.at)
        return made

    @cached_property
    def drawn(self) -> Sortition:
        """Eight people of that register have been drawn."""
        leader, seed, minute = self.official("unit_leader"), participation.SEED, timedelta(minutes=1)
        self.prepared.commit(seed=seed, by=leader, at=self.at + minute)
        self.prepared.draw(seed=seed, by=leader, at=self.at + 2 * minute)
        return self.prepared

    @cached_property
    def consulted(self) -> Consultation:
        """The land bureau has put a draft before the public since yesterday."""
        handler, leader, begun = self.official("unit_handler"), self.official("unit_leader"), now() - timedelta(days=1)
        made: Consultation = Consultation.objects.prepare(consultation.plan(), by=handler, at=begun)
        made.add_version(consultation.FIRST, note="", by=handler, at=begun)
        made.attach(title="起草说明", content=b"%PDF-1.7", content_type="application/pdf", by=handler, at=begun)
        window = {"opens_at": begun, "closes_at": begun + timedelta(days=40)}
        made.publish(consultation.opening(**window), by=leader, at=begun)
        return made

    @cached_property
    def opinion(self) -> Opinion:
        """Wang Fang has said something on it."""
        return consultation.opinion(self.consulted, by=self.wang, at=now())

    @cached_property
    def drafted(self) -> Service:
        """The service with a draft beside the version in force."""
        self.version.service.start_draft(by=self.official("catalogue_clerk"), at=self.at)
        return self.version.service


def send(client: Client, method: str, path: str, body: object, **headers: str) -> Any:
    """Send JSON, as a program does."""
    call = getattr(client, method.lower())
    return call(path, json.dumps(body), content_type="application/json", headers=headers)
