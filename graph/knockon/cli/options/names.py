"""Arguments and options that name a shock, an entity or another record."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.cli import completion

Shock = Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)]
EntityName = Annotated[str, typer.Argument(help="An entity by id, label or IRI.", autocompletion=completion.entities)]
RecordName = Annotated[str, typer.Argument(help="A record by id, label or IRI.", autocompletion=completion.records)]
