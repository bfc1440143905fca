"""Tables of the search's index.

What is true stands in ``search_record``, and what changed about it in ``search_log``; both are written by
:mod:`wf40.core.search.index` in the transaction of the record. Words and blocks follow some thousand records at a time
(:mod:`wf40.core.search.settling`): rows that go to the same pages are written at once. A query reads both, so that it
never misses what was just saved.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wf40.base.db import Base, Key, KeyText

_ORDERED = {"sqlite_with_rowid": False}
LONGEST_KIND = 60
_Kind = String(LONGEST_KIND).with_variant(String(LONGEST_KIND, collation="C"), "postgresql")


class SearchedRecord(Base):
    """A record that can be found. ``words`` holds all its words, each after a blank."""

    __tablename__ = "search_record"
    __table_args__ = (Index("ix_search_record_title", "unit_id", "kind", "title_key", "record_id"), _ORDERED)

    kind: Mapped[str] = mapped_column(_Kind, primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_id: Mapped[int]
    title_key: Mapped[str] = mapped_column(Key)
    words: Mapped[str] = mapped_column(KeyText)


class LoggedChange(Base):
    """Records whose words changed: of each a line with its number and the words that it has now, or has no more."""

    __tablename__ = "search_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    kind: Mapped[str] = mapped_column(_Kind)
    added: Mapped[str] = mapped_column(KeyText)
    removed: Mapped[str] = mapped_column(Text)


class SearchedWord(Base):
    """A word of a record. One that the record has no more may stay for a while: ``search_record`` knows."""

    __tablename__ = "search_word"
    __table_args__ = (_ORDERED,)

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(_Kind, primary_key=True)
    word: Mapped[str] = mapped_column(Key, primary_key=True)
    record_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class WordBlock(Base):
    """Distinct words that follow each other in order, from ``first`` on, each between blanks.

    Who looks inside words reads all of them: a million firms have some hundred thousand words, a few megabytes.
    """

    __tablename__ = "search_block"

    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(_Kind, primary_key=True)
    first: Mapped[str] = mapped_column(Key, primary_key=True)
    words: Mapped[str] = mapped_column(KeyText)


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
