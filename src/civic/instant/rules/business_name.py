"""The full name of a sole trader's business: place, trade name, trade and form of organisation. No Django."""

ENDINGS = {
    "retail": "商店", "catering": "餐饮店", "repair": "维修部", "beauty": "理发店", "lodging": "宾馆",
    "transport": "运输部", "online": "网店", "other": "经营部",
}  # fmt: skip
FORMS = (*ENDINGS.values(), "便利店", "经营部", "茶叶店", "店", "部", "馆", "行", "坊", "铺", "社", "厂")


def full_name(trade_name: str, *, city: str, county: str, industry: str) -> str:
    """Return the name as it is registered, e.g. 六安市金安区小芳商店; a form of organisation is not said twice.

    Source: 《个体工商户名称登记管理办法》第六条 to 第十一条: 行政区划、字号、行业、组织形式, in this order.
    """
    name = trade_name.strip().removeprefix(f"{city}{county}").removeprefix(city).removeprefix(county)
    ending = "" if name.endswith(FORMS) and len(name) > 2 else ENDINGS.get(industry, ENDINGS["other"])
    return f"{city}{county}{name}{ending}"
