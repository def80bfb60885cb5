"""Which file may import which: arrows one way and no circle; pygame and TensorFlow have a room each."""

import ast
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHAPTER_FOLDERS = ("dp", "tabular", "deep")
FOLDERS = [
    name for name in ("gridworld", "common", *CHAPTER_FOLDERS, "benchmarks", "exercises") if (ROOT / name).is_dir()
]


@dataclass
class Imports:
    """What one module imports. all: wherever the import stands; at_once: what runs as soon as the module is imported.

    by_name: whether it loads modules whose name is a value. Names of the project's own modules, and of everything else
    as it is written.
    """

    all: set[str] = field(default_factory=set)
    at_once: set[str] = field(default_factory=set)
    by_name: bool = False


Graph = Mapping[str, Imports]


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_graph(root: Path, folders: Iterable[str]) -> dict[str, Imports]:
    """The modules in these folders of the root, and what each of them imports."""
    files = {module_name(path, root): path for folder in folders for path in sorted((root / folder).rglob("*.py"))}
    graph: dict[str, Imports] = {}
    for module, path in files.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {ast.unparse(node.func).split(".")[-1] for node in ast.walk(tree) if isinstance(node, ast.Call)}
        graph[module] = Imports(by_name=bool(called & {"import_module", "__import__", "run_path", "run_module"}))
        for statement, is_later in _imports(tree):
            for name in _targets(statement, files):
                graph[module].all.add(name)
                if not is_later:
                    graph[module].at_once.add(name)
    return graph


def _imports(node: ast.AST, is_later: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import under a node, and whether it runs later than the module, or only in a type checker."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, is_later
        else:
            delayed = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for_types = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            yield from _imports(child, is_later or delayed or for_types)


def _targets(statement: ast.Import | ast.ImportFrom, files: Mapping[str, Path]) -> Iterator[str]:
    """The modules of an import: `from package import name` is of package.name where that is a module."""
    if isinstance(statement, ast.Import):
        yield from (alias.name for alias in statement.names)
        return
    assert statement.level == 0 and statement.module, "imports are absolute"
    for alias in statement.names:
        within = f"{statement.module}.{alias.name}"
        yield within if within in files else statement.module


def circles(graph: Graph) -> list[set[str]]:
    """The groups of modules that import each other, wherever their imports stand."""
    reached = {module: reach(graph, module) for module in graph}
    groups: list[set[str]] = []
    for module in graph:
        group = {other for other in reached[module] if other in graph and module in reached[other]}
        if group and group not in groups:
            groups.append(group)
    return groups


def reach(graph: Graph, module: str, *, at_once: bool = False) -> set[str]:
    """Everything that the module's imports lead to. at_once: what is loaded with it, its packages included."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current not in graph:
            continue
        imports = graph[current]
        names = imports.at_once | {*packages(current)} if at_once else imports.all
        if at_once:
            names = names | {package for name in names for package in packages(name)}
        waiting += names - found
        found |= names
    return found


def packages(module: str) -> list[str]:
    """a, a.b of a.b.c: importing a module runs its packages first."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


GRAPH = import_graph(ROOT, FOLDERS)


def room(module: str) -> str:
    """The room of a module: chapters and parts of one folder are two."""
    folder, _, rest = module.partition(".")
    if folder not in CHAPTER_FOLDERS:
        return folder
    return f"{folder} chapters" if rest and "." not in rest and rest not in ("parts", "weights") else f"{folder} parts"


def may_import(module: str) -> set[str]:
    """The rooms that the module may import from."""
    own, below = room(module), {"gridworld", "common"}
    if own in ("benchmarks", "exercises"):
        return {room(other) for other in GRAPH}
    if own in ("common", "gridworld"):
        return {"common", own}
    folder, _, kind = own.partition(" ")
    parts = {f"{folder} parts"} | ({"dp parts"} if folder == "tabular" else set())
    return below | parts | ({own} if kind == "chapters" else set())


@pytest.mark.parametrize("module", GRAPH)
def test_arrows_run_one_way(module: str) -> None:
    ours = {name for name in GRAPH[module].all if name in GRAPH}
    assert {name for name in ours if room(name) not in may_import(module)} == set()


def test_there_is_no_circle() -> None:
    assert circles(GRAPH) == []


@pytest.mark.parametrize(
    "line", ["from house import second", "import house.second", "def late():\n    from house.second import there"]
)
def test_a_circle_is_found_wherever_its_imports_stand(line: str, tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    (house / "first.py").write_text(line)
    (house / "second.py").write_text("if TYPE_CHECKING:\n    from house.third import here")
    (house / "third.py").write_text("class Here:\n    from house.first import late")
    (house / "fourth.py").write_text("import house.third")
    graph = import_graph(tmp_path, ["house"])
    assert circles(graph) == [{"house.first", "house.second", "house.third"}]
    assert reach(graph, "house.second", at_once=True) == {"house"}


def test_nothing_is_imported_by_its_name() -> None:
    """But for chapters, found by their rule, and TensorFlow: what is loaded so is not among the arrows."""
    named = {module for module, imports in GRAPH.items() if imports.by_name}
    assert named <= {
        "tabular.parts.rivals",
        "deep.parts.lazy",
        "benchmarks.figures",
        "benchmarks.tabular",
        "exercises.grader",
    }


def test_worlds_know_no_window() -> None:
    """But for an environment that is asked for a picture, and `python -m gridworld`."""
    knowing = {
        module
        for module in GRAPH
        if module.startswith("gridworld") and not module.startswith("gridworld.window")
        if any(name.startswith("gridworld.window") for name in GRAPH[module].all)
    }
    assert knowing == {"gridworld.rendering", "gridworld.__main__"}


def test_only_the_window_knows_pygame() -> None:
    """No other file names pygame, nor loads it with what it imports: a chapter starts without it.

    But for the one question to it, whether there is a screen, which is asked before anything is drawn.
    """
    naming = {module for module, imports in GRAPH.items() if "pygame" in imports.all}
    loading = {module for module in GRAPH if "pygame" in reach(GRAPH, module, at_once=True)}
    others = {module for module in naming | loading if not module.startswith("gridworld.window.")}
    assert others == {"gridworld.__main__", "common.watch.display"}
    assert "common.watch.display" not in loading
    assert "gridworld.window.lesson" not in loading


def test_only_deep_knows_tensorflow() -> None:
    naming = {module for module, imports in GRAPH.items() if _keras(imports.all)}
    assert {module for module in naming if not module.startswith("deep.")} == set()
    leading = {module for module in GRAPH if _keras(reach(GRAPH, module))}
    assert {module for module in leading if not module.startswith(("deep.", "benchmarks.", "exercises."))} == set()


def _keras(names: Iterable[str]) -> set[str]:
    return {name for name in names if name.split(".")[0] in ("tensorflow", "keras")}


def test_a_grid_chapter_loads_nothing_heavy() -> None:
    """The proof by running: importing every world, part and chapter of the grid brings none of these along."""
    light = [
        module
        for module in GRAPH
        if module.split(".")[0] in ("dp", "tabular", "common", "gridworld")
        and not module.startswith("gridworld.window.")
        and not module.endswith("__main__")
    ]
    heavy = "{'tensorflow', 'keras', 'torch', 'matplotlib', 'pygame'}"
    script = f"import {', '.join(light)}, sys; print('imports:', *{heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].strip() == "imports:"
