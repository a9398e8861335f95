"""Who is named in a text, and how it reads without."""

import pytest

from civic.hotline.wording import without_names


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("物业李建国经理不管", "物业李某经理不管"),
        ("我叫王小明，住在梅山路", "我叫王某，住在梅山路"),
        ("联系人：赵敏，电话不通", "联系人：赵某，电话不通"),
        ("王芳说路灯坏了", "某某说路灯坏了"),
        ("梅山路的路灯坏了", "梅山路的路灯坏了"),
        ("黄师傅修好了", "黄师傅修好了"),
    ],
)
def test_nobody_is_named(text, shown):
    assert without_names(text, ("王芳",)) == shown
