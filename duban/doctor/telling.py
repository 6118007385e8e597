"""Whether whoever is to be told can be: the mail server that is set up answers, and people have addresses."""

import socket
from pathlib import Path

from duban.doctor.checks import BAD, LOOK, OK, Check
from duban.errors import UserError
from duban.home import Home
from duban.registry.contacts import CONTACTS, load_contacts
from duban.registry.load import load_registry
from duban.reminding.channels import load_channels

_NAME = "通知"
_PATIENCE = 5.0  # seconds for a mail server to answer
_NAMED = 5  # reporters that are named


def telling(home: Home, plan: Path) -> Check:
    """The settings of mail and chats and the addresses beside the plan; the mail server is called and told nothing."""
    try:
        registry = load_registry(plan)
        _, people = load_contacts(plan, registry)
        channels = load_channels(home)
    except (UserError, OSError) as error:
        return Check(_NAME, BAD, str(error))
    chats = f"群通知 {len(channels.webhooks)} 个" if channels.webhooks else ""
    if not channels.smtp:
        told = f"{chats}，" if chats else ""
        return Check(_NAME, OK, f"{told}没有设邮件服务器：催报写成 outbox/ 中的文件，由人转送")
    server = f"{channels.smtp.host}:{channels.smtp.port}"
    try:
        socket.create_connection((channels.smtp.host, channels.smtp.port), _PATIENCE).close()
    except OSError as error:
        return Check(_NAME, BAD, f"连不上邮件服务器 {server}（{error.strerror or error}）：请核对地址、端口和网络。")
    owing = [reporter for reporter in registry.reporters if registry.owed_items.get(reporter.code)]
    reached = {code for code, contact in people.items() if any(person.reachable for person in contact.to)}
    mute = [reporter.name for reporter in owing if reporter.code not in reached]
    if mute:
        named = "、".join(mute[:_NAMED]) + ("等" if len(mute) > _NAMED else "")
        return Check(_NAME, LOOK, f"{len(mute)} 家没有能用的邮箱（{named}）：请写进 {CONTACTS}，否则只能由人转送。")
    return Check(_NAME, OK, "，".join(filter(None, [f"邮件服务器 {server}，{len(owing)} 家都有邮箱", chats])))
