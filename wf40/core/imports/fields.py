"""What a column of a firm table can mean. Birth date, nationality and private address are not offered, ever."""

from dataclasses import dataclass

from wf40.core.imports.problems import N_


@dataclass(frozen=True, slots=True)
class TargetField:
    """One thing a column may fill. ``words`` are header words in German and English, written folded.

    ``identifier``: it is used to recognise a firm again, so a value that cannot be read makes the row faulty. Any
    other unreadable value is left out, the row goes in, and the value is listed as a note.
    """

    key: str
    label: str
    words: tuple[str, ...]
    identifier: bool = False


NOT_TAKEN = N_("nicht übernehmen")

FIELDS: tuple[TargetField, ...] = (
    TargetField("name", N_("Name"), (
        "name", "firma", "firmenname", "unternehmen", "unternehmensname", "name des unternehmens", "name der firma", "firmierung",
        "company", "company name", "organisation", "organisationsname", "organization", "betrieb", "betriebsname", "einrichtung",
        "name des beguenstigten", "beguenstigter", "beneficiary", "beneficiary name", "name of the beneficiary", "account holder",
        "name 1", "name1", "legal name", "registered name", "mitglied", "mitgliedsunternehmen", "zuwendungsempfaenger",
    ), identifier=True),
    TargetField("legal_form", N_("Rechtsform"), (
        "rechtsform", "rf", "gesellschaftsform", "unternehmensform", "legal form", "legal type", "company type",
    )),
    TargetField("register_kind", N_("Registerart"), (
        "registerart", "register art", "art des registers", "registertyp", "register type", "register kind", "empfaengertyp",
    ), identifier=True),
    TargetField("register_number", N_("Registernummer"), (
        "registernummer", "register nr", "registernr", "reg nr", "register number", "handelsregisternummer", "hr nr", "hrb", "hra",
        "handelsregister nr", "hr nummer", "handelsregister", "registration number", "hrb nr", "vereinsregisternummer", "empfaengerid",
    ), identifier=True),
    TargetField("register_suffix", N_("Zusatz zur Registernummer"), (
        "register suffix", "registerzusatz", "zusatz registernummer", "zusatz zur registernummer", "nummernzusatz",
    )),
    TargetField("register_court", N_("Registergericht"), (
        "registergericht", "amtsgericht", "gericht", "register court", "registrar", "court", "ag", "hr gericht", "handelsregistergericht",
    )),
    TargetField("source_key", N_("Kennung in der Quelle"), (
        "kennung", "id", "kundennummer", "mitgliedsnummer", "identnummer", "ident nr", "ihk nummer", "eigene nummer", "schluessel",
        "company number", "external id", "key", "slug", "opendata id", "firmennummer", "datensatznummer", "adressnummer",
        "installation id", "source id", "kennung in der quelle", "betriebsnummer", "unternehmensnummer",
    ), identifier=True),
    TargetField("status", N_("Status"), ("status", "zustand", "registerstatus", "state of registration", "aktiv", "firmenstatus")),
    TargetField("former_names", N_("Frühere Namen"), (
        "fruehere namen", "fruehere firma", "frueherer name", "ehemalige namen", "alte namen", "vormals", "ehemals", "previous names",
        "former names", "previous name", "former name", "fruehere firmierung",
    )),
    TargetField("address", N_("Anschrift (ungeteilt)"), (
        "anschrift", "adresse", "address", "registered address", "geschaeftsanschrift", "firmenanschrift", "postanschrift",
        "vollstaendige anschrift", "business address",
    )),
    TargetField("street", N_("Straße"), ("strasse", "str", "strasse nr", "strasse hausnummer", "strasse und hausnummer", "street")),
    TargetField("house_number", N_("Hausnummer"), ("hausnummer", "haus nr", "hausnr", "hnr", "house number", "nr", "hsnr")),
    TargetField("postcode", N_("PLZ"), ("plz", "postleitzahl", "postcode", "postal code", "zip", "zip code", "zipcode", "code postal")),
    TargetField("town", N_("Ort"), (
        "ort", "stadt", "gemeinde", "sitz", "town", "city", "wohnort firma", "firmensitz", "registered office", "place", "kommune",
        "ortschaft", "standort", "unternehmenssitz", "sitz der gesellschaft",
    )),
    TargetField("federal_state", N_("Bundesland"), ("bundesland", "federal state", "federal state en", "state", "land")),
    TargetField("phone", N_("Telefon"), (
        "telefon", "tel", "telefonnummer", "rufnummer", "phone", "telephone", "phone number", "festnetz", "tel nr", "telefon 1",
    )),
    TargetField("email", N_("E-Mail"), ("e mail", "email", "mail", "e mail adresse", "emailadresse", "email address", "mailadresse")),
    TargetField("website", N_("Website"), (
        "website", "webseite", "web", "internet", "homepage", "url", "internetseite", "www", "internetadresse", "webadresse",
    )),
    TargetField("vat_id", N_("USt-IdNr."), (
        "ust idnr", "ustid", "ust id", "ust id nr", "umsatzsteuer id", "umsatzsteueridentifikationsnummer", "vat", "vat id",
        "vat number", "vat no", "umsatzsteuer identifikationsnummer", "ustidnr",
    ), identifier=True),
    TargetField("economic_id", N_("W-IdNr."), (
        "w idnr", "widnr", "w id nr", "wirtschafts id", "wirtschaftsidentifikationsnummer", "wirtschafts identifikationsnummer",
    ), identifier=True),
    TargetField("wz_code", N_("WZ-Code"), (
        "wz", "wz code", "wz 2008", "wz 2025", "wz schluessel", "wz nummer", "wirtschaftszweig", "branchenschluessel", "nace",
        "nace code", "nace id", "nace 20", "nace20", "branchencode", "wirtschaftszweig code", "wz klassifikation",
    )),
    TargetField("employees", N_("Beschäftigte"), (
        "beschaeftigte", "mitarbeiter", "mitarbeiterzahl", "anzahl mitarbeiter", "mitarbeitende", "anzahl beschaeftigte", "employees",
        "ma", "beschaeftigtenzahl", "number of employees", "headcount", "svb", "employees range",
    )),
    TargetField("founded_year", N_("Gründungsjahr"), (
        "gruendungsjahr", "gegruendet", "gruendung", "gruendungsdatum", "founded", "founding year", "year founded",
    )),
    TargetField("trade_name", N_("Geschäftsbezeichnung"), (
        "geschaeftsbezeichnung", "handelsname", "markenname", "kurzname", "kurzbezeichnung", "trade name", "trading name",
        "brand", "suchname", "matchcode",
    )),
    TargetField("kind", N_("Art der Organisation"), (
        "art der organisation", "organisationsart", "unternehmensart", "organisation type", "business type", "betriebsart",
    )),
    TargetField("as_of", N_("Stand"), (
        "stand", "datenstand", "stand der daten", "retrieved", "as of", "aktualisiert", "abgerufen", "letzte aenderung", "last update",
        "abrufdatum", "aktualisiert am", "date of last update", "datum der letzten aktualisierung",
    )),
    TargetField("contact_name", N_("Ansprechperson"), (
        "ansprechperson", "ansprechpartner", "ansprechpartnerin", "kontaktperson", "kontakt", "contact", "contact name", "contact person",
        "geschaeftsfuehrer", "geschaeftsfuehrung", "inhaber", "vertreten durch",
    )),
    TargetField("note", N_("Notiz"), ("notiz", "bemerkung", "bemerkungen", "anmerkung", "kommentar", "note", "notes", "comment", "hinweis")),
)  # fmt: skip

FIELD_BY_KEY = {target.key: target for target in FIELDS}
