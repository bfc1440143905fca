"""The process that touches a mail nobody trusts: ``python -m wf40.core.mails.child`` with a task as JSON on stdin.

It limits itself first, writes each attachment into the folder it was given as a file named by a number, and answers one
JSON object. Attachments are never opened, unpacked or looked into.
"""

from pathlib import Path
from typing import Any

from wf40.base.limited import answer_task
from wf40.core.mails.parts import MOST_PEOPLE, Mail, Person, Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff")


def read(task: dict[str, Any]) -> dict[str, Any]:
    """Read the mail of a task and return what was found.

    Raises:
        Refused: with the code of the sentence.
    """
    content = Path(task["source"]).read_bytes()
    if not content.strip():
        raise Refused("empty")
    if content.startswith(_OTHERS):
        raise Refused("not_a_mail")
    # Each way of reading is loaded only where it is needed.
    if content.startswith(_OLE):
        from wf40.core.mails import outlook

        mail = outlook.read(content)
    else:
        from wf40.core.mails import eml

        mail = eml.read(content)
    return _answer(mail, Path(task["folder"]))


def _answer(mail: Mail, folder: Path) -> dict[str, Any]:
    for number, file in enumerate(mail.files):
        (folder / str(number)).write_bytes(file.content)
    return {
        "subject": mail.subject,
        "at": mail.at.isoformat() if mail.at else None,
        "sender": _people([mail.sender] if mail.sender else []),
        "to": _people(mail.to),
        "cc": _people(mail.cc),
        "text": mail.text,
        "shortened": mail.shortened,
        "files": [{"name": f.name, "media_type": f.media_type, "inline": f.inline} for f in mail.files],
    }


def _people(found: list[Person]) -> list[list[str]]:
    return [[person.name, person.address] for person in found[:MOST_PEOPLE]]


if __name__ == "__main__":
    answer_task(read)
