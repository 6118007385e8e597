"""What is kept of texts so that copies are found without reading them again."""

import random

import pyarrow as pa

from duban.warehouse.connection import open_warehouse
from duban.warehouse.upgrade import mark
from duban.warehouse.wordings import near, with_marks

LONG = "已完成基层所标准化建设验收，计量检定台账逐项核对，食品抽检任务分解到各县区，问题产品全部下架并公示"


def marked(*texts: str) -> list[dict]:
    rows = pa.table({"item": pa.array(range(len(texts)), pa.int32()), "typed": pa.array(texts, pa.string())})
    return with_marks(rows).to_pylist()


def test_only_letters_count_and_a_text_without_any_is_left_out():
    one, other = marked(" 完成3家，合格。", "", "12。", "完成 15 家；合格")
    same = ("digest", "letters", "used", "code", "marks")
    assert [one[word] for word in same] == [other[word] for word in same]
    assert (one["item"], one["length"], one["letters"]) == (0, 8, 5)
    assert (other["item"], other["length"]) == (3, 10)


def test_what_is_stored_is_the_same_in_every_version():
    (row,) = marked("完成了五项工作")
    assert row == {
        "item": 0,
        "digest": 5879656430353688294,
        "length": 7,
        "letters": 7,
        "used": 144115325784363072,
        "code": "!x/=cLK",
        "marks": [1368964191, 2698813061, 2985951541, 4183302026],
    }


def test_texts_share_the_marks_of_the_runs_they_share_and_of_no_others():
    whole, part, other = (set(row["marks"]) for row in marked(LONG, LONG[:30], "与前面没有一处连着五个字相同的话"))
    assert len(whole & part) == len(part) - 1  # all but that of the whole
    assert not other & (whole | part)
    assert len(marked("完成")[0]["marks"]) == 1


def test_of_a_long_text_every_fourth_run_is_marked_the_same_ones_wherever_it_stands():
    letters = "".join(chr(0x4E00 + 7 * place) for place in range(400))
    long, behind = (set(row["marks"]) for row in marked(letters, "前言" + letters))
    assert 60 <= len(long) <= 140
    assert len(long ^ behind) <= 4


def test_a_warehouse_of_before_gets_the_marks_that_loading_would_have_kept():
    with open_warehouse(None) as old, open_warehouse(None) as new:
        old.execute(
            "INSERT INTO registries VALUES (repeat('a', 64), 'plan', 2023, '{}', now());"
            "INSERT INTO quarters VALUES ('2023Q1', repeat('a', 64), '2023-03-31', '2023-04-10', now());"
        )
        for number, verdict in enumerate(("accepted", "set_aside"), start=1):
            accession = f"2023Q1-A1-0{number}"
            old.execute(
                "INSERT INTO submissions SELECT $1, '2023Q1', 'A1', $2, repeat($2::VARCHAR, 64), 'a', '', 9, now(),"
                " now(), repeat('a', 64), NULL, $3, false, NULL",
                [accession, number, verdict],
            )
            old.execute(
                "INSERT INTO entries SELECT $1, 'progress', item, item, field, 'value', $2, $2, NULL, NULL, 's', 3,"
                " 'E3' FROM range(1, 3) t(item), (SELECT unnest(['done', 'next']) AS field)",
                [accession, LONG],
            )
        mark(old, new)
        kept = new.execute("SELECT accession, item, code, marks FROM wordings ORDER BY item").fetchall()
    (row,) = marked(LONG)
    assert kept == [("2023Q1-A1-01", item, row["code"], row["marks"]) for item in (1, 2)]


def test_letters_alone_forbid_no_pair_that_is_as_alike_as_is_wanted():
    draw = random.Random(7)
    letters = [chr(33 + place) for place in range(93)]

    def edited(text: str) -> str:
        kept = [draw.choice(letters) if draw.random() < 0.1 else letter for letter in text if draw.random() > 0.05]
        return "".join(kept) or "!"

    codes = ["".join(draw.choices(letters, k=draw.randint(1, 90))) for _ in range(300)]
    pairs = [(code, edited(code) if draw.random() < 0.7 else draw.choice(codes)) for code in codes]
    rows = {"pair": range(300), "one": [one for one, _ in pairs], "two": [two for _, two in pairs]}
    table = pa.table({**rows, "wanted": pa.array([0.8] * 300)})
    with open_warehouse(None) as connection:
        connection.register("pairs", table)
        alike = connection.execute(
            "SELECT pair FROM pairs"
            " WHERE 1 - levenshtein(one, two) / greatest(strlen(one), strlen(two))::DOUBLE >= wanted"
        ).fetchall()
    found = {row["pair"] for row in near(table).to_pylist()}
    assert {pair for (pair,) in alike} <= found
    assert 50 < len(alike) <= len(found) < 250
    assert near(table.slice(0, 0)).num_rows == 0
