"""Values of JSON against the schemas of a description in OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs


def validate(description: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> None:
    """Check a value against a schema that may refer to the components of a description."""
    jsonschema_rs.validate({**schema, "components": description["components"]}, value)
