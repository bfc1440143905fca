"""Tables of imports: one row a file, one row a line of it, and the file itself until it is no longer needed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Json, partial


class ImportRun(Base):
    """One file on its way into the office.

    ``position`` is the row up to which the present phase (check or import) is done; it moves in the same transaction
    as the firms. ``lease_token`` belongs to the worker that may move it until ``lease_until``. ``policies`` say by
    field whether the file may fill what is empty, overwrite, or wins where it is newer (where nothing is said).
    ``newest_firm`` is the last firm that stood before the phase began: only up to it firms are similar, never those
    of the same file. ``undo_position`` is for the undoing what ``position`` is for the import.
    """

    __tablename__ = "import_run"
    __table_args__ = (
        Index("ix_import_run_unit_id_created_at", "unit_id", "created_at"),
        # The number of a discarded import stands in the log and in addresses: no other one gets it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(300))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), index=True)
    encoding: Mapped[str] = mapped_column(String(40), default="")
    sheet: Mapped[str] = mapped_column(String(200), default="")
    sheets: Mapped[list[Any]] = mapped_column(default=list)
    header_row: Mapped[int] = mapped_column(default=0)
    headers: Mapped[list[Any]] = mapped_column(default=list)
    fields: Mapped[list[Any]] = mapped_column(default=list)
    edition: Mapped[str] = mapped_column(String(4), default="")
    source: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(30))
    source_date: Mapped[date | None]
    total: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    planned: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lease_token: Mapped[str] = mapped_column(String(40), default="")
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    policies: Mapped[dict[str, Any]] = mapped_column(default=dict)
    profile_id: Mapped[int | None] = mapped_column(ForeignKey("import_profile.id", ondelete="SET NULL"))
    undecided: Mapped[str] = mapped_column(String(10), default="skip")
    newest_firm: Mapped[int | None]
    undo_position: Mapped[int] = mapped_column(default=0)
    undo_counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    undoer_name: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None]


class ImportRow(Base):
    """One line of the file. ``cells`` are removed some time after the import; what became of the line stays.

    ``outcome`` is what the check expects, then what happened. ``detail`` holds ``changes`` ([field, old, new]),
    ``reason`` and ``notes`` (problems as data), ``name``, and ``candidates`` ([firm, probability, evidence codes])
    where a person has to look; ``choice`` is what that person said: 0 a new firm, else the firm. ``edited`` lines hold
    cells that were corrected here. ``before`` is what undoing needs beside the changes, ``undone`` what became of that.
    """

    __tablename__ = "import_row"
    __table_args__ = (
        Index("ix_import_row_run_id_outcome", "run_id", "outcome", "row_no"),
        partial("ix_import_row_firm_id", "firm_id IS NOT NULL", "firm_id"),
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    row_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    cells: Mapped[Any] = mapped_column(Json, nullable=True)
    fault: Mapped[Any] = mapped_column(Json, nullable=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id", ondelete="SET NULL"))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    choice: Mapped[int | None]
    edited: Mapped[bool] = mapped_column(default=False)
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    undone: Mapped[Any] = mapped_column(Json, nullable=True)


class ImportFile(Base):
    """The file as it came, for another sheet of it to be read."""

    __tablename__ = "import_file"

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportMarks(Base):
    """By what later rows of a file would mean the same firm: hashes and row numbers, one row of this table a batch up to
    ``position``. So single rows are checked anew, and a worker goes on for another, without reading the file again.
    """

    __tablename__ = "import_marks"

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ImportProfile(Base):
    """How files of one shape are read: columns, rules and origin under a name, proposed for the next file like it.

    ``shape`` is a hash of the header words in any order; ``columns`` are [header, field, rule] in the order of the file.
    """

    __tablename__ = "import_profile"
    __table_args__ = (
        UniqueConstraint("unit_id", "name", name="uq_import_profile_unit_id_name"),
        Index("ix_import_profile_unit_id_shape", "unit_id", "shape"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str] = mapped_column(String(100))
    shape: Mapped[str] = mapped_column(String(64))
    columns: Mapped[list[Any]] = mapped_column(default=list)
    edition: Mapped[str] = mapped_column(String(4), default="")
    source: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(String(30))
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
