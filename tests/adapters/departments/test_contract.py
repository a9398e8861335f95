"""The contract, kept by the fakes over HTTP and in process, with tokens and with signatures, and by a real source.

Against a real source: CIVIC_CONTRACT_AT names a file of JSON (docs/operations/outside.md says what is in it), and
`pytest tests/adapters/departments/test_contract.py -k RealSource` asks it.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from civic.adapters.departments.endpoint import Endpoint
from tests.adapters.departments.contract import DepartmentContract, Source

SOURCES = {
    "gaj.population": ({"id_number": "341502199001010025"}, {"id_number": "110101199001010015"}, "name born_on alive"),
    "gaj.household": ({"id_number": "341502199001010025"}, {"id_number": "110101199001010015"}, "household_no kind"),
    "wjw.birth_certificate": ({"certificate_no": "T340000001"}, {"certificate_no": "T999999999"}, "valid used sex"),
    "mzj.marriage": ({"id_number": "341502199001010025"}, {"id_number": "110101199001010015"}, "status spouse_name"),
    "mzj.old_age_allowance": (
        {"id_number": "34150219550307002X"},
        {"id_number": "110101199001010015"},
        "receives since",
    ),
    "zrzy.land": ({"property_id": "LA2023001"}, {"property_id": "LA1999001"}, "owner_name sealed"),
    "sw.property_tax": ({"property_id": "LA2023001"}, {"property_id": "LA1999001"}, "assessed_value arrears"),
    "zjj.house": ({"property_id": "LA2023001"}, {"property_id": "LA1999001"}, "floor_area_m2 contract_price"),
    "rsj.insurance": ({"id_number": "341502199001010025"}, {"id_number": "110101199001010015"}, "insured card_no"),
}
NOTICES = {"gaj": "birth_registration", "wjw": "vaccination", "rsj": "card", "mzj": "old_age_allowance"}


def _source(code: str, endpoint: Endpoint) -> Source:
    known, unknown, fields = SOURCES[code]
    notice = NOTICES.get(code.partition(".")[0], "")
    return Source(endpoint, code, known, unknown, tuple(fields.split()), notice, {"certificate_no": "T340000002"})


class TestFakes(DepartmentContract):
    @pytest.fixture(params=SOURCES)
    def source(self, request: pytest.FixtureRequest, anywhere: Callable[[str], Endpoint]) -> Source:
        return _source(request.param, anywhere(request.param.partition(".")[0]))


class TestSignedRequests(DepartmentContract):
    @pytest.fixture
    def source(self, anywhere: Callable[[str], Endpoint]) -> Source:
        return _source("gaj.population", replace(anywhere("gaj"), auth="signature"))


class TestRealSource(DepartmentContract):
    @pytest.fixture
    def source(self, settings: Any) -> Iterator[Source]:
        if not (path := os.environ.get("CIVIC_CONTRACT_AT")):
            pytest.skip("CIVIC_CONTRACT_AT names no real source")
        described = json.loads(Path(path).read_text(encoding="utf-8"))
        settings.OUTBOUND_ALLOWED = [*settings.OUTBOUND_ALLOWED, *described.pop("allowed", [])]
        pytest_socket._remove_restrictions()
        endpoint, fields = Endpoint(**described.pop("endpoint")), tuple(described.pop("fields"))
        yield Source(endpoint=endpoint, fields=fields, **described)
        pytest_socket.socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
