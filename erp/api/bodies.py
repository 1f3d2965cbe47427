"""Bodies that come as a form or as JSON, told apart in the OpenAPI document.

What generates clients goes by the name of a schema: two bodies of one name would be one.
"""

from __future__ import annotations

from typing import Any, Final

FORM: Final = "multipart/form-data"
JSON: Final = "application/json"


def tell_apart(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Name what is sent as JSON by itself, without files; where there are none, JSON is all (a hook)."""
    schemas = result["components"]["schemas"]
    for methods in result["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            if {FORM, JSON} <= set(content) and content[FORM]["schema"] == content[JSON]["schema"]:
                _tell_apart(content, schemas)
    return result


def _tell_apart(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    name = content[JSON]["schema"]["$ref"].rsplit("/", 1)[1]
    whole = schemas[name]
    rest = {key: one for key, one in whole["properties"].items() if not _is_file(one)}
    if len(rest) == len(whole["properties"]):
        del content[FORM]
        return
    lean = f"{name.removesuffix('Request')}WithoutFileRequest"
    required = [key for key in whole.get("required", ()) if key in rest]
    schemas[lean] = {key: value for key, value in whole.items() if key != "required"} | {
        "properties": rest
    }
    if required:
        schemas[lean]["required"] = required
    content[JSON]["schema"] = {"$ref": f"#/components/schemas/{lean}"}


def _is_file(schema: dict[str, Any]) -> bool:
    return _is_file(schema["items"]) if "items" in schema else schema.get("format") == "binary"
