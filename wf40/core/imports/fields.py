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
        "name 1", "name1", "legal name", "registered name", "mitglied", "mitgliedsunternehmen", "zuwendungsempfaenger", "beguenstigte",
        "name der beguenstigten", "name of beneficiary", "beneficiaries", "recipient", "recipient name", "grantee", "empfaenger",
        "name des empfaengers", "name des zuwendungsempfaengers", "letztempfaenger", "foerdermittelempfaenger", "institution",
        "firmenbezeichnung", "unternehmensbezeichnung", "name firma", "firma name", "firmen name", "name des betriebs", "business name",
        "name der einrichtung", "name der organisation", "organization name", "organisation name", "entity name", "account name",
        "kundenname", "mitgliedsname", "vereinsname", "name des vereins", "name unternehmen", "unternehmen name", "firma 1", "betriebe",
    ), identifier=True),
    TargetField("legal_form", N_("Rechtsform"), (
        "rechtsform", "rf", "gesellschaftsform", "unternehmensform", "legal form", "legal type", "company type", "entity type",
    )),
    TargetField("register_kind", N_("Registerart"), (
        "registerart", "register art", "art des registers", "registertyp", "register type", "register kind", "empfaengertyp",
    ), identifier=True),
    TargetField("register_number", N_("Registernummer"), (
        "registernummer", "register nr", "registernr", "reg nr", "register number", "handelsregisternummer", "hr nr", "hrb", "hra",
        "handelsregister nr", "hr nummer", "handelsregister", "registration number", "hrb nr", "vereinsregisternummer", "empfaengerid", "hra hrb",
        "hrb hra", "hr", "hrb nummer", "hra nummer", "handelsregistereintrag", "registereintrag", "company registration number",
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
    TargetField("address", N_("Anschrift in einer Spalte"), (
        "anschrift", "adresse", "address", "registered address", "geschaeftsanschrift", "firmenanschrift", "postanschrift",
        "vollstaendige anschrift", "business address", "plz ort", "ort plz", "plz stadt", "postleitzahl ort",
        "plz und ort", "postleitzahl und ort", "adresse des unternehmens", "anschrift des unternehmens", "full address", "location",
        "anschrift der firma", "firmenadresse", "postadresse", "beneficiary address",
    )),
    TargetField("street", N_("Straße"), (
        "strasse", "str", "strasse nr", "strasse hausnummer", "strasse und hausnummer", "street", "str nr", "strasse und nr",
        "strasse hausnr", "strasse haus nr", "strasse u hausnummer", "strasse u hausnr", "strassenname", "strasse und hausnr",
        "street address", "street name", "address line 1", "adresszeile 1", "anschrift strasse",
    )),
    TargetField("house_number", N_("Hausnummer"), ("hausnummer", "haus nr", "hausnr", "hnr", "house number", "nr", "hsnr")),
    TargetField("postcode", N_("PLZ"), ("plz", "postleitzahl", "postcode", "postal code", "zip", "zip code", "zipcode", "code postal", "post code")),
    TargetField("town", N_("Ort"), (
        "ort", "stadt", "gemeinde", "sitz", "town", "city", "wohnort firma", "firmensitz", "registered office", "place", "kommune",
        "ortschaft", "standort", "unternehmenssitz", "sitz der gesellschaft", "ortsname", "municipality", "locality", "beneficiary city",
    )),
    TargetField("federal_state", N_("Bundesland"), ("bundesland", "federal state", "federal state en", "state", "land")),
    TargetField("phone", N_("Telefon"), (
        "telefon", "tel", "telefonnummer", "rufnummer", "phone", "telephone", "phone number", "festnetz", "tel nr", "telefon 1", "fon", "telefon nr",
    )),
    TargetField("email", N_("E-Mail"), ("e mail", "email", "mail", "e mail adresse", "emailadresse", "email address", "mailadresse", "e mail adressen", "mail adresse")),
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
        "nace code", "nace id", "nace 20", "nace20", "branchencode", "wirtschaftszweig code", "wz klassifikation", "wz 08", "wz08", "wz2008", "wz2025", "industry code",
    )),
    TargetField("employees", N_("Beschäftigte"), (
        "beschaeftigte", "mitarbeiter", "mitarbeiterzahl", "anzahl mitarbeiter", "mitarbeitende", "anzahl beschaeftigte", "employees",
        "ma", "beschaeftigtenzahl", "number of employees", "headcount", "svb", "employees range", "anzahl ma", "mitarbeiteranzahl",
        "zahl der beschaeftigten", "anzahl der beschaeftigten", "anzahl der mitarbeiter", "anzahl mitarbeitende", "sv beschaeftigte",
        "beschaeftigte gesamt", "mitarbeiterinnen und mitarbeiter", "no of employees", "staff",
    )),
    TargetField("founded_year", N_("Gründungsjahr"), (
        "gruendungsjahr", "gegruendet", "gruendung", "gruendungsdatum", "founded", "founding year", "year founded", "gegruendet am", "jahr der gruendung", "year established", "founding date",
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
        "abrufdatum", "aktualisiert am", "date of last update", "datum der letzten aktualisierung", "last updated", "updated at",
        "geaendert am", "aenderungsdatum", "letzte aktualisierung",
    )),
    TargetField("contact_name", N_("Ansprechperson"), (
        "ansprechperson", "ansprechpartner", "ansprechpartnerin", "kontaktperson", "kontakt", "contact", "contact name", "contact person",
        "geschaeftsfuehrer", "geschaeftsfuehrung", "inhaber", "vertreten durch",
    )),
    TargetField("note", N_("Notiz"), ("notiz", "bemerkung", "bemerkungen", "anmerkung", "kommentar", "note", "notes", "comment", "hinweis")),
)  # fmt: skip

FIELD_BY_KEY = {target.key: target for target in FIELDS}
