from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffs.resolution import (
    Audience,
    Candidate,
    Customer,
    Decision,
    Group,
    Place,
    Reason,
    decide,
)

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STAFF = UUID(int=900)
DRIVER = Customer(driver=UUID(int=800), groups=frozenset({STAFF}))


def group(number: int = 1, audience: Audience = Audience.EVERYONE, **values: Any) -> Group:
    given: dict[str, Any] = {
        "key": UUID(int=number),
        "name": f"G{number}",
        "position": number,
        "audience": audience,
        **values,
    }
    return Group(**given)


def candidate(number: int = 1, **values: Any) -> Candidate:
    given: dict[str, Any] = {
        "key": UUID(int=number),
        "group": group(),
        "place": Place.NETWORK,
        "tariff": UUID(int=100 + number),
        "version": UUID(int=200 + number),
        "version_number": 1,
        **values,
    }
    return Candidate(**given)


def ask(*candidates: Candidate, customer: Customer = DRIVER, current_type: str = "AC") -> Decision:
    return decide(candidates, customer=customer, current_type=current_type, at=AT)


def reasons(decision: Decision) -> dict[int, Reason]:
    return {verdict.candidate.key.int: verdict.reason for verdict in decision.verdicts}


def test_nothing_is_found_among_nothing() -> None:
    assert ask() == Decision(winner=None, verdicts=())
    assert not ask().denied


def test_the_first_group_that_fits_decides_even_with_a_less_specific_place() -> None:
    first = candidate(1, group=group(1), place=Place.NETWORK)
    second = candidate(2, group=group(2), place=Place.EVSE)
    decision = ask(second, first)
    assert decision.winner is first
    assert reasons(decision) == {1: Reason.WON, 2: Reason.ANOTHER_GROUP_FIRST}


def test_a_group_that_fits_without_anything_valid_leaves_it_to_the_next() -> None:
    over = candidate(1, group=group(1), valid_until=AT)
    decision = ask(over, candidate(2, group=group(2)))
    assert reasons(decision) == {1: Reason.NOT_VALID_ANY_MORE, 2: Reason.WON}


def test_groups_at_one_position_are_asked_by_age() -> None:
    older = candidate(2, group=group(1, position=5))
    younger = candidate(1, group=group(2, position=5))
    assert ask(younger, older).winner is older


def test_the_most_specific_place_wins_within_a_group() -> None:
    rows = [candidate(number, place=Place(number)) for number in range(4)]
    decision = ask(*rows)
    assert decision.winner is rows[3]
    assert reasons(decision) == {
        3: Reason.WON,
        2: Reason.LESS_SPECIFIC_PLACE,
        1: Reason.LESS_SPECIFIC_PLACE,
        0: Reason.LESS_SPECIFIC_PLACE,
    }


def test_a_current_type_wins_at_the_same_place_only() -> None:
    ac, both = candidate(1, current_type="AC"), candidate(2)
    assert reasons(ask(ac, both)) == {1: Reason.WON, 2: Reason.LESS_SPECIFIC_CURRENT_TYPE}
    assert reasons(ask(ac, both, current_type="DC")) == {
        1: Reason.OTHER_CURRENT_TYPE,
        2: Reason.WON,
    }
    assert reasons(ask(ac, both, current_type="")) == {1: Reason.OTHER_CURRENT_TYPE, 2: Reason.WON}
    here = candidate(3, place=Place.LOCATION)
    assert ask(ac, here).winner is here


def test_the_later_beginning_wins_and_then_the_younger() -> None:
    ever, early = candidate(1), candidate(2, valid_from=AT - 2 * HOUR)
    late, younger = candidate(3, valid_from=AT - HOUR), candidate(4, valid_from=AT - HOUR)
    decision = ask(ever, early, late, younger)
    assert [verdict.candidate.key.int for verdict in decision.verdicts] == [4, 3, 2, 1]
    assert reasons(decision) == {
        4: Reason.WON,
        **dict.fromkeys((1, 2, 3), Reason.LATER_ONE_HOLDS),
    }


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"valid_from": AT}, Reason.WON),
        ({"valid_from": AT + timedelta(microseconds=1)}, Reason.NOT_VALID_YET),
        ({"valid_until": AT}, Reason.NOT_VALID_ANY_MORE),
        ({"valid_until": AT + timedelta(microseconds=1)}, Reason.WON),
        ({"archived_at": AT}, Reason.TARIFF_ARCHIVED),
        ({"archived_at": AT + HOUR}, Reason.WON),
        ({"version": None, "version_number": 0}, Reason.NO_VERSION_YET),
        ({"tariff": None, "version": None}, Reason.WON),
    ],
)
def test_what_does_not_hold_at_the_instant(values: dict[str, Any], reason: Reason) -> None:
    decision = ask(candidate(1, **values))
    assert reasons(decision) == {1: reason}
    assert (decision.winner is not None) == (reason is Reason.WON)


