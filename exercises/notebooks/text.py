"""The text of a page as Jupyter and Colab read it: their formulas, and links that lead on from another folder."""

import re
from collections.abc import Callable

FORMULA = re.compile(r"\$`([^`\n]*)`\$")
LINK = re.compile(r"\]\((?!https?://)([^)\s]+)\)")


def anchor(heading: str) -> str:
    """What GitHub calls the place of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def translated(text: str, moved: Callable[[str], str], diagram: str) -> str:
    """The text with its formulas in dollar signs and its links moved. diagram: what stands in a diagram's place.

    GitHub's Mermaid is not drawn by Colab.
    """
    lines: list[str] = []
    fence = ""
    for line in text.splitlines():
        if line.startswith("```"):
            opening = "" if fence else line
            if (fence or line) == "```math":
                lines.append("$$")
            elif (fence or line) == "```mermaid":
                lines += [diagram] if opening else []
            else:
                lines.append(line)
            fence = opening
        elif fence != "```mermaid":
            lines.append(line if fence else _line(line, moved))
    return "\n".join(lines)


def _line(line: str, moved: Callable[[str], str]) -> str:
    line = LINK.sub(lambda found: f"]({moved(found[1])})", line)
    bar = "\\mid " if line.startswith("|") else "\\|"  # a table's bar is escaped; left alone it would be a double one
    return FORMULA.sub(lambda found: f"${found[1].strip()}$".replace("\\|", bar), line)
