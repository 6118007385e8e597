"""收取: from the intake folder to the answers."""

from prefect import flow

from duban.checking.validator import Validator
from duban.runs import run_folder
from tasks import collecting
from tasks.run import Run


@flow(name="collect", flow_run_name="{quarter} 收取")
def collect(quarter: str, home: str = "var", schemas: str | None = None, as_of: str | None = None) -> dict:
    """收取一个报告期的报送：归档、核验、入库，答复写进 outbox/。有报送被退回也算正常完成。

    Args:
        quarter: 报告期，写作 2023Q1。
        home: 存放全部收件、答复与数据的文件夹。
        schemas: 方案文件夹；不填则用 schemas/<年份>/。
        as_of: 以此为当前时间，写作 2023-04-12T09:00:00+08:00；不填则用实际时间。
    """
    return collect_steps(Run.of(quarter, home, schemas, as_of))


def collect_steps(run: Run) -> dict:
    """What the flow does, for flows that do more: counts, what the answers of this run say, the path of its validation
    page.

    The order is what makes a killed run harmless: bytes are archived before anything is recorded, everything is
    recorded in one transaction, answered from the record, and only then taken out of the intake folder. Whatever the
    kill left undone the next run finds and does.
    """
    with run_folder(run.home, "collect") as folder, Validator() as validator:  # its import runs while files are read
        page = None  # of a validation: there is none where nothing is new
        taken = collecting.take_in(run, folder)
        if taken["new"]:
            collecting.read(run, folder)
            collecting.check(run, folder, validator)
            page = collecting.validation(run, folder, collecting.load(run, folder))
        said = collecting.answer(run, taken["known"], page)
        collecting.clear(run, folder)
    return {
        "quarter": str(run.quarter),
        "taken_in": taken["taken_in"],
        "known": taken["taken_in"] - taken["new"],
        **{
            verdict: [one for one in said if one["verdict"] == verdict]
            for verdict in ("accepted", "returned", "set_aside")
        },
        "answers": [one["answer"] for one in said],
        "validation": str(page) if page else None,
    }
