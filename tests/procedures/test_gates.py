"""The gates of DOMAIN §4: each threshold on both of its sides, and what a recusal does to a decision."""

import pytest

from domain.rules.refusal import Refusal
from domain.rules.vote import Tally
from tests.domain.scene import PHOTO, VILLAGE, Life, code, procedure, when
from tests.procedures.decision import (
    CALL,
    CLERK,
    COMMITTEE,
    CONSULT,
    IMPLEMENT,
    PARTY,
    PROPOSE,
    PUBLISH,
    assets,
    matter,
    party,
    representatives,
    villagers,
)
from tests.procedures.script import Step


def take(one: Life, *steps: Step) -> None:
    """Every step goes through."""
    for step in steps:
        done = one.act(step.action, step.hat, step.fields, step.person)
        assert not isinstance(done, Refusal), (step.action, done)


def begun(kind: str, *steps: Step) -> Life:
    """A decision of this kind, so far on."""
    one = Life(procedure("decision"), when("2026-03-02 09:00"))
    assert not isinstance(one.open(matter(kind), CLERK, VILLAGE), Refusal)
    take(one, *steps)
    return one


def called(kind: str) -> Life:
    """The meeting is called, and every notice has had its time."""
    one = begun(kind, PROPOSE, CONSULT, PARTY, CALL)
    one.wait(days=11)
    return one


def last(one: Life) -> Tally:
    return max(one.now.tallies.values(), key=lambda tally: tally.version)


@pytest.mark.parametrize(
    ("present", "in_favour", "result", "stage"),
    [
        pytest.param(20, 16, "passed", "calling", id="two thirds there, more than half of those due agree"),
        pytest.param(20, 15, "failed", "party_meeting", id="half of those due is not more than half"),
        pytest.param(19, 19, "no_quorum", "party_meeting", id="fewer than two thirds decide nothing"),
    ],
)
def test_the_party_members(present: int, in_favour: int, result: str, stage: str) -> None:
    one = begun("representatives", PROPOSE, CONSULT, party(30, present, in_favour))
    assert (last(one).result, one.now.stage) == (result, stage)


@pytest.mark.parametrize(
    ("present", "in_favour", "result", "stage"),
    [
        pytest.param(20, 11, "passed", "resolved", id="more than half of those there"),
        pytest.param(20, 10, "failed", "calling", id="half of those there"),
        pytest.param(19, 19, "no_quorum", "calling", id="fewer than two thirds"),
    ],
)
def test_the_representatives(present: int, in_favour: int, result: str, stage: str) -> None:
    one = called("representatives")
    take(one, representatives(30, present, in_favour))
    assert (last(one).result, one.now.stage) == (result, stage)


@pytest.mark.parametrize(
    ("basis", "due", "present", "in_favour", "result"),
    [
        pytest.param("adults", 100, 51, 26, "passed", id="more than half of the adults"),
        pytest.param("adults", 100, 50, 50, "no_quorum", id="half of the adults"),
        pytest.param("adults", 100, 52, 26, "failed", id="half of those there"),
        pytest.param("households", 30, 20, 11, "passed", id="two thirds of the households"),
        pytest.param("households", 30, 19, 19, "no_quorum", id="fewer households"),
        pytest.param("households", 30, 20, 10, "failed", id="half of the households there"),
    ],
)
def test_the_full_meeting(basis: str, due: int, present: int, in_favour: int, result: str) -> None:
    one = called("villagers")
    take(one, villagers(basis, due, present, in_favour))
    assert (last(one).result, one.now.stage) == (result, "resolved" if result == "passed" else "calling")


@pytest.mark.parametrize(
    ("present", "in_favour", "result"),
    [
        pytest.param(20, 20, "passed", id="two thirds of all"),
        pytest.param(30, 19, "failed", id="one less, whoever is there"),
        pytest.param(19, 19, "no_quorum", id="too few there"),
    ],
)
def test_collective_assets(present: int, in_favour: int, result: str) -> None:
    one = called("assets")
    take(one, assets(30, present, in_favour))
    assert (last(one).result, one.now.stage) == (result, "resolved" if result == "passed" else "calling")


@pytest.mark.parametrize(
    ("kind", "vote"), [("villagers", villagers("adults", 100, 60, 50)), ("assets", assets(30, 25, 25))]
)
def test_ten_days_notice_lapse_before_a_full_meeting_votes(kind: str, vote: Step) -> None:
    one = begun(kind, PROPOSE, CONSULT, PARTY, CALL)  # on 2 March: the notice ends with the 12th
    one.expire(when("2026-03-12 23:59"))
    assert code(one.act(vote.action, vote.hat, vote.fields)) == "window_still_open"
    one.expire(when("2026-03-13 00:00"))
    take(one, vote)
    assert one.now.stage == "resolved"


def test_a_meeting_called_again_has_ten_days_notice_again() -> None:
    one = called("villagers")
    take(one, villagers("adults", 100, 50, 50), CALL)
    again = villagers("adults", 100, 60, 50)
    assert code(one.act(again.action, again.hat, again.fields)) == "window_still_open"
    one.wait(days=11)
    take(one, again)
    assert one.now.stage == "resolved"


