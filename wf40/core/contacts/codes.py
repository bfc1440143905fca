"""What may be chosen: roles, salutations, origins, legal bases, purposes and channels, each code with its words."""

from wf40.base.errors import Text
from wf40.base.i18n import _l, _pl

ROLES: dict[str, Text] = {
    "management": _l("Geschäftsführung"),
    "owner": _l("Inhaberin oder Inhaber"),
    "proxy": _l("Prokura"),
    "staff": _l("Personal"),
    "training": _l("Ausbildung"),
    "works_council": _l("Betriebsrat"),
    "other": _l("Sonstige"),
}
SALUTATIONS: dict[str, Text] = {"": _l("ohne"), "ms": _l("Frau"), "mr": _l("Herr")}
LANGUAGES: dict[str, Text] = {"de": _l("Deutsch"), "en": _l("Englisch")}
ORIGINS: dict[str, Text] = {
    "person": _l("von der Person selbst"),
    "firm": _l("von jemand anderem im Unternehmen"),
    "public": _l("öffentlich zugänglich (Register, Webseite, Presse)"),
    "third": _l("von Dritten (Kammer, Partner, anderes Amt)"),
}
DIRECT = "person"
MAIL_BASES: dict[str, Text] = {
    "": _l("nur mit Einwilligung"),
    "public_task": _l("öffentliche Aufgabe (Art. 6 Abs. 1 Buchst. e DSGVO)"),
    "request": _l("eigene Anfrage der Person (Art. 6 Abs. 1 Buchst. b DSGVO)"),
    "interest": _l("berechtigtes Interesse (Art. 6 Abs. 1 Buchst. f DSGVO, nicht für Behörden)"),
}
PURPOSES: dict[str, Text] = {
    "information": _l("Informationen und Einladungen"),
    "survey": _l("Befragungen und Digitalcheck"),
    "handover": _l("Weitergabe an Partner"),
}
CHANNELS: dict[str, Text] = {"mail": _l("E-Mail"), "phone": _l("Telefon"), "post": _l("Post")}
MAIL, POST = "mail", "post"
OPT_OUT_CHANNELS: dict[str, Text] = {MAIL: CHANNELS[MAIL], POST: CHANNELS[POST]}
WAYS: dict[str, Text] = {
    "written": _l("schriftlich"),
    "mail": _l("per E-Mail"),
    "spoken": _l("mündlich"),
    "online": _l("online"),
}
OPT_OUT_WAYS: dict[str, Text] = {
    "link": _l("über den Link zum Abmelden"),
    "program": _l("über das Mailprogramm"),
    "written": _l("schriftlich"),
    "mail": _l("per E-Mail"),
    "spoken": _l("mündlich"),
    "merged": _l("Widerruf aus einem zusammengeführten Eintrag"),
}
BY_HAND = ("mail", "written", "spoken")
"""The ways in which somebody of the office hears of an opt-out."""
FIELDS: dict[str, Text] = {
    "salutation": _l("Anrede"),
    "title": _l("Titel"),
    "given_name": _l("Vorname"),
    "family_name": _l("Nachname"),
    "role": _l("Rolle"),
    "function": _l("Funktion"),
    "email": _l("E-Mail"),
    "phone": _l("Telefon"),
    "mobile": _l("Mobil"),
    "language": _l("Sprache"),
    "main": _l("Wichtigste Ansprechperson"),
    "note": _l("Notiz"),
    "mail_basis": _l("Rechtsgrundlage für E-Mails"),
    "origin": _l("Herkunft der Angaben"),
    "source": _l("Quelle"),
    "as_of": _l("Stand"),
    "informed_on": _l("Person informiert am"),
    "archived_at": _l("Archiviert am"),
    "consent": _l("Einwilligung"),
    "opt_out": _l("Widerspruch"),
    "firm_id": _pl("Einzahl", "Unternehmen"),
    "merged_with": _l("Zusammengeführt mit"),
    "merged_into": _l("Aufgegangen in"),
    "separated_from": _l("Wieder getrennt von"),
}
CHOICES: dict[str, dict[str, Text]] = {
    "salutation": SALUTATIONS,
    "role": ROLES,
    "language": LANGUAGES,
    "mail_basis": MAIL_BASES,
    "origin": ORIGINS,
}
_PURPOSE_AND_CHANNEL: dict[str, Text] = {
    f"{purpose}/{channel}": _l("%(purpose)s (%(channel)s)", purpose=name, channel=way)
    for purpose, name in PURPOSES.items()
    for channel, way in CHANNELS.items()
}
WORDS: dict[str, dict[str, Text]] = {
    **CHOICES,
    "consent": _PURPOSE_AND_CHANNEL,
    "opt_out": _PURPOSE_AND_CHANNEL,
}
"""Words for every coded value in the history; the names of firms are known to the database alone."""
