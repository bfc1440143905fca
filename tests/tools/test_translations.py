"""`make translations` and its check, on a small distribution."""

from pathlib import Path

import pytest

from tools.translations import Domain, check, update

CODE = """
from texts import _, _l, _n
TITLE = _l("Unternehmen")
def page(n):
    return _("Guten Tag, %(name)s", name="x") + _n("ein Treffer", "%(num)s Treffer", n)
"""
TEMPLATE = "<h1>{{ _('Gespräche') }}</h1>{% for x in xs %}{{ ngettext('ein Ort', '%(num)s Orte', 2) }}{% endfor %}"
ENGLISH = {
    "Unternehmen": "Firms",
    "Guten Tag, %(name)s": "Hello %(name)s",
    "Gespräche": "Conversations",
    "Partner": "Partners",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    package = tmp_path / "wf40"
    (package / "templates" / "firms").mkdir(parents=True)
    (package / "firms.py").write_text(CODE, "utf-8")
    (package / "templates" / "firms" / "list.html").write_text(TEMPLATE, "utf-8")
    plugin = tmp_path / "plugins" / "partner_network" / "wf40_partner_network"
    plugin.mkdir(parents=True)
    (plugin / "plugin.py").write_text("from wf40.sdk import _\nLABEL = _('Partner')", "utf-8")
    return tmp_path


def translate(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def core(root: Path) -> Path:
    """The core's catalogue, completely translated (and the plugin's)."""
    update(root)
    core = Domain("wf40", root / "wf40").catalogue
    plugin = Domain("partner_network", root / "plugins/partner_network/wf40_partner_network").catalogue
    for german, english in ENGLISH.items():
        path = plugin if german == "Partner" else core
        translate(path, f'msgid "{german}"\nmsgstr ""', f'msgid "{german}"\nmsgstr "{english}"')
    for german, one, many in (("Treffer", "one hit", "%(num)s hits"), ("Ort", "one place", "%(num)s places")):
        plural = f'msgid_plural "%(num)s {german}{"e" if german == "Ort" else ""}"\n'
        translate(core, f'{plural}msgstr[0] ""\nmsgstr[1] ""', f'{plural}msgstr[0] "{one}"\nmsgstr[1] "{many}"')
    return core


def test_texts_of_code_and_templates_wait_in_the_catalogue_of_their_own_distribution(root: Path) -> None:
    assert update(root) == [
        "wf40: 5 texts, 5 without translation",
        "partner_network: 1 texts, 1 without translation",
    ]
    faults = check(root)
    assert len(faults) == 6
    assert "partner_network: not translated: 'Partner'" in faults


def test_complete_catalogues_are_sound_and_a_second_update_changes_nothing(root: Path, core: Path) -> None:
    assert check(root) == []
    before = core.read_bytes()
    update(root)
    assert core.read_bytes() == before
    assert str(root).encode() not in before


def test_a_new_text_is_missed(root: Path, core: Path) -> None:
    translate(root / "wf40" / "firms.py", 'TITLE = _l("Unternehmen")', 'TITLE = _l("Unternehmen") + _l("Neu")')
    assert check(root) == ["wf40: not in the catalogue (make translations): 'Neu'"]
    update(root)
    assert check(root) == ["wf40: not translated: 'Neu'"]


def test_a_text_in_another_context_has_its_own_translation(root: Path, core: Path) -> None:
    translate(
        root / "wf40" / "firms.py",
        'TITLE = _l("Unternehmen")',
        'TITLE = _l("Unternehmen"), _pl("Einzahl", "Unternehmen")',
    )
    page = root / "wf40" / "templates" / "firms" / "list.html"
    translate(page, "<h1>", "<h1>{{ pgettext('Einzahl', 'Ort') }}")
    missing = sorted(check(root))
    assert missing == [f"wf40: not in the catalogue (make translations): {text!r}" for text in ("Ort", "Unternehmen")]
    update(root)
    translate(
        core,
        'msgctxt "Einzahl"\nmsgid "Unternehmen"\nmsgstr ""',
        'msgctxt "Einzahl"\nmsgid "Unternehmen"\nmsgstr "Firm"',
    )
    assert check(root) == ["wf40: not translated: 'Ort'"]


def test_a_text_that_is_gone_is_named_and_dropped_by_the_update(root: Path, core: Path) -> None:
    translate(root / "wf40" / "firms.py", '_l("Unternehmen")', '""')
    assert check(root) == ["wf40: no longer in the code (make translations): 'Unternehmen'"]
    update(root)
    assert check(root) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("Hello %(name)s", "Hello %(nmae)s", "placeholders differ: 'Guten Tag, %(name)s'"),
        ("%(num)s hits", "hits", "placeholders differ: ('ein Treffer', '%(num)s Treffer')"),
        ("one place", "%(place)s", "placeholders differ: ('ein Ort', '%(num)s Orte')"),
        ('msgid "Unternehmen"', '#, fuzzy\nmsgid "Unternehmen"', "marked as fuzzy: 'Unternehmen'"),
        ('msgstr "Firms"', 'msgstr[x] "Firms"', "cannot read the catalogue"),
    ],
)
def test_an_unsound_translation_is_named(root: Path, core: Path, old: str, new: str, fault: str) -> None:
    translate(core, old, new)
    faults = check(root)
    assert len(faults) == 1
    assert faults[0].startswith(f"wf40: {fault}")
