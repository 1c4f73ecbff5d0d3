"""Folders of the Hugging Face hub: fetched once, and kept where its library keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paribus.data.text.beside import looked_in
from paribus.errors import StudyError


def fetched(source: str, kept: Sequence[str], named: str, remedy: str) -> Path:
    """The folder behind a name of the hub, of its files those that the patterns `kept` name.

    `named`: what the study calls it. Raises StudyError with the `remedy` where it can't be fetched.
    """
    from huggingface_hub import snapshot_download  # noqa: PLC0415  (the extra `pretrained`)
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415

    try:
        return Path(snapshot_download(source, allow_patterns=list(kept)))
    except (HFValidationError, HfHubHTTPError, OSError) as error:
        raise StudyError(
            f"{named} is no folder in {', '.join(looked_in())}, and can't be fetched from the Hugging Face"
            f" hub ({' '.join(str(error).split())[:200]}): {remedy}"
        ) from None
