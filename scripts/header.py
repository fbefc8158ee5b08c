"""Reads include/locjob.h: its sections, declarations and comments, for the manual and for tests.

It knows the few forms that the header keeps to, and stops with an error at anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

HEADER = Path(__file__).resolve().parents[1] / "include/locjob.h"


class HeaderError(Exception):
    pass


@dataclass
class Constant:
    name: str
    value: int
    comment: str
    #: The comment that stands above it and what follows it.
    group: str


@dataclass
class Declaration:
    kind: str  # "function", "callback", "opaque", "struct", "enum" or "alias"
    name: str  # empty for an enum
    text: str  # as it stands
    comment: str
    section: str
    line: int
    returns: str = ""
    parameters: list[str] = field(default_factory=list)
    constants: list[Constant] = field(default_factory=list)

    @property
    def members(self) -> list[str]:
        """The names of a struct's members."""
        body = re.sub(r"/\*.*?\*/", "", self.text[self.text.index("{") :], flags=re.DOTALL)
        return re.findall(r"(\w+);", body)[:-1]


@dataclass
class Header:
    comment: str
    version: str
    declarations: list[Declaration]

    def of_kind(self, *kinds: str) -> list[Declaration]:
        return [each for each in self.declarations if each.kind in kinds]

    @property
    def functions(self) -> list[Declaration]:
        return self.of_kind("function")

    @property
    def codes(self) -> list[Constant]:
        """The constants of locjob_code."""
        enums = [each.constants for each in self.of_kind("enum") if any(c.name == "LOCJOB_OK" for c in each.constants)]
        if len(enums) != 1:
            raise HeaderError("not one enum with LOCJOB_OK")
        return enums[0]

    def comment_part(self, name: str) -> str:
        """A paragraph of the conventions in the header's first comment, such as "Threads"."""
        found = re.search(rf"^  {name} +(.*(?:\n {{3,}}.*)*)", self.comment, re.MULTILINE)
        if not found:
            raise HeaderError(f"the first comment says nothing of {name}")
        return re.sub(r"\s+", " ", found[1])


def read(path: Path = HEADER) -> Header:
    text = path.read_text()
    first = re.match(r"/\*.*?\*/", text, re.DOTALL)
    version = re.search(r'^#define LOCJOB_VERSION "(.*)"', text, re.MULTILINE)
    if not first or not version:
        raise HeaderError("no first comment, or no version")
    return Header(comment_text(first[0]), version[1], list(_declarations(text)))


#: A comment, a declaration up to the semicolon outside braces, or a blank line.
_TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/)|(?P<blank>\n[ \t]*\n)|(?P<skip>\s+|#[^\n]*|extern \"C\" \{|\})"
    r"|(?P<declaration>(?:[^;{}/#]|/(?!\*))+(?:\{(?:/\*.*?\*/|[^{}])*\}[^;{}]*)?;)",
    re.DOTALL,
)


def _declarations(text: str):
    position = text.index('extern "C" {')
    section, comment = "", ""
    while position < len(text):
        token = _TOKEN.match(text, position)
        line = text.count("\n", 0, position) + 1
        if not token:
            raise HeaderError(f"line {line}: not understood: {text[position:position + 60]!r}")
        position = token.end()
        if token["comment"]:
            content = comment_text(token["comment"])
            if re.fullmatch(r"-+", content):
                comment = ""
            elif re.match(r"/\* -+ \*/", _line_of(text, line - 1)):
                section, comment = content, ""
            else:
                comment = content
        elif token["blank"]:
            comment = ""
        elif token["declaration"]:
            # The comment stays for the next declaration: what follows without a blank line shares it.
            yield _declaration(token["declaration"].strip(), comment, section, line)


def _line_of(text: str, number: int) -> str:
    return text.split("\n")[number - 1]


_FUNCTION = re.compile(r"LOCJOB_API (?P<returns>.*?[ *])(?P<name>\w+)\((?P<parameters>.*)\);", re.DOTALL)
_CALLBACK = re.compile(r"typedef (?P<returns>.*?[ *])\(\*(?P<name>\w+)\)\((?P<parameters>.*)\);", re.DOTALL)
_STRUCT = re.compile(r"typedef struct (?P<name>\w+) \{.*\} (?P=name);", re.DOTALL)
_OPAQUE = re.compile(r"typedef struct (?P<name>\w+) (?P=name);")
_ALIAS = re.compile(r"typedef \w+ (?P<name>\w+);")
_ENUM = re.compile(r"enum \{(?P<body>.*)\};", re.DOTALL)


def _declaration(text: str, comment: str, section: str, line: int) -> Declaration:
    patterns = {
        "function": _FUNCTION, "callback": _CALLBACK, "struct": _STRUCT, "opaque": _OPAQUE, "alias": _ALIAS,
        "enum": _ENUM,
    }  # fmt: skip
    for kind, pattern in patterns.items():
        found = pattern.fullmatch(text)
        if not found:
            continue
        parts = found.groupdict()
        declaration = Declaration(kind, parts.get("name", ""), text, comment, section, line)
        if "parameters" in parts:
            declaration.returns = " ".join(parts["returns"].split())
            declaration.parameters = [re.sub(r"\s+", " ", each).strip() for each in parts["parameters"].split(",")]
        if "body" in parts:
            declaration.constants = list(_constants(parts["body"]))
        return declaration
    raise HeaderError(f"line {line}: not understood: {text}")


def _constants(body: str):
    group = ""
    # What follows a constant on its line is about it; what stands on a line of its own about those below.
    for comment, name, value, after in re.findall(
        r"/\*(.*?)\*/|(LOCJOB_\w+) = (-?\d+),?(?:[ \t]*/\*(.*?)\*/)?", body, re.DOTALL
    ):
        if name:
            yield Constant(name, int(value), " ".join(after.split()), group)
        else:
            group = " ".join(comment.split())


def comment_text(comment: str) -> str:
    """What a comment says, its lines without the frame, with the white space that indents them."""
    lines = comment[2:-2].split("\n")
    lines = [lines[0].strip(), *(re.sub(r"^ \* ?", "", each).rstrip() for each in lines[1:])]
    return "\n".join(lines).strip("\n").rstrip()
