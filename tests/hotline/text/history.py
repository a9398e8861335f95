"""An invented history of classified messages: three classes, every message a little different."""

from itertools import product

from civic.hotline.text.examples import Example

PLACES = ("锦绣花园", "皋城路", "望江小区", "解放街", "月亮湾", "龙河村", "梧桐苑", "西商新村", "佛子岭路", "城南镇")
WORDS = {
    "住房": ("物业收费不合理", "房屋漏水没有维修", "开发商拖延交房办证", "电梯经常停运"),
    "交通": ("公交车班次太少", "红绿灯时间太短", "路口车辆拥堵", "停车位被占用"),
    "教育": ("小学招生划片不明", "幼儿园收费太高", "老师布置作业太多", "中学食堂不卫生"),
}


def history() -> list[Example]:
    """Return 120 messages, each about another place and problem."""
    return [
        Example(f"{place}{word}", f"{word}，{at + 1}个月了，{place}居民意见很大", label, "history")
        for label, words in WORDS.items()
        for at, (place, word) in enumerate(product(PLACES, words))
    ]
