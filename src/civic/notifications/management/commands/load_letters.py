"""`load_letters FILE.yaml`: a city's own wording of letters; each text that differs becomes a new version."""

from argparse import ArgumentParser
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from civic.core.errors import Invalid
from civic.core.plain_yaml import load_yaml
from civic.notifications.letter import Letter
from civic.notifications.letters import LETTERS
from civic.notifications.models import Template

KNOWN = {field.name for field in fields(Letter)}


class Command(BaseCommand):
    """Publishes all letters of the file, or none: every fault is named by letter and text."""

    help = "Publish a city's own wording of letters (YAML: code -> title, body, title_en, body_en, sms, …)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        at, before = now(), Template.objects.count()
        for letter in _read(Path(options["file"])):
            try:
                Template.objects.publish(letter, by="operator", at=at)
            except Invalid as refusal:
                raise CommandError(f"{letter.code}:" + " ".join(e.message for e in refusal.errors)) from refusal
        self.stdout.write(f"新版本 {Template.objects.count() - before} 个。")


def _read(path: Path) -> list[Letter]:
    try:
        content = load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CommandError(f"不能读取 {path}:{error}") from error
    if not isinstance(content, dict):
        raise CommandError(f"{path} 应为“代码: 各段文字”的列表。")
    return [_letter(str(code), texts) for code, texts in content.items()]


def _letter(code: str, texts: object) -> Letter:
    """Return the letter as the file words it; texts that the file leaves out are the built-in ones."""
    if not isinstance(texts, dict) or texts.keys() - KNOWN:
        extra = "、".join(sorted(map(str, texts.keys() - KNOWN))) if isinstance(texts, dict) else "不是一组文字"
        raise CommandError(f"{code} 有不认识的内容：{extra}。")
    built_in = next((letter for letter in LETTERS if letter.code == code), None)
    given = {field.name: getattr(built_in, field.name) for field in fields(Letter)} if built_in else {}
    try:
        return Letter(**{**given, **texts, "code": code})
    except TypeError as error:
        raise CommandError(f"{code} 缺少标题或正文（title、body、title_en、body_en）。") from error
