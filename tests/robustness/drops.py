"""Drop the same bytes a hundred times: other names, two folders, after a restart. One counts, all are answered.

python -m tests.robustness.drops
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from desk import LATE, OPENED, Q1
from filling import fill_in

from tests.robustness.cycle import Runs, warm

DROPS = 100


def drop_and_collect(runs: Runs) -> tuple[dict, list[str]]:
    """Drop all, half of them before a first run and half before a second, each a process of its own; returns what was
    `accepted` and `repeated` by both, and what is wrong with it."""
    home = runs.fresh("open")
    intake = home / "intake" / str(Q1)
    (intake / "A1").mkdir(parents=True)
    runs.must(runs.plain(home, OPENED).open)
    [issued] = (home / "outbox" / str(Q1) / "A1").glob("*.xlsx")
    filled = fill_in(issued, runs.root / "filled.xlsx")
    told = runs.root / "told.json"
    found: dict[str, list] = {"accepted": [], "repeated": [], "returned": [], "set_aside": []}
    for half in range(2):
        for number in range(half, DROPS, 2):
            shutil.copy(filled, intake / ("A1" if number % 4 < 2 else "") / f"报表 {number}.xlsx")
        runs.must(lambda: told.write_text(json.dumps(runs.plain(home, LATE).collect()), encoding="utf-8"))
        said = json.loads(told.read_text(encoding="utf-8"))
        for kind in found:
            found[kind] += said[kind]
        lying = [path.name for path in intake.rglob("*.xlsx")]
    tables = runs.state(home)["tables"]
    wrong = [f"{len(tables['submissions'])} submissions"] if len(tables["submissions"]) != 1 else []
    # the second run answers the known file again, so that it is told as accepted once more under its first number
    wrong += [f"accepted: {one['accession']}" for one in found["accepted"] if one["accession"] != "2023Q1-A1-01"]
    wrong += [f"not accepted: {one}" for one in found["returned"] + found["set_aside"]]
    if len(found["repeated"]) != DROPS - 1:
        wrong.append(f"{len(found['repeated'])} answers")
    wrong += [f"{one} has no answer" for one in found["repeated"] if not Path(one["answer"]).is_file()]
    return found, wrong + [f"{name} lies in the intake still" for name in lying]


def main() -> int:
    warm()
    with tempfile.TemporaryDirectory(prefix="drops-") as folder:
        runs = Runs(Path(folder))
        runs.prepare()
        found, wrong = drop_and_collect(runs)
    accepted = {one["accession"] for one in found["accepted"]}
    print(f"{DROPS} drops: {len(accepted)} accepted, {len(found['repeated'])} answered as known")
    print(*wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
