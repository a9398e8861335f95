"""A log-in is listed under a name that its owner knows."""

import pytest

from civic.accounts.devices import device_words


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.49", "安卓手机 · 微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "苹果手机 · Safari"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 Edg/120.0", "Windows 电脑 · Edge"),
        ("curl/8.5.0", "不认得的设备"),
        ("", "不认得的设备"),
    ],
)
def test_machine_and_browser_are_said_in_words(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
