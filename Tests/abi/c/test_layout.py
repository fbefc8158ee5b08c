"""layout.c speaks of every member of every struct that the header has."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "scripts"))
import header  # noqa: E402

LAYOUT = Path(__file__).with_name("layout.c").read_text()
STRUCTS = header.read().of_kind("struct")


def test_the_header_has_structs():
    assert "locjob_job" in [each.name for each in STRUCTS]


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.name)
def test_every_member_is_placed(struct):
    assert re.findall(rf"MEMBER\({struct.name}, (\w+),", LAYOUT) == struct.members
    assert f"SIZE({struct.name}, " in LAYOUT
