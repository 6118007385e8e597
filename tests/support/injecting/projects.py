"""Projects that contradict themselves or what is known of them."""

from injecting.injection import Injection, NoPlace


def project_item_not_owed(one: Injection) -> None:
    owed = {item.item for item, _ in one.registry.owed_items[one.draft.form.reporter.code]}
    strange = sorted({item.item for item in one.registry.items} - owed)
    line = one.pick("projects", lambda line: not line.key)
    if not strange:
        raise NoPlace
    line.texts["item"] = str(one.rng.choice(strange))
    one.expect("project_item_not_owed", "projects", line, "item")


def project_repeated(one: Injection) -> None:
    line = one.pick("projects")
    again = line.copy()
    blank = next((other for other in one.draft.lines["projects"] if not other.texts), None)
    if blank is None:
        raise NoPlace
    one.draft.lines["projects"][one.draft.lines["projects"].index(blank)] = again
    one.claimed.add(("projects", id(again)))
    one.expect("project_repeated", "projects", again, "name")


def project_finished_incomplete(one: Injection) -> None:
    line = one.pick("projects")
    line.texts |= {"status": one.rng.choice(("已完成", "已销号")), "progress": f"{one.rng.randint(80, 99)}%"}
    one.expect("project_finished_incomplete", "projects", line, "progress")


def finished_without_progress(one: Injection) -> None:
    line = one.pick("projects")
    line.texts |= {"status": "已完成", "progress": ""}
    one.expect("project_progress_missing", "projects", line, "progress")


def project_vanished(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    one.draft.lines["projects"].remove(line)
    one.expect("project_vanished", "projects", None, line.key)


def project_progress_falls(one: Injection) -> None:
    line = one.pick("projects", lambda line: bool(line.key))
    line.texts["progress"] = "1%"
    one.expect("project_progress_falls", "projects", line, "progress")


def negative_project_progress(one: Injection) -> None:
    line = one.pick("projects")
    line.texts["progress"] = "-5%"
    one.expect("project_progress_out_of_range", "projects", line, "progress")
    if line.key:
        one.expect("project_progress_falls", "projects", line, "progress")
