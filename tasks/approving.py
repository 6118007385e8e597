"""Approval by a person: what a run asks, where that is kept while no process stands, and how it is answered.

A run that waits is suspended: it holds neither process nor lock, and goes on from its top in another process, weeks
later maybe. What it asked is therefore kept beside the run on Prefect's server, question by question.
"""

import datetime as dt
import json
from dataclasses import asdict, dataclass, replace
from typing import Literal
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
from prefect.client.schemas.responses import SetStateStatus
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, State
from pydantic import Field

from duban.errors import UserError
from duban.home import Home
from duban.publishing.decision import KINDS, LONGEST_COMMENT, LONGEST_NAME, Decision
from duban.publishing.publish import Proposed
from duban.quarters import TIME_ZONE, Quarter
from duban.visible import unmarked
from tasks.run import log

PATIENCE = dt.timedelta(weeks=8)  # a draft that nobody decided on for so long is none of today's figures
_KEPT = "question-"
_CHOICES = {title: kind for kind, title in KINDS.items()}


class Form(RunInput):
    """What the page asks. Nothing that decides has a default, so an empty answer decides nothing."""

    decision: Literal[tuple(_CHOICES)] = Field(title="审定意见")
    by: str = Field(title="审定人", description="姓名，将印在汇总簿封面上", pattern=r"\S", max_length=LONGEST_NAME)
    comment: str = Field("", title="说明", description="退回时必填；通过的，印在封面上", max_length=LONGEST_COMMENT)


@dataclass(frozen=True)
class Question:
    """One question of a run: of which draft, in which home, asked when (by the real clock), in which words, and what
    became of the answer before."""

    number: int
    quarter: str
    home: str
    draft: str
    inputs: str
    moment: str
    asked_at: str
    about: str
    before: str = ""

    @property
    def proposed(self) -> Proposed:
        return Proposed(self.draft, self.inputs, dt.datetime.fromisoformat(self.moment).astimezone(TIME_ZONE))

    @property
    def expired(self) -> str:
        """A sentence where it was asked too long ago; else ''."""
        asked = dt.datetime.fromisoformat(self.asked_at)
        if dt.datetime.now(TIME_ZONE) - asked <= PATIENCE:
            return ""
        weeks = PATIENCE.days // 7
        return f"{self.draft} 于 {asked:%Y-%m-%d} 送审，超过 {weeks} 周没有审定，没有发布：请重新运行汇总。"


def asked() -> Question | None:
    """What this run asked last; None where it has asked nothing yet. Raises UserError where it could not be resumed."""
    if not deployment.id:
        raise UserError("先送审的汇总要能停下来等人，须在服务器上由部署运行：请在网页的 Deployments 中运行 publish。")
    with get_client(sync_client=True) as client:
        return _last(client, UUID(flow_run.id))


def put(home: Home, quarter: Quarter, proposed: Proposed, about: str, after: Question | None, before: str) -> Question:
    """Keep the next question of this run; runs that still ask about another draft of the quarter are at an end."""
    return _keep(
        Question(
            number=after.number + 1 if after else 1,
            quarter=str(quarter),
            home=str(home.root.resolve()),
            draft=proposed.draft,
            inputs=proposed.inputs,
            moment=proposed.moment.isoformat(),
            asked_at=dt.datetime.now(TIME_ZONE).isoformat(),
            about=about,
            before=before,
        )
    )


def again(question: Question, before: str) -> Question:
    """The same question once more."""
    return _keep(replace(question, number=question.number + 1, before=before))


def ask(question: Question) -> Form:
    """The answer; where there is none yet, the run is suspended here and its process ends."""
    told = "\n\n---\n\n".join(filter(None, (unmarked(question.before), question.about)))
    asking = Form.with_initial_data(description=told)
    return suspend_flow_run(wait_for_input=asking, key=f"{_KEPT}{question.number}")


def decision_of(answer: Form, now: dt.datetime) -> Decision:
    """Raises UserError where it lacks something."""
    return Decision.of(_CHOICES[answer.decision], answer.by, now, answer.comment)


def ended(question: Question, message: str) -> State:
    """The end of a run that published nothing: Completed, with a sentence that the page shows."""
    log(message)
    result = {"quarter": question.quarter, "publication": None, "draft": question.draft, "message": message}
    return Completed(message=message, data=result)


def answer(home: Home, quarter: Quarter, kind: str, by: str, comment: str) -> dict:
    """Answer for the page's form: {quarter, decision, run, draft}. Raises UserError where nobody asks, or the server
    refuses."""
    with get_client(sync_client=True) as client:
        asking = [(run, question) for run, question in _waiting(client) if question.quarter == str(quarter)]
        here = [(run, question) for run, question in asking if question.home == str(home.root.resolve())]
        if not here:
            elsewhere = "、".join(sorted({question.home for _, question in asking}))
            hint = f"等待审定的是 {elsewhere} 里的，请用 --home 指明" if elsewhere else "请先在网页上运行 publish 送审"
            raise UserError(f"{quarter} 没有等待审定的汇总：{hint}。")
        run, question = here[0]
        given = {"decision": KINDS[kind], "by": by, "comment": comment}
        response = client.resume_flow_run(run.id, run_input=given)
        if response.status != SetStateStatus.ACCEPT:
            raise UserError(f"服务器没有接受这次答复（{response.details.reason}）：请在网页上查看 {run.name}。")
    return {"quarter": str(quarter), "decision": kind, "by": by, "draft": question.draft, "run": str(run.id)}


def _waiting(client: SyncPrefectClient) -> list[tuple]:
    """Runs that wait for an answer, the last one first, with what they ask."""
    suspended = FlowRunFilterState(name=FlowRunFilterStateName(any_=["Suspended"]))
    runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=suspended), limit=200)
    runs.sort(key=lambda run: run.created, reverse=True)
    return [(run, question) for run in runs if (question := _last(client, run.id))]


def _last(client: SyncPrefectClient, run: UUID) -> Question | None:
    kept = client.filter_flow_run_input(flow_run_id=run, key_prefix=_KEPT, limit=200, exclude_keys=set())
    questions = (Question(**one.decoded_value) for one in kept)
    return max(questions, key=lambda one: one.number, default=None)


def _keep(question: Question) -> Question:
    own = UUID(flow_run.id)
    with get_client(sync_client=True) as client:
        client.create_flow_run_input(own, f"{_KEPT}{question.number}", json.dumps(asdict(question), ensure_ascii=False))
        for run, other in _waiting(client):
            if run.id == own:
                continue
            if (other.quarter, other.home) == (question.quarter, question.home):
                _end(client, run.id, f"{other.draft} 没有发布：已由后来的一次送审取代。")
            elif other.expired:
                _end(client, run.id, other.expired)
    return question


def _end(client: SyncPrefectClient, run: UUID, message: str) -> None:
    client.set_flow_run_state(run, Completed(message=message), force=True)
