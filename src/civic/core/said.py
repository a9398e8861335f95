"""What somebody writes for others to read: tidied, neither too short nor too long."""

from django.utils.translation import gettext as _

from civic.core.errors import FieldError, Invalid

LEAST, MOST = 4, 1000  # characters


class WordsMissing(Invalid):
    """A step is explained in words that somebody else reads."""

    code = "words-missing"


def said(name: str, text: str, *, least: int = LEAST, most: int = MOST) -> str:
    """Return what somebody wrote in the field `name`, without what keyboards and copies leave in it.

    Raises: WordsMissing, naming the field, if it says too little or too much.
    """
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if least <= len(words) <= most:
        return words
    wrong = _("请写%(least)s至%(most)s字。") % {"least": least, "most": most}
    raise WordsMissing(wrong, errors=[FieldError(name, "length", wrong)])
