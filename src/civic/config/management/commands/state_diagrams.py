"""Writes a diagram of every table of steps into docs/steps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings

from civic.config.generated import GeneratedFiles
from civic.workflow.models import Stateful
from civic.workflow.steps import diagram

PAGE = """# {noun}

{purpose}

Written by `civic manage state_diagrams` from `{module}`; change the table there.

```mermaid
{diagram}```
"""


class Command(GeneratedFiles):
    help = __doc__
    folder = Path(settings.ROOT / "docs" / "steps")

    def files(self) -> Mapping[Path, str]:
        """Return one page for each noun that moves by steps."""
        nouns = [model for model in apps.get_models() if issubclass(model, Stateful)]
        return {self.folder / f"{model._meta.app_label}-{model._meta.model_name}.md": page(model) for model in nouns}


def page(model: type[Stateful]) -> str:
    """Return the page of one noun."""
    field: Any = model._meta.get_field("state")
    labels = {str(state): str(label) for state, label in field.choices or ()}
    return PAGE.format(
        noun=model.__name__,
        purpose=(model.__doc__ or "").strip().splitlines()[0],
        module=model.__module__,
        diagram=diagram(model.STEPS, labels),
    )
