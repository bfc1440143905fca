"""``wf40 duplicates evaluate`` measures recognising, and says in German what is wrong with a table."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wf40 import cli

HEADER = "name_a,name_b,label\n"


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(cli.main, ["duplicates", "evaluate", str(path), *options])


@pytest.fixture
def table(tmp_path: Path):
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "pairs.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_pairs_are_counted_by_band(table) -> None:
    rows = [
        "Müller Maschinenbau GmbH,Mueller Maschinenbau GmbH,match",
        "Seehuber GmbH,Waldmann GmbH,non_match",
        "Seehuber GmbH,Nordlicht AG,match",
        "Seehuber GmbH,Seehuber GmbH,match_check",
    ]
    result = run(table(HEADER + "\n".join(rows)), "--json")
    report = json.loads(result.output)
    assert report.pop("seconds") >= 0
    assert report == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": 0.6667,
        "bands": {
            "same": {"matches": 1, "non_matches": 0},
            "ask": {"matches": 0, "non_matches": 0},
            "different": {"matches": 1, "non_matches": 1},
        },
        "pairs": 3,
        "left_out": 1,
    }


def test_without_json_the_figures_are_read_by_people(table) -> None:
    result = run(table(HEADER + "Seehuber GmbH,Seehuber GmbH,match\n"))
    assert "1 Paare verglichen, 0 Zeilen ausgelassen." in result.output
    assert "f1        1.0000" in result.output
    assert "gleich" in result.output


def test_further_columns_are_compared_too(table) -> None:
    text = "name_a;name_b;label;register_a;register_b;former_name_b;street_a\nSeehuber GmbH;Nordlicht GmbH;match;HRB 123 Konstanz;HRB 0123 Konstanz;;Seestr. 1\nAlt GmbH;Neu GmbH;match;;;Uralt GmbH | Alt GmbH;\n"
    assert json.loads(run(table(text), "--json").output)["recall"] == 1.0


def test_a_register_number_in_columns_of_its_own_counts(table) -> None:
    columns = "name_a,name_b,label,register_kind_a,register_number_a,register_kind_b,register_number_b\n"
    result = run(table(columns + "Seehuber GmbH,Seehuber GmbH,non_match,HRB,1,HRB,2\n"), "--json")
    assert json.loads(result.output)["bands"]["different"] == {"matches": 0, "non_matches": 1}


def test_names_in_cp1252_are_read(table) -> None:
    path = table(HEADER + "Müller Maschinenbau GmbH,Mueller Maschinenbau GmbH,match\n", "cp1252")
    assert json.loads(run(path, "--json").output)["f1"] == 1.0


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "„pairs.csv“ ist leer."),
        ("name_a,label\n", "In der ersten Zeile fehlt die Spalte name_b."),
        ("name_a,name_a,name_b,label\n", "Die Spalte name_a steht in der ersten Zeile mehrmals."),
        (HEADER, "„pairs.csv“ hat keine Zeile"),
        (HEADER + "A,B,match\nA,,match\n", "Zeile 3, Spalte name_b: Der Name fehlt."),
        (HEADER + "A,B\n", "Zeile 2 hat 2 Werte, die Überschrift hat 3."),
        (HEADER + "A,B\x00,match\n", "Zeile 2"),
        (
            "name_a,name_b,label,register_b\nA,B,match,abc\n",
            "Zeile 2, Spalte register_b: „abc“ ist keine Registernummer",
        ),
        ("name_a,name_b,label,legal_form_a\nA,B,match,XYZ\n", "Zeile 2, Spalte legal_form_a: Die Rechtsform „XYZ“"),
    ],
)
def test_a_faulty_table_is_explained(table, text: str, sentence: str) -> None:
    result = run(table(text))
    assert result.exit_code == 1
    assert sentence in result.output


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    result = run(tmp_path / "none.csv")
    assert result.exit_code == 1
    assert "none.csv" in result.output
    assert "nicht lesbar" in result.output
