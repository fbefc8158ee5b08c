"""The manual: a page for every function and none too many, without a complaint of mandoc, its references resolved."""

from __future__ import annotations

import ctypes
import re
import subprocess

import pytest
from pages import TOP

OTHERS = {"locjob", "locjob_code", "locjob_job"}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("man")
    subprocess.run([TOP / "scripts/make-manual", str(folder)], check=True)
    return {page.stem: page for page in (folder / "man3").iterdir()}


@pytest.fixture(scope="module")
def functions():
    """As the compiler sees them."""
    header = TOP / "include/locjob.h"
    command = ["gcc", "-x", "c", "-fsyntax-only", "-aux-info", "/dev/stdout", str(header)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(re.findall(rf"^/\* {re.escape(str(header))}:.*[ *](locjob_\w+) \(", listed, re.MULTILINE))


def test_every_function_has_its_page(pages, functions):
    assert len(functions) > 30
    assert set(pages) == functions | OTHERS


def test_mandoc_has_nothing_to_say(pages):
    """But that pages are not installed: where references lead is looked at below."""
    command = ["mandoc", "-Tlint", "-Wstyle", *(str(page) for page in pages.values())]
    ended = subprocess.run(command, capture_output=True, text=True)
    said = [line for line in ended.stdout.split("\n") if line and "referenced manual not found" not in line]
    assert said == [] and ended.stderr == ""


def test_references(pages):
    for page in pages.values():
        for target in re.findall(r"Xr (\w+) 3", page.read_text()):
            assert target in pages, f"{page.name} refers to {target}(3)"


def test_sections(pages, functions):
    for function in functions:
        text = pages[function].read_text()
        sections = re.findall(r"^\.Sh (.*)$", text, re.MULTILINE)
        assert sections[:4] == ["NAME", "LIBRARY", "SYNOPSIS", "DESCRIPTION"] and sections[-1] == "SEE ALSO"
        assert ("RETURN VALUES" in sections) == ('.Ft "void"' not in text), function
        if re.search(r'\.Ft "locjob_(code|result \*)"', text) and "code_name" not in function:
            assert "ERRORS" in sections, function
        assert re.search(r"^\.Fo " + function + "$", text, re.MULTILINE)


def test_code_table(pages, library):
    """All codes, as the library itself lists them."""
    loaded = ctypes.CDLL(str(library))
    loaded.locjob_codes.restype = ctypes.POINTER(ctypes.c_int32)
    loaded.locjob_code_name.restype = ctypes.c_char_p
    count = ctypes.c_size_t()
    codes = loaded.locjob_codes(ctypes.byref(count))[: count.value]
    shown = re.findall(r"^\.It Dv (LOCJOB_\w+) Pq (\d+)$", pages["locjob_code"].read_text(), re.MULTILINE)
    assert len(codes) > 30
    assert shown == [(loaded.locjob_code_name(code).decode(), str(code)) for code in codes]


def test_setting_table(pages):
    settings = set(re.findall(r'Row\(\s*name: "(\w+)"', (TOP / "Sources/LocJob/Core/Config/Setting.swift").read_text()))
    terms = re.findall(r"^\.It (.*)$", pages["locjob_config_set"].read_text(), re.MULTILINE)
    shown = {setting for term in terms if not term.startswith("Dv") for setting in term.split(", ")}
    assert shown == settings


def test_html():
    subprocess.run([TOP / "scripts/make-docs"], check=True)
    folder = TOP / ".build-docs/html"
    pages = {page.name: page.read_text() for page in folder.glob("*.html")}
    assert len(pages) > 30
    for page, text in pages.items():
        for target in re.findall(r'href="([^"#]+)"', text):
            assert (folder / target).exists(), f"{page} links to {target}"
