"""The Korean pages speak with one voice: the words of docs/notation.ko.md, one register."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("README.ko.md"), *ROOT.glob("*/*.ko.md")])
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
NOT_USED = {
    r"할인율|할인 계수|감쇠율": "감가율",
    r"정책\s반복|정책 이터레이터": "정책 이터레이션",
    r"가치\s반복|값\s반복": "가치 이터레이션",
    r"개선": "발전",
    r"[Qq][-\s]?(러닝|학습)": "큐러닝",
    r"[Qq][-\s]?함수|행동가치": "큐함수, 행동 가치",
    r"SARSA는|사르사": "살사",
    r"리턴|이득\(return\)|보상의 합계": "반환값",
    r"목표 네트워크|타겟": "타깃 네트워크",
    r"재생 메모리|재현 메모리|리플레이 버퍼": "리플레이 메모리",
    r"치우[쳐침]": "편향",
    r"이점|우위": "어드밴티지",
    r"맵(?!핑)|그리드월드": "지도, 격자",
    r"가치표|값의 표|큐 표": "테이블",
    r"전이 확률|전이확률": "상태 변환 확률",
    r"견주|꼬리표|달아나|달아난|어림|친척|무게|제\s자신|흩어짐": "the plain word",
    r"비편향|불편추정|편향\s?(되지 않은|없는) 추정": "불편 추정값",
    r"값을 치르|치르는 값|값비싼": "대가",
    r"(?<![가-힣])표(를|에|는)? (채우|채워|배우|배운)|표 기반|표 방법": "테이블",
    r"그래디언트|그라디언트|경사도": "그레이디언트",
    r"뉴럴|인공\s?신경망": "신경망",
    r"세상|그리드|업데이트": "세계, 격자, 갱신",
}
"""Spellings that are not used, and what is said instead."""


def used(pattern: str, page: Path) -> list[str]:
    """The lines of a page on which the pattern stands."""
    return [line for line in page.read_text(encoding="utf-8").splitlines() if re.search(pattern, line)]


@EACH_PAGE
def test_only_the_words_of_the_course_are_used(page: Path) -> None:
    assert {instead: lines for pattern, instead in NOT_USED.items() if (lines := used(pattern, page))} == {}


@EACH_PAGE
def test_a_page_speaks_in_one_register(page: Path) -> None:
    """Sentences end in -니다 or invite (-시다); none is in the register of a book or a paper."""
    sentences = re.findall(r"[가-힣]+다[.)](?=\s|$)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert [each for each in sentences if not re.search(r"(니다|시다)[.)]$", each)] == []
    chatty = re.findall(
        r"[가-힣]*(?:[죠네]|지요|니까요|거든요|[아어여해]요|예요|에요)[.!]", page.read_text(encoding="utf-8")
    )
    assert chatty == []
    asked = re.findall(r"<summary>(.*\?)</summary>", page.read_text(encoding="utf-8"))
    assert [each for each in asked if not each.endswith("요?")] == []


def test_every_page_links_to_the_list_of_words() -> None:
    for page in PAGES:
        assert "notation" in page.name or "notation.ko.md)" in page.read_text(encoding="utf-8"), page
    listed = (ROOT / "docs" / "notation.ko.md").read_text(encoding="utf-8")
    for wanted in set(re.findall(r"[가-힣]+(?: [가-힣]+)*", " , ".join(NOT_USED.values()))):
        assert wanted in listed or wanted in ("지도", "격자", "세계", "갱신", "대가")
