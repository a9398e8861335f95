"""The article's own calls to three departments, one after the other with five seconds each, from its description."""

from typing import Any

import httpx

TIMEOUT_SECONDS = 5


class CrossDepartmentService:
    """Asks natural resources, tax and housing about one property, as the article does."""

    def __init__(self, address: str) -> None:
        self.apis = {
            "land": f"{address}/zrzy/land",
            "tax": f"{address}/sw/property-tax",
            "house": f"{address}/zjj/house",
        }

    def get_property_info(self, property_id: str) -> dict[str, Any]:
        """Return what each department says; what fails becomes a message, what is not 200 is left out."""
        results: dict[str, Any] = {}
        for name, api in self.apis.items():
            try:
                response = httpx.get(f"{api}/{property_id}", timeout=TIMEOUT_SECONDS)
                if response.status_code == 200:
                    results[name] = response.json()
            except (httpx.HTTPError, ValueError):
                results[name] = {"error": "数据获取失败"}
        return results
