"""A demonstration stays on this machine."""

from pathlib import Path

import pytest

from civic.config import cli
from civic.config.commands.serve import why_not_listen


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_demonstration_listens_on_this_machine(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.delenv("CIVIC_DEMONSTRATION", raising=False)

    assert why_not_listen(host, is_open=False) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "zwfw.luan.example", ""])
def test_a_demonstration_is_not_let_out_unless_somebody_says_so(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    monkeypatch.setenv("CIVIC_DEMONSTRATION", "1")

    refused = why_not_listen(host, is_open=False)

    assert refused is not None
    assert "--open-demonstration" in refused
    assert why_not_listen(host, is_open=True) is None
    monkeypatch.setenv("CIVIC_DEMONSTRATION", "0")
    assert why_not_listen(host, is_open=False) is None


@pytest.mark.parametrize("command", ["web", "up"])
def test_the_commands_refuse_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("CIVIC_DEMONSTRATION", "1")
    monkeypatch.setenv("CIVIC_VAR", str(tmp_path / "var"))

    status = cli.main([command, "--host", "0.0.0.0", "--port", "1"])

    assert status == 2
    assert "whose secrets and passwords everybody knows" in capsys.readouterr().err
    assert not (tmp_path / "var").exists()
