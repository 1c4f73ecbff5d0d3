"""The report as LaTeX: a document that compiles, of tables (booktabs) and figures that can be put in another.

`report.tex` reads `tables/NAME.tex` and `figures/NAME.pdf`; packages: booktabs, longtable, array, graphicx.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from paribus.report.exports.document import LONG, PIECE, Document, Section, brief, figure_share
from paribus.report.exports.table import NUMBERS, Column, Table

_SPECIAL = {
    **{"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%"},
    **{
        "[": "{[}",
        "]": "{]}",
        "*": "{*}",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
    },
    **{">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\char34{}", "'": r"\char39{}"},
    **{"`": r"\char96{}", "-": "{-}", "−": r"\ensuremath{-}", "–": r"\textendash{}"},
    **{"—": r"\textemdash{}", "×": r"\ensuremath{\times}", "±": r"\ensuremath{\pm}"},
    **{"∞": r"\ensuremath{\infty}", "≤": r"\ensuremath{\leq}", "≥": r"\ensuremath{\geq}"},
    **{"²": r"\ensuremath{^2}", "³": r"\ensuremath{^3}", "→": r"\ensuremath{\rightarrow}"},
    **{"µ": r"\ensuremath{\mu}", "α": r"\ensuremath{\alpha}", "β": r"\ensuremath{\beta}"},
    **{"’": "'", "‘": "`", "“": "``", "”": "''", "…": r"\ldots{}", "½": "1/2", "\u00a0": "~"},
    **{"·": r"\ensuremath{\cdot}", "°": r"\ensuremath{^\circ}", "§": r"\S{}", "£": r"\pounds{}"},
}
_ACCENTS = {
    **{"\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0308": r"\"", "\u030a": r"\r"},
    **{"\u0327": r"\c", "\u030c": r"\v", "\u0304": r"\=", "\u0306": r"\u", "\u0307": r"\.", "\u030b": r"\H"},
}
_LETTERS = {
    **{"ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}", "å": r"\aa{}", "Å": r"\AA{}"},
    **{"œ": r"\oe{}", "Œ": r"\OE{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}"},
}
_SIZES = (("small", 9.0), ("footnotesize", 8.0), ("scriptsize", 7.0), ("tiny", 5.0))
"""Sizes of letters, in points."""
_LINE, _LETTER, _BETWEEN = 480.0, 0.54, 8.0
"""Points of a line, the width of a letter by its size, points between two columns."""
_PROSE, _STACKED = 30, 10
"""Characters from which a column of text gets lines of its own, and of a header's line."""

HEAD = r"""% Drawn by paribus. Compiles with pdflatex, lualatex, xelatex and tectonic.
\documentclass[10pt,a4paper]{article}
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage[margin=2cm]{geometry}
\usepackage{array}
\usepackage{booktabs}
\usepackage{longtable}
\usepackage{graphicx}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
\setlength{\tabcolsep}{4pt}
\emergencystretch=3em
\begin{document}
"""


def latex(made: Document) -> dict[str, str]:
    """The files by their path: `report.tex` and `tables/NAME.tex`."""
    files = {"report.tex": "\n".join(_lines(made)) + "\n"}
    for section in made.sections:
        for table in section.tables:
            files[f"tables/{file_name(table.name)}.tex"] = latex_table(table)
    return files


def escaped(text: str) -> str:
    """Text that LaTeX shows as it is; a character that its fonts lack as its number, [U+1F389]."""
    return " ".join(_word(word) for word in re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).split(" "))


def file_name(name: str) -> str:
    r"""A name that `\input` and `\includegraphics` take: without a dot."""
    return name.replace(".", "-")


def _word(word: str) -> str:
    letters = [_character(each) for each in unicodedata.normalize("NFC", word)]
    if len(letters) <= LONG:
        return "".join(letters)
    pieces = (letters[start : start + PIECE] for start in range(0, len(letters), PIECE))
    return r"\allowbreak{}".join("".join(piece) for piece in pieces)


def _character(letter: str) -> str:
    if letter in _SPECIAL or letter in _LETTERS:
        return _SPECIAL.get(letter) or _LETTERS[letter]
    if " " <= letter < "\x7f":
        return letter
    parts = unicodedata.normalize("NFD", letter)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return f"{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return f"[U+{ord(letter):04X}]"


def _lines(made: Document) -> Iterator[str]:
    yield HEAD
    yield rf"{{\LARGE\bfseries\raggedright {escaped(made.title)}\par}}"
    yield rf"{escaped(made.lede)}" + "\n"
    for section in made.sections:
        yield from _section(section)
    yield r"\section*{The study}"
    yield r"{\footnotesize\ttfamily\raggedright"
    for line in made.study.splitlines():
        yield (escaped(line) or r"\strut") + r"\par"
    yield "}"
    yield r"\end{document}"


