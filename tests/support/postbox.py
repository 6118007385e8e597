"""A real mail server and a real web server on the loopback interface, which keep what comes."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

CUT = "451 cut"


@dataclass
class Postbox:
    """What arrived: (sender, recipients, mail) each. `rcpt` and `data` may answer otherwise than with a 250: they get
    the address, or the recipients, and return a line, or CUT to break the connection, or None."""

    mails: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    rcpt: Callable[[str], str | None] = lambda address: None
    data: Callable[[list[str]], str | None] = lambda recipients: None
    logins: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if said := self.rcpt(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        said = self.data(envelope.rcpt_tos)
        if said == CUT:
            server.transport.abort()
        if said:
            return said
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), mail))
        return "250 taken"

    def authenticate(self, server, session, envelope, mechanism, told) -> AuthResult:
        right = isinstance(told, LoginPassword) and told.password == b"right"
        self.logins.append((told.login.decode(), "right" if right else "wrong"))
        return AuthResult(success=right, handled=False)  # the server says the 235 or 535


@contextmanager
def mail_server(postbox: Postbox, **options) -> Iterator[Postbox]:
    """The server on a free port, or on the postbox's; `options` are aiosmtpd's."""
    controller = Controller(postbox, hostname="127.0.0.1", port=postbox.port or free_port(), **options)
    controller.start()
    postbox.port = controller.port
    try:
        yield postbox
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Chat:
    """A group chat: the JSON that was posted to it. `codes` are answered before 200."""

    posted: list[dict] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    port: int = 0


@contextmanager
def chat_server() -> Iterator[Chat]:
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = chat.codes.pop(0) if chat.codes else 200
            if code == 200:
                chat.posted.append(json.loads(body))
            self.send_response(code)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    chat.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield chat
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
