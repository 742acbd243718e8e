"""Who may import whom: the walls of the house, held by the imports themselves."""

from __future__ import annotations

import ast
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "stream_audit"

VOCABULARY = {"model", "errors", "__init__"}
ROOMS = {
    "accepted", "recordings", "dialects", "candidates", "suspects", "compare", "culprit", "diagnose",
    "fingerprint", "environments", "accumulators", "ledger", "rules", "gate", "totals", "reports",
    "scaffold", "tags", "redaction",
}  # fmt: skip
CORRIDOR = {"audit", "corridor"}
DOOR = {"cli", "testing", "__main__"}

STANDARD_LIBRARY_ONLY = {
    "model", "errors", "__init__", "suspects", "compare", "culprit", "diagnose", "gate",
    "accumulators",
}  # fmt: skip
"""Rooms that a candidate's own interpreter may import, or that need nothing but Python."""


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Names of the rooms of ours that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            module = node.module or ""
            names = (
                [f"{module}.{alias.name}" for alias in node.names] if module == "stream_audit" else [module]
            )
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(PACKAGE.parent).with_suffix("").parts[: -node.level]
            base = ".".join((*package, node.module or "")).rstrip(".")
            names = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("stream_audit.")}
    return found & (VOCABULARY | ROOMS | CORRIDOR | DOOR)


def third_party(path: Path) -> set[str]:
    """Third-party libraries that a file imports when it is itself imported."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found & {
        "orjson", "rich", "typer", "pydantic", "backports", "openai", "anthropic", "httpx",
        "platformdirs", "filelock", "packaging", "tomlkit", "yaml",
    }  # fmt: skip


FILES = sorted(PACKAGE.rglob("*.py"))


def allowed(here: str) -> set[str]:
    """The rooms that a file of a room may import."""
    if here in DOOR:
        return VOCABULARY | ROOMS | CORRIDOR | DOOR
    if here in CORRIDOR:
        return VOCABULARY | ROOMS | CORRIDOR
    return VOCABULARY if here in VOCABULARY else VOCABULARY | {here}


def test_a_room_imports_the_vocabulary_and_itself_and_nothing_else_of_ours() -> None:
    beyond = {path: imports(path) - allowed(room(path)) for path in FILES}

    assert {str(path.relative_to(PACKAGE)): found for path, found in beyond.items() if found} == {}


def test_the_vocabulary_and_the_suspects_need_only_the_standard_library() -> None:
    needed = {path: third_party(path) for path in FILES if room(path) in STANDARD_LIBRARY_ONLY}

    assert {str(path.relative_to(PACKAGE)): found for path, found in needed.items() if found} == {}
    assert needed


def test_every_module_of_the_package_has_a_place_in_the_house() -> None:
    rooms = {room(path) for path in FILES}

    assert rooms <= VOCABULARY | ROOMS | CORRIDOR | DOOR


def test_the_textbook_and_the_dialects_never_import_each_other() -> None:
    for path in FILES:
        if room(path) == "suspects":
            assert "dialects" not in imports(path)
        if room(path) == "dialects":
            assert "suspects" not in imports(path)
