"""Markdown, LaTeX and PDF: whole, compilable, and text where a user wrote text."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest

from paribus.population.outcome import Status
from paribus.report.exports.latex import escaped as for_latex
from paribus.report.exports.markdown import escaped as for_markdown
from paribus.report.exports.write import export
from paribus.report.facts import Facts, gather
from paribus.report.figures import figures
from paribus.study.spec import Data, Stage
from tests.report.records import DEPTH, record, study

HOSTILE = (
    "<script>alert(1)</script>",
    "\"quotes\" and 'these'",
    "=cmd|' /C calc'!A0",
    "emoji 🎉 and e\u0301tude",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "n" * 500,
    r"\input{/etc/passwd} $x$ 50% a_b {c} #d ~e ^f & \\",
    "| a | b |\n| --- |\n`code` *bold* [link](http://x) ![i](http://x)",
)


def _hostile(folder: Path, name: str) -> Facts:
    """A study that is called so, as far as its rules let it; classes and target carry the whole."""
    factors: dict[str, Any] = {"train.learning_rate": (1e-3, 1e-2)}
    short = name.replace("n" * 500, "").replace("\n", " ")[:200]
    asked = study(
        short,
        data=Data(source="rows.csv", target=name),
        stage=(Stage(name=short, factors=factors),),
        question=(DEPTH.model_copy(update={"name": short, "ask": name}),),
    )
    with record(folder, asked, classes=(name, f"{name} 2")) as found:
        return gather(found, asked)


def test_whatever_a_study_is_called_every_export_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a name breaks the report, or is run by what reads it."""
    # a few figures are enough: their own tests have the names
    monkeypatch.setattr("paribus.report.exports.write.each_figure", lambda facts: figures(facts)[:3])
    name = " ".join(HOSTILE)
    facts = _hostile(tmp_path, name)
    export(facts, tmp_path / "out", ["md", "tex", "pdf", "xlsx", "csv", "parquet"])
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    prose = re.sub(r"(?s)^(`{3,})toml\n.*?^\1$", "", text, flags=re.M)
    assert "<script>" not in prose.replace("\\<script\\>", "")
    assert not re.search(r"(?<!\\)\]\(http", prose)
    widths = {
        len(re.findall(r"(?<!\\)\|", line)) for line in prose.splitlines() if line.startswith("| question-")
    }
    assert len(widths) <= 1
    tex = (tmp_path / "out" / "latex" / "report.tex").read_text(encoding="utf-8")
    assert tex.isascii()
    assert r"\input{/etc" not in tex
    pages = pypdf.PdfReader(tmp_path / "out" / "report.pdf").pages
    assert "alert(1)" in "".join(page.extract_text() for page in pages).replace("\u200b", "")
    _compiles(tmp_path / "out" / "latex")


def _compiles(folder: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("needs pdflatex (Debian: texlive-latex-recommended)")
    done = subprocess.run(
        [program, "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
        cwd=folder,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-2000:]


def test_the_pdf_has_every_figure(exported: Path, facts: Facts) -> None:
    """Else the printed report talks of figures that aren't there."""
    links = re.findall(r"\]\((figures/[^)]+)\)", (exported / "report.md").read_text(encoding="utf-8"))
    assert len(links) >= 5
    assert all((exported / link).is_file() for link in links)
    reader = pypdf.PdfReader(io.BytesIO((exported / "report.pdf").read_bytes()))
    drawn = sum(
        thing.get_object().get("/Subtype") == "/Form"
        for page in reader.pages
        for thing in (page.get("/Resources", {}).get("/XObject") or {}).values()
    )
    assert drawn >= len(links)
    text = "".join(page.extract_text() for page in reader.pages)
    assert facts.best.config_id in text.replace("\u200b", "")


def test_the_latex_of_a_study_compiles_and_holds_its_figures(exported: Path, tmp_path: Path) -> None:
    """Else the thesis doesn't compile on the last evening."""
    folder = shutil.copytree(exported / "latex", tmp_path / "latex")
    text = (folder / "report.tex").read_text()
    for name in re.findall(r"\\input\{([^}]+)\}", text):
        assert (folder / f"{name}.tex").is_file()
    figures = re.findall(r"\{(figures/[^}]+)\}", text)
    assert len(figures) >= 5
    assert all((folder / f"{name}.pdf").read_bytes().startswith(b"%PDF") for name in figures)
    _compiles(folder)


def test_specials_are_shown_and_not_obeyed() -> None:
    """Else `50%` swallows the rest of a line, and a pipe splits a cell."""
    assert for_latex("50% a_b") == r"50\% a\_b"
    assert for_latex("🎉") == "{[}U+1F389{]}" or for_latex("🎉") == "[U+1F389]"
    assert for_latex("é") == r"\'{e}"
    assert for_markdown("a|b\n# c") == r"a\|b \# c"
    assert for_markdown("- x") == r"\- x"
    assert for_markdown("1. x") == r"1\. x"


@pytest.mark.parametrize(
    ("kind", "metrics", "end"),
    [
        ("binary", ("accuracy",), None),
        ("binary", ("accuracy", "roc_auc"), "diverged"),
        ("multiclass", ("accuracy", "f1"), "done"),
        ("regression", ("rmse", "r2"), "done"),
    ],
)
def test_every_kind_of_study_is_written_however_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, metrics: tuple[str, ...], end: Status | None
) -> None:
    """Else the tables of a regression, or of a study in which all diverged, end in a fault."""
    question = DEPTH.model_copy(update={"metric": metrics[0]})
    asked = study(protocol={"metrics": metrics, "test": 0.2}, question=(question,))
    with record(tmp_path, asked, kind, ends=lambda place: end if place else "done") as found:
        facts = gather(found, asked)
    monkeypatch.setattr("paribus.report.exports.write.each_figure", lambda _facts: ())
    export(facts, tmp_path / "out", ["md", "tex", "pdf", "xlsx", "csv", "parquet"])
    assert facts.study.name in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    for path in (tmp_path / "out" / "tables").glob("*.csv"):
        assert len(pd.read_csv(path).columns) > 1
