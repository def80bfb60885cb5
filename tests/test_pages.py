"""What holds for every page: links into the code quote the line that they link to, and each page has its twin."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("[a-z]*/*.md")])
TWINS = [(page, page.with_name(page.name.replace(".ko.md", ".md"))) for page in PAGES if page.name.endswith(".ko.md")]
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
EACH_TWIN = pytest.mark.parametrize("korean, english", TWINS, ids=[en.relative_to(ROOT).as_posix() for _, en in TWINS])
# [`code`](file.py#L12); code that ends in .py only names the file
QUOTED_LINE = re.compile(r"\[`([^`]+)`\]\(([\w./]+\.py)#L(\d+)\)")


def quoted_lines(page: Path) -> list[tuple[str, Path, int]]:
    """(code, file, line) of every link whose text is a piece of code."""
    found = QUOTED_LINE.findall(page.read_text(encoding="utf-8"))
    return [
        (code.replace("\\|", "|"), page.parent / file, int(line)) for code, file, line in found if code[-3:] != ".py"
    ]


@EACH_PAGE
def test_a_quoted_line_is_the_line_that_is_linked(page: Path) -> None:
    for code, file, line in quoted_lines(page):
        lines = file.read_text(encoding="utf-8").splitlines()
        at = [number for number, text in enumerate(lines, start=1) if code in text]
        assert line in at, f"{page.name} links {code!r} to {file.name}#L{line}; it stands in line {at}"


@EACH_PAGE
def test_every_linked_line_exists(page: Path) -> None:
    for file, line in re.findall(r"\]\(([\w./]+\.py)#L(\d+)", page.read_text(encoding="utf-8")):
        lines = (page.parent / file).read_text(encoding="utf-8").splitlines()
        assert int(line) <= len(lines) and lines[int(line) - 1].strip(), f"{page.name} links to {file}#L{line}"


def test_the_deep_pages_quote_lines_in_both_languages() -> None:
    for page in ("README", "control"):
        english, korean = (quoted_lines(ROOT / "deep" / f"{page}{language}.md") for language in ("", ".ko"))
        assert english and sorted(english, key=str) == sorted(korean, key=str)


def test_every_page_is_there_in_both_languages() -> None:
    assert {page for page in PAGES if not page.name.endswith(".ko.md")} == {english for _, english in TWINS}


SHARED = {
    "headings": r"^(#+) ",
    "commands": r"(python (?:-m |[\w/]+\.py)[^`#\n]*)",
    "pictures": r"!\[[^\]]*\]\(([^)]+)\)",
    "links": r"\]\(([^)\s]+)\)",
    "columns": r"^(\|(?: ?:?-+:? ?\|)+)$",
    "equations": r"^```math\n(.+)\n```$",
    "folded": r"(<summary>)",
}
"""What a reader of either language gets, in this order."""


@EACH_TWIN
@pytest.mark.parametrize("pattern", SHARED.values(), ids=SHARED)
def test_twins_are_of_one_make(pattern: str, korean: Path, english: Path) -> None:
    """The same parts in the same order, whatever is said in them."""
    found = [re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE) for page in (english, korean)]
    shared = [
        [re.sub(r'"[^"]*\.toml"', "a map", part.strip()).replace(".ko.", ".") for part in parts] for parts in found
    ]
    languages = {"README.md", english.name}
    first, second = ([part for part in parts if part not in languages] for parts in shared)
    assert first == second


MERMAID = re.compile(r"^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LABEL = re.compile(r"\"[^\"]*\"")


@EACH_TWIN
def test_a_diagram_differs_in_its_words_alone(korean: Path, english: Path) -> None:
    drawn = [MERMAID.findall(page.read_text(encoding="utf-8")) for page in (english, korean)]
    assert [LABEL.sub("words", each) for each in drawn[0]] == [LABEL.sub("words", each) for each in drawn[1]]
    for each in drawn[0]:
        assert each.startswith("flowchart "), "the one kind of diagram that the pages use"
        assert not re.search(r"[^\x00-\x7f]", LABEL.sub("", each)), "only quoted words may hold other letters"


def test_every_chapter_has_a_diagram() -> None:
    for page in ("gridworld/README.md", "dp/README.md", "tabular/README.md", "deep/README.md", "deep/control.md"):
        assert MERMAID.search((ROOT / page).read_text(encoding="utf-8")), page


@EACH_PAGE
def test_formulas_are_left_to_latex(page: Path) -> None:
    """GitHub takes the backslash off `$a\\,b$`, and knows no formula that begins right after a letter or a bracket."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"\S\$`.*", text) == []
    assert "$" not in re.sub(r"`[^`\n]*`", "", re.sub(r"\$`[^`\n]*`\$", "", text))


NO_FORMULA_HERE = re.compile(r"^```.*?^```$|^<summary>[^\n]*$|`[^`\n]*`|!\[[^\]\n]*\]|\(λ\)", re.MULTILINE | re.DOTALL)
MATHEMATICS = re.compile(r"[Α-Ωα-ω²³ⁿ√∇×]|\bln \d|\bgrad [Jlp]|argmax [Qq]\(")  # noqa: RUF001  (capital alpha)


@EACH_PAGE
def test_what_is_mathematics_is_a_formula(page: Path) -> None:
    """No Greek letter, power or root in plain text: only in diagrams and code, and where GitHub reads no formula."""
    text = NO_FORMULA_HERE.sub("", page.read_text(encoding="utf-8"))
    assert [line for line in text.splitlines() if MATHEMATICS.search(line)] == []


HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
CODE_BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def slug(heading: str) -> str:
    """The anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """All parts of a page that a link may name."""
    text = page.read_text(encoding="utf-8")
    headings = HEADING.findall(CODE_BLOCK.sub("", text))
    return {slug(heading) for heading in headings} | set(re.findall(r'<a id="([^"]+)"></a>', text))


@EACH_PAGE
def test_a_link_into_a_page_finds_its_section(page: Path) -> None:
    for file, section in re.findall(r"\]\(([\w./-]*(?:\.md)?)#([\w-]+)\)", page.read_text(encoding="utf-8")):
        if not file or file.endswith(".md"):
            assert section in anchors(page.parent / file if file else page), f"{file}#{section}"


@EACH_TWIN
def test_sections_have_the_same_anchors_in_both_languages(korean: Path, english: Path) -> None:
    """A Korean heading has an <a id="..."> above it, named like the English one."""
    headings = HEADING.findall(CODE_BLOCK.sub("", english.read_text(encoding="utf-8")))
    assert {slug(heading) for heading in headings} - anchors(korean) == set()


SYMBOL = re.compile(r"\\(alpha|beta|gamma|delta|epsilon|theta|kappa|lambda|mu|pi|rho|sigma|tau)\b")


def test_the_notation_lists_every_greek_letter_of_the_pages() -> None:
    listed = set(SYMBOL.findall((ROOT / "docs" / "notation.md").read_text(encoding="utf-8")))
    used = {letter for page in PAGES for letter in SYMBOL.findall(page.read_text(encoding="utf-8"))}
    assert used == listed
