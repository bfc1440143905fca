"""The made-up partners of the demo town."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoPartner:
    """A partner. ``{town}`` in the name stands for the demo town; an empty ``town`` means the demo town."""

    name: str
    short: str
    kind: str
    role: str
    topics: Mapping[str, str]
    town: str = ""
    note: str = ""


PARTNERS = (
    DemoPartner(
        "Industrie- und Handelskammer Seental, Geschäftsstelle {town}", "ihk seental", "chamber", "Leitung der Geschäftsstelle",
        {"staff": "Ausbildungsberatung", "succession": "Nachfolgebörse", "digital": "Erstgespräch Digitalisierung", "funding": ""},
    ),
    DemoPartner(
        "Handwerkskammer Seental", "hwk seental", "chamber", "Betriebsberatung",
        {"staff": "Lehrlingswarte", "succession": "Unternehmenswert und Übergabe", "digital": "Digitalcheck im Handwerk", "energy": ""},
        town="Neustadt am Seental",
    ),
    DemoPartner(
        "Hochschule Seental, Transferstelle", "hochschule seental", "university", "Technologietransfer",
        {"digital": "Abschlussarbeiten und Praxisprojekte mit Betrieben", "staff": "Werkstudierende"}, town="Neustadt am Seental",
    ),
    DemoPartner(
        "Digitalwerkstatt {town}", "digitalwerkstatt", "other", "Werkstattleitung",
        {"digital": "Maschinen und Programme zum Ausprobieren, kostenfrei"}, note="Öffnet dienstags und donnerstags.",
    ),
    DemoPartner(
        "Bergmann & Täuber Digitalberatung", "bergmann taeuber", "consultancy", "Geschäftsführung",
        {"digital": "Einführung von Warenwirtschaft und Onlineverkauf"},
    ),
    DemoPartner(
        "Nordlicht IT-Sicherheit", "nordlicht it", "consultancy", "Beratung",
        {"digital": "Datensicherung und Schutz vor Angriffen"}, town="Neustadt am Seental",
    ),
    DemoPartner(
        "Agentur für Arbeit Seental, Arbeitgeberservice", "arbeitgeberservice seental", "authority", "Arbeitgeberservice",
        {"staff": "Vermittlung, Eingliederung, Qualifizierung"},
    ),
    DemoPartner("Berufliche Schule {town}", "berufsschule", "other", "Abteilungsleitung", {"staff": "Praktika und Ausbildungstage"}),
    DemoPartner(
        "Sparkasse Seental, Firmenkundenberatung", "sparkasse seental", "other", "Firmenkundenberatung",
        {"funding": "Förderkredite", "succession": "Finanzierung der Übernahme"},
    ),
    DemoPartner("Bürgschaftsbank Seenland", "buergschaftsbank seenland", "other", "Beratung", {"funding": "Bürgschaften"}, town="Landstadt"),
    DemoPartner(
        "Förderbank Seenland", "foerderbank seenland", "authority", "Unternehmensförderung",
        {"funding": "Zuschüsse und Darlehen des Landes", "energy": "", "digital": "Digitalisierungsprämie"}, town="Landstadt",
    ),
    DemoPartner("Energieagentur Seental", "energieagentur seental", "other", "Energieberatung", {"energy": "Energiecheck im Betrieb"}),
    DemoPartner(
        "Stadtwerke {town}", "stadtwerke", "other", "Geschäftskunden", {"energy": "Fernwärme, Ladepunkte, Fotovoltaik auf dem Dach"}
    ),
    DemoPartner(
        "Kober Energie- und Umweltberatung", "kober umwelt", "consultancy", "Inhaberin", {"energy": "Energieaudit", "permit": "Immissionsschutz"},
        town="Altdorf",
    ),
    DemoPartner(
        "Bauordnungsamt {town}", "bauordnungsamt", "authority", "Bauberatung", {"permit": "Bauberatung vor dem Antrag", "space": ""},
        note="Sprechzeiten nach Vereinbarung.",
    ),
    DemoPartner("Landratsamt Seental, Gewerbe und Umwelt", "landratsamt seental", "authority", "Sachgebietsleitung", {"permit": ""}),
    DemoPartner(
        "Entwicklungsgesellschaft Gewerbepark Seental", "gewerbepark seental", "company", "Vermietung", {"space": "Hallen und Büros", "location": ""}
    ),
    DemoPartner("Gewerbeverein {town} e. V.", "gewerbeverein", "association", "Vorsitz", {"location": "Stadtfeste, Gutscheine", "staff": ""}),
    DemoPartner(
        "Unternehmensverband Seental e. V.", "unternehmensverband seental", "association", "Geschäftsführung",
        {"succession": "Gesprächskreis", "staff": "Arbeitsrecht"}, town="Neustadt am Seental",
    ),
    DemoPartner(
        "Seniorberatung Erfahrung teilen e. V.", "erfahrung teilen", "association", "Vorsitz",
        {"succession": "Begleitung durch Unternehmerinnen und Unternehmer im Ruhestand", "funding": "Geschäftsplan"},
    ),
    DemoPartner("Gründerzentrum {town}", "gruenderzentrum", "other", "Zentrumsleitung", {"space": "Büros auf Zeit", "funding": "Gründungsberatung"}),
    DemoPartner(
        "Breitbandbüro Seental", "breitbandbuero", "authority", "Breitbandkoordination", {"location": "Glasfaser im Gewerbegebiet"},
        note="Aufgelöst; die Aufgabe liegt beim Landratsamt.",
    ),
)  # fmt: skip
GIVEN_NAMES = (
    "Anke",
    "Bilal",
    "Carla",
    "Dörte",
    "Emre",
    "Frauke",
    "Gerd",
    "Hanna",
    "Ilse",
    "Jörg",
    "Katrin",
    "Lukas",
    "Mehmet",
    "Nele",
    "Ömer",
    "Petra",
)
SURNAMES = (
    "Amsel",
    "Bäcker",
    "Czerny",
    "Drechsler",
    "Ebert",
    "Färber",
    "Grünwald",
    "Hövel",
    "Imhof",
    "Jäckle",
    "Kruse",
    "Löffler",
    "Mertens",
    "Öttinger",
)
SECOND_ROLES = ("Sekretariat", "Fachberatung", "Stellvertretung", "Terminvergabe")
