"""The versioned table "Strukturdruck der Branche": how hard disruptive change presses a sector, by WZ division.

What enters here: figures with their published source, the arithmetic that joins them, and no database.
"""

from wf40.core.risk.exposure.table import (
    Exposure,
    FamilyValue,
    OfficeShift,
    PressureLevel,
    exposure_of,
    pressure_level,
    table_version,
)

__all__ = [
    "Exposure",
    "FamilyValue",
    "OfficeShift",
    "PressureLevel",
    "exposure_of",
    "pressure_level",
    "table_version",
]
