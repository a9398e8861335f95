"""The scope of a business in standard terms, and which of them need a licence first. No Django."""

import re
from dataclasses import dataclass

GENERAL = frozenset({
    "服装服饰零售", "鞋帽零售", "针纺织品销售", "日用百货销售", "日用品销售", "文具用品零售", "玩具销售",
    "礼品花卉销售",
    "化妆品零售", "五金产品零售", "家用电器销售", "通讯设备销售", "计算机软硬件及辅助设备零售", "家具销售",
    "建筑材料销售", "汽车零配件零售", "摩托车及零配件零售", "农副产品销售", "新鲜水果零售", "新鲜蔬菜零售", "茶具销售",
    "工艺美术品及收藏品零售（象牙及其制品除外）", "互联网销售（除销售需要许可的商品）", "机动车修理和维护",
    "家用电器零配件销售", "日用电器修理", "通讯设备修理", "计算机及办公设备维修", "理发服务", "生活美容服务",
    "洗染服务", "家政服务", "洗车服务", "打字复印", "摄影扩印服务", "广告设计、代理",
    "信息咨询服务（不含许可类信息咨询服务）",
    "装卸搬运", "国内货物运输代理", "竹制品销售", "刺绣工艺品制造",
})  # fmt: skip
LICENSED = frozenset({
    "食品销售", "食品生产", "餐饮服务", "小餐饮", "小食杂", "小作坊食品生产", "住宿服务",
    "烟草制品零售", "药品零售", "酒类经营", "道路货物运输（不含危险货物）", "道路旅客运输经营",
    "网络预约出租汽车经营服务",
    "出版物零售", "歌舞娱乐活动", "游艺娱乐活动", "危险化学品经营", "烟花爆竹零售", "洗浴服务",
    "游泳场所经营", "电影放映", "互联网上网服务", "兽药经营", "农药零售", "农作物种子经营", "劳务派遣服务",
})  # fmt: skip
"""An extract of 国家市场监督管理总局《经营范围登记规范表述目录（试行）》: what small traders register most."""

PREFIX = re.compile(r"^(一般项目|许可项目)[：:]")
BETWEEN = re.compile(r"[；;，,\n。]+")


@dataclass(frozen=True)
class Scope:
    """What is made of a scope as somebody wrote it. `is_licensed` None: a term is unknown, so nobody can say."""

    terms: tuple[str, ...]
    is_standard: bool
    is_licensed: bool | None


def read_scope(text: str) -> Scope:
    """Return the terms of a scope, whether all are standard, and whether one needs a licence first.

    Source: 《市场主体登记管理条例》第十四条: general items, and items that need a licence before registration.
    """
    parts = [PREFIX.sub("", part.strip()).strip() for part in BETWEEN.split(text)]
    terms = tuple(part.replace("(", "（").replace(")", "）") for part in parts if part)
    known = bool(terms) and all(term in GENERAL or term in LICENSED for term in terms)
    licensed = True if any(term in LICENSED for term in terms) else (False if known else None)
    return Scope(terms, known, licensed)
