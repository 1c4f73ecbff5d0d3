"""The most confident mistakes on validation images, as the record keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from paribus.store.record import Record

_FACT = "mistakes"


@dataclass(frozen=True)
class Mistake:
    """One validation image that is called wrongly, by the mean prediction over folds and seeds.

    `row`: its place in the data; `probability`: of the class that is `called`; `picture` and `heat`: PNG as
    base64, the image and where it speaks for that class to the network of one fold and seed, by `method`.
    """

    row: int
    image: str
    truth: str
    called: str
    probability: float
    picture: str
    heat: str
    method: str


def put_mistakes(record: Record, made_from: Sequence[str | int], found: Sequence[Mistake]) -> None:
    """Keep them, the surest first, in place of others. `made_from`: tells whether they are up to date."""
    kept = {"made_from": list(made_from), "images": [asdict(each) for each in found]}
    record.put_facts(**{_FACT: kept})


def mistakes(record: Record) -> tuple[Mistake, ...]:
    """Those that the record keeps, the surest first."""
    kept = record.fact(_FACT) or {"images": ()}
    return tuple(Mistake(**each) for each in kept["images"])


def mistakes_stand(record: Record, made_from: Sequence[str | int]) -> bool:
    """Whether the record keeps those that are made from the same."""
    kept = record.fact(_FACT)
    return kept is not None and kept["made_from"] == list(made_from)
