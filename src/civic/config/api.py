"""The API: one router per room, one error language, one schema."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from ninja import NinjaAPI

api = NinjaAPI(title="Civic", version="1.0.0", docs_url=None, openapi_url="/openapi.json", urls_namespace="api")

for room in settings.CIVIC_APPS:
    if find_spec(f"{room}.api") is not None:
        api.add_router("", import_module(f"{room}.api").router)
