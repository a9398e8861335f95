"""Who is named in a text, and how it reads without: by labels, by titles, by what somebody is to the writer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic.hotline.wording import without_names
from civic.masking.rules import mask_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("物业李建国经理不管", "物业李某经理不管"),
        ("我叫王小明，住在梅山路", "我叫王某，住在梅山路"),
        ("联系人：赵敏，电话不通", "联系人：赵某，电话不通"),
        ("王芳说路灯坏了", "某某说路灯坏了"),
        ("梅山路的路灯坏了", "梅山路的路灯坏了"),
        ("黄师傅修好了", "黄师傅修好了"),
        ("被举报人王丽娟，女，42岁", "被举报人王某，女，42岁"),
        ("承包商欧阳建军拖欠工资", "承包商欧阳某拖欠工资"),
        ("教师许晓燕体罚学生，许晓燕还骂人", "教师许某体罚学生，许某还骂人"),
        ("物业经理姓王，叫王守义", "物业经理姓王，叫王某"),
        ("医生是钱伟，司机：秦勇。", "医生是钱某，司机：秦某。"),
        ("业主于洋，电话不通", "业主于某，电话不通"),
        ("业主向物业反映了三次", "业主向物业反映了三次"),
        ("老师常常迟到，司机马上就走", "老师常常迟到，司机马上就走"),
        ("加我微信号wang_1980，QQ：123456789", "加我微信号****，QQ：****"),
        ("家住城南镇徐庙村小圩组15号，路灯坏了", "家住城南镇徐庙村小圩组**号，路灯坏了"),
        ("皖西大道88号门口的路灯坏了", "皖西大道88号门口的路灯坏了"),
    ],
)
def test_nobody_is_named(text, shown):
    assert without_names(text, ("王芳",)) == shown


@given(st.text(alphabet="王李张刘欧阳建国的是叫我业主老师经理先生住在号楼路，。0123456789", max_size=80))
def test_a_known_name_is_gone_from_any_text(text):
    assert "王建国" not in without_names(f"{text}王建国{text}", ("王建国",))


def test_what_stands_in_the_register_tells_of_no_third_party():
    said = (
        "邻居张伟家住梅山路12号3栋402室，车牌皖N12345、皖ND12345，电话138 0000 1234，身份证341202199001011234，"
        "银行卡6222020200112233445。"
    )

    shown = without_names(mask_text(said, "strict"))

    for told in ("张伟", "402", "12号", "12345", "1234", "34120219", "0000"):
        assert told not in shown
    assert shown.startswith("邻居张某住梅山路**号")
