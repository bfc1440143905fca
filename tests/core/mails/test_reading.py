"""Mails as people and machines send them, and as an attacker would."""

import base64
import io
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from outlook_files import Node, binary, container, properties, text

from wf40.base.errors import InvalidInput
from wf40.core.mails import reading
from wf40.core.mails.plain import text_of
from wf40.core.mails.reading import read_mail

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def mail_of(*, html: str = "", **heads: str) -> EmailMessage:
    message = EmailMessage()
    heads = {"From": "Jörg Müller <j.mueller@werk.example>", "To": "amt@stadt.example", "Subject": "Halle 3"} | heads
    heads |= {"Date": "Fri, 20 Nov 2026 10:30:00 +0100"}
    for name, value in heads.items():
        message[name] = value
    message.set_content("Guten Tag,\nwir suchen Fläche.\n")
    if html:
        message.add_alternative(html, subtype="html")
    return message


def test_a_mail_with_an_attachment_comes_whole():
    message = mail_of(Cc="Ute Öz <ute@werk.example>, rat@kammer.example")
    message.add_attachment(b"%PDF-1.7\0\xff", maintype="application", subtype="pdf", filename="Übersicht Fläche.pdf")
    mail, files = read_mail(message.as_bytes())
    assert (mail.subject, mail.at, mail.sender) == ("Halle 3", AT, ("Jörg Müller", "j.mueller@werk.example"))
    assert mail.to == (("", "amt@stadt.example"),)
    assert mail.cc == (("Ute Öz", "ute@werk.example"), ("", "rat@kammer.example"))
    assert mail.text == "Guten Tag,\nwir suchen Fläche."
    assert [(f.name, f.media_type, f.content, f.inline) for f in files] == [
        ("Übersicht Fläche.pdf", "application/pdf", b"%PDF-1.7\0\xff", False)
    ]
    assert reading.MailContent.from_json(mail.as_json()) == mail


def test_text_goes_before_html_and_html_alone_becomes_text():
    both, _files = read_mail(mail_of(html="<p>nicht dies</p>").as_bytes())
    assert "nicht dies" not in both.text
    alone = EmailMessage()
    alone["From"] = "a@b.example"
    alone.set_content(
        "<html><head><title>x</title><style>p{}</style></head><body><p>Erste&nbsp;Zeile</p><script>alert('boese')</script>"
        "<ul><li>eins</li><li>zwei</li></ul><a href='javascript:1'>Seite</a><img src=x onerror=alert(1)></body></html>",
        subtype="html",
    )
    mail, files = read_mail(alone.as_bytes())
    assert mail.text == "Erste Zeile\n\n- eins\n- zwei\n\nSeite"
    assert files == []


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<script>a</script>b", "b"),
        ("<script>alert(1)", ""),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<style><p>x</style>y", "y"),
        ("<pre>a  b</pre>", "a b"),
        ("&lt;script&gt;x", "<script>x"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("<head><p>k</p><body>t", "t"),
    ],
)
def test_html_is_reduced_to_what_is_seen(html, shown):
    assert text_of(html) == shown


def test_pictures_in_the_text_are_told_from_attachments():
    message = mail_of(html='<p>Gruß</p><img src="cid:logo">')
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<logo>")
    message.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="Foto.jpg")
    _mail, files = read_mail(message.as_bytes())
    assert [(f.name, f.inline) for f in files] == [("Foto.jpg", False)]


