"""Shocks that a user made up and wants to keep, in a data set of their own."""

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

#: The short name of the data set that holds them.
DATA_SET = "my-shocks"


def save_shock(store: Store, name: str, shock: Shock) -> Shock:
    """Keep a shock under a name in the data set ``my-shocks`` of a store folder.

    Parameters
    ----------
    store
        The store; other processes may write meanwhile.
    name
        The label of the shock; its IRI is ``my:`` with the name in small letters and hyphens.
    shock
        What it hits.

    Returns
    -------
    Shock
        The shock as it is stored. Saving the same again changes nothing.

    Raises
    ------
    UsageError
        The store is no folder that can be written, or a record of another content has that name.
    """
    if not name.strip():
        raise UsageError("a shock that is saved needs a name")
    if not isinstance(store, FolderStore):
        raise UsageError("a shock can be saved in a store folder alone; `knockon load DATA --store FOLDER` makes one")
    if plain(name) != name or any("\ud800" <= character <= "\udfff" for character in name):
        raise UsageError(f"{name!r} holds control characters; give the shock another name")
    named = Shock.model_validate({"id": MY + slug(name), "label": name.strip(), "hit": [_hit(one) for one in shock.hit]})
    # From reading what is there until it is written nobody else may write.
    writer = store if store.locked else FolderStore(store.folder, write=True)
    try:
        _add(writer, named)
    finally:
        if writer is not store:
            writer.close()
    store.reload()
    return named


def _hit(hit: Hit) -> dict[str, object]:
    """Return what a hit says, without its name, which is made of that of its shock."""
    said = {
        "target": hit.target,
        "targetQuery": hit.target_query,
        "severity": hit.severity,
        "severityValue": hit.severity_value,
    }
    return {name: value for name, value in said.items() if value is not None}


def _add(store: FolderStore, shock: Shock) -> None:
    there = next((record for record in store.records if record.id == shock.id), None)
    if there == shock:
        return
    if there is not None:
        raise UsageError(f"{store.folder} has another record called {shock.name}; choose another name than {quote(shock.name)}")
    mine = next((one for one in store.data_sets if one.info.id == f"{MY}data-{DATA_SET}"), None)
    if mine is None:
        info = DataSetInfo(id=f"{MY}data-{DATA_SET}", title="My shocks", base=MY)
        mine = DataSet(info, (), origin="--save-as")
    store.load(replace(mine, records=(*mine.records, shock)), replace=True)