def test_no_charging_denies() -> None:
    assert ask(candidate(1, tariff=None, version=None)).denied
    assert not ask(candidate(1)).denied


@pytest.mark.parametrize(
    ("customer", "fitting"),
    [
        (DRIVER, {Audience.EVERYONE, Audience.REGISTERED, Audience.GROUPS}),
        (Customer(driver=UUID(int=801)), {Audience.EVERYONE, Audience.REGISTERED}),
        (Customer.guest(), {Audience.EVERYONE, Audience.AD_HOC}),
        (Customer.nobody(), {Audience.EVERYONE}),
    ],
)
def test_whom_an_audience_fits(customer: Customer, fitting: set[Audience]) -> None:
    for audience in Audience:
        members = frozenset({STAFF}) if audience is Audience.GROUPS else frozenset()
        one = candidate(1, group=group(1, audience, driver_groups=members))
        wanted = Reason.WON if audience in fitting else Reason.NOT_FOR_THIS_CUSTOMER
        assert reasons(ask(one, customer=customer)) == {1: wanted}


def test_an_explanation_is_json_and_names_what_won() -> None:
    first = candidate(1, valid_from=AT - HOUR, tariff_name="Day")
    second = candidate(2, group=group(2), place=Place.LOCATION, tariff=None, version=None)
    told = [verdict.as_json() for verdict in ask(first, second).verdicts]
    assert json.loads(json.dumps(told)) == told
    assert told[1] == {
        "assignment": str(UUID(int=2)),
        "reason": "another_group_first",
        "group": str(UUID(int=2)),
        "group_name": "G2",
        "audience": "everyone",
        "tariff": None,
        "tariff_name": "",
        "version": None,
        "version_number": 1,
        "place": "location",
        "current_type": "",
        "valid_from": None,
        "valid_until": None,
        "winner_group": "G1",
        "winner_place": "network",
    }
    assert told[0]["valid_from"] == "2026-03-14T11:00:00+00:00"


_MEMBERS = st.frozensets(st.sampled_from([STAFF, UUID(int=901)]), max_size=2)
_OFFSETS = st.none() | st.integers(-3, 3).map(lambda hours: AT + hours * HOUR)


@st.composite
def _candidates(draw: st.DrawFn) -> list[Candidate]:
    groups = [
        group(
            number,
            draw(st.sampled_from(Audience)),
            position=draw(st.integers(0, 2)),
            driver_groups=draw(_MEMBERS),
        )
        for number in range(1, 4)
    ]
    return [
        candidate(
            number,
            group=draw(st.sampled_from(groups)),
            place=draw(st.sampled_from(Place)),
            current_type=draw(st.sampled_from(["", "AC", "DC"])),
            valid_from=draw(_OFFSETS),
            valid_until=draw(_OFFSETS),
            archived_at=draw(_OFFSETS),
            tariff=draw(st.none() | st.just(UUID(int=100 + number))),
            version=draw(st.none() | st.just(UUID(int=200 + number))),
        )
        for number in range(1, draw(st.integers(1, 9)))
    ]


_CUSTOMERS = st.sampled_from(
    [DRIVER, Customer(driver=UUID(int=801)), Customer.guest(), Customer.nobody()]
)


@given(_candidates(), _CUSTOMERS, st.sampled_from(["AC", "DC", ""]), st.randoms())
def test_the_order_of_candidates_never_matters(
    candidates: list[Candidate], customer: Customer, current_type: str, random: Random
) -> None:
    asked: dict[str, Any] = {"customer": customer, "current_type": current_type, "at": AT}
    shuffled = random.sample(candidates, len(candidates))
    assert decide(shuffled, **asked) == decide(candidates, **asked)


@given(_candidates(), _CUSTOMERS)
def test_exactly_one_wins_where_any_holds(candidates: list[Candidate], customer: Customer) -> None:
    decision = ask(*candidates, customer=customer)
    won = [verdict for verdict in decision.verdicts if verdict.reason is Reason.WON]
    assert [verdict.candidate for verdict in won] == [decision.winner] * len(won)
    assert len(won) == (decision.winner is not None)
    assert len(decision.verdicts) == len(candidates)


@given(_candidates(), _CUSTOMERS)
def test_what_lost_changes_nothing_when_it_is_taken_away(
    candidates: list[Candidate], customer: Customer
) -> None:
    decision = ask(*candidates, customer=customer)
    for gone in candidates:
        if gone is not decision.winner:
            rest = [one for one in candidates if one is not gone]
            assert ask(*rest, customer=customer).winner == decision.winner


def test_a_verdict_keeps_its_winner_only_as_a_name() -> None:
    renamed = replace(candidate(1), group=group(1, name="Members"))
    assert ask(renamed).verdicts[0].as_json()["winner_group"] == "Members"
