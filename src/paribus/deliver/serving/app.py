"""The service: POST /predict, GET /model, /health, /metrics, and a page for people at /docs."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any

import numpy as np
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.responses import PlainTextResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from paribus.deliver.images import image_of
from paribus.deliver.model import Model
from paribus.deliver.schema import Column, Schema
from paribus.deliver.serving.batching import Arrays, Batcher, Feeds, n_rows
from paribus.deliver.serving.images import MOST_BYTES, files_of, images_of
from paribus.deliver.serving.limiting import Limiting
from paribus.deliver.serving.metrics import Metrics
from paribus.deliver.serving.rows import to_feeds
from paribus.deliver.serving.uploads import FIELD, FORM, is_upload, table_of, uploads_of
from paribus.errors import DataError

LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")
"""The names by which a machine calls itself."""
DESCRIPTION = "/openapi.json"
LONGEST = 1_000
"""Characters that are said of what is wrong: a table of strangers has names of any length."""


@dataclass(frozen=True)
class Limits:
    """What a request may ask for. `seconds`: until it is answered with 503; `pixels`: of its images together,
    as they are in their files.
    """

    rows: int = 1_000
    pixels: int = 50_000_000
    bytes: int = 4_000_000
    waiting: int = 100_000
    seconds: float = 10.0


class Asked(BaseModel):
    """Rows to predict for: a JSON object each, values by column; what lacks is a missing value."""

    model_config = ConfigDict(extra="forbid")

    rows: Annotated[list[dict[str, str | float | int | bool | None]], Field(min_length=1)]


class Answered(BaseModel):
    """Predictions in the order of the rows; probabilities by class, or by label."""

    predictions: list[Any]
    probabilities: list[dict[str, float]] | None = None


class Said(BaseModel):
    """Why a request wasn't answered."""

    detail: str


class Health(BaseModel):
    """The service answers."""

    status: str
    model: str


def make_app(
    model: Model, limits: Limits | None = None, token: str | None = None, hosts: Sequence[str] = ()
) -> FastAPI:
    """The service of one model. With a `token`, all but /health asks for it: `Authorization: Bearer ...`;
    there is no page then, for a browser can't send one.

    `hosts`: the names by which it may be called (against DNS rebinding); by none: by any.
    """
    allowed = limits or Limits()
    schema, metrics = model.schema, Metrics()
    image = image_of(schema)
    batcher = Batcher(model.session.run, _waiting(image, allowed))
    app = FastAPI(
        title=f"{schema.study}: {', '.join(schema.targets)}",
        version=schema.config_id,
        description=_described(model),
        openapi_url=None if token else DESCRIPTION,
    )
    guarded = [Depends(_guard(token))] if token else []
    refused: dict[int | str, dict[str, Any]] = {
        code: {"model": Said, "description": told}
        for code, told in (
            *((401, "no token, or a wrong one"),) * bool(token),
            (400, "no form of files, or one with too many"),
            (413, "too many rows or bytes"),
            (422, "a row that can't be read"),
            (503, "too many requests, or too slow"),
        )
    }

    if hosts:
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(Limiting, metrics=metrics, most_bytes=allowed.bytes)

    @app.post(
        "/predict",
        response_model=Answered,
        responses=refused,
        dependencies=guarded,
        openapi_extra={"requestBody": _BODY_OF_IMAGES if image else _BODY},
    )
    async def predict(request: Request) -> Response:
        """Predict for one row or more: rows as JSON, or a table of them as a file of a form. Of images the
        rows hold files as base64, a form holds the files, or the body is one file.
        """
        try:
            async with asyncio.timeout(allowed.seconds):
                fed = await _fed(request, schema, image, allowed)
                found = await batcher.predict(fed)
        except DataError as error:
            raise HTTPException(422, str(error)[:LONGEST]) from None
        except (OverflowError, TimeoutError):
            raise HTTPException(503, "too many requests: try again later") from None
        metrics.rows += n_rows(fed)
        return Response(_answered(model, found).model_dump_json(), media_type="application/json")

    if token:

        @app.get(DESCRIPTION, dependencies=guarded, include_in_schema=False)
        async def interface() -> dict[str, Any]:
            """The service's description, for programs."""
            return app.openapi()

    @app.get("/model", dependencies=guarded)
    async def described() -> dict[str, Any]:
        """The model's description: columns, classes, threshold."""
        return schema.model_dump(mode="json")

    @app.get("/health")
    async def health() -> Health:
        """Whether the service answers."""
        return Health(status="ok", model=schema.made_from)

    @app.get("/metrics", response_class=PlainTextResponse, dependencies=guarded)
    async def told() -> str:
        """Counts and latencies for Prometheus."""
        return metrics.text(batcher.calls, batcher.rows_waiting)

    return app


