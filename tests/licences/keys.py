"""Keys and forms for tests that need no database."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from civic.adapters.signing.algorithms import algorithm
from civic.adapters.signing.certificates import Certificate, Pair, make_authority, make_signer
from civic.licences.formats import pdf_write, sd_jwt, signed_json
from civic.licences.formats.content import Facts

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
SITE = "http://127.0.0.1:8000"
LISTS = f"{SITE}/api/status-lists"


@dataclass(frozen=True)
class Keys:
    """A signer of a fresh authority."""

    authority: Pair
    pair: Pair

    @property
    def algorithm(self) -> str:
        return self.pair.algorithm.name

    @property
    def chain(self) -> tuple[Certificate, ...]:
        return (self.pair.certificate, self.authority.certificate)

    @property
    def trusted(self) -> tuple[Certificate, ...]:
        return (self.authority.certificate,)

    def sign(self, message: bytes) -> bytes:
        return self.pair.sign(message)


def keys(name: str = "ES256", of: str = "city") -> Keys:
    """The keys of somebody, made once."""
    return _made(name, of)


@cache
def _made(name: str, of: str) -> Keys:
    found = algorithm(name)
    authority = make_authority(found, at=MONDAY)
    return Keys(authority, make_signer(found, authority, at=MONDAY))


def facts(name: str = "王㛃䶮𬭚𠮷", *, index: int = 77, valid_until: date | None = None) -> Facts:
    """A household page of somebody with a rare name."""
    return Facts(
        number="1.2.156.3005.2.11100000DEM0000018002.11341500DEM000GAJ6.000000001.001.X",
        code="ABCDEFGH23456789", address=f"{SITE}/v/ABCDEFGH23456789", type="household_page",
        national_type="11100000DEM0000018002", type_name="户口电子页（示范）",
        type_name_en="Household register page (demonstration)", authority="gaj", authority_name="六安市公安局",
        authority_code="11341500DEM000GAJ6", holder_kind="PERSON", holder_name=name,
        holder_id="341502199001010025",
        fields=(
            ("name", "姓名", "Name", name),
            ("address", "户籍地址", "Registered address", "安徽省六安市 #set *示范* $路$ \\1号"),
        ),
        issued_at=MONDAY, valid_from=date(2026, 3, 2), valid_until=valid_until, ends_at=None,
        status=(
            ("revocation", f"{LISTS}/1-revocation", index),
            ("suspension", f"{LISTS}/1-suspension", index),
        ),
        metadata={"姓名": "name"},
    )  # fmt: skip


def data_file(name: str = "ES256") -> bytes:
    """The signed data file, written once."""
    return _forms(name)[0]


def credential(name: str = "ES256") -> bytes:
    """The SD-JWT, written once."""
    return _forms(name)[1]


@cache
def _forms(name: str) -> tuple[bytes, bytes]:
    signer = keys(name)
    return signed_json.write(facts(), signer, at=MONDAY), sd_jwt.write(facts(), signer, issuer=SITE, at=MONDAY)


@cache
def pdf() -> bytes:
    """The PDF, always signed with ECDSA."""
    frame = pdf_write.Frame("六安一网通办")
    return pdf_write.write(facts(), signed=data_file(), signer=keys(), frame=frame, at=MONDAY)
