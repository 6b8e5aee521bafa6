"""The page that shows a running day: the people on every level, what the day has come to, and play, pause, step."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import solara
import solara.lab

from sim.live import drawing
from sim.live.day import STATES, LiveDay
from sim.reporting.wording import clock, duration, whole
from sim.units import US_PER_S

STYLE = (Path(__file__).parent / "live.css").read_text(encoding="utf-8")
RATES = (1, 2, 5, 10, 20)  # looks a second
LOOKS_A_CURVE = 10  # while it plays: a curve takes longer to draw than the people
_shown: list[LiveDay] = []  # the day of this process, for every tab


def show(day: LiveDay) -> None:
    """Make a day the one that the page shows."""
    _shown[:] = [day]


@solara.component
def Page() -> None:
    """Show the day of this process."""
    solara.Style(STYLE)
    solara.Title("Galleria: a day as it happens")
    if _shown:
        LiveView(_shown[0])
    else:
        solara.Text("No day is shown; start this page with `galleria live SCENARIO`.")


@solara.component
def LiveView(day: LiveDay) -> None:
    """Show a day with its controls; in a notebook, `display(LiveView(day))`."""
    is_playing, rate = solara.use_reactive(False), solara.use_reactive(5)
    looks, level = solara.use_reactive(day.looks), solara.use_reactive("all levels")

    def play() -> None:
        while is_playing.value and day.running:
            began_s = time.monotonic()
            day.step()
            looks.value = day.looks
            time.sleep(max(0.0, 1 / rate.value - (time.monotonic() - began_s)))
        if not day.running:
            is_playing.value = False
            looks.value = -1  # the end, which is no look

    def step() -> None:
        day.step()
        looks.value = day.looks if day.running else -1

    solara.use_thread(play, dependencies=[is_playing.value])
    solara.Style(STYLE)
    with solara.Column(classes=["galleria-live"], gap="0.75rem"):
        _Head(day, looks.value)
        with solara.Row(classes=["controls"], gap="0.5rem"):
            words = "Pause" if is_playing.value else "Play"
            solara.Button(
                words, color="primary", on_click=lambda: is_playing.set(not is_playing.value), disabled=not day.running
            )
            solara.Button("Step", on_click=step, disabled=is_playing.value or not day.running)
            solara.Select("Looks a second", values=list(RATES), value=rate)
            names = [day.compiled.level_names[each] for each in drawing.levels_shown(day.compiled)]
            solara.Select("Show", values=["all levels", *names], value=level)
            solara.lab.ThemeToggle()
        _Numbers(day, looks.value)
        _Levels(day, looks.value, level.value)
        _Curves(day, looks.value // LOOKS_A_CURVE if is_playing.value else looks.value)


@solara.component
def _Head(day: LiveDay, looks: int) -> None:
    config, frame = day.config, day.frame
    when = "before the first look" if frame is None else clock(int(frame.time_s * US_PER_S))
    state = "" if day.running else " · the day is over"
    solara.HTML("h1", _safe(f"{config.name} · {day.compiled.name}"))
    solara.HTML(
        "p", _safe(f"{config.date}, {when}{state} · a look every {day.every_s:g} s of the mall's time"), classes=["when"]
    )
    if day.mistake:
        solara.Error(day.mistake)


@solara.component
def _Numbers(day: LiveDay, looks: int) -> None:
    """Show what the day has come to by now."""
    frame = day.frame
    if frame is None:
        solara.Text("Press Play, or Step for one look. The day goes on only while you look, and looking changes nothing.")
        return
    told = {
        "Parties here": whole(frame.parties), "People here": whole(frame.people), "Visits so far": whole(frame.so_far["visits"]),
        "Tenants' takings so far": f"¥{frame.so_far['takings_yuan']:,.0f}", "Longest time in lines": duration(frame.waiting_s_max),
    }  # fmt: skip
    tiles = "".join(f"<div><dt>{_safe(name)}</dt><dd>{_safe(value)}</dd></div>" for name, value in told.items())
    solara.HTML("dl", tiles, classes=["tiles"])
    counts = [int((frame.group == group).sum()) for group in range(len(STATES))]
    key = "".join(
        f'<li><i class="key g{group}"></i>{name}: <b>{whole(count)}</b></li>'
        for group, (name, count) in enumerate(zip(STATES, counts, strict=True))
    )
    solara.HTML("ul", f"{key}<li class='note'>a dot is a party</li>", classes=["legend"])


@solara.component
def _Levels(day: LiveDay, looks: int, chosen: str) -> None:
    shown = [each for each in drawing.levels_shown(day.compiled) if chosen in ("all levels", day.compiled.level_names[each])]
    with solara.Div(classes=["levels", "one" if len(shown) == 1 else "many"]):
        for each in shown:
            _Level(day, each, looks)


@solara.component
def _Level(day: LiveDay, level: int, looks: int) -> None:
    floor = solara.use_memo(lambda: drawing.floor_svg(day.compiled, level), [level])
    here = 0 if day.frame is None else int((day.frame.level == level).sum())
    with solara.Div(classes=["level"]):
        solara.HTML("h2", _safe(f"{day.compiled.level_names[level]}: {whole(here)}"))
        with solara.Div(classes=["map"]):
            solara.HTML("div", floor, classes=["layer"])
            solara.HTML("div", drawing.people_svg(day.compiled, level, day.frame), classes=["layer", "people"])


@solara.component
def _Curves(day: LiveDay, looks: int) -> None:
    """Draw people inside, and what a model of one's own collects."""
    history = day.history
    if len(history.time_s) < 2:
        return
    curves: dict[str, list[Any]] = {"people here": list(history.people)}
    for name in history.own[-1] if history.own else ():
        curves[name] = [each.get(name, 0.0) for each in history.own]
    with solara.Div(classes=["curves"]):
        for place, (name, values) in enumerate(curves.items()):
            few = min(len(values), len(history.time_s))
            solara.HTML("div", drawing.curve_svg(f"curve{place}", history.time_s[:few], values[:few], name), classes=["curve"])


def _safe(text: object) -> str:
    from sim.reporting.wording import esc

    return esc(text)
