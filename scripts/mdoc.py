"""Comments to mdoc(7): how a comment is laid out, and how text must be written for roff."""

from __future__ import annotations

import re
import textwrap


def blocks(text: str):
    """A comment's parts by their indentation: "text" from the margin, "list" by two or three, "code" by four and
    more."""
    kind, lines = "", []
    for line in [*text.split("\n"), ""]:
        indent = len(line) - len(line.lstrip())
        if not line.strip():
            now = ""
        elif kind == "list" and indent >= 2:
            now = "list"
        else:
            now = "text" if indent < 2 else "list" if indent < 4 else "code"
        if now != kind:
            if kind:
                yield kind, lines
            kind, lines = now, []
        if now:
            lines.append(line)


def items(lines: list[str]):
    """The terms of a list and what is said of each. A term ends where the others' words begin, at two spaces or at
    the end of its line."""
    found: list[list[str]] = []
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    column = max((len(line) - len(line.lstrip()) for line in lines if not line[margin].strip()), default=0)
    for line in lines:
        if line[margin].strip():
            term, _, words = line.strip().partition("  ")
            if column and not words and line[column - 1 : column] == " ":
                term, words = line[:column].strip(), line[column:]
            found.append([term, words.strip()])
        else:
            found[-1][1] = f"{found[-1][1]} {line.strip()}".strip()
    return found


def sentences_of(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) +(?=[\"A-Z`]|-?\d)", " ".join(text.split()))


def literal(text: str) -> str:
    return ".Bd -literal -offset indent\n" + "\n".join(guard(escape(line)) for line in text.split("\n")) + "\n.Ed"


def escape(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return re.sub(r"(?<=\w)\\-(?=\w)", "-", text)


def quoted(text: str) -> str:
    """Text as an argument of a macro."""
    return escape(text).replace('"', "\\(dq")


def wrapped(words: list[str]) -> list[str]:
    lines = textwrap.wrap(" ".join(words), 78, break_long_words=False, break_on_hyphens=False)
    return [guard(line) for line in lines]


def guard(line: str) -> str:
    """A line that roff does not take for a request."""
    return "\\&" + line if line[:1] in (".", "'") else line
