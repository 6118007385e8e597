"""Sending mail through the installation's server: a message at a time, over one connection, by the standard library."""

import datetime as dt
import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from duban.registry.contacts import Person
from duban.reminding.channels import Channels
from duban.visible import in_one_line

PAUSES = (1.0, 3.0)  # seconds between tries; one more follows
TIMEOUT = 20.0  # seconds that the server may be silent
_LONGEST = 300  # of what a server says
_SHEET = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotSent(Exception):
    """The server has not taken it; its text is what it said."""


class InDoubt(Exception):
    """The connection broke while the server was taking it: it may have, or not."""


class _Passes(Exception):
    """What a little later may go well."""


def message(
    channels: Channels,
    sender_title: str,
    to: Sequence[Person],
    copied: Sequence[Person],
    subject: str,
    lines: Sequence[str],
    attached: Sequence[tuple[str, bytes]],
    number: str,
    now: dt.datetime,
) -> EmailMessage:
    """A mail of plain lines with attachments (name, bytes). `number` makes its Message-ID, so that a mail which came
    twice all the same is known as one."""
    name, address = channels.sender
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(name or sender_title, address)
    mail["To"] = [_address(person.name, person.mail) for person in to]
    if copied:
        mail["Cc"] = [_address(person.name, person.mail) for person in copied]
    mail["Subject"] = in_one_line(subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{number}@{address.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n".join(lines) + "\n", cte="base64")
    for file_name, data in attached:
        subtype = _SHEET if file_name.endswith(".xlsx") else "octet-stream"
        mail.add_attachment(data, maintype="application", subtype=subtype, filename=file_name)
    return mail


def _address(name: str, mail: str) -> Address:
    return Address(display_name=in_one_line(name), addr_spec=mail)


class Mailer:
    """A connection to the server, made when the first mail is sent, and again when it broke. Once the server cannot be
    reached after all tries, or does not let us in, `down` says why and nothing more is tried."""

    def __init__(self, channels: Channels, sleep: Callable[[float], None] = time.sleep):
        self._told, self._sender, self._sleep = channels.smtp, channels.sender[1], sleep
        self._server: smtplib.SMTP | None = None
        self.down = ""

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(self, *words) -> None:
        self._drop()

    def send(self, mail: EmailMessage, recipients: Sequence[str]) -> dict[str, str]:
        """Send to these addresses, of which at least one took it; returns what was said to the others, by address.

        What passes (a 4xx, a refused connection) is tried three times. Raises NotSent, or InDoubt.
        """
        data = mail.as_bytes()
        for pause in (*PAUSES, None):
            if self.down:
                break
            try:
                return self._send(data, recipients, last=pause is None)
            except _Passes as error:
                self._drop()
                if pause is None:
                    raise NotSent(str(error)) from None
                self._sleep(pause)
            except (NotSent, InDoubt):
                self._drop()
                raise
        raise NotSent(self.down)

    def _send(self, data: bytes, recipients: Sequence[str], last: bool) -> dict[str, str]:
        server = self._server or self._connect(last)
        refused: dict[str, str] = {}
        passing = False
        try:
            self._hold(*server.mail(self._sender))
            for address in recipients:
                code, said = server.rcpt(address)
                if code not in (250, 251):
                    refused[address] = self._words(code, said)
                    passing |= 400 <= code < 500
        except (smtplib.SMTPException, OSError) as error:
            raise _Passes(self._fault(error)) from None
        said = "；".join(f"{address} 未被接受：{words}" for address, words in refused.items())
        if passing and not last:  # nobody has got it yet
            raise _Passes(said)
        if len(refused) == len(recipients):
            raise NotSent(said)
        try:
            self._hold(*server.data(data))
        except smtplib.SMTPDataError as error:
            self._hold(error.smtp_code, error.smtp_error)
            raise NotSent(self._words(error.smtp_code, error.smtp_error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise InDoubt(self._fault(error)) from None
        return refused

    def _hold(self, code: int, said: bytes) -> None:
        """Go on where the server agrees."""
        if code != 250:
            raise (_Passes if 400 <= code < 500 else NotSent)(self._words(code, said))

    def _connect(self, last: bool) -> smtplib.SMTP:
        told = self._told
        where = f"邮件服务器 {told.host}:{told.port}"
        name = self._sender.partition("@")[2]  # asking for our own name would ask the network
        server = None
        try:
            if told.security == "smtps":
                context = ssl.create_default_context()
                server = smtplib.SMTP_SSL(told.host, told.port, name, timeout=TIMEOUT, context=context)
            else:
                server = smtplib.SMTP(told.host, told.port, name, timeout=TIMEOUT)
            if told.security == "smtp+starttls":
                server.starttls(context=ssl.create_default_context())
            if told.user:
                server.login(told.user, told.password)
            server.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError) as error:
            if server is not None:
                server.close()
            why = f"{where} {self._fault(error)}"
            if self._stays(error):
                self.down = why
                raise NotSent(why) from None
            if last:
                self.down = why
            raise _Passes(why) from None
        self._server = server
        return server

    def _stays(self, error: Exception) -> bool:
        """Whether it will be so the next time, too: a certificate that does not hold, a password, a missing skill."""
        if isinstance(error, smtplib.SMTPResponseException):
            return error.smtp_code >= 500
        return isinstance(error, (ssl.SSLCertVerificationError, smtplib.SMTPNotSupportedError))

    def _fault(self, error: Exception) -> str:
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return f"不接受所设的用户和密码：{self._words(error.smtp_code, error.smtp_error)}"
        if isinstance(error, smtplib.SMTPResponseException):
            return self._words(error.smtp_code, error.smtp_error)
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"的证书不可信：{self._clean(error.verify_message)}"
        if isinstance(error, TimeoutError):
            return f"{TIMEOUT:.0f} 秒没有回应"
        if isinstance(error, smtplib.SMTPNotSupportedError):
            return f"不支持所要的方式：{self._clean(str(error))}"
        if isinstance(error, OSError) and error.strerror and not isinstance(error, smtplib.SMTPException):
            return f"连不上：{self._clean(error.strerror)}"
        return f"中断了连接：{self._clean(str(error))}"

    def _words(self, code: int, said: bytes | str) -> str:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return f"{code} {self._clean(text)}"

    def _clean(self, text: str) -> str:
        """What a server says, in one line, without our password whatever it echoes."""
        text = in_one_line(text.replace("\n", " "))
        if self._told.password:
            text = text.replace(self._told.password, "***")
        return text[:_LONGEST]

    def _drop(self) -> None:
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._server.close()
            self._server = None
