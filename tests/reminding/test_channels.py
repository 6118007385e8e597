"""What an installation sends by: from the environment or a file of its own, and no secret of theirs in any word."""

import pytest

from duban.errors import UserError
from duban.home import Home
from duban.reminding.channels import Smtp, load_channels

SECRET = "s3cret/daily"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    for variable in ("DUBAN_SMTP", "DUBAN_MAIL_FROM", "DUBAN_WEBHOOKS"):
        monkeypatch.delenv(variable, raising=False)
    return Home(tmp_path)


def write(home: Home, text: str, mode: int = 0o600) -> None:
    path = home.root / "channels.yaml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_nothing_need_be_set_up(home):
    channels = load_channels(home)
    assert (channels.smtp, channels.webhook_names) == (None, {})


@pytest.mark.parametrize(
    ("url", "smtp"),
    [
        ("smtp://mail.example", Smtp("smtp", "mail.example", 25)),
        ("smtps://u:p%40q@mail.example", Smtp("smtps", "mail.example", 465, "u", "p@q")),
        ("smtp+starttls://u%40x:p@mail.example:25", Smtp("smtp+starttls", "mail.example", 25, "u@x", "p")),
    ],
)
def test_a_mail_server_is_written_as_an_address(home, monkeypatch, url, smtp):
    monkeypatch.setenv("DUBAN_SMTP", url)
    monkeypatch.setenv("DUBAN_MAIL_FROM", "督审处 <duban@mail.example>")
    channels = load_channels(home)
    assert (channels.smtp, channels.sender) == (smtp, ("督审处", "duban@mail.example"))


def test_the_file_says_what_the_environment_does_not(home, monkeypatch):
    write(home, f"smtp: smtp://u:{SECRET[:6]}@old.example\nmail_from: duban@mail.example\nwebhooks: [wecombot://abc]\n")
    monkeypatch.setenv("DUBAN_SMTP", "smtp://new.example")
    channels = load_channels(home)
    assert (channels.smtp.host, channels.sender[1], channels.webhooks) == (
        "new.example",
        "duban@mail.example",
        ("wecombot://abc",),
    )
    monkeypatch.setenv("DUBAN_WEBHOOKS", " feishu://one  dingtalk://two\n")
    assert load_channels(home).webhooks == ("feishu://one", "dingtalk://two")
    assert not load_channels(home).mail_answers
    monkeypatch.setenv("DUBAN_MAIL_ANSWERS", "1")
    assert load_channels(home).mail_answers


def test_a_file_that_others_can_read_is_refused(home):
    write(home, "mail_from: duban@mail.example\n", 0o640)
    with pytest.raises(UserError, match=r"channels\.yaml 别人也能读（权限 640），里面有密码：请运行 chmod 600"):
        load_channels(home)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smtp: smtp://u:{}@\n", "smtp 不能识别：应写作"),
        ("smtp: 'http://u:{}@mail.example'\n", "smtp 不能识别"),
        ("smtp: 'smtp://u:{}@mail.example:port'\n", "smtp 不能识别"),
        ("smtp: 'smtp://u:{}@mail.example/x'\n", "smtp 不能识别"),
        ("smtp: 'smtp://u:{}@mail..example'\n", "smtp 不能识别"),
        ("smtp: 'smtp://u:密码@mail.example'\nmail_from: a@b.example # {}\n", "只能用 ASCII 字符"),
        ("smtp: smtp://u:x@mail.example # {}\n", "还须写明发件地址"),
        ("mail_from: '{} nobody'\n", "mail_from 不能识别"),
        ("webhooks: ['{}']\n", "webhooks 不能识别"),
        ("webhooks: {{a: '{}'}}\n", "webhooks 不能识别"),
        ("mail_answers: true # {}\n", "还须设邮件服务器"),
        ("mail_answers: '{}'\n", "mail_answers 不能识别"),
        ("password: {}\n", "只能有 smtp、mail_from、webhooks、mail_answers 这几个键"),
        ("- {}\n", "只能有 smtp、mail_from、webhooks、mail_answers 这几个键"),
        ("smtp: *{}\n", "第 1 行：不是正确的 YAML"),
        ("smtp: 'smtp://{}\n", "不是正确的 YAML"),
    ],
)
def test_what_is_wrong_is_named_and_never_quoted(home, text, said):
    write(home, text.format(SECRET))
    with pytest.raises(UserError) as refused:
        load_channels(home)
    assert said in str(refused.value) and SECRET not in str(refused.value)


def test_what_is_printed_of_them_shows_no_secret(home):
    write(home, f"smtp: smtp://user:{SECRET[:6]}@h.example\nmail_from: a@b.example\nwebhooks: ['feishu://{SECRET}']\n")
    channels = load_channels(home)
    shown = repr(channels) + str(channels) + " ".join(channels.webhook_names)
    assert SECRET[:6] not in shown and "h.example" in shown
