"""Address books become a table with one row per card; what is private in them is left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from wf40.core.imports.cards import HEADERS
from wf40.core.imports.mappings import proposed
from wf40.core.imports.problems import TableError
from wf40.core.imports.reading import SourceRow, read_table, rows_of

Cards = Callable[..., list[dict[str, str]]]


@pytest.fixture
def cards(tmp_path: Path) -> Cards:
    def reader(content: str | bytes | Path, name: str = "adressen.vcf") -> list[dict[str, str]]:
        source = tmp_path / name
        data = content.read_bytes() if isinstance(content, Path) else content
        source.write_bytes(data.encode() if isinstance(data, str) else data)
        head, *rows = list(rows_of(read_table(source, tmp_path / "rows.jsonl")))
        assert head == SourceRow(1, HEADERS)
        assert [row.number for row in rows] == sorted({row.number for row in rows})
        return [{h: c for h, c in zip(HEADERS, row.cells, strict=True) if c} for row in rows]

    return reader


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(("BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""))


def test_a_card_becomes_a_row(cards: Cards) -> None:
    text = card(
        "N:Huber;Eva;;Dr.;", "FN:Dr. Eva Huber", "ORG:Huber\\, Söhne & Co. KG;Einkauf", "item1.ADR;TYPE=work:;;Weg 1;Konstanz;BW;78467;Deutschland",
        "TEL;TYPE=WORK,VOICE:07531 1", "TEL;TYPE=WORK,FAX:07531 2", "TEL;VALUE=uri;TYPE=work:tel:+49-7531-3", "TEL;TYPE=cell:0170 4",
        "EMAIL:info@huber.de", "EMAIL;TYPE=pref:eva@huber.de", "URL:http\\://huber.de", "NOTE:erste Zeile\\nzweite\\; Zei", " le",
    )  # fmt: skip
    assert cards(text + card("FN:Ohne Firma")) == [
        {
            "Name": "Huber, Söhne & Co. KG", "Ansprechperson": "Dr. Eva Huber", "Straße": "Weg 1", "PLZ": "78467", "Ort": "Konstanz",
            "Land": "Deutschland", "Telefon": "07531 1", "Telefon 2": "+49-7531-3", "Mobiltelefon": "0170 4", "E-Mail": "eva@huber.de",
            "E-Mail 2": "info@huber.de", "Website": "http://huber.de", "Notiz": "erste Zeile\nzweite; Zeile",
        },
        {"Name": "Ohne Firma"},
    ]  # fmt: skip


def test_the_columns_are_understood_without_help(cards: Cards, tmp_path: Path) -> None:
    fields = [c.field for c in proposed(HEADERS, [[""] * len(HEADERS)])]
    expected = ["name", "", "street", "postcode", "town", "", "phone", "", "", "email", "", "website", "note"]
    assert fields == expected


def test_what_is_private_is_left_behind(cards: Cards) -> None:
    text = card(
        "FN:Eva Huber", "ORG:Huber KG", "ADR;TYPE=HOME:;;Privatweg 2;Ulm;;89073;", "TEL;HOME:0731 9", "EMAIL;TYPE=HOME:eva@privat.de",
        "BDAY:1970-01-01", "PHOTO;ENCODING=b:AAAA", " BBBB",
    )  # fmt: skip
    assert cards(text) == [{"Name": "Huber KG", "Ansprechperson": "Eva Huber"}]


def test_old_cards_with_quoted_letters_are_read(cards: Cards) -> None:
    text = card(
        "N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=FCller;J=F6rg;;;", "ORG;CHARSET=UTF-8;QUOTED-PRINTABLE:B=C3=A4cker=", "ei =26 Caf=C3=A9",
        "TEL;WORK:1", version="2.1",
    )  # fmt: skip
    assert cards(text) == [{"Name": "Bäckerei & Café", "Ansprechperson": "Jörg Müller", "Telefon": "1"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_come_out_right_in_every_encoding(cards: Cards, encoding: str) -> None:
    text = card("FN:Jörg Müller", "NOTE:" + "Größe und Übermaß " * 5)
    assert cards(text.encode(encoding))[0]["Name"] == "Jörg Müller"


def test_cards_without_an_end_are_rows_too(cards: Cards) -> None:
    assert cards("BEGIN:VCARD\nFN:Eins\nBEGIN:VCARD\nFN:Zwei\n") == [{"Name": "Eins"}, {"Name": "Zwei"}]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        ("Name;Ort\nA;B\n", "adressen.vcf", "wrong_ending"),
        ("", "adressen.vcf", "empty"),
        (card("FN:A"), "adressen.csv", "not_a_table"),
        (b"BEGIN:VCARD\n" + bytes(range(256)) * 50, "adressen.vcf", "not_a_table"),
    ],
)
def test_what_is_no_address_book_is_refused(tmp_path: Path, content: str | bytes, name: str, code: str) -> None:
    source = tmp_path / name
    source.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(TableError) as caught:
        read_table(source, tmp_path / "rows.jsonl")
    assert caught.value.code == code


@pytest.mark.parametrize(
    "line",
    ["NOTE:" + "x" * (3 << 20), "X;" + 'a="' * 300_000 + ":", "ADR:" + "\\" * (1 << 20), "ORG:" + ";" * (1 << 20)],
)
def test_endless_lines_cost_no_more_than_their_length(cards: Cards, line: str) -> None:
    rows = cards(card("FN:Eins", line) + card("FN:Zwei"))
    assert [row["Name"] for row in rows] == ["Eins", "Zwei"]


def test_real_address_books_are_read(real_data: Path, cards: Cards) -> None:
    files = sorted((real_data / "10_import_samples/vcards").iterdir())
    rows = {file.stem: cards(file) for file in files}
    assert len(rows) == 10
    assert len(rows["vobject_radicale-1238-3"]) > 300
    assert rows["vobject_quoted-printable"][0]["Name"] == "黄世勇"
    assert rows["ezvcard_issue114"] == [{
        "Name": "Dummy GmbH", "Ansprechperson": "Dummy, Dummy", "Straße": "Dummy-Dummy-Strasse 1", "PLZ": "61352", "Ort": "Bad Homburg",
        "Land": "Germany", "Telefon": "+49 9876 54321", "Mobiltelefon": "+49 1234 56789",
    }]  # fmt: skip
    assert rows["ezvcard_outlook-2003"][0]["Notiz"].startswith("This is the note field!!\nSecond line\n\nThird line")
