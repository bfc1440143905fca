"""Tables of the search's index. They are written by :mod:`wf40.core.search.index` alone.

Every lookup is one range of an ordered key: unit and kind, then the beginning of what was typed. So a query costs what
it finds, on SQLite as on PostgreSQL, whether it has one character or ten.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key, KeyText

_ORDERED = {"sqlite_with_rowid": False}
LONGEST_KIND = 60


class SearchedRecord(Base):
    """A record that can be found. ``words`` holds all its words, each after a blank."""

    __tablename__ = "search_record"
    __table_args__ = (Index("ix_search_record_title", "unit_id", "kind", "title_key", "record_id"), _ORDERED)

    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int]
    title_key: Mapped[str] = mapped_column(Key)
    words: Mapped[str] = mapped_column(KeyText)


class SearchedWord(Base):
    """A word of a record."""

    __tablename__ = "search_word"
    __table_args__ = (_ORDERED,)

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    word: Mapped[str] = mapped_column(Key, primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class WordPart(Base):
    """A word and what is left of it from any of its letters on: "inside a word" is the beginning of such a part.

    ``copy`` lets two who need the same new word at the same moment both write it instead of waiting for each other.
    """

    __tablename__ = "search_part"
    __table_args__ = (_ORDERED,)

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    part: Mapped[str] = mapped_column(Key, primary_key=True)
    word: Mapped[str] = mapped_column(Key, primary_key=True)
    copy: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class IndexState(Base):
    """How far the index of a kind has been built: up to which record, and by which rules."""

    __tablename__ = "search_state"

    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    rules: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    complete: Mapped[bool] = mapped_column(default=False)


class Viewed(Base):
    """A record whose page somebody of the office opened lately."""

    __tablename__ = "search_viewed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND), primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
