"""Charts as static SVG, drawn by matplotlib and dressed by the style sheet of the page they stand in.

matplotlib places everything; of what it writes only the groups that we named
are kept, without its styles, ids, fonts and metadata: colours come from the
classes, so that they follow light, dark and print. It never sees a text from
the data. It would read ``$`` as mathematics, measure with a font that lacks
the letters, and warn; labels are put in afterwards, as text.
"""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from knockon.errors import UsageError
from knockon.present.report.cascade_svg import level
from knockon.present.report.text_width import clipped, right_to_left
from knockon.text import plain

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: In units of the drawing, as those of the cascade beside it; matplotlib counts 72 of them to its inch.
WIDTH, _INCH = 720.0, 72.0
_LABELS, _FIGURES, _ROW, _HEAD, _FOOT = 232.0, 112.0, 21.0, 8.0, 30.0
_LETTERS = 10.5
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
#: rcParams are shared by all threads.
_LOCK = threading.Lock()

Row = Mapping[str, Any]


def drawable() -> bool:
    """Whether matplotlib is there (extra ``report``); without it a report has the table alone, and says so."""
    return find_spec("matplotlib") is not None


def ranges(rows: Sequence[Row], *, title: str, name: str) -> str:
    """A dot for each loss and a line for its range; each row has label, loss, low and high, in 0..1.

    ``name`` begins every id in it; ``title`` is its text alternative.

    >>> svg = ranges([{"label": "<b>$A$</b>", "loss": 0.5, "low": 0.3, "high": 0.6}], title="One loss", name="worst")
    >>> svg.startswith('<svg '), "&lt;b&gt;$A$" in svg, "style" in svg
    (True, True, False)

    Raises
    ------
    UsageError
        matplotlib is not installed.
    """
    height = _HEAD + _ROW * max(1, len(rows)) + _FOOT
    written = _written(_drawn, rows, height)
    return _dressed(written, _texts(rows), title, name)


def _written(draw: Any, rows: Sequence[Row], height: float) -> str:
    """What matplotlib writes, whatever settings its user has made."""
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise UsageError("the charts of a report need matplotlib: pip install 'knockon[report]'") from None

    out = io.StringIO()
    with _LOCK, mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "knockon", "path.simplify": False})
        figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), dpi=_INCH)
        FigureCanvasSVG(figure)
        draw(figure, rows, height)
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return out.getvalue()


def _drawn(figure: Figure, rows: Sequence[Row], height: float) -> None:
    """Lines, dots and placeholders of labels, each under the name of its class."""
    axes = figure.add_axes((_LABELS / WIDTH, _FOOT / height, 1 - (_LABELS + _FIGURES) / WIDTH, 1 - (_HEAD + _FOOT) / height))
    axes.set_axis_off()
    axes.set_xlim(0, 1)
    axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    beside: dict[str, Any] = {"clip_on": False, "va": "center", "fontsize": _LETTERS}
    for part in range(5):
        axes.axvline(part / 4, gid="k-grid", clip_on=False)
        axes.text(part / 4, len(rows) - 0.5 + 13 / _ROW, f"{part * 25}%", gid="k-axis", ha="center", **beside)
    for place, row in enumerate(rows):
        grave = level(row["loss"])
        axes.text(-12 / (WIDTH - _LABELS - _FIGURES), place, f"label {place}", gid="k-label", ha="right", **beside)
        axes.text(1 + 14 / (WIDTH - _LABELS - _FIGURES), place, f"figure {place}", gid="k-figure", ha="left", **beside)
        axes.plot([row["low"], row["high"]], [place, place], gid=f"k-range k-{grave}", clip_on=False)
        axes.plot([row["loss"]], [place], "o", markersize=7.5, gid=f"k-dot k-{grave}", clip_on=False)


def _texts(rows: Sequence[Row]) -> dict[str, str]:
    """What stands where the placeholders are."""
    found = {f"label {place}": clipped(str(row["label"]), _LABELS - 16, _LETTERS) for place, row in enumerate(rows)}
    return found | {f"figure {place}": str(row.get("figure", "")) for place, row in enumerate(rows)}


def _dressed(written: str, texts: Mapping[str, str], title: str, name: str) -> str:
    """The groups of ours from what matplotlib wrote, as an SVG for a page."""
    root = ET.fromstring(written)  # noqa: S314 - matplotlib wrote it just now, and no text from data is in it
    box = root.get("viewBox", f"0 0 {WIDTH:g} 100")
    chart = ET.Element("svg", {"class": "chart", "viewBox": box, "role": "img", "aria-labelledby": f"{name}-title"})
    ET.SubElement(chart, "title", {"id": f"{name}-title"}).text = plain(title)
    ids: dict[str, str] = {}
    for group in root.iter(f"{_SVG}g"):
        classes = group.get("id", "")
        if classes.startswith("k-"):
            # An id is kept only where something refers to it: the marker of a dot.
            for one in group.iter():
                if one.tag == f"{_SVG}path" and one.get("id"):
                    ids.setdefault(one.get("id", ""), f"{name}-m{len(ids)}")
            kept = ET.SubElement(chart, "g", {"class": classes})
            kept.extend(_kept(group, texts, ids))
    return ET.tostring(chart, encoding="unicode")


def _kept(group: ET.Element, texts: Mapping[str, str], ids: Mapping[str, str]) -> Iterator[ET.Element]:
    for one in group.iter():
        if one.tag == f"{_SVG}text":
            yield _text(one, texts.get(one.text or "", one.text or ""))
        elif one.tag == f"{_SVG}path":
            known = {"id": ids[one.get("id", "")]} if one.get("id") else {}
            path = ET.Element("path", {**known, "d": re.sub(r"\s+", " ", one.get("d", "")).strip()})
            if not known:
                yield path
            else:
                defined = ET.Element("defs")
                defined.append(path)
                yield defined
        elif one.tag == f"{_SVG}use":
            place = {key: one.get(key, "0") for key in ("x", "y")}
            yield ET.Element("use", {"href": f"#{ids[one.get(_LINK, '#').removeprefix('#')]}", **place})


def _text(one: ET.Element, said: str) -> ET.Element:
    anchor = re.search(r"text-anchor: (\w+)", one.get("style", ""))
    side = anchor[1] if anchor else "start"
    direction = {}
    if right_to_left(said):
        # Where a text starts is then its right end.
        direction = {"direction": "rtl"}
        side = {"start": "end", "end": "start"}.get(side, side)
    place = {key: one.get(key, "0") for key in ("x", "y")}
    text = ET.Element("text", {**place, "text-anchor": side, **direction})
    text.text = said
    return text


__all__ = ["WIDTH", "drawable", "ranges"]
