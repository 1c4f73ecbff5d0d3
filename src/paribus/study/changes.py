"""What two studies differ in, so that their results are never mixed."""

from __future__ import annotations

from typing import Any

from paribus.study.configuration import digest, flatten
from paribus.study.sections.deliver import AFTER
from paribus.study.spec import Study


def study_hash(study: Study) -> str:
    """The study's name among all studies: equal studies, equal hashes."""
    return digest(_flat(study), size=16)


def changes(old: Study, new: Study) -> tuple[str, ...]:
    """One line for each key that `old` and `new` say differently, or for a whole stage or question."""
    before, after = _flat(old), _flat(new)
    lines = []
    for kind in ("stage", "question"):
        earlier, later = ({item.name for item in getattr(study, kind)} for study in (old, new))
        for name in sorted(earlier ^ later):
            lines.append(f"{kind} '{name}': {'removed' if name in earlier else 'added'}")
            for flat in (before, after):
                for path in [path for path in flat if path.startswith(f"{kind}.{name}.")]:
                    del flat[path]
    absent = object()
    for path in sorted({*before, *after}):
        was, now = before.get(path, absent), after.get(path, absent)
        if was != now:
            told = ["absent" if value is absent else repr(value) for value in (was, now)]
            lines.append(f"{path}: {told[0]} → {told[1]}")
    return tuple(lines)


def _flat(study: Study) -> dict[str, Any]:
    tables = study.model_dump(mode="json", exclude=set(AFTER))
    for kind in ("stage", "question"):
        listed = tables.pop(kind)
        tables[kind] = {item["name"]: {**item, "position": place} for place, item in enumerate(listed, 1)}
    return flatten(tables, deep=True)