def test_a_mail_within_a_mail_stays_one_file():
    outer = mail_of()
    outer.add_attachment(mail_of(Subject="Angebot für Halle"))
    mail, files = read_mail(outer.as_bytes())
    assert [(f.name, f.media_type) for f in files] == [("Angebot für Halle.eml", "message/rfc822")]
    inner, _files = read_mail(files[0].content)
    assert (inner.subject, inner.text) == ("Angebot für Halle", mail.text)


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-8", "Größe".encode()), ("iso-8859-1", "Größe".encode("latin-1")), ("us-ascii", "Größe".encode("cp1252")),
        ("gibts-nicht", "Größe".encode()), ("utf-16", "Größe".encode("cp1252")), ('"', "Größe".encode()),
    ],
)  # fmt: skip
def test_wrong_encodings_are_read_as_well_as_can_be(charset, content):
    head = (
        f"From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    assert read_mail(head.encode() + content)[0].text == "Größe"


def test_raw_umlauts_in_heads_are_read():
    for content in ("Grün & Söhne".encode(), "Grün & Söhne".encode("cp1252")):
        assert read_mail(b"From: a@b.example\nSubject: " + content + b"\n\nx")[0].subject == "Grün & Söhne"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\Plan.pdf", "Plan.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a\x00b\r\nc.txt", "ab c.txt"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("...", "Anhang 1"),
    ],
)
def test_names_of_files_hide_nothing(name, kept):
    encoded = base64.b64encode(name.encode()).decode()
    head = "From: a@b.example\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; "
    _mail, files = read_mail(f'{head}filename="=?utf-8?b?{encoded}?="\r\n\r\nx'.encode())
    assert [file.name for file in files] == [kept]


def test_a_bomb_is_kept_as_it_is():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("null", b"\0" * (200 << 20))
    message = mail_of()
    message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename="bombe.zip")
    _mail, files = read_mail(message.as_bytes())
    assert files[0].content == packed.getvalue()


def parts(count: int) -> bytes:
    head = b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    return head + b"--x\r\nContent-Type: text/plain\r\n\r\nhallo\r\n" * count + b"--x--\r\n"


def nested(depth: int) -> bytes:
    lines = [b"From: a@b.example"]
    for n in range(depth):
        lines += [b"Content-Type: multipart/mixed; boundary=b%d" % n, b"", b"--b%d" % n]
    return b"\r\n".join([*lines, b"Content-Type: text/plain", b"", b"tief"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (parts(10_000), "aus mehr als 500 Teilen"),
        (nested(5_000), "aus mehr als 500 Teilen"),
        (b"", "leer"),
        (b" \n\t", "leer"),
        (b"PK\x03\x04" + b"x" * 100, "keine E-Mail"),
        (b"%PDF-1.7", "keine E-Mail"),
        (b"Name;Ort\nWerk;Stadt\n", "keine E-Mail"),
        (b"\0" * 5_000, "keine E-Mail"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 4_000, "beschädigt"),
        (b"x" * ((25 << 20) + 1), "größer als 25 MB"),
    ],
)
def test_what_is_no_mail_is_refused_in_words(content, words):
    with pytest.raises(InvalidInput) as caught:
        read_mail(content)
    assert words in str(caught.value.message)
    assert list(caught.value.fields) == ["file"]


def test_heads_without_end_cost_little():
    many = ", ".join(f"p{n}@x.example" for n in range(20_000))
    mail, _files = read_mail(
        f"From: a@b.example\r\nTo: {many}\r\nSubject: {'=?utf-8?q?a?= ' * 20_000}\r\n\r\nx".encode()
    )
    assert len(mail.to) <= 200
    assert len(mail.subject) <= 300


def test_a_long_text_is_cut_and_says_so():
    mail, _files = read_mail(b"From: a@b.example\n\n" + b"Wort " * 50_000)
    assert mail.shortened
    assert len(mail.text) == 90_000


def test_a_mail_of_years_without_a_date_has_none():
    assert read_mail(b"From: a@b.example\nDate: gestern\n\nx")[0].at is None
    received = b"Received: by x; Fri, 20 Nov 2026 10:30:00 +0100\nFrom: a@b.example\n\nx"
    assert read_mail(received)[0].at == AT