def _described(model: Model) -> str:
    columns = "\n".join(f"- `{column.name}`: {column.kind}" for column in model.schema.columns[:100])
    return f"A model made by paribus. Columns:\n\n{columns}"


def _guard(token: str) -> Callable[..., None]:
    bearer = HTTPBearer(auto_error=False)

    def check(given: HTTPAuthorizationCredentials | None = Depends(bearer)) -> None:  # noqa: B008 - FastAPI's way
        if given is None or not hmac.compare_digest(given.credentials.encode(), token.encode()):
            raise HTTPException(
                401, "a token is needed: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"}
            )

    return check


_FILE = {"type": "string", "format": "binary"}


def _form(most: int | None) -> dict[str, Any]:
    """A form of files, at most so many."""
    files = {"type": "array", "items": _FILE, "minItems": 1, **({"maxItems": most} if most else {})}
    return {"schema": {"type": "object", "properties": {FIELD: files}, "required": [FIELD]}}


_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/json": {"schema": Asked.model_json_schema()}, FORM: _form(1)},
}
"""The body in the service's description: it is read by pydantic alone, which takes half the time."""


_BODY_OF_IMAGES = {
    "required": True,
    "content": {**_BODY["content"], "image/*": {"schema": _FILE}, FORM: _form(None)},
}


def _waiting(image: Column | None, allowed: Limits) -> int:
    """Rows that may wait."""
    if image is None or image.shape is None:
        return allowed.waiting
    return max(1, min(allowed.waiting, MOST_BYTES // prod(image.shape)))


async def _fed(request: Request, schema: Schema, image: Column | None, allowed: Limits) -> Feeds:
    """The model's inputs. Files are read in a thread: others are answered meanwhile."""
    if is_upload(request):
        return await _uploaded(request, schema, image, allowed)
    body = await request.body()
    if image is None:
        return to_feeds(_read(body, allowed).rows, schema)
    is_file = request.headers.get("content-type", "").lower().startswith("image/")
    files = [body] if is_file else files_of(_read(body, allowed).rows, image)
    return {image.name: await asyncio.to_thread(images_of, files, image, allowed.pixels)}


async def _uploaded(request: Request, schema: Schema, image: Column | None, allowed: Limits) -> Feeds:
    """The same of the files of a form."""
    uploads = await uploads_of(request, allowed.rows)
    if image is None:
        return await asyncio.to_thread(table_of, uploads, schema, allowed.rows)
    names, files = zip(*uploads, strict=True)
    return {image.name: await asyncio.to_thread(images_of, files, image, allowed.pixels, names)}


def _read(body: bytes, allowed: Limits) -> Asked:
    """The rows of a body. Raises HTTPException that says where it is wrong."""
    try:
        asked = Asked.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "body"
        raise HTTPException(422, f"{where[:200]}: {first['msg']}"[:500]) from None
    if len(asked.rows) > allowed.rows:
        raise HTTPException(413, f"{len(asked.rows):,} rows; at most {allowed.rows:,} in a request")
    return asked


def _answered(model: Model, found: Arrays) -> Answered:
    """Raises HTTPException for a row whose numbers leave the model without a prediction."""
    schema = model.schema
    numbers = found[schema.outputs[-1]].reshape(len(found[schema.outputs[0]]), -1)
    lost = np.flatnonzero(~np.isfinite(numbers).all(axis=1))
    if len(lost):
        raise HTTPException(422, f"row {lost[0] + 1}: its numbers are too large: they leave no prediction")
    if schema.task == "regression":
        return Answered(predictions=found[schema.outputs[0]].astype(float).tolist())
    labels, p = (found[name] for name in schema.outputs)
    told = [dict(zip(model.classes, row, strict=True)) for row in p.astype(float).tolist()]
    return Answered(predictions=labels.tolist(), probabilities=told)
