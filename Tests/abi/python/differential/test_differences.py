"""The list of differences itself."""

from __future__ import annotations

from collections import Counter

from configurations import configurations, no_proxy
from credential_cases import credentials
from differences import DIFFERENCES
from generate import errors, job_ids, responses, retries


def all_cases() -> list:
    return [*job_ids(), *responses(), *errors(), *retries(), *configurations(), *no_proxy(), *credentials()]


CASES = all_cases()


def test_every_difference_has_a_case_and_every_mark_a_difference():
    assert {case["here"] for case in CASES if "here" in case} == {difference.name for difference in DIFFERENCES}


def test_names_are_unique_and_every_difference_has_its_reason():
    assert len({difference.name for difference in DIFFERENCES}) == len(DIFFERENCES)
    assert all(difference.reason.endswith(".") for difference in DIFFERENCES)


def test_cases_are_the_same_every_time():
    assert all_cases() == CASES


def test_most_cases_are_about_agreement():
    marked = Counter("here" in case for case in CASES)
    assert marked[False] > 1000 and marked[False] > 3 * marked[True]
