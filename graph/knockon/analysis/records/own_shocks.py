"""Shocks that a user defines and saves, in a data set of their own."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote

from knockon.errors import UsageError
from knockon.model import DataSet, DataSetInfo, Shock
from knockon.model.shock import Hit
from knockon.store.base import Store
from knockon.store.files import slug
from knockon.store.folder import FolderStore
from knockon.text import plain
from knockon.vocabulary import MY

#: The short name of the data set with these shocks.
DATA_SET = "my-shocks"


def save_shock(store: Store, name: str, shock: Shock) -> Shock:
    """Save a shock under a name in the data set ``my-shocks`` of a store folder.

    Parameters
    ----------
    store
        The store; other processes may write to it at the same time.
    name
        The label of the shock; its IRI is ``my:`` with the name in small letters and hyphens.
    shock
        What it hits.

    Returns
    -------
    Shock
        The stored shock. Saving the same shock again changes nothing.

    Raises
    ------
    UsageError
        The store is not a folder, or another record already has that name.
    """
    if not name.strip():
        raise UsageError("a shock that is saved needs a name")
    if not isinstance(store, FolderStore):
        raise UsageError("a shock can be saved in a store folder alone; `knockon load DATA --store FOLDER` makes one")
    if plain(name) != name or any("\ud800" <= character <= "\udfff" for character in name):
        raise UsageError(f"{name!r} holds control characters; give the shock another name")
    hits = [_hit_fields(hit) for hit in shock.hit]
    fields = {"id": MY + slug(name), "label": name.strip(), "hit": hits, "legalBasis": shock.legal_basis}
    named = Shock.model_validate(fields)
    # The lock lasts from reading the records until they are written, so that no other process writes in between.
    writer = store if store.locked else FolderStore(store.folder, write=True)
    try:
        _add(writer, named)
    finally:
        if writer is not store:
            writer.close()
    store.reload()
    return named


def _hit_fields(hit: Hit) -> dict[str, object]:
    """Return the target and the severity of a hit, by the names of fields in data files."""
    fields = {
        "target": hit.target,
        "targetQuery": hit.target_query,
        "severity": hit.severity,
        "severityValue": hit.severity_value,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _add(store: FolderStore, shock: Shock) -> None:
    """Add a shock to its data set, unless the store has it already; refuse a name that another record has."""
    existing = next((record for record in store.records if record.id == shock.id), None)
    if existing == shock:
        return
    if existing is not None:
        raise UsageError(f"{store.folder} has another record called {shock.name}; choose another name than {quote(shock.name)}")
    iri = f"{MY}data-{DATA_SET}"
    data_set = next((data_set for data_set in store.data_sets if data_set.info.id == iri), None)
    if data_set is None:
        data_set = DataSet(DataSetInfo(id=iri, title="My shocks", base=MY), (), origin="--save-as")
    store.load(replace(data_set, records=(*data_set.records, shock)), replace=True)