def outlook(*more: Node) -> bytes:
    ticks = int((AT - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    recipient = [text(0x3001, "Amt"), text(0x39FE, "amt@stadt.example"), properties({0x0C150003: 1}, 8)]
    attachment = [text(0x3707, "Lageplan.pdf"), text(0x370E, "application/pdf"), binary(0x3701, b"%PDF" * 2_000)]
    attachment.append(properties({0x37050003: 1}, 8))
    return container(
        [
            properties({0x00390040: ticks, 0x3FFD0003: 1252}, 32),
            text(0x0037, "Fläche gesucht"), text(0x1000, "Guten Tag,\r\nüber die Halle."),
            text(0x0C1A, "Jörg Müller"), text(0x0C1F, "/O=WERK/CN=JM"), text(0x5D01, "j.mueller@werk.example"),
            Node("__recip_version1.0_#00000000", None, recipient),
            Node("__attach_version1.0_#00000000", None, attachment),
            *more,
        ]
    )  # fmt: skip


def test_a_mail_of_outlook_comes_whole():
    mail, files = read_mail(outlook())
    assert (mail.subject, mail.at, mail.text) == ("Fläche gesucht", AT, "Guten Tag,\nüber die Halle.")
    assert (mail.sender, mail.to) == (("Jörg Müller", "j.mueller@werk.example"), (("Amt", "amt@stadt.example"),))
    assert [(f.name, f.media_type, f.content) for f in files] == [("Lageplan.pdf", "application/pdf", b"%PDF" * 2_000)]


def test_a_mail_forwarded_in_outlook_becomes_text():
    inner = [properties({}, 24), text(0x0037, "Altes Angebot"), text(0x1000, "Die Miete beträgt 5 Euro.")]
    forwarded = [
        text(0x3001, "Altes Angebot"),
        properties({0x37050003: 5}, 8),
        Node("__substg1.0_3701000D", None, inner),
    ]
    _mail, files = read_mail(outlook(Node("__attach_version1.0_#00000001", None, forwarded)))
    assert files[1].name == "Altes Angebot.txt"
    assert "Die Miete beträgt 5 Euro." in files[1].content.decode()


def test_files_that_share_their_bytes_are_no_more_than_a_mail():
    shared = [text(0x3707, "a.bin"), binary(0x3701, b"x" * (5 << 20)), properties({0x37050003: 1}, 8)]
    mail = outlook(*(Node(f"__attach_version1.0_#0000000{n}", None, shared) for n in range(1, 7)))
    assert len(mail) < 6 << 20
    with pytest.raises(InvalidInput, match="größer als 25 MB"):
        read_mail(mail)


def test_a_workbook_is_no_mail_and_a_broken_container_neither():
    with pytest.raises(InvalidInput, match="keine E-Mail"):
        read_mail(container([Node("Workbook", b"x" * 100)]))
    for cut in (600, 1_500, 5_000):
        with pytest.raises(InvalidInput, match=r"beschädigt|keine E-Mail"):
            read_mail(outlook()[:cut])


def test_every_real_mail_is_read_or_refused_in_words(real_data: Path):
    found = sorted((real_data / "10_import_samples/eml").glob("*.eml"))
    assert len(found) > 30
    for path in found:
        mail, files = read_mail(path.read_bytes())
        assert mail.sender or mail.subject or mail.text, path.name
        assert all(file.name and len(file.name) <= 200 for file in files), path.name
        assert "\0" not in mail.text


def test_real_mails_keep_text_sender_and_attachments(real_data: Path):
    folder = real_data / "10_import_samples/eml"
    comma, _files = read_mail((folder / "mailparser_mail_test_18.eml").read_bytes())
    assert comma.sender == ("LastßlName, FirstName", "comma.name@example.com")
    bills, files = read_mail((folder / "mailparser_mail_test_3.eml").read_bytes())
    assert bills.text.startswith("I am sending you the bills")
    assert len(files) == 1
    fish, files = read_mail((folder / "cpython_msg_07.eml").read_bytes())
    assert (fish.sender, files[0].name, files[0].content[:4]) == (
        ("Barry", "barry@digicool.com"),
        "dingusfish.gif",
        b"GIF8",
    )
    page, _files = read_mail((folder / "mailparser_mail_test_13.eml").read_bytes())
    assert "<" not in page.text.split("\n", 1)[0]
