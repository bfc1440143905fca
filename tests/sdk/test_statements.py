"""Statements that are built once are shared by those who may the same, and by nobody else."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from wf40.base.access import Actor
from wf40.sdk.statements import kept

PERSON = Actor("user", "Amsel", 7, 1, frozenset({1}), "advisor", frozenset({"firms.read"}))


@kept
def seen(u, _number=0):
    return [u.actor]


def of(actor, *args):
    return seen(SimpleNamespace(actor=actor), *args)


def test_a_name_makes_no_statement_of_its_own_and_goes_into_none():
    first = of(PERSON)
    assert of(replace(PERSON, name="Drossel")) is first
    assert of(Actor.system("a")) is of(Actor.system("b"))
    assert (first[0].name, first[0].role, first[0].user_id) == ("", "", 7)


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "public"}, {"user_id": 8}, {"unit_id": 2}, {"units": frozenset({1, 2})}, {"units": None},
        {"permissions": frozenset()},
    ],
)  # fmt: skip
def test_whoever_may_something_else_has_another_statement(other):
    assert of(replace(PERSON, **other)) is not of(PERSON)
    assert of(PERSON, 1) is not of(PERSON, 2)
