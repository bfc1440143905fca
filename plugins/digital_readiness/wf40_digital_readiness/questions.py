"""Questions as forms and paper show them, and what a form sends back as raw answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from wf40.sdk.i18n import current_language
from wf40_digital_readiness.checks import Answer, Answers, Check, Item, ItemType, in_language
from wf40_digital_readiness.checks.conditions import AllOf, Compare, Condition, items_in
from wf40_digital_readiness.texts import _


@dataclass(frozen=True, slots=True)
class Question:
    """One item in the reader's language. ``chosen``: ticked option ids; ``typed``: number or text as typed."""

    id: str
    number: int
    text: str
    help: str
    kind: str
    options: list[tuple[str, str]]
    chosen: tuple[str, ...] = ()
    typed: str = ""
    error: str = ""
    only_if: str = ""


def questions(
    check: Check, items: Iterable[Item], answers: Answers, faults: Mapping[str, str] | None = None
) -> list[Question]:
    """Return the items with the answers so far and the sentences about those that do not fit."""
    return [_question(check, item, answers, (faults or {}).get(item.id, "")) for item in items]


def _question(check: Check, item: Item, answers: Answers, error: str) -> Question:
    language = current_language()
    answer = answers.get(item.id)
    by_choice = bool(item.options)
    chosen: tuple[str, ...] = ()
    if by_choice and isinstance(answer, str):
        chosen = (answer,)
    elif by_choice and isinstance(answer, Sequence):
        chosen = tuple(answer)
    return Question(
        id=item.id,
        number=item.number,
        text=in_language(item.text, language),
        help=in_language(item.help, language),
        kind="multi" if item.type is ItemType.MULTI else "choice" if by_choice else item.type.value,
        options=[(option.id, in_language(option.text, language)) for option in item.options],
        chosen=chosen,
        typed="" if by_choice or answer is None else str(answer),
        error=error,
        only_if=skip_rule(check, item),
    )


def answers_in(form: "MultiDict[str, str]", items: Iterable[Item]) -> dict[str, Answer | None]:
    """Return what a form says about these items and nothing else; ``None`` for an item without an answer."""
    return {item.id: _answer_in(form, item) for item in items}


def _answer_in(form: "MultiDict[str, str]", item: Item) -> Answer | None:
    if item.type is ItemType.MULTI:
        return form.getlist(item.id) or None
    value = form.get(item.id, "").strip()
    if not value:
        return None
    if item.type is ItemType.NUMBER:
        try:
            return float(value.replace(",", "."))
        except ValueError:
            return value
    return value


def skip_rule(check: Check, item: Item) -> str:
    """Return in plain words when an item is to be answered, empty when always."""
    if item.show_if is None:
        return ""
    if (words := _in_words(check, item.show_if)) is not None:
        return _("Nur beantworten, wenn %(rule)s", rule=words)
    numbers = ", ".join(str(check.by_id[item_id].number) for item_id in items_in(item.show_if))
    return _("Nur beantworten, wenn es zu Ihrer Antwort auf Frage %(numbers)s passt", numbers=numbers)


def _in_words(check: Check, condition: Condition) -> str | None:
    if isinstance(condition, AllOf):
        parts = [_in_words(check, part) for part in condition.parts]
        return None if None in parts else _(" und ").join(str(part) for part in parts)
    if not isinstance(condition, Compare) or condition.op not in {"eq", "in"}:
        return None
    item = check.by_id[condition.item]
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    options = [item.option(str(value)) for value in values]
    if not all(options):
        return None
    words = _(" oder ").join(f"„{in_language(option.text, current_language())}“" for option in options if option)
    return _("Sie bei Frage %(number)s %(answer)s angekreuzt haben", number=item.number, answer=words)
