"""States are published as signed bits, at once after a change, and what a list said stays known."""

import gzip
import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from civic.adapters.signing.client import trusted
from civic.audit.models import Entry
from civic.licences import services
from civic.licences.formats import jws, status_list
from civic.licences.formats.encoding import b64url, from_b64url
from civic.licences.formats.genuine import NotGenuine
from civic.licences.models import Ground, Licence, StatusList, StatusListVersion
from tests.factories.accounts import MONDAY
from tests.factories.licences import licence, licence_type, wang_fang
from tests.licences.keys import LISTS, keys

DAY = timedelta(days=1)
WHY = Ground("户口迁出。")


@given(st.sets(st.integers(0, 1023), max_size=40))
def test_bits_stand_from_the_left_as_the_standard_says(places):
    bits = status_list.bitstring(places, length=1024)
    signed = status_list.write(
        bits, keys(), address=f"{LISTS}/1-revocation", purpose="revocation", from_at=MONDAY, at=MONDAY
    )

    read = status_list.read(signed.encode(), keys().trusted)

    assert {place for place in range(1024) if read.is_set(place)} == places
    assert (0 in places) == bool(bits[0] & 0x80)


def test_the_credential_has_the_shape_of_the_standard():
    bits = status_list.bitstring({5}, length=131_072)
    signed = status_list.write(
        bits, keys(), address=f"{LISTS}/1-suspension", purpose="suspension", from_at=MONDAY, at=MONDAY + DAY
    )

    payload, _leaf = jws.read(signed, keys().trusted, typ="vc+jwt")

    assert payload["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert payload["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert (payload["validFrom"], payload["validUntil"]) == ("2026-03-02T01:00:00Z", "2026-03-04T01:00:00Z")
    subject = payload["credentialSubject"]
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "suspension")
    assert subject["encodedList"][0] == "u"
    assert gzip.decompress(from_b64url(subject["encodedList"][1:])) == bits
    assert len(bits) == 16_384


def test_a_list_that_unpacks_without_end_is_refused():
    bomb = "u" + b64url(gzip.compress(bytes(32 * 1024 * 1024)))
    payload = {"id": "x", "type": ["BitstringStatusListCredential"], "iat": int(MONDAY.timestamp()),
               "validFrom": "2026-03-02T01:00:00Z",
               "credentialSubject": {"statusPurpose": "revocation", "encodedList": bomb}}  # fmt: skip

    with pytest.raises(NotGenuine):
        status_list.read(jws.write(payload, keys(), typ="vc+jwt").encode(), keys().trusted)


@pytest.mark.django_db
class TestPublished:
    def test_a_revocation_sets_the_licences_bit_and_no_other(self):
        gone, stays = licence(), licence(case="LA202603020000000025")
        number = gone.status_list_id
        services.publish_status(status_list=number, at=MONDAY)

        gone.revoke(WHY, by="rules", at=MONDAY + DAY)
        services.publish_status(status_list=number, at=MONDAY + DAY)

        now = StatusListVersion.objects.filter(purpose="revocation").latest("from_at")
        bits = status_list.read(now.credential.encode(), trusted(at=MONDAY))
        assert bits.is_set(gone.status_place)
        assert not bits.is_set(stays.status_place)
        assert sum(byte.bit_count() for byte in bits.content) == 1

    def test_what_a_list_said_before_stays_known(self):
        found = licence()
        number = found.status_list_id
        services.publish_status(status_list=number, at=MONDAY)
        found.suspend(WHY, by="rules", at=MONDAY + DAY)
        services.publish_status(status_list=number, at=MONDAY + DAY)
        found.resume(WHY, by="rules", at=MONDAY + 2 * DAY)
        services.publish_status(status_list=number, at=MONDAY + 2 * DAY)

        said = [
            status_list.read(
                StatusListVersion.objects.as_of(number=number, purpose="suspension", instant=MONDAY + shift * DAY)
                .first()
                .credential.encode(),
                trusted(at=MONDAY),
            ).is_set(found.status_place)
            for shift in (0, 1, 2)
        ]

        assert said == [False, True, False]

    def test_nothing_is_signed_twice_within_the_hour_and_what_grows_old_is_confirmed(self):
        number = licence().status_list_id

        signed = [services.publish_all(at=MONDAY + minutes * timedelta(minutes=1)) for minutes in (0, 10, 60)]

        assert signed == [2, 0, 2]
        version = StatusListVersion.objects.get(status_list=number, purpose="revocation")
        assert (version.from_at, version.signed_at) == (MONDAY, MONDAY + timedelta(hours=1))

    def test_each_change_asks_for_a_new_list_in_its_own_transaction(self):
        found = licence()

        found.suspend(WHY, by="rules", at=MONDAY)

        with connection.cursor() as cursor:
            cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY id")
            assert [name for (name,) in cursor.fetchall()] == [
                "civic.licences.tasks.refresh_status_list",
                "civic.licences.tasks.sign",
                "civic.licences.tasks.refresh_status_list",
            ]

    def test_places_are_random_and_never_given_twice(self):
        made = [licence(case=f"LA20260302{n:010d}") for n in range(12)]

        places = [found.status_place for found in made]

        assert len(set(places)) == 12
        assert places != sorted(places)


@pytest.mark.django_db(transaction=True)
def test_two_that_issue_at_once_open_one_list_and_get_places_of_their_own():
    holder, _type = wang_fang(), licence_type()
    barrier = threading.Barrier(4)

    def issue(n: int) -> None:
        barrier.wait()
        try:
            licence(holder=holder, case=f"LA20260302{n:010d}")
        finally:
            connection.close()

    threads = [threading.Thread(target=issue, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Licence.objects.count() == 4
    assert len(set(Licence.objects.values_list("status_list", "status_place"))) == 4
    assert Entry.objects.filter(step="licences.statuslist.open").count() == StatusList.objects.count()
