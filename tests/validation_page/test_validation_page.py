"""The page itself: whole, self-contained, and kept beside its predecessors."""

import re
from html.parser import HTMLParser

from desk import LATE, RECEIVED

from duban.validation_page.page import LATEST

RUN = ("2023Q1-000000-01", "2023Q1-A1-01", "2023Q1-A2-01", "2023Q1-B1-01")
VOID = {"meta", "br", "wbr"}


class Page(HTMLParser):
    """A page as a browser takes it: its text, ids and links; every element has to be closed in its turn."""

    def __init__(self, text: str):
        super().__init__()
        self.open, self.ids, self.links, self.texts, self.tags = [], [], [], [], set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        attributes = dict(attributes)
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if "href" in attributes else []
        assert not {"src", "onclick", "srcset", "action"} & set(attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.texts))


def read(path) -> str:
    return path.read_text(encoding="utf-8")


def test_the_page_says_what_the_run_found(drawn_run):
    page = Page(read(drawn_run.page(RECEIVED, *RUN)))
    for said in (
        "核验页 2023年一季度",
        "2023-04-07 09:12 收取",
        "本次收到 4 家单位的新报送 4 件：受理 2 件，退回 1 件，搁置 1 件。",
        "共发现问题 4 个，其中 1 个已有情况说明或豁免。",
        "数据未填 figure_missing",
        "受理而没有任何问题的 1 件 办公室",
        "数据不小于下限，项目进度不小于 0",
        "1,234",
    ):
        assert said in page.text, said


def test_it_needs_nothing_from_outside_and_runs_nothing(drawn_run):
    text = read(drawn_run.page(RECEIVED, *RUN))
    page = Page(text)
    assert not re.search(r"https?:|//[a-z]|@import|url\(|javascript:", text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "form", "svg"}
    assert "default-src 'none'; style-src 'unsafe-inline'" in text


def test_every_link_within_the_page_leads_somewhere_and_no_name_stands_twice(drawn_run):
    page = Page(read(drawn_run.page(RECEIVED, *RUN)))
    assert len(page.ids) == len(set(page.ids))
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)


def test_names_of_files_cannot_become_markup(drawn_run):
    text = read(drawn_run.page(RECEIVED, *RUN))
    assert "<bdi>甲市&lt;b&gt;&amp;.xlsx</bdi>" in text
    assert "甲市<b>" not in text


def test_equal_runs_give_equal_bytes_and_the_same_run_written_again_keeps_its_page(drawn_run, tmp_path):
    first = drawn_run.page(RECEIVED, *RUN)
    written = first.read_bytes()
    assert drawn_run.page(RECEIVED, *reversed(RUN)) == first
    assert first.read_bytes() == written == (first.parent / LATEST).read_bytes()
    assert sorted(path.name for path in first.parent.iterdir()) == ["20230407-0912.html", LATEST]
    assert first.parent == drawn_run.desk.home.validation / "2023Q1"


def test_later_pages_are_the_latest_and_link_the_earlier_ones(drawn_run):
    first = drawn_run.page(RECEIVED, *RUN[:2])
    kept = first.read_bytes()
    second, third = drawn_run.page(RECEIVED, *RUN[2:]), drawn_run.page(LATE, *RUN[3:])
    assert [path.name for path in (first, second, third)] == [
        "20230407-0912.html",
        "20230407-0912_2.html",
        "20230412-1730.html",
    ]
    assert sorted([first, second, third]) == [first, second, third]
    assert first.read_bytes() == kept
    assert third.read_bytes() == (third.parent / LATEST).read_bytes()
    assert [link for link in Page(read(third)).links if not link.startswith("#")] == [first.name, second.name]


def test_a_run_without_readable_content_says_that_nothing_could_be_judged(drawn_run):
    (drawn_run.folder / "expectations.json").unlink()
    page = Page(read(drawn_run.page(RECEIVED, "2023Q1-000000-01")))
    assert "没有一件报送的内容可以核验" in page.text
    assert "1,234" not in page.text


def test_a_run_without_a_fault_says_so(drawn_run):
    page = Page(read(drawn_run.page(RECEIVED, "2023Q1-B1-01")))
    assert "没有发现问题。" in page.text
    assert "没有一条规则发现问题。" in page.text
