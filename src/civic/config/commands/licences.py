"""`civic licences verify FILE`: checks a licence without a database, a network or a setting."""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from civic.adapters.signing.certificates import BadCertificate, Certificate
from civic.licences.formats import status_list
from civic.licences.formats.content import rfc3339
from civic.licences.formats.genuine import NotGenuine
from civic.licences.formats.verdict import Verdict, judge_offline
from civic.licences.rules import CITY

VALID, INVALID, UNDECIDED = 0, 1, 2
EPILOG = """exit status: 0 genuine and valid, 1 not, 2 cannot tell (no status list, or one too old for the time asked).
`civic licences export-trust DIR` writes the certificates and status lists that this needs."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    licences = commands.add_parser("licences", help="verify an electronic licence offline")
    rest = licences.add_subparsers(metavar="COMMAND", required=True)
    verify = rest.add_parser("verify", help="say whether a licence file is genuine and valid", epilog=EPILOG,
                             formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    verify.add_argument("file", type=Path, help="a licence as PDF, JSON or SD-JWT")
    verify.add_argument("--certificate", type=Path, action="append", required=True, metavar="CA.pem",
                        help="an authority that is believed; may be given again")  # fmt: skip
    verify.add_argument("--status-list", type=Path, action="append", default=[], metavar="FILE",
                        help="a status list as it is published; give both, revocation and suspension")  # fmt: skip
    verify.add_argument(
        "--at", type=_instant, default=None, metavar="TIME", help="judge for then, e.g. 2026-03-02T09:00"
    )
    verify.add_argument("--max-age", type=int, default=24, metavar="HOURS", help="how old a status list may be (24)")
    verify.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the verdict; return the exit status."""
    try:
        trusted = tuple(found for path in options.certificate for found in Certificate.read_all(path.read_bytes()))
        content = options.file.read_bytes()
        texts = [path.read_bytes().strip() for path in options.status_list]
    except (OSError, BadCertificate) as error:
        return _complain(str(error))
    try:
        lists = [status_list.read(text, trusted) for text in texts]
    except NotGenuine as reason:
        return _complain(f"状态列表不可信：{reason}")
    at = options.at or datetime.now(UTC)
    verdict = judge_offline(content, trusted, lists, at=at, oldest=timedelta(hours=options.max_age))
    for line in lines(verdict):
        print(line)
    return UNDECIDED if verdict.is_undecided else VALID if verdict.is_valid else INVALID


def lines(verdict: Verdict) -> list[str]:
    """Return the verdict as the command prints it."""
    told = [f"{_head(verdict)}  {verdict.words}"]
    if (licence := verdict.licence) is not None:
        told += [
            f"证照    {licence.type}",
            f"标识    {licence.number}",
            f"颁发    {licence.issuer}，{licence.signed_at.astimezone(CITY):%Y-%m-%d %H:%M} 签章（{licence.signer}）",
            f"有效期  {licence.valid_from} 至 {licence.valid_until or '长期'}",
            *(f"  {licence.names.get(key, key)}：{value}" for key, value in licence.claims.items()),
        ]
        if licence.withheld:
            told.append(f"  （持证人未出示的内容：{licence.withheld}项）")
        told.append(f"判断时点 {_shown(verdict.at)}")
        told.append(f"状态截至 {_shown(verdict.as_of) if verdict.as_of else '没有状态列表'}")
    return told


def _head(verdict: Verdict) -> str:
    if not verdict.is_genuine:
        return f"无效 INVALID ({verdict.found})"
    return {True: "有效 VALID"}.get(verdict.is_valid, f"{verdict.state}")


def _shown(moment: datetime) -> str:
    return f"{moment.astimezone(CITY):%Y-%m-%d %H:%M:%S} ({rfc3339(moment)})"


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=CITY)


def _complain(words: str) -> int:
    print(f"civic: {words}", file=sys.stderr)
    return UNDECIDED
