"""What people type, and what it is read as: state, value, and what they are told was cleaned."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duban.fillin.layout import PROJECT_STATUSES, STATUSES
from duban.reading import values
from duban.reading.cells import shortest
from duban.reading.numerals import chinese_number
from duban.reading.values import Value

TABLE_OF_FIGURES = """
23          项    23
23.0        项    23
23.50       项    23.5
-3          项    -3
0           项    0
２３        项    23      23
'23         项    23      23
+5          项    5       5
1,200       项    1200    1200
1，200      项    1200    1200
1_200       项    1200    1200
1,200批次   批次  1200    1200
1,200家     批次  1200    1200
23_项       项    23      23
23万        项    230000  230000
1.2亿       元    120000000  120000000
23万元      元    230000  230000
23万元      万元  23      23
23万        万元  23      23
5000元      万元  0.5     0.5
两百万元    万元  200     200
3千         项    3000    3000
3。5        项    3.5     3.5
二十三项    项    23      23
一百零五    项    105     105
35%         %     0.35
35％        %     0.35    35%
0.35        %     0.35    35%
35          %     0.35    35%
1           %     1       100%
百分之三十  %     0.3     30%
"""


@pytest.mark.parametrize("line", TABLE_OF_FIGURES.strip().splitlines())
def test_figures_are_read_as_people_type_them_and_what_was_cleaned_is_told(line):
    typed, unit, number, *cleaned = line.split()
    expected = Value("value", number=Decimal(number), cleaned=cleaned[0] if cleaned else None)
    assert values.figure("text", typed.replace("_", " "), unit) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "约23",
        "23余",
        "23多",
        "23左右",
        "近百",
        "20-30",
        "20~30",
        "20至30",
        "(3)",
        "（3）",
        "/",
        "-",
        "—",
        "--",
        "无",
        "暂无",
        "1,20",
        "12_00",
        "1,2000",
        "一百五",
        "两万三",
        "二三",
        "1e5",
        "35%",
        "5%",
        "23+5",
        "=23",
        "2023年",
        "±",
        "1.2.3",
        "23万多",
        "23个亿",
        "99999999999999999999",
        ".",
        ",",
    ],
)
def test_what_is_not_surely_one_figure_is_unreadable_and_never_zero(typed):
    assert values.figure("text", typed.replace("_", " "), "项") == values.UNREADABLE


def test_a_chinese_myriad_under_a_unit_of_myriads_is_not_guessed_at():
    assert values.figure("text", "二十三万", "万元") == values.UNREADABLE
    assert values.figure("text", "23个", "万元") == values.UNREADABLE


@pytest.mark.parametrize("kind", ["date", "bool", "error", "formula"])
def test_a_cell_of_another_kind_is_no_figure(kind):
    assert values.figure(kind, "1900-01-23", "项") == values.UNREADABLE


@pytest.mark.parametrize(
    ("typed", "told"), [("不适用", None), (" 不适用 ", "不适用"), ("n/a", "不适用"), ("不涉及", "不适用")]
)
def test_not_applicable_is_neither_blank_nor_zero(typed, told):
    expected = Value("not_applicable", cleaned=told)
    assert [values.figure("text", typed, "项"), values.percent("text", typed), values.date("text", typed, 2023)] == [
        expected
    ] * 3


@given(st.integers(-(10**16), 10**16), st.integers(0, 6))
def test_every_plain_decimal_is_read_exactly(digits, places):
    number = Decimal(digits).scaleb(-places)
    if len(number.normalize().as_tuple().digits) <= 15:
        assert values.figure("text", f"{number:f}", "项") == Value("value", number=number)


@given(st.integers(0, 10**12))
@example(1000)
def test_thousands_separators_and_full_width_digits_change_nothing(number):
    wide = f"{number:,}".translate({ord("0") + n: ord("０") + n for n in range(10)})
    assert values.figure("text", wide.replace(",", "，"), "项").number == number


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_cell_keeps_what_a_spreadsheet_shows(number):
    read = values.figure("number", shortest(number), "项").number
    assert abs(read - Decimal(number)) <= Decimal("0.0000005") + abs(Decimal(number)) * Decimal("1e-14")


def test_noise_of_floats_is_not_told():
    assert values.figure("number", "0.30000000000000004", "项") == Value("value", number=Decimal("0.3"))


@given(st.text(max_size=20))
@example("0")
def test_any_text_is_read_or_refused_but_never_made_a_zero(typed):
    for value in (values.figure("text", typed, "项"), values.percent("text", typed)):
        if value.number == 0:
            assert set(typed) & set("0零〇") or any(c.isdecimal() for c in typed)
        assert value.state in ("value", "not_applicable", "unreadable")
    values.date("text", typed, 2023), values.text("text", typed), values.item_number("text", typed)
    values.status("text", typed, STATUSES)


@pytest.mark.parametrize(
    ("kind", "typed", "number", "told"),
    [
        ("number", "0.35", "0.35", None),
        ("number", "35", "0.35", "35%"),
        ("number", "1", "1", None),
        ("number", "100", "1", "100%"),
        ("number", "0", "0", None),
        ("text", "100%", "1", None),
        ("text", "99.5 %", "0.995", "99.5%"),
        ("text", "-5%", "-0.05", None),
    ],
)
def test_a_share_is_a_fraction_however_it_is_typed(kind, typed, number, told):
    assert values.percent(kind, typed) == Value("value", number=Decimal(number), cleaned=told)


def test_ranges_and_words_are_no_share():
    assert {values.percent("text", typed) for typed in ("30%-40%", "过半", "约35%", "百分之", "%", "1/2")} == {
        values.UNREADABLE
    }


TABLE_OF_DATES = """
2023-06-30     2023-06-30
2023年6月30日  2023-06-30
2023.6.30      2023-06-30
2023/6/30      2023-06-30
２０２３．６．３０  2023-06-30
20230630       2023-06-30
6月30日        2023-06-30
6月底          2023-06-30
6月底前        2023-06-30
2023年6月      2023-06-30
2023年2月末    2023-02-28
2024年2月      2024-02-29
2023-6         2023-06-30
12月           2023-12-31
二季度         2023-06-30
2023年第四季度末  2023-12-31
年底           2023-12-31
2024年底       2024-12-31
23年6月30日    2023-06-30
"""


@pytest.mark.parametrize("line", TABLE_OF_DATES.strip().splitlines())
def test_dates_are_read_as_people_type_them(line):
    typed, day = line.split()
    told = None if typed == day else day
    assert values.date("text", typed, 2023) == Value("value", day=dt.date.fromisoformat(day), cleaned=told)


@pytest.mark.parametrize(
    "typed",
    ["长期", "每月", "2023年", "2月30日", "13月", "6.30", "6月中旬", "2023.13.1", "/", "无", "尽快", "2023-06-31"],
)
def test_what_is_no_day_is_unreadable(typed):
    assert values.date("text", typed, 2023) == values.UNREADABLE


def test_date_cells_serial_numbers_and_numbers_that_were_dates():
    day = dt.date(2023, 6, 30)
    assert values.date("date", "2023-06-30", 2023) == Value("value", day=day)
    assert values.date("date", "2023-06-30T08:30:00", 2023) == Value("value", day=day)
    assert values.date("number", "45107", 2023) == Value("value", day=day, cleaned="2023-06-30")
    assert values.date("number", "2023.6", 2023) == Value("value", day=day, cleaned="2023-06-30")
    # 2023.10 typed into a cell of numbers is kept as 2023.1: January or October
    assert values.date("number", "2023.1", 2023) == values.UNREADABLE
    assert values.date("number", "6.3", 2023) == values.UNREADABLE


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_in_every_spelling(day):
    spellings = [day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}"]
    spellings += [f"{day:%Y/%m/%d}", f"{day:%Y%m%d}", f"{day:%Y-%m-%d} 00:00:00"]
    assert {values.date("text", typed, 2023).day for typed in spellings} == {day}


def test_statuses_by_their_words_and_by_what_people_write_for_them():
    assert {word: values.status("text", word, STATUSES) for word in STATUSES} == {
        word: Value("value", text=status) for word, status in STATUSES.items()
    }
    assert values.status("text", " 完成 ", STATUSES) == Value("value", text="done", cleaned="已完成")
    assert values.status("text", "正在推进", STATUSES) == Value("value", text="under_way", cleaned="推进中")
    assert values.status("text", "未开始", STATUSES) == Value("value", text="not_started", cleaned="未启动")
    assert values.status("text", "销号", PROJECT_STATUSES) == Value("value", text="closed", cleaned="已销号")
    for typed in ("未完成", "基本完成", "销号", "√", "50%"):
        assert values.status("text", typed, STATUSES) == values.UNREADABLE
    assert values.status("text", "不适用", PROJECT_STATUSES) == values.UNREADABLE


def test_item_numbers():
    for typed in ("13", "13.0", "13."):
        assert values.item_number("text", typed) == Value("value", text="13", number=Decimal(13))
    for typed in ("第13项", "13、", "１３", "十三", "第十三项"):
        assert values.item_number("text", typed) == Value("value", text="13", number=Decimal(13), cleaned="13")
    for typed in ("13.5", "x", "0", "-1", "13和14", "试点"):
        assert values.item_number("text", typed) == values.UNREADABLE


def test_texts_keep_their_words_and_lose_what_cannot_be_seen():
    assert values.text("text", " 第一行\n第二行,“原样”。 ") == Value("value", text="第一行\n第二行,“原样”。")
    assert values.text("text", "甲\u200b乙\x07") == Value("value", text="甲乙", cleaned="甲乙")
    assert values.text("text", "'12345") == Value("value", text="12345", cleaned="12345")
    assert values.text("text", "'甲'和'乙'") == Value("value", text="'甲'和'乙'")
    assert values.text("text", "=1+1") == Value("value", text="=1+1")
    assert values.text("number", "23") == Value("value", text="23")
    assert values.text("text", "\u200b'") == values.BLANK


def spelled(number):
    """A Chinese numeral, written the schoolbook way."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]
    if number >= 10_000:
        head, rest = divmod(number, 10_000)
        zero = "零" if 0 < rest < 1000 else ""
        return (
            spelled(head)
            + "万"
            + zero
            + (spelled(rest).replace("十", "一十", 1) if 10 <= rest < 20 else spelled(rest) if rest else "")
        )
    text, gap = "", False
    for place, digit in zip(range(3, -1, -1), map(int, f"{number:04d}"), strict=True):
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + units[place]
            gap = False
        else:
            gap = True
    return text.replace("一十", "十", 1) if text.startswith("一十") else text or "零"


@given(st.integers(0, 9_999_999))
@example(10)
@example(10_010)
@example(100_305)
def test_every_chinese_numeral_is_the_number_it_spells(number):
    assert chinese_number(spelled(number)) == number
