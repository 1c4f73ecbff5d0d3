"""The app: pages that show and change nothing."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from paribus.errors import ParibusError
from paribus.report.details import curves_frame, predictions_frame
from paribus.report.figures import Figure
from paribus.report.figures.theme import CONFIG
from paribus.report.studies import studies_beside
from paribus.stats.answers.two import compare_two, find_configuration
from paribus.store.record import Record
from paribus.store.tables import configuration_of
from paribus.ui.drawings import curves_drawing, predictions_drawing
from paribus.ui.folders import studies
from paribus.ui.guard import REPORT_POLICY, Guard
from paribus.ui.pages import leaderboard_view, rendered, static_file
from paribus.ui.shelf import Shelf
from paribus.ui.state import StudyState, state_of


def make_app(roots: Sequence[Path], token: str, port: int) -> FastAPI:
    """The app over the studies in `roots`, for who has `token`, on 127.0.0.1:`port`."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(Guard(token, port))
    app.add_exception_handler(ParibusError, _told)
    app.add_exception_handler(sqlite3.DatabaseError, _told)  # records are opened unchecked
    shelf = Shelf()

    def folder_of(key: str) -> Path:
        folder = studies(roots).get(key)
        if folder is None:
            raise HTTPException(404, "no such study here")
        return folder

    _add_lists(app, roots)
    _add_study(app, folder_of, shelf)
    _add_configurations(app, folder_of, shelf)
    return app


def _told(_request: Request, error: Exception) -> Response:
    """What a user can mend, as a page."""
    return HTMLResponse(rendered("problem.html.j2", message=str(error)), status_code=409)


def _states(roots: Sequence[Path]) -> list[StudyState]:
    found = [state_of(key, folder) for key, folder in studies(roots).items()]
    return sorted(found, key=lambda state: (state.state != "running", state.name))


def _add_lists(app: FastAPI, roots: Sequence[Path]) -> None:
    """All studies, several beside one another, and the app's own files."""

    @app.get("/", response_class=HTMLResponse)
    def _home() -> str:
        return rendered("home.html.j2", states=_states(roots), roots=[str(root) for root in roots])

    @app.get("/states.json")
    def _all_states() -> JSONResponse:
        return JSONResponse([state.plain() for state in _states(roots)])

    @app.get("/beside", response_class=HTMLResponse)
    def _beside(study: list[str] = Query(default=[])) -> str:  # noqa: B008 - FastAPI's way
        known = studies(roots)
        if len(study) < 2 or not set(study) <= known.keys():
            raise HTTPException(404, "name two studies or more of the list")
        found = studies_beside([known[key] for key in dict.fromkeys(study)])
        return rendered("beside.html.j2", found=found)

    @app.get("/static/{name}")
    def _static(name: str) -> Response:
        found = static_file(name)
        if found is None:
            raise HTTPException(404, "no such file")
        content, kind = found
        return Response(content, media_type=kind)


def _add_study(app: FastAPI, folder_of: Callable[[str], Path], shelf: Shelf) -> None:
    """One study: how far it is, its leaderboard, its figures, its report."""

    @app.get("/study/{key}", response_class=HTMLResponse)
    def _study(key: str, find: str = "", by: str = "rank", down: bool = False, page: int = 1) -> str:
        folder = folder_of(key)
        state = state_of(key, folder)
        if not state.done:
            return rendered("begun.html.j2", state=state)
        facts = shelf.held(folder).facts
        view = leaderboard_view(facts, find, by, down, page)
        drawn = [(figure.name, figure.title, figure.description) for figure in shelf.figures(folder).values()]
        has_report = (folder / "report.html").is_file()
        return rendered(
            "study.html.j2", state=state, facts=facts, view=view, figures=drawn, has_report=has_report
        )

    @app.get("/study/{key}/state.json")
    def _state(key: str) -> JSONResponse:
        return JSONResponse(state_of(key, folder_of(key)).plain())

    @app.get("/study/{key}/figure/{name}.json")
    def _figure(key: str, name: str) -> JSONResponse:
        folder = folder_of(key)
        drawn = shelf.figures(folder)
        if name not in drawn:
            raise HTTPException(404, "no such figure")
        return _drawing(drawn[name], shelf.held(folder).facts.board.head(1))

    @app.get("/study/{key}/report")
    def _report(key: str) -> Response:
        path = folder_of(key) / "report.html"
        if not path.is_file():
            raise HTTPException(404, "no report yet: a run writes it at its end")
        headers = {"Content-Security-Policy": REPORT_POLICY}
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)


def _add_configurations(app: FastAPI, folder_of: Callable[[str], Path], shelf: Shelf) -> None:
    """One configuration, its figures, and two compared."""

    @app.get("/study/{key}/configuration/{config_id}", response_class=HTMLResponse)
    def _configuration(key: str, config_id: str) -> str:
        folder = folder_of(key)
        with Record.at(folder, checked=False) as record:
            found = find_configuration(record, config_id)
            levels = configuration_of(record, found).levels
        facts = shelf.held(folder).facts
        return rendered(
            "configuration.html.j2",
            state=state_of(key, folder),
            config_id=found,
            levels=levels,
            metrics=facts.study.protocol.metrics,
            trials=facts.trials[facts.trials["config_id"] == found].to_dict("records"),
        )

    @app.get("/study/{key}/configuration/{config_id}/{name}.json")
    def _figure(key: str, config_id: str, name: str) -> JSONResponse:
        folder = folder_of(key)
        with Record.at(folder, checked=False) as record:
            found = find_configuration(record, config_id)
            if name == "curves":
                metrics = shelf.held(folder).facts.study.protocol.metrics
                return _drawing(curves_drawing(curves_frame(record, found), metrics))
            drawn = predictions_drawing(predictions_frame(record, found)) if name == "predictions" else None
        if drawn is None:
            raise HTTPException(404, "no such figure")
        return _drawing(drawn)

    @app.get("/study/{key}/compare", response_class=HTMLResponse)
    def _compare(key: str, configuration: list[str] = Query(default=[])) -> str:  # noqa: B008
        folder = folder_of(key)
        if len(configuration) != 2:
            raise HTTPException(404, "name two configurations of the leaderboard")
        study = shelf.held(folder).facts.study
        with Record.at(folder, checked=False) as record:
            ids = [find_configuration(record, name) for name in configuration]
            found = compare_two(study, record, *ids)
        return rendered("compare.html.j2", state=state_of(key, folder), found=found)


def _drawing(figure: Figure, marked: pd.DataFrame | None = None) -> JSONResponse:
    """What Vega-Embed draws. `marked`: the row of the leaderboard that figures of all configurations mark."""
    known = [] if marked is None else json.loads(marked.to_json(orient="records"))
    data: dict[str, Any] = {"rows": figure.rows, "configurations": known}
    specification = {**figure.specification, "config": CONFIG, "datasets": data}
    return JSONResponse({"specification": specification, "description": figure.description})
