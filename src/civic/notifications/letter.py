"""Letter: the texts of one template. No Django."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """The texts of one template; without `sms` it goes to the site only. Urgent ones do not wait for the morning.

    What the law wants told (`is_statutory`) goes out as a text message without the reader's consent too.
    """

    code: str
    title: str
    body: str
    title_en: str
    body_en: str
    sms: str = ""
    is_urgent: bool = False
    is_statutory: bool = False