def test_what_one_meeting_passed_another_does_not_inherit() -> None:
    """Passed by adults, sent back, then too few households: the first count carries nothing."""
    one = called("villagers")
    take(one, villagers("adults", 100, 60, 50), PUBLISH)
    assert not isinstance(one.act("revote", CLERK, reason="异议成立"), Refusal)
    take(one, CALL)
    one.wait(days=11)
    take(one, villagers("households", 30, 19, 19))
    assert one.now.stage == "calling"


@pytest.mark.parametrize("part", ["four_fifths", "women_third"])
def test_representatives_are_made_up_as_the_law_says(part: str) -> None:
    one = called("representatives")
    vote = representatives(30, 25, 25, **{part: False})
    assert code(one.act(vote.action, vote.hat, vote.fields)) == "requirement_not_met"


def test_no_other_meeting_decides_what_is_not_its_matter() -> None:
    one = called("assets")
    for vote in (representatives(30, 30, 30), villagers("adults", 100, 90, 90)):
        assert code(one.act(vote.action, vote.hat, vote.fields)) == "requirement_not_met"


def test_who_decides_is_not_corrected_once_members_deliberate() -> None:
    one = called("villagers")
    given = {"field": "kind", "value": "representatives"}
    assert code(one.act("correct", CLERK, given, reason="笔误")) == "action_not_allowed_in_stage"


@pytest.mark.parametrize("missing", ["witness", "roll"])
def test_a_count_names_its_roll_and_the_township_witness(missing: str) -> None:
    one = called("representatives")
    fields = {name: value for name, value in representatives(30, 20, 11).fields.items() if name != missing}
    refusal = one.act("representatives_vote", CLERK, fields)
    assert isinstance(refusal, Refusal)
    assert [problem.name for problem in refusal.errors] == [missing]


def test_a_recused_one_leaves_those_due_before_the_vote() -> None:
    one = called("representatives")
    vote = representatives(30, 20, 11, recused=1)
    take(one, vote)
    assert last(one).due == 29


def recuse(one: Life, vote: str) -> None:
    done = one.act("recuse", COMMITTEE, {"name": "样例代表", "vote": vote, "proof": [PHOTO]}, reason="近亲属")
    assert not isinstance(done, Refusal), done


def test_a_decision_that_falls_with_a_recusal_is_voted_again() -> None:
    one = called("representatives")
    take(one, representatives(30, 20, 11))
    recuse(one, "for")
    again = last(one)  # 19 of 29 are fewer than two thirds
    assert (again.due, again.present, again.in_favour, again.result) == (29, 19, 10, "no_quorum")
    assert one.now.stage == "village_meeting"
    take(one, representatives(30, 21, 11, recused=1))
    assert (last(one).due, one.now.stage) == (29, "resolved")


def test_a_decision_that_still_stands_goes_on() -> None:
    one = called("representatives")
    take(one, representatives(30, 25, 20))
    recuse(one, "for")
    assert (last(one).due, last(one).result, one.now.stage) == (29, "passed", "resolved")


def test_once_a_decision_is_published_only_a_new_vote_undoes_it() -> None:
    one = called("representatives")
    take(one, representatives(30, 20, 11), PUBLISH)
    late = one.act("recuse", COMMITTEE, {"name": "样例代表", "vote": "for", "proof": [PHOTO]}, reason="近亲属")
    assert isinstance(late, Refusal)
    assert (late.code, one.now.stage) == ("revote_needed", "published")


def test_a_recusal_never_turns_a_failed_vote_into_one_that_passed() -> None:
    one = begun("representatives", PROPOSE, CONSULT, party(10, 10, 5))
    done = one.act("recuse", COMMITTEE, {"name": "样例党员", "vote": "abstain", "proof": [PHOTO]}, reason="近亲属")
    assert isinstance(done, Refusal)
    assert (done.code, last(one).result) == ("revote_needed", "failed")


def test_a_recused_absentee_lowers_what_is_needed_and_nothing_else() -> None:
    one = called("assets")
    take(one, assets(30, 20, 20))
    recuse(one, "absent")
    assert (last(one).due, last(one).present, last(one).result) == (29, 20, "passed")


def test_the_party_meeting_is_held_again_when_a_recusal_undoes_it() -> None:
    one = begun("representatives", PROPOSE, CONSULT, party(30, 20, 16))
    recuse(one, "for")
    assert (last(one).result, one.now.stage) == ("no_quorum", "party_meeting")


def test_publicity_lasts_seven_days() -> None:
    one = called("representatives")  # 13 March
    take(one, representatives(30, 20, 11), PUBLISH)
    one.expire(when("2026-03-20 23:00"))
    assert code(one.act("implement", CLERK, IMPLEMENT.fields)) == "window_still_open"
    one.expire(when("2026-03-21 00:00"))
    take(one, IMPLEMENT)


def test_one_name_is_recused_once_and_a_vote_is_taken_away_on_proof_only() -> None:
    one = called("representatives")
    take(one, representatives(30, 25, 20))
    said = {"name": "样例代表", "vote": "for"}
    bare = one.act("recuse", COMMITTEE, said, reason="近亲属")
    assert isinstance(bare, Refusal)
    assert (bare.code, last(one).due) == ("invalid_fields", 30)
    recuse(one, "for")
    twice = one.act("recuse", COMMITTEE, {**said, "proof": [PHOTO]}, reason="近亲属")
    assert isinstance(twice, Refusal)
    assert (twice.code, last(one).due) == ("invalid_fields", 29)
