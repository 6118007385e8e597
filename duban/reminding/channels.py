"""The ways out of this installation: a mail server and group chats. Settings of a machine, never of a plan; nothing
that is said, noted or printed holds a secret of theirs."""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

from duban.errors import UserError
from duban.home import Home

FILE = "channels.yaml"
VARIABLES = {"smtp": "DUBAN_SMTP", "mail_from": "DUBAN_MAIL_FROM", "webhooks": "DUBAN_WEBHOOKS"}
_ANSWERS, _ANSWERS_VARIABLE = "mail_answers", "DUBAN_MAIL_ANSWERS"
_YES, _NO = (True, "1", "true", "yes"), (None, False, "", "0", "false", "no")
_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
_SPELLING = "应写作 smtp+starttls://用户:密码@主机:端口（或 smtps://、smtp://），用户和密码中的特殊字符写成 %40 这样"


@dataclass(frozen=True)
class Smtp:
    """A mail server; `security` is how the connection is made: smtp, smtps or smtp+starttls."""

    security: str
    host: str
    port: int
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Channels:
    """What is set up: `smtp` with the address that mail comes from, and `webhooks` as apprise spells them; whether
    answers are mailed, too."""

    smtp: Smtp | None = None
    sender: tuple[str, str] = ("", "")  # name and address
    webhooks: tuple[str, ...] = field(default=(), repr=False)
    mail_answers: bool = False

    @property
    def webhook_names(self) -> dict[str, str]:
        """The webhooks by names that give nothing away."""
        return {f"{url.partition(':')[0]}-{hashlib.sha256(url.encode()).hexdigest()[:8]}": url for url in self.webhooks}


def load_channels(home: Home) -> Channels:
    """From the environment, and for what is not set there from `channels.yaml` in the home.

    Raises UserError that names the setting and never quotes it, as well as for a file that others can read.
    """
    written = _file(home.root / FILE)
    told = {word: os.environ.get(variable) or written.get(word) for word, variable in VARIABLES.items()}
    where = {
        word: f"环境变量 {variable}" if os.environ.get(variable) else f"{home.root / FILE} 的 {word}"
        for word, variable in VARIABLES.items()
    }
    smtp = _smtp(told["smtp"], where["smtp"]) if told["smtp"] else None
    sender = _sender(told["mail_from"], where["mail_from"]) if told["mail_from"] else ("", "")
    if smtp and not sender[1]:
        raise UserError(
            f"{where['smtp']} 写了邮件服务器，还须写明发件地址：请设 {VARIABLES['mail_from']} 或 mail_from。"
        )
    answers = os.environ.get(_ANSWERS_VARIABLE) or written.get(_ANSWERS)
    if answers not in (*_YES, *_NO):
        raise UserError(f"{_ANSWERS_VARIABLE} 或 {_ANSWERS} 不能识别：应写作 1 或 0，请改正。")
    if answers in _YES and not smtp:
        raise UserError(
            f"{_ANSWERS_VARIABLE} 或 {_ANSWERS} 要用邮件发送答复，还须设邮件服务器：请设 {VARIABLES['smtp']} 或 smtp。"
        )
    return Channels(smtp, sender, _webhooks(told["webhooks"] or (), where["webhooks"]), answers in _YES)


def _file(path: Path) -> dict:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise UserError(f"{path} 读不出来：应为 UTF-8 的 YAML 文件，请检查文件和权限。") from None
    if mode & 0o077:
        raise UserError(f"{path} 别人也能读（权限 {mode:o}），里面有密码：请运行 chmod 600 {path} 后重试。")
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:  # what it says may quote the text
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + 1} 行" if mark else ""
        raise UserError(f"{path}{line}：不是正确的 YAML，请改正；密码等含特殊字符的，请加英文引号。") from None
    if found is None:
        return {}
    if not isinstance(found, dict) or found.keys() - {*VARIABLES, _ANSWERS}:
        raise UserError(f"{path}：只能有 {'、'.join([*VARIABLES, _ANSWERS])} 这几个键，请改正。")
    return found


def _smtp(url: object, where: str) -> Smtp:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        port = parts.port or _PORTS.get(parts.scheme, 0)
        (parts.hostname or "").encode("idna")
    except ValueError:
        raise UserError(f"{where} 不能识别：{_SPELLING}，请改正。") from None
    plain = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme not in _PORTS or not parts.hostname or not plain:
        raise UserError(f"{where} 不能识别：{_SPELLING}，请改正。")
    if not (user + password).isascii() or any(ord(character) < 32 for character in user + password):
        raise UserError(f"{where} 的用户和密码只能用 ASCII 字符：请改用别的密码。")
    return Smtp(parts.scheme, parts.hostname, port, user, password)


def _sender(text: object, where: str) -> tuple[str, str]:
    from duban.registry.contacts import Person  # the spelling of an address has one home

    name, address = parseaddr(text if isinstance(text, str) else "")
    try:
        Person(name=name or address, mail=address)
    except ValueError:
        raise UserError(
            f"{where} 不能识别：应写作 duban@example.com，或 督审处 <duban@example.com>，请改正。"
        ) from None
    return name, address


def _webhooks(given: object, where: str) -> tuple[str, ...]:
    urls = given.split() if isinstance(given, str) else given
    if not isinstance(urls, (list, tuple)) or not all(isinstance(url, str) and "://" in url for url in urls):
        raise UserError(f"{where} 不能识别：应为 apprise 的网址（wecombot://、dingtalk://、feishu:// …），请改正。")
    return tuple(dict.fromkeys(urls))
