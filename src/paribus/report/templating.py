"""Templates: escaping on for everything, and the one way of writing values."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from paribus.report import formats


def environment(package: str, filters: Sequence[str]) -> Environment:
    """The templates of `package`, with these functions of `formats` as filters."""
    made = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {name: getattr(formats, name) for name in filters}
    return made
