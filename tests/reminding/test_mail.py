"""How mail goes to a server: only over a connection that holds what was asked of it, and no password in any word."""

import datetime as dt
import ssl
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from postbox import Postbox, mail_server

from duban.quarters import TIME_ZONE
from duban.registry.contacts import Person
from duban.reminding import mail as mail_module
from duban.reminding.channels import Channels, Smtp
from duban.reminding.mail import Mailer, NotSent, message

TO = Person(name="小甲, 甲市", mail="a1@mail.example")
NOW = dt.datetime(2023, 4, 10, 9, tzinfo=TIME_ZONE)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(mail_module, "PAUSES", (0.0, 0.0))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody trusts unless told to: (its path, the server's context)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, today, today + dt.timedelta(days=1))
    signed = made.add_extension(address, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def send(postbox: Postbox, security: str, password: str = "right") -> None:
    smtp = Smtp(security, "127.0.0.1", postbox.port, "duban", password)
    channels = Channels(smtp, ("", "duban@mail.example"))
    mail = message(channels, "某局", [TO], [], "催报\r\nBcc: all@mail.example", ["正文"], [], "1", NOW)
    with Mailer(channels) as mailer:
        mailer.send(mail, [TO.mail])


@pytest.fixture
def guarded(certificate):
    """A server that takes mail only over TLS from whoever knows the password."""
    postbox = Postbox()
    told = {"tls_context": certificate[1], "require_starttls": True, "auth_required": True}
    with mail_server(postbox, authenticator=postbox.authenticate, **told):
        yield postbox


def test_a_server_whose_certificate_does_not_hold_gets_neither_password_nor_mail(guarded):
    with pytest.raises(NotSent, match=rf"邮件服务器 127\.0\.0\.1:{guarded.port} 的证书不可信：self.signed"):
        send(guarded, "smtp+starttls")
    assert (guarded.logins, guarded.mails) == ([], [])


def test_over_a_trusted_connection_the_mail_goes_out_and_no_header_is_slipped_in(guarded, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    send(guarded, "smtp+starttls")
    [(sender, recipients, mail)] = guarded.mails
    assert (sender, recipients, guarded.logins) == ("duban@mail.example", ["a1@mail.example"], [("duban", "right")])
    assert mail["Subject"] == "催报\\u000d\\nBcc: all@mail.example" and mail["Bcc"] is None
    [to] = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == ("小甲, 甲市", "a1@mail.example")


def test_a_wrong_password_is_told_at_once_and_not_shown(guarded, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with pytest.raises(NotSent, match="不接受所设的用户和密码：535") as refused:
        send(guarded, "smtp+starttls", "wr0ng")
    assert "wr0ng" not in str(refused.value)
    assert (set(guarded.logins), guarded.mails) == ({("duban", "wrong")}, [])


def test_a_server_that_cannot_encrypt_is_not_spoken_to_in_the_clear():
    postbox = Postbox()
    with mail_server(postbox), pytest.raises(NotSent, match="不支持所要的方式"):
        send(postbox, "smtp+starttls")
    assert postbox.mails == []
