"""The pages that are tested: README.md, docs/ and the other READMEs."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import List, NamedTuple

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "scripts"), str(TOP / "Tests/emulator")]
PAGES = [TOP / "README.md", *sorted(TOP.glob("docs/*.md")), TOP / "benchmarks/README.md", TOP / "examples/README.md", *sorted(TOP.glob("Tests/*/README.md"))]


class Block(NamedTuple):
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def name(page: Path) -> str:
    return str(page.relative_to(TOP))


def blocks(language: str) -> List[Block]:
    found = []
    for page in PAGES:
        text = page.read_text()
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            if match[1] == language:
                found.append(Block(name(page), text.count("\n", 0, match.start()) + 1, match[1], match[2]))
    return found


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> List[str]:
    """The fragments that headings can be linked by, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.*)$", prose(page), re.MULTILINE)
    return [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
