"""What was stored in one language is shown in the reader's."""

from flask_babel import force_locale

from wf40.base.i18n import _l
from wf40.base.stored_texts import as_shown, to_store


def test_a_text_is_stored_as_the_code_has_it_and_shown_as_it_is_read(office):
    with office.app.test_request_context():
        with force_locale("en"):
            stored = to_store(_l("Gespräche & Besuche"))
            assert stored == "Gespräche & Besuche"
            assert as_shown(stored) == "Conversations & visits"
            assert as_shown("Zuständig: Gespräche & Besuche") == "Responsible: Gespräche & Besuche"
            assert as_shown("Ort: Unternehmen") == "Town: Unternehmen"
            assert as_shown("Zuständig: Nr. 7: x") == "Responsible: Nr. 7: x"
            assert as_shown("Zuständig: " * 5000) == "Responsible: " + "Zuständig: " * 4999
            assert as_shown("") == ""
            assert as_shown("Niemandes Wort") == "Niemandes Wort"
        assert as_shown(stored) == stored


def test_without_an_application_a_text_is_stored_all_the_same():
    assert to_store(_l("Zuständig")) == "Zuständig"
