"""Tables in Markdown, and what is said below them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Iterable

from .contender import Contender


@dataclass
class Column:
    """Of a table. Where it is `compared`, the ratio to the first contender of the group stands in brackets."""

    title: str
    figure: Callable[[Contender], float | None]
    form: str = "{:,.0f}"
    compared: bool = True


def noted(title: str, form: str = "{:,.0f}", compared: bool = True) -> Column:
    """A column of what was noted of each contender under this title."""
    return Column(title, lambda contender: contender.figures.get(title), form, compared)


RATE = Column("calls/s", lambda contender: 1 / contender.median("seconds"))
PROCESSOR_TIME = Column("processor time per call", lambda contender: contender.median("processor_seconds") * 1e6, "{:,.1f} µs")
CALLGRIND = "instructions per call, callgrind"
STEPS = "instructions per call, this processor"


def floor_of(contender: Contender, contenders: list[Contender]) -> Contender:
    return next(other for other in contenders if other.group == contender.group)


def table(contenders: list[Contender], columns: list[Column]) -> str:
    lines = ["| | " + " | ".join(column.title for column in columns) + " |", "|---|" + "--:|" * len(columns)]
    for contender in contenders:
        cells = [cell(column, contender, floor_of(contender, contenders)) for column in columns]
        lines.append(f"| {contender} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(column: Column, contender: Contender, floor: Contender) -> str:
    own, base = column.figure(contender), column.figure(floor)
    if own is None:
        return ""
    text = column.form.format(own)
    return f"{text} ({own / base:.2f})" if column.compared and contender is not floor and base else text


def ratio(own: Contender, base: Contender, figure: Callable[[Contender], float | None] | Column) -> float | None:
    """Of a figure of one to that of another; None where one is missing."""
    figure = figure.figure if isinstance(figure, Column) else figure
    numbers = figure(own), figure(base)
    return numbers[0] / numbers[1] if None not in numbers else None


@dataclass
class Target:
    """What a figure ought to be."""

    text: str
    value: float | None
    limit: float
    form: str = "{:.2f}"
    at_least: bool = False

    def __str__(self) -> str:
        limit = ("at least " if self.at_least else "at most ") + self.form.format(self.limit)
        if self.value is None:
            return f"| {self.text} | not measured | {limit} | |"
        is_met = self.value >= self.limit if self.at_least else self.value <= self.limit
        verdict = "met" if is_met else f"missed by {abs(self.value / self.limit - 1):.0%}"
        return f"| {self.text} | {self.form.format(self.value)} | {limit} | {verdict} |"


def targets(found: Iterable[Target]) -> str:
    return "\n".join(["| target | is | ought to be | |", "|---|--:|--:|---|", *map(str, found)])
