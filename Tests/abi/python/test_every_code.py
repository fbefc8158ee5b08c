"""Each code of the header is what some test of the built library expects of a call."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
#: How the tests state it: CHECK_CODE(result, LOCJOB_X), fails(…, LOCJOB_X, …), … == LOCJOB_X; failure(Kind, "X", …).
IN_C = re.compile(r"(?:CHECK_CODE|fails|refused|take|take_unasked)\([^;]*?\bLOCJOB_(\w+)|== LOCJOB_(\w+)")
IN_PYTHON = re.compile(r'\b(?:failure|refused)\(\s*[\w.]+,\s*"(\w+)"')


HEADER = (TESTS.parents[1] / "include/locjob.h").read_text()
NAMES = re.findall(r"LOCJOB_(\w+) = \d+", HEADER[HEADER.index("enum {\n    LOCJOB_OK") :].partition("}")[0])


@pytest.fixture(scope="module")
def expected() -> set[str]:
    found = set()
    for file in (TESTS / "c").glob("*.c"):
        found.update(name for pair in IN_C.findall(file.read_text()) for name in pair)
    for file in (TESTS / "python").glob("test_*.py"):
        found.update(IN_PYTHON.findall(file.read_text()))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_code_is_expected_somewhere(expected, name):
    assert name in expected
