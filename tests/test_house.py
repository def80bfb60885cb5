"""The rules of the house: which folder may import which, what a chapter is, what the documents point at."""

import ast
import csv
import re
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"gridworld", "common", "dp", "tabular", "deep", "benchmarks", "exercises"}
CHAPTER_FOLDERS = ("dp", "tabular", "deep")
CHAPTERS = [path for folder in CHAPTER_FOLDERS for path in sorted((ROOT / folder).glob("[a-z]*.py"))]
SOURCES = [path for folder in sorted(OURS) for path in sorted((ROOT / folder).rglob("*.py"))]
FILES = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("[a-z]*/*.md")])


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever the import stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    return names | modules


def top_level(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_a_file_from_elsewhere_runs_no_code(path: Path) -> None:
    """Weights and tables are read as arrays: nothing is unpickled, no model is built from what a file says."""
    text = path.read_text(encoding="utf-8")
    assert not {"pickle", "cloudpickle", "joblib", "shelve"} & top_level(path)
    assert not re.search(r"allow_pickle\s*=\s*True|(models|saving)\.load_model|safe_mode\s*=\s*False", text)


@pytest.mark.parametrize("folder", sorted({path.parent for path in FILES}), ids=relative)
def test_a_folder_holds_about_fifteen_files_at_most(folder: Path) -> None:
    """One that holds more asks for sub-folders. A lecture has a file for each chapter: twenty are still a list."""
    files = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(files) <= (20 if relative(folder) in CHAPTER_FOLDERS else 15)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_a_file_is_no_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", CHAPTERS, ids=relative)
def test_a_chapter_fits_on_a_few_screens(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text))
    assert f"python {relative(path)}" in text, "the docstring says how to run it"
    assert '__name__ == "__main__"' in text


def test_every_chapter_runs_as_a_module_from_any_folder(tmp_path: Path) -> None:
    """In one process, for each would take a second; their folders' tests run them as scripts."""
    script = (
        "import runpy, sys\n"
        "for module in sys.argv[1:]:\n"
        "    sys.argv = [module, '--help']\n"
        "    try:\n"
        "        runpy.run_module(module, run_name='__main__', alter_sys=True)\n"
        "    except SystemExit as ended:\n"
        "        assert not ended.code, module\n"
    )
    modules = [relative(path).removesuffix(".py").replace("/", ".") for path in CHAPTERS]
    done = subprocess.run(
        [sys.executable, "-c", script, *modules], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("--headless") >= len(modules)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", sorted((ROOT / "benchmarks").glob("*.py")), ids=relative)
def test_a_benchmark_starts_without_the_other_library(path: Path, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, str(path), "--help"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_every_room_is_installed() -> None:
    rooms = {relative(path.parent).replace("/", ".") for path in SOURCES}
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    assert set(packaging["packages"]) == rooms


def requirements(name: str) -> list[str]:
    lines = (ROOT / name).read_bytes().decode("ascii").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_requirements_are_ascii_ranges_and_the_grids_need_no_tensorflow() -> None:
    grid, everything = requirements("requirements-grid.txt"), requirements("requirements.txt")
    assert grid[-1] == "-e ." and everything[0] == "-r requirements-grid.txt"
    assert all(re.fullmatch(r"[a-z0-9-]+>=[\d.]+,<[\d.]+", line) for line in grid[:-1] + everything[1:])
    assert "torch" not in " ".join(everything) and not re.search("tensorflow|keras|pytest", " ".join(grid))


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text)
    for target in (first or second for first, second in targets):
        file = target.split("#")[0]
        if file and not file.startswith("http"):
            assert (page.parent / file).exists(), f"{relative(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_command_of_a_page_names_a_script_that_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for script in re.findall(r"python ((?:dp|tabular|deep|benchmarks)/[\w/]+\.py)", text):
        assert (ROOT / script).exists(), f"{relative(page)} says python {script}"
    for module in re.findall(r"python -m ((?:gridworld|dp|tabular|deep)[\w.]*)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists() or (ROOT / module / "__main__.py").exists()


RESULT_ROW = re.compile(r"\| `?([\w-]+)`? \| (\d+/\d+) \| ([\d,]+) \| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.-]+) \|")


def row_of_table(file: Path) -> tuple[str, ...]:
    """Solved, steps (median, worst), seconds (median, worst) and mean return, from the raw table of `solve.py`."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    steps = [int(row["steps"]) for row in rows]
    seconds = [float(row["seconds"]) for row in rows]
    solved = sum(row["solved"] == "True" for row in rows)
    mean_return = statistics.fmean(float(row["return_mean"]) for row in rows)
    return (
        f"{solved}/{len(rows)}",
        f"{statistics.median(steps):,.0f}",
        f"{max(steps):,}",
        f"{statistics.median(seconds):.1f}",
        f"{max(seconds):.1f}",
        f"{mean_return:.2f}",
    )


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_every_result_of_a_page_is_that_of_the_raw_table(page: Path) -> None:
    for name, *numbers in RESULT_ROW.findall(page.read_text(encoding="utf-8")):
        assert tuple(numbers) == row_of_table(ROOT / "benchmarks" / "results" / f"{name}.csv"), name