def _section(section: Section) -> Iterator[str]:
    yield rf"\section*{{{escaped(section.title)}}}"
    for paragraph in section.paragraphs:
        yield escaped(paragraph) + "\n"
    for table in section.tables:
        yield rf"\input{{tables/{file_name(table.name)}}}"
    for figure in section.figures:
        yield (
            "\\begin{center}\n"
            rf"\includegraphics[width={figure_share(figure.svg):.2f}\linewidth,height=0.85\textheight,"
            r"keepaspectratio]"
            f"{{figures/{file_name(figure.name)}}}\\\\\n"
            rf"{{\footnotesize {escaped(figure.description)}\par}}"
            "\n\\end{center}\n"
        )


def latex_table(table: Table) -> str:
    r"""One table, to be put into any document by `\input`."""
    columns, rows, notes = brief(table)
    heads = [_stacked(column.name) for column in columns]
    widths = [
        max([*(len(line) for line in heads[place]), *(len(row[place]) for row in rows)])
        for place in range(len(columns))
    ]
    prose = {place for place, width in enumerate(widths) if width > _PROSE}
    size, points = _size(widths, prose)
    head = " & ".join(map(_header, columns, heads)) + r" \\"
    body = [" & ".join(escaped(value) for value in row) + r" \\" for row in rows]
    layout = "".join(_column(columns, widths, prose, points))
    lines = [
        "% needs booktabs, longtable, array and graphicx",
        rf"\begingroup\{size}\raggedright",
        rf"\textbf{{{escaped(table.title)}}}\par\nopagebreak",
        *(_long(layout, head, body) if prose else _fitted(layout, head, body)),
        *(rf"{{\footnotesize {escaped(note)}\par}}" for note in notes),
        r"\endgroup\medskip",
    ]
    return "\n".join(lines) + "\n\n"


def _fitted(layout: str, head: str, body: Sequence[str]) -> list[str]:
    """Made smaller where it is wider than the line."""
    narrower = r"\ifdim\wd0>\linewidth\resizebox{\linewidth}{!}{\box0}\else\box0\fi"
    return [
        rf"\providecommand{{\paribusfit}}[1]{{{{\setbox0=\hbox{{#1}}{narrower}}}}}",
        r"\paribusfit{%",
        rf"\begin{{tabular}}{{@{{}}{layout}@{{}}}}",
        *(r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}}\par"),
    ]


def _long(layout: str, head: str, body: Sequence[str]) -> list[str]:
    """Of paragraphs, over as many pages as they need."""
    return [
        r"{\setlength{\LTpre}{2pt}\setlength{\LTpost}{2pt}\setlength{\LTleft}{0pt}",
        rf"\begin{{longtable}}{{@{{}}{layout}@{{}}}}",
        *(r"\toprule", head, r"\midrule", r"\endhead", *body, r"\bottomrule", r"\end{longtable}}"),
    ]


def _stacked(name: str) -> list[str]:
    """A header in short lines, broken after its underscores, dots and spaces."""
    lines = [""]
    for part in re.findall(r"[^_. ]+[_. ]?|[_. ]", name):
        if lines[-1] and len(lines[-1]) + len(part) > _STACKED:
            lines.append("")
        lines[-1] += part
    return lines


def _header(column: Column, lines: Sequence[str]) -> str:
    side = "r" if column.kind in NUMBERS else "l"
    stacked = r"\\".join(escaped(line) for line in lines)
    return rf"\multicolumn{{1}}{{{side}}}{{\shortstack[{side}]{{{stacked}}}}}"


def _size(widths: Sequence[int], prose: set[int]) -> tuple[str, float]:
    """The largest letters with which a row fits a line, prose in a seventh of it at least."""
    for name, points in _SIZES:
        if _narrow(widths, prose, points) + len(prose) * _LINE / 7 <= _LINE:
            return name, points
    return _SIZES[-1]


def _narrow(widths: Sequence[int], prose: set[int], points: float) -> float:
    """Points of the columns that aren't prose, and of the gaps."""
    letters = sum(width for place, width in enumerate(widths) if place not in prose)
    return _LETTER * points * letters + _BETWEEN * (len(widths) - 1)


def _column(
    columns: Sequence[Column], widths: Sequence[int], prose: set[int], points: float
) -> Iterator[str]:
    left = max(_LINE / 7 * len(prose), 0.97 * _LINE - _narrow(widths, prose, points))
    total = sum(min(widths[place], 4 * _PROSE) for place in prose)
    for place, column in enumerate(columns):
        if place in prose:
            share = left * min(widths[place], 4 * _PROSE) / total / _LINE
            yield rf">{{\raggedright\arraybackslash}}p{{{share:.3f}\linewidth}}"
        else:
            yield "r" if column.kind in NUMBERS else "l"
