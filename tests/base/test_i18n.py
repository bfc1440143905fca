"""One German word may have several English ones: what it means is said beside it."""

from pathlib import Path

from flask_babel import force_locale
from jinja2 import DictLoader, Environment

from wf40.base import i18n
from wf40.base.i18n import DomainExtension, Translator, core_texts
from wf40.core.firms import terms

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Partner"
msgstr "Partners"

msgctxt "Einzahl"
msgid "Partner"
msgstr "Partner of %(name)s"
"""


def test_one_firm_is_no_firms(office):
    with office.app.test_request_context():
        assert str(terms.KINDS["company"]) == "Unternehmen"
        with force_locale("en"):
            assert str(terms.KINDS["company"]) == "Firm"
            assert core_texts.gettext("Unternehmen") == "Firms"
            assert core_texts.pgettext("Niemandes Sinn", "Unternehmen") == "Unternehmen"
            firm = office.add_firm("Amsel GmbH").id
    page = office.client_as("advisor", language="en").get(f"/unternehmen/{firm}/bearbeiten").text
    assert ">Firm<" in page
    assert "Firms" in page


def test_a_plugins_template_asks_its_own_catalogue(office, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(i18n, "_KNOWN", {})
    catalogue = tmp_path / "en" / "LC_MESSAGES" / "kette.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(PO, "utf-8")
    texts = Translator("kette", tmp_path)
    source = '{{ _("Partner") }} {{ pgettext("Einzahl", "Partner", name="x") }}'
    pages = Environment(loader=DictLoader({"kette/a.html": source}), autoescape=True)
    pages.globals.update(plugin_domains={"kette"}, gettext_kette=texts.gettext, pgettext_kette=texts.pgettext)
    pages.add_extension(DomainExtension)
    with office.app.test_request_context(), force_locale("en"):
        assert pages.get_template("kette/a.html").render() == "Partners Partner of x"
        assert str(texts.lazy_pgettext("Einzahl", "Partner", name="y")) == "Partner of y"
