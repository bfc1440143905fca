"""German registers: kinds, numbers with their suffix, and the courts that keep them, each in one spelling."""

import re
from dataclasses import dataclass
from functools import cache

from wf40.matching.names import fold, tidy

# Seats of register courts: XJustiz code list "Registergerichte", edition 12, names of towns only.
_COURTS = [
    "Aachen",
    "Amberg",
    "Ansbach",
    "Arnsberg",
    "Aschaffenburg",
    "Augsburg",
    "Aurich",
    "Bad Hersfeld",
    "Bad Homburg v. d. Höhe",
    "Bad Kreuznach",
    "Bad Oeynhausen",
    "Bamberg",
    "Bayreuth",
    "Bielefeld",
    "Bochum",
    "Bonn",
    "Braunschweig",
    "Bremen",
    "Charlottenburg",
    "Chemnitz",
    "Coburg",
    "Coesfeld",
    "Cottbus",
    "Darmstadt",
    "Deggendorf",
    "Dortmund",
    "Dresden",
    "Duisburg",
    "Düren",
    "Düsseldorf",
    "Eschwege",
    "Essen",
    "Flensburg",
    "Frankfurt (Oder)",
    "Frankfurt am Main",
    "Freiburg",
    "Friedberg (Hessen)",
    "Fritzlar",
    "Fulda",
    "Fürth",
    "Gelsenkirchen",
    "Gießen",
    "Göttingen",
    "Gütersloh",
    "Hagen",
    "Hamburg",
    "Hamm",
    "Hanau",
    "Hannover",
    "Hildesheim",
    "Hof",
    "Homburg",
    "Ingolstadt",
    "Iserlohn",
    "Jena",
    "Kaiserslautern",
    "Kassel",
    "Kempten (Allgäu)",
    "Kiel",
    "Kleve",
    "Koblenz",
    "Köln",
    "Königstein im Taunus",
    "Korbach",
    "Krefeld",
    "Landau in der Pfalz",
    "Landshut",
    "Lebach",
    "Leipzig",
    "Lemgo",
    "Limburg a. d. Lahn",
    "Lübeck",
    "Ludwigshafen am Rhein",
    "Lüneburg",
    "Mainz",
    "Mannheim",
    "Marburg",
    "Memmingen",
    "Merzig",
    "Mönchengladbach",
    "Montabaur",
    "München",
    "Münster",
    "Neubrandenburg",
    "Neunkirchen",
    "Neuruppin",
    "Neuss",
    "Nürnberg",
    "Offenbach am Main",
    "Oldenburg (Oldenburg)",
    "Osnabrück",
    "Ottweiler",
    "Paderborn",
    "Passau",
    "Pinneberg",
    "Potsdam",
    "Recklinghausen",
    "Regensburg",
    "Rostock",
    "Saarbrücken",
    "Saarlouis",
    "Schweinfurt",
    "Schwerin",
    "Siegburg",
    "Siegen",
    "Stadthagen",
    "Steinfurt",
    "Stendal",
    "Stralsund",
    "Straubing",
    "Stuttgart",
    "Sankt Ingbert",
    "Sankt Wendel",
    "Tostedt",
    "Traunstein",
    "Ulm",
    "Völklingen",
    "Walsrode",
    "Weiden i. d. OPf.",
    "Wetzlar",
    "Wiesbaden",
    "Wittlich",
    "Wuppertal",
    "Würzburg",
    "Zweibrücken",
]

_KINDS = {
    "HRA": "hra|hr a|handelsregister a|handelsregister abteilung a|a",
    "HRB": "hrb|hr b|handelsregister b|handelsregister abteilung b|b",
    "GnR": "gnr|genossenschaftsregister|gn|g",
    "PR": "pr|partnerschaftsregister|partr|p",
    "VR": "vr|vereinsregister|v",
    "GsR": "gsr|gesr|gesellschaftsregister",
}
_KIND_BY_WORD = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
_PREFIX = re.compile(r"^\s*(?:registergericht\s+)?(?:amtsgericht|amtsg\.|ag|rg)\s+", re.IGNORECASE)
_NUMBER = re.compile(
    r"^(?:(HR\s?A|HR\s?B|GnR|PR|VR|Ge?sR)\b|(HRA|HRB|GnR|PR|VR|Ge?sR)(?=\d))?[\s.:\-]*(?:Nr\.?|Nummer)?[\s.:]*"
    r"(\d{1,8}(?:[. ]\d{3})?)[\s\-]*([A-ZÄÖÜ]{1,3})?(?:\s*\(.*\))?$",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class RegisterNumber:
    """A number without leading zeros; ``suffix`` ("KI", "B") belongs to it where a court took over another's register."""

    kind: str | None
    number: str
    suffix: str | None

    def __str__(self) -> str:
        """Return it as registers print it."""
        return " ".join(part for part in (self.kind, self.number, self.suffix) if part)


def register_kind_of(text: str) -> str | None:
    """Return HRA, HRB, GnR, PR, VR or GsR for any way of writing it, None for anything else."""
    return _KIND_BY_WORD.get(fold(text))


def register_number_of(text: str) -> RegisterNumber | None:
    """Read "HRB 380008", "380008 KI", "VR 022524 B"; None for what is no register number."""
    if text.isdigit() and text.isascii() and len(text) <= 8:
        return RegisterNumber(None, digits, None) if (digits := text.lstrip("0")) else None
    match = _NUMBER.match(tidy(text))
    if not match:
        return None
    kind = _KIND_BY_WORD.get(fold(match[1] or match[2])) if match[1] or match[2] else None
    number = re.sub(r"[. ]", "", match[3]).lstrip("0")
    return RegisterNumber(kind, number, match[4].upper() if match[4] else None) if number else None


@cache
def _courts() -> dict[str, str]:
    table: dict[str, str] = {}
    for court in _COURTS:
        table[fold(court)] = court
        table.setdefault(fold(court.split(" (")[0]), court)
    table |= {
        "berlin charlottenburg": "Charlottenburg", "charlottenburg berlin": "Charlottenburg", "berlin": "Charlottenburg",
        "frankfurt oder": "Frankfurt (Oder)", "frankfurt m": "Frankfurt am Main", "frankfurt main": "Frankfurt am Main",
        "frankfurt a m": "Frankfurt am Main", "bad homburg": "Bad Homburg v. d. Höhe", "koenigstein": "Königstein im Taunus",
        "bad homburg v d h": "Bad Homburg v. d. Höhe", "landau": "Landau in der Pfalz", "limburg": "Limburg a. d. Lahn",
        "ludwigshafen": "Ludwigshafen am Rhein", "offenbach": "Offenbach am Main", "st ingbert": "Sankt Ingbert",
        "st wendel": "Sankt Wendel", "weiden": "Weiden i. d. OPf.", "freiburg im breisgau": "Freiburg",
        "freiburg i br": "Freiburg", "freiburg breisgau": "Freiburg", "koeln": "Köln", "ludwigshafen a rhein": "Ludwigshafen am Rhein",
    }  # fmt: skip
    table.pop("frankfurt", None)
    return table


def known_court(text: str) -> str | None:
    """Return the usual name of a register court ("AG Freiburg i. Br." -> "Freiburg"), None for a name not in the list."""
    name = _PREFIX.sub("", tidy(text))
    return _courts().get(fold(name)) or _courts().get(fold(name.split("(")[0]))


def court_of(text: str) -> str:
    """Return the court in its usual spelling; courts that are not in the list keep theirs, without "Amtsgericht"."""
    name = tidy(text)
    while (shorter := _PREFIX.sub("", name)) != name:
        name = shorter
    return known_court(name) or name
