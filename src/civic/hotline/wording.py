"""Words of the register: who is named in a text, and how it reads without. No Django."""

import re
from collections.abc import Sequence

from civic.masking.rules import mask_text

COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|夏侯|轩辕|端木|南宫|百里|呼延|闻人"

SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟"
    "秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
TITLES = "先生|女士|小姐|师傅|老师|经理|主任|医生|老板|大爷|大妈|阿姨|叔叔|队长|所长|书记|局长|科长|同志|校长|院长"
TITLED_NAME = re.compile(rf"([{SURNAMES}])[\u4e00-\u9fff]{{1,2}}?({TITLES})")
LABELS = (
    "姓名|名叫|叫做|联系人|负责人|业主|户主|经办人|老板叫|我叫|我是|[，,、]叫|举报人|投诉人|邻居|住户|房东|租户|租客|承包商|"
    "工头|中介|司机|教师|班主任|老师|医生|护士|支书|村主任|村长|主任|网格员|队员|民警|辅警|保安|店主|老板|老板娘|同事|同学|"
    "丈夫|妻子|老公|老婆|儿子|女儿|父亲|母亲|爸爸|妈妈|爷爷|奶奶|哥哥|姐姐|弟弟|妹妹|肇事者|当事人|工作人员|经理|书记|校长|局长"
)
NO_NAME = (  # words that begin like a surname
    "马上|常常|常年|常住|方面|方式|方便|高度|高中|高兴|高峰|任何|任意|任由|何时|何况|万一|许多|白天|金额|石头|段时间|江边|安排|"
    "黄昏|孔洞|贺卡|顾客|余下|余款|陆续|程序|田间|田地|叶子|曾经|曾多|曾向|严重|严格|严禁|宋体|毛病|雷雨|龙头|"
    "金属|金安|夏天|夏季|戴口|谢谢|江淮|杜绝|于是|于今|于昨|向来"
)
AFTER = r"(?!路|街|镇|村|区|局|县|市|小区|公司|医院|学校|店)"
NAMED = re.compile(
    rf"({LABELS})([:：是为叫]{{0,2}})(?!{NO_NAME})(?:({COMPOUND}|(?![向于])[{SURNAMES}])([\u4e00-\u9fff]{{1,2}}){AFTER}"
    rf"|([向于])([\u4e00-\u9fff]{{1,2}})(?=[，。、；：！？）,.;!?)\s]|$))"
)
CONTACT = re.compile(
    r"((?:微信|QQ|抖音|快手|支付宝)(?:号码|账号|号)?(?:是|为)?[:：]?[ \t]*)[A-Za-z0-9_-]{5,30}", re.IGNORECASE
)
HOME = re.compile(r"(?:家住|住在|住址|地址|居住|租住|家在|住(?=[\u4e00-\u9fff]{2,12}\d))[^，。；！？,;!?\n]{2,40}")
HOME_NUMBER = re.compile(r"[0-9０-９A-Za-z一二三四五六七八九十]{1,5}(?=号|组|栋|幢|座|单元|室|楼|户)")


def for_others(text: str, names: Sequence[str] = ()) -> str:
    """Return a text that others than its writer and reader may read: no numbers, names, addresses of persons."""
    return without_names(mask_text(text, "strict"), names)


def without_names(text: str, names: Sequence[str] = ()) -> str:
    """Return a text in which persons are not named and not found at home.

    Taken out are the `names` known, those with a title, those introduced by a label or by what somebody is to the
    writer, wherever they stand again; accounts by which somebody is reached; the numbers of a home. It takes out too
    much rather than too little: a person looks the text over before it is public.
    """
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, "某某")
    named = {(found[3] or found[5]) + (found[4] or found[6]): found[3] or found[5] for found in NAMED.finditer(text)}
    text = TITLED_NAME.sub(lambda found: f"{found[1]}某{found[2]}", text)
    text = NAMED.sub(lambda found: f"{found[1]}{found[2]}{found[3] or found[5]}某", text)
    for name in sorted(named, key=len, reverse=True):
        text = text.replace(name, f"{named[name]}某")
    text = CONTACT.sub(r"\1****", text)
    return HOME.sub(lambda found: HOME_NUMBER.sub("**", found[0]), text)
