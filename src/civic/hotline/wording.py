"""Words of the register: who is named in a text, and how it reads without. No Django."""

import re
from collections.abc import Sequence

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟"
    "秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
TITLES = "先生|女士|小姐|师傅|老师|经理|主任|医生|老板|大爷|大妈|阿姨|叔叔|队长|所长|书记|局长|科长|同志|校长|院长"
TITLED_NAME = re.compile(rf"([{SURNAMES}])[\u4e00-\u9fff]{{1,2}}?({TITLES})")
LABELS = "姓名|名叫|叫做|联系人|负责人|业主|户主|经办人|老板叫|我叫|我是"
NAMED = re.compile(rf"({LABELS})([:：是为]?)([{SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?!路|街|镇|村|区|局)")


def without_names(text: str, names: Sequence[str] = ()) -> str:
    """Return a text in which persons are not named: those known, those with a title, those introduced by a label."""
    for name in names:
        text = text.replace(name, "某某")
    text = TITLED_NAME.sub(lambda found: f"{found[1]}某{found[2]}", text)
    return NAMED.sub(lambda found: f"{found[1]}{found[2]}{found[3]}某", text)
