"""Writes the API's schema to docs/openapi.json, so that a change of the contract is seen in review."""

import json
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.utils import translation

from civic.config.api import api
from civic.config.generated import GeneratedFiles


class Command(GeneratedFiles):
    help = __doc__

    def files(self) -> Mapping[Path, str]:
        """Return the schema, in Chinese, with sorted keys."""
        with translation.override("zh-hans"):
            schema = api.get_openapi_schema(path_prefix="/api/")
        text = json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str)
        return {Path(settings.ROOT / "docs" / "openapi.json"): text + "\n"}
