"""Keeps mails that were dropped until they are saved as conversations, and the attachments of those."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from wf40.base.access import Actor, requires
from wf40.base.errors import Forbidden, InvalidInput, NotFound
from wf40.base.i18n import _l
from wf40.base.uow import Database, UnitOfWork
from wf40.core.mails.models import Attachment, MailDraft
from wf40.core.mails.reading import MailContent, ReadFile

EDIT, READ = "consultations.edit", "consultations.read"
KEEP_DRAFTS = timedelta(days=7)
MOST_DRAFTS = 50
"""How many mails of one person wait at once; the oldest give way."""


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """A file as lists show it."""

    id: int
    name: str
    media_type: str
    size: int
    inline: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail that waits, with its files."""

    id: int
    mail: MailContent
    files: tuple[AttachmentLine, ...]


@requires(EDIT)
def may_drop(u: UnitOfWork) -> None:
    """Refuse who may not record conversations."""
    if u.actor.unit_id is None or u.actor.user_id is None:
        raise Forbidden(EDIT)


@requires(EDIT)
def add_draft(u: UnitOfWork, mail: MailContent, files: Collection[ReadFile]) -> int:
    """Put a mail aside and return its id."""
    if u.actor.unit_id is None or u.actor.user_id is None:
        raise Forbidden(EDIT)
    mine = select(MailDraft.id).where(MailDraft.author_id == u.actor.user_id).order_by(MailDraft.id.desc())
    surplus = list(u.session.scalars(mine.offset(MOST_DRAFTS - 1)))
    u.session.execute(delete(MailDraft).where(MailDraft.id.in_(surplus)))
    row = MailDraft(unit_id=u.actor.unit_id, author_id=u.actor.user_id, mail=mail.as_json(), created_at=u.now)
    u.session.add(row)
    u.session.flush()
    for position, file in enumerate(files):
        u.session.add(
            Attachment(
                draft_id=row.id,
                position=position,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                sha256=file.sha256,
                inline=file.inline,
                content=file.content,
                created_at=u.now,
            )
        )
    u.session.flush()
    return row.id


@requires(EDIT)
def draft(u: UnitOfWork, draft_id: int) -> Draft:
    """Return a mail that waits; raises :class:`NotFound` for one that is gone or was dropped by somebody else."""
    row = u.session.get(MailDraft, draft_id)
    if row is None or row.author_id != u.actor.user_id:
        raise NotFound
    return Draft(row.id, MailContent.from_json(row.mail), tuple(_lines(u, Attachment.draft_id == row.id)))


@requires(EDIT)
def take_over(u: UnitOfWork, draft_id: int, consultation_id: int, chosen: Collection[int]) -> None:
    """Attach the chosen files of a draft to the conversation that it became; the rest is removed. A second time
    changes nothing.

    Raises:
        InvalidInput: the draft is gone, and files were chosen that the conversation does not have.
    """
    row = u.session.get(MailDraft, draft_id)
    if row is not None and row.author_id == u.actor.user_id:
        mine = Attachment.draft_id == row.id, Attachment.id.in_(chosen)
        u.session.execute(update(Attachment).where(*mine).values(consultation_id=consultation_id, draft_id=None))
        u.session.delete(row)
        u.session.flush()
    there = set(u.session.scalars(select(Attachment.id).where(Attachment.consultation_id == consultation_id)))
    if not set(chosen) <= there:
        sentence = _l(
            "Die Anhänge dieser E-Mail liegen nicht mehr vor. Bitte legen Sie die E-Mail noch einmal ab, oder speichern "
            "Sie ohne Anhänge."
        )
        raise InvalidInput(sentence, {"attachment_ids": sentence})


@requires(READ)
def attachments_of(u: UnitOfWork, consultation_id: int) -> list[AttachmentLine]:
    """Return the files of a conversation, for callers who have checked that it may be read."""
    return _lines(u, Attachment.consultation_id == consultation_id)


@requires(READ)
def content_of(u: UnitOfWork, consultation_id: int, attachment_id: int) -> tuple[str, bytes]:
    """Return name and content of a conversation's file, for callers who have checked that it may be read.

    Raises:
        NotFound: it is none of this conversation's.
    """
    wanted = select(Attachment.name, Attachment.content).where(
        Attachment.id == attachment_id, Attachment.consultation_id == consultation_id
    )
    found = u.session.execute(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found[0], found[1]


@requires(EDIT)
def remove(u: UnitOfWork, consultation_id: int, attachment_id: int) -> None:
    """Remove a conversation's file for good, for callers who have checked that it may be changed.

    Raises:
        NotFound: it is none of this conversation's.
    """
    wanted = select(Attachment).where(Attachment.id == attachment_id, Attachment.consultation_id == consultation_id)
    row = u.session.scalar(wanted)
    if row is None:
        raise NotFound
    u.session.delete(row)
    u.audit("attachment_removed", f"consultation:{consultation_id}", {"sha256": row.sha256, "size": row.size})


def clear(database: Database) -> None:
    """Remove mails that nobody saved as conversations within a week, with their files."""
    with database.write(Actor.system("mails")) as u:
        old = MailDraft.created_at < u.now - KEEP_DRAFTS
        if count := u.session.scalar(select(func.count()).select_from(MailDraft).where(old)):
            u.session.execute(delete(MailDraft).where(old))
            u.audit("mail_drafts_removed", "office", {"count": count})


def _lines(u: UnitOfWork, condition: object) -> list[AttachmentLine]:
    columns = Attachment.id, Attachment.name, Attachment.media_type, Attachment.size, Attachment.inline
    rows = u.session.execute(select(*columns).where(condition).order_by(Attachment.position, Attachment.id))  # type: ignore[arg-type]
    return [AttachmentLine(*row) for row in rows]
