"""Log lines: no personal value in message or trace, one line a record."""

import json
import logging
import sys

from civic.config.logs import JsonLines


def line(message, *args, exc_info=None):
    record = logging.LogRecord("civic.test", logging.WARNING, __file__, 1, message, args, exc_info)
    return JsonLines().format(record)


def test_personal_values_in_a_message_are_masked():
    written = json.loads(line("call %s about %s", "+86 138-1234-5678", "340102199001011236"))

    assert written["message"] == "call *********** about 34****************"


def test_personal_values_in_a_trace_are_masked():
    try:
        raise ValueError("duplicate key (phone)=(13812345678)")
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())

    assert "13812345678" not in written
    assert "duplicate key (phone)=(***********)" in json.loads(written)["trace"]


def test_a_line_break_cannot_forge_a_second_line():
    assert "\n" not in line("ok\n{}")


def test_ids_and_case_numbers_stay_readable():
    assert json.loads(line("case %s took %d ms", "LA20260302000000001", 340))["message"] == (
        "case LA20260302000000001 took 340 ms"
    )
