"""Log lines as JSON, one a line, without personal values: a line break in a value cannot forge a second line."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime

from civic.masking.rules import mask_text

request_id: ContextVar[str] = ContextVar("request_id", default="")


def is_no_probe(record: logging.LogRecord) -> bool:
    """Whether a record of an answer is worth a line: /readyz says itself, once, why it is not ready."""
    return getattr(getattr(record, "request", None), "path", "") != "/readyz"


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object with time, level, logger, scrubbed message and request id."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": mask_text(record.getMessage(), "strict"),
            "request_id": request_id.get(),
        }
        if record.exc_info:
            line["trace"] = mask_text(self.formatException(record.exc_info), "strict")
        return json.dumps(line, ensure_ascii=False)
