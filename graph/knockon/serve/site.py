"""What the pages share: templates, addresses below the root path, files that never change, and policies."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from knockon.analysis.answer import JsonObject
from knockon.controls import escape_controls
from knockon.errors import NotFound
from knockon.present.citations import is_link
from knockon.present.page.explorer import SITE_POLICY
from knockon.present.phrases import percent, percent_range
from knockon.present.template_environment import template_environment
from knockon.serve.questions import QUESTIONS
from knockon.serve.settings import ServerSettings
from knockon.serve.snapshots import Snapshot
from knockon.text import in_words
from knockon.vocabulary import ID, local_name

PAGE_POLICY = f"{SITE_POLICY}; frame-ancestors 'none'"
#: The editor styles itself as it goes.
EDITOR_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'; font-src 'self' data:")
CACHED = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
#: The files that pages load, by name: the package that has them, and their media type.
_STATIC = {
    "site.css": ("knockon.serve", "static", "text/css"),
    "editor.js": ("knockon.serve", "static", "text/javascript"),
    "yasgui.min.js": ("knockon.serve", "static", "text/javascript"),
    "yasgui.min.css": ("knockon.serve", "static", "text/css"),
    "explorer.js": ("knockon.present", "templates", "text/javascript"),
    "explorer.css": ("knockon.present", "templates", "text/css"),
}
#: How the forms of answers are named in links.
_FORMS = {"json": "JSON", "csv": "CSV", "ttl": "Turtle"}


@cache
def _file(name: str) -> tuple[bytes, str]:
    """Return a file that pages load, and a hash of it."""
    package, folder, _ = _STATIC[name]
    content = files(package).joinpath(folder, name).read_bytes()
    return content, hashlib.sha256(content).hexdigest()[:16]


async def static_file(request: Request) -> Response:
    """Answer with a file that pages load; under the address with its hash it may be kept for ever."""
    name = request.path_params["name"]
    if name not in _STATIC:
        raise NotFound("file", name, hint="(pages load nothing of this name)")
    content, digest = _file(name)
    tag = f'"{digest}"'
    lasting = request.query_params.get("v") == digest
    headers = {"ETag": tag, "Cache-Control": "public, max-age=31536000, immutable" if lasting else "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=_STATIC[name][2])


class Site:
    """The templates and addresses of one server."""

    def __init__(self, settings: ServerSettings) -> None:
        self.root = settings.root_path
        self._environment = template_environment(_legible, "knockon.serve")
        self._environment.globals |= {
            "root": self.root, "static": self.static, "to": self.to, "about": about, "writable": settings.writable,
            "has_proposals": settings.proposals is not None,
        }  # fmt: skip
        self._environment.filters |= {
            "percent": percent, "share": percent_range, "words": in_words, "local": local_name, "is_link": is_link,
            "is_iri": lambda value: isinstance(value, str) and value.startswith(("http://", "https://", "urn:")),
        }  # fmt: skip

    def render(self, template: str, **content: Any) -> str:
        """Return a page."""
        html = self._environment.get_template(template).render(**{"twins": {}, **content})
        # A lone surrogate has no UTF-8.
        return html.encode("utf-8", "replace").decode("utf-8")

    def static(self, name: str) -> str:
        """Return the address of a file that pages load."""
        return f"{self.root}/static/{name}?v={_file(name)[1]}"

    def to(self, page: str, name: str = "", **parameters: str) -> str:
        """Return the address of a page: of a record by its IRI, where ``name`` is one.

        >>> Site(ServerSettings(root_path="/ko")).to("entity", "https://w3id.org/knockon/id/asml", facts_only="true")
        '/ko/entity/asml?facts_only=true'
        """
        short = name.removeprefix(ID)
        path = f"{self.root}/{page}" + (f"/{quote(short if ':' not in short else name, safe='')}" if name else "")
        return f"{path}?{urlencode(parameters, quote_via=quote)}" if parameters else path

    def twins(self, question: str, values: JsonObject) -> dict[str, str]:
        """Return the addresses of the data behind a page, by the name of their form."""
        known = QUESTIONS[question]
        return {label: f"{self.root}{known.address(values, form)}" for form, label in _FORMS.items() if form in known.forms}

    @staticmethod
    def state_tag(snapshot: Snapshot) -> str:
        """Return what tells the states of a store apart, and days."""
        return f"{snapshot.revision} {datetime.now(UTC).date()}"


def about(iri: str) -> str:
    """Return the query that shows all about a record, which nothing in its IRI can end.

    >>> about("urn:x:a> <b").splitlines()[1]
    '  { BIND(<urn:x:a%3E%20%3Cb> AS ?subject) ?subject ?property ?object }'
    """
    safe = re.sub(r'[\x00-\x20<>"{}|\\^`]', lambda match: quote(match[0], safe=""), iri)
    ends = (f"  {{ BIND(<{safe}> AS ?{end}) ?subject ?property ?object }}" for end in ("subject", "object"))
    return "SELECT ?subject ?property ?object WHERE {\n" + "\n  UNION\n".join(ends) + "\n}"


def _legible(value: Any) -> Any:
    """Return a text as the page shows it: characters that turn or hide text as their numbers."""
    return escape_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


__all__ = ["CACHED", "EDITOR_POLICY", "PAGE_POLICY", "Site", "static_file"]
