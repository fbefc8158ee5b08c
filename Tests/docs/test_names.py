"""What the pages name is there: files, headings, make targets, functions, constants, settings and variables."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pages import PAGES, TOP, anchors, blocks, name, prose

import header

every_page = pytest.mark.parametrize("page", PAGES, ids=name)

#: Every word of the sources.
WORDS = {
    word
    for folder in ("Sources", "scripts", "examples", "Tests/abi/python", "benchmarks")
    for each in sorted((TOP / folder).rglob("*"))
    if each.is_file() and each.suffix in ("", ".swift", ".c", ".h", ".py")
    for word in re.findall(r"\w+", each.read_text())
}
FOLDERS = ("Sources", "Tests", "abi", "benchmarks", "docs", "examples", "include", "scripts")


def commands(page: Path) -> str:
    """Whatever is set as code: fenced shell, indented blocks, and words in backticks."""
    fenced = "\n".join(block.text for block in blocks("sh") if block.page == name(page))
    indented = "\n".join(re.findall(r"^    .*$", prose(page), re.MULTILINE))
    return "\n".join([fenced, indented, *re.findall(r"`([^`\n]+)`", prose(page))])


def test_there_are_pages():
    assert len(PAGES) >= 10


@every_page
def test_links(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match(r"https?://", target):
            continue
        path, _, fragment = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        assert not fragment or fragment in anchors(file), target


@every_page
def test_make_targets(page):
    targets = set(re.findall(r"^(\w+):", (TOP / "Makefile").read_text(), re.MULTILINE))
    used = re.findall(r"^ *(?:[A-Z_]+=\S+ +)?make +(\w+)", commands(page), re.MULTILINE)
    assert set(used) <= targets


@every_page
def test_paths(page):
    for path in re.findall(rf"(?<![\w./-])(?:{'|'.join(FOLDERS)})/[\w./-]*\w", commands(page)):
        assert (TOP / path).exists(), path


@every_page
def test_scripts_are_programs(page):
    for path in re.findall(r"^ *(scripts/[\w.-]+)", commands(page), re.MULTILINE):
        assert (TOP / path).stat().st_mode & 0o100, path


@every_page
def test_functions_types_and_constants(page):
    public = header.read()
    known = {each.name for each in public.declarations} | {each.name for enum in public.of_kind("enum") for each in enum.constants}
    used = set(re.findall(r"\b(?:locjob_[a-z_]+|LOCJOB_[A-Z_]*[A-Z])\b(?!\.)", page.read_text()))
    # Variables of scripts and tests have the prefix too, as has the symbol version.
    assert {each for each in used - known if each not in WORDS} == set()


@every_page
def test_variables(page):
    used = set(re.findall(r"\bAWS_[A-Z0-9_]*[A-Z0-9]\b", page.read_text()))
    assert {each for each in used if each not in WORDS} == set()


def test_every_page_of_docs_is_linked_from_another():
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in re.findall(r"\]\(([^)\s]+\.md[^)\s]*)\)", prose(page))
    }
    assert {name(page) for page in PAGES if page.parent == TOP / "docs" and page not in linked} == set()


def test_tables():
    subprocess.run([TOP / "scripts/make-doc-tables", "--check"], check=True)
