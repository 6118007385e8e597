"""Who is reminded: what `contacts.yaml` may say, and what is refused, in one sentence each."""

import pytest

from duban.errors import RegistryError
from duban.registry.contacts import load_contacts
from duban.registry.load import load_registry
from duban.settings import SCHEMAS

GOOD = """
reminders: {before: [5, 1], every: 3}
directors: [{name: 厅长, mail: director@mail.example}]
reporters:
  十堰市局: {to: [{name: 小十, mail: shiyan@mail.example, phone: "0719-1"}]}
  标准化处: {to: [{name: 小标, mail: standards@mail.example}], superior: [{name: 处长, mail: head@mail.example}]}
"""


@pytest.fixture(scope="module")
def registry():
    return load_registry(SCHEMAS / "2023")


@pytest.fixture
def contacts(registry, tmp_path):
    def load(text: str):
        (tmp_path / "contacts.yaml").write_text(text, encoding="utf-8")
        return load_contacts(tmp_path, registry)

    return load


def test_people_are_found_by_any_name_of_their_reporter(contacts, registry):
    told, people = contacts(GOOD)
    by_name = {registry.by_code[code].name: [person.mail for person in one.to] for code, one in people.items()}
    assert by_name == {"十堰": ["shiyan@mail.example"], "标准化处": ["standards@mail.example"]}
    assert told.reminders.model_dump() == {"before": (5, 1), "every": 3, "superior_from": 2, "directors_from": 4}


@pytest.mark.parametrize("text", [None, "", "# nobody yet\n"])
def test_without_contacts_nobody_is_known_and_the_steps_are_the_usual_ones(registry, tmp_path, text):
    if text is not None:
        (tmp_path / "contacts.yaml").write_text(text, encoding="utf-8")
    told, people = load_contacts(tmp_path, registry)
    assert (dict(people), told.directors, told.reminders.before) == ({}, (), (7, 3, 1))


def test_all_reporters_of_2023_are_listed_and_no_address_of_theirs_reaches_anybody(registry):
    told, people = load_contacts(SCHEMAS / "2023", registry)
    assert people.keys() == registry.by_code.keys()
    everyone = [*told.directors, *(person for one in people.values() for person in (*one.to, *one.superior))]
    assert {person.mail.rpartition("@")[2] for person in everyone} == {"example.invalid"}
    assert not any(person.reachable for person in everyone)


def test_contacts_are_no_part_of_the_rules(registry):
    assert "contacts.yaml" not in registry.files


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("十堰市局", "十偃市局", "contacts.yaml：reporters 写的“十偃市局”不是填报单位"),
        ("标准化处", "十堰", "contacts.yaml：reporters 中“十堰”与另一条是同一单位（十堰），请合并为一条。"),
        ("to: [{name: 小十", "too: [{name: 小十", "contacts.yaml：reporters.十堰市局.too 是不认识的键"),
        ("shiyan@mail.example", "shiyan", "reporters.十堰市局.to.第1条.mail 写的是“shiyan”，应为 name@example.com"),
        ("shiyan@mail.example", "“十堰”@mail.example", "应为 name@example.com 这样的邮箱地址"),
        ("shiyan@mail.example", "shi..yan@mail.example", "应为 name@example.com 这样的邮箱地址"),
        ("name: 小十", 'name: "小十\\r\\nBcc: all@mail.example"', "不能含换行、制表符等控制字符"),
        ("[5, 1]", "[1, 5]", "reminders.before 写的是“[1, 5]”，应由大到小"),
        (
            '[{name: 小十, mail: shiyan@mail.example, phone: "0719-1"}]',
            "[]",
            "reporters.十堰市局.to 是空的，至少写一人",
        ),
        ("every: 3", "every: 0", "reminders.every 写的是“0”，不小于 1"),
        ("every: 3", "evry: 3", "是否想写 every"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(contacts, old, new, said):
    assert old in GOOD
    with pytest.raises(RegistryError) as refused:
        contacts(GOOD.replace(old, new, 1))
    assert said in str(refused.value) and str(refused.value).startswith("contacts.yaml：")
