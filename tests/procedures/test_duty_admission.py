"""The duty admission: what the lists forbid, what an emergency allows, and who may not rule."""

from tests.domain.scene import code
from tests.procedures.duty_admission import ADMIT, COMPARE, DISPATCHER, HANDLER, HEAD, REGISTER, script
from tests.procedures.script import Step, live


def test_what_is_on_the_negative_list_is_never_admitted() -> None:
    forbidden = Step("compare", DISPATCHER, {**COMPARE.fields, "list": "village_negative", "comparison": "forbidden"})
    refused = Step("admit", HEAD, ADMIT.fields, refused="requirement_not_met")
    live(script(REGISTER, forbidden, refused, stage="ruling"))


def test_only_an_emergency_goes_ahead_once_and_on_record() -> None:
    ahead = {"override_until": "2026-03-31"}
    calm = live(script(REGISTER, stage="checking"))
    assert code(calm.act("override", HEAD, ahead, reason="汛情")) == "requirement_not_met"

    urgent = live(script(stage="applied", emergency=True))
    assert code(urgent.act("override", HEAD, ahead)) == "invalid_fields"  # without a reason
    urgent.act("override", HEAD, ahead, reason="汛情")
    assert (urgent.now.stage, urgent.now.fields["override_until"]) == ("applied", "2026-03-31")
    assert code(urgent.act("override", HEAD, ahead, reason="汛情")) == "done_already"


def test_who_applied_takes_no_part_in_ruling_under_whatever_hat() -> None:
    asked = live(script(stage="applied"))
    assert code(asked.act("register", DISPATCHER, REGISTER.fields, person=HANDLER)) == "same_person"
    compared = live(script(REGISTER, COMPARE, stage="ruling"))
    for person in (HANDLER, DISPATCHER):  # the applicant, and who compared
        assert code(compared.act("admit", HEAD, ADMIT.fields, person=person)) == "same_person"


def test_an_application_that_is_not_supplemented_can_be_taken_as_withdrawn() -> None:
    live(
        script(
            REGISTER,
            Step("return_for_supplement", DISPATCHER, reason="缺少经费来源说明"),
            Step("deem_withdrawn", DISPATCHER, reason="逾期未补正"),
            stage="withdrawn",
        )
    )
