"""What somebody is told who is turned away: written once when the process starts, in both languages."""

import json

from civic.config.admission import Errand

SECONDS = {Errand.SUBMISSION: 2, Errand.OWN: 3, Errand.BROWSING: 5}  # after which to come again
PAGE = """<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/core/civic.css">
<body class="c-bug">
<main>
<h1>{title}</h1>
<p>{words}</p>
<ul>
<li>{act}</li>
<li>急事请拨打 <a href="tel:12345">12345</a></li>
</ul>
<p lang="en">{english}</p>
</main>
</html>
"""
READ = {
    "title": "现在访问的人太多",
    "words": "为了让正在提交和办事的人先办完，这一页暂时没有打开。您以前提交的内容都在。",
    "act": '请等{seconds}秒，再<a href="">打开一次</a>',
    "english": "This page is temporarily unavailable: many people are here at once, and those who are handing in "
    'something go first. Nothing that you have handed in is lost. <a href="">Open it again</a> in {seconds} seconds.',
}
SENT = {
    "title": "这一次没有提交成功",
    "words": "现在提交的人太多，这一次没有收下。您填写的内容还在上一页。",
    "act": "请返回上一页，等{seconds}秒再提交一次",
    "english": "This was not handed in: the service is temporarily unavailable, many people are here at once. Go back "
    "to the page before, where what you wrote still stands, wait {seconds} seconds and send it again.",
}
LATE = {
    "title": "提交的内容没有传完",
    "words": "网络太慢，规定的时间里没有传完，这一次没有收下。您填写的内容还在上一页。",
    "act": "请返回上一页，换一个网络或者缩小附件，再提交一次",
    "english": "This was not handed in: what you sent did not arrive in time. Go back to the page before, where what "
    "you wrote still stands, and send it again over a faster connection or with smaller files.",
}
LATE_PROBLEM = (
    "请求的内容没有在规定时间内传完，这一次没有收下，请用同一个 Idempotency-Key 再提交一次。"
    " The body of the request did not arrive in time and was not taken in: send it again with the same key."
)
PROBLEM = {
    Errand.SUBMISSION: "现在提交的人太多，这一次没有收下，请等{seconds}秒用同一个 Idempotency-Key 再提交一次。"
    " Not taken in, the service is temporarily unavailable: send it again in {seconds} seconds with the same key.",
    Errand.OWN: "现在访问的人太多，请等{seconds}秒再试。"
    " Temporarily unavailable, many people are here at once: try again in {seconds} seconds.",
}
Head = tuple[tuple[str, str], ...]


def _page(errand: Errand, seconds: int) -> bytes:
    texts = SENT if errand is Errand.SUBMISSION else READ
    return PAGE.format(**{name: text.format(seconds=seconds) for name, text in texts.items()}).encode()


def _problem(errand: Errand, seconds: int) -> bytes:
    detail = PROBLEM.get(errand, PROBLEM[Errand.OWN]).format(seconds=seconds)
    told = {"type": "/problems/overloaded", "title": "访问的人太多", "status": 503, "detail": detail}
    return json.dumps(told, ensure_ascii=False).encode()


def _answer(errand: Errand, *, is_machine: bool) -> tuple[Head, bytes]:
    seconds = SECONDS[errand]
    body = (_problem if is_machine else _page)(errand, seconds)
    return (*_head(body, is_machine=is_machine), ("Retry-After", str(seconds))), body


def _late(*, is_machine: bool) -> tuple[Head, bytes]:
    body = PAGE.format(**LATE).encode()
    if is_machine:
        told = {"type": "/problems/too-slow", "title": LATE["title"], "status": 408, "detail": LATE_PROBLEM}
        body = json.dumps(told, ensure_ascii=False).encode()
    return _head(body, is_machine=is_machine), body


def _head(body: bytes, *, is_machine: bool) -> Head:
    kind = "application/problem+json" if is_machine else "text/html"
    return (
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; style-src 'self'"),
        ("X-Content-Type-Options", "nosniff"),
    )


AWAY: dict[tuple[Errand, bool], tuple[Head, bytes]] = {
    (errand, is_machine): _answer(errand, is_machine=is_machine) for errand in Errand for is_machine in (False, True)
}
TOO_LATE: dict[bool, tuple[Head, bytes]] = {is_machine: _late(is_machine=is_machine) for is_machine in (False, True)}
