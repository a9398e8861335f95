"""The operator asks in one command whether everything outside answers."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from civic.config.management.commands.check_adapters import ADAPTERS

HERE = Path(__file__).resolve().parents[2] / "src" / "civic" / "adapters"


def test_every_adapter_that_can_be_checked_is_asked() -> None:
    assert sorted(ADAPTERS) == sorted(path.parent.name for path in HERE.glob("*/check.py"))


def test_a_demonstration_answers_for_itself(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_STORE = f"file://{tmp_path}"
    out = StringIO()

    call_command("check_adapters", stdout=out)

    said = ["sms: ok", "identity: ok", "object_store: ok", "signing: ok", "departments: ok"]
    assert out.getvalue().splitlines() == said


def test_what_does_not_answer_is_named(settings: Any, tmp_path: Path) -> None:
    settings.DOCUMENT_STORE = f"file://{tmp_path}"
    settings.SMS_GATEWAY = "http://127.0.0.1:9/send"
    settings.IDENTITY_SERVER = ""
    out = StringIO()

    with pytest.raises(CommandError, match="not everything outside"):
        call_command("check_adapters", stdout=out)

    assert out.getvalue().splitlines() == [
        "sms: 短信网关连接不上：ConnectError。",
        "identity: 没有配置统一身份认证（CIVIC_IDENTITY_SERVER），居民只能用手机号登录。",
        "object_store: ok",
        "signing: ok",
        "departments: ok",
    ]
