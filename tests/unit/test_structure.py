"""scripts/structure.py measures what it says: on a made-up tree of three modules with every fault once."""

from pathlib import Path

from scripts.structure import IN_LAYERS, ROOMS, measures

IMPORTLINTER = """[importlinter:contract:rules]
containers =
    {room}
layers =
    top
    middle
    bottom | beside
"""
LINES = "\n" * 9
MANY = "def wide(self, a, b, c, d, e, f, *, g): ...\n\n\nclass Narrow:\n    def method(self): ...\n"


def write(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")


def test_circles_arrows_up_parameters_and_lines_are_counted(tmp_path: Path) -> None:
    contracts = [IMPORTLINTER.format(room=room).replace(":rules]", f":{room}]") for room in IN_LAYERS]
    write(tmp_path, {".importlinter": "\n".join(contracts)})
    write(tmp_path, {f"{room}/__init__.py": "" for room in ROOMS})
    write(
        tmp_path,
        {
            "sop_flows/top.py": "from sop_flows.middle import part\nimport sop_flows.bottom\n",
            "sop_flows/middle/part.py": "import json\nfrom sop_flows import bottom, beside\n",
            "sop_flows/middle/other.py": "from sop_flows.middle.part import json\n",
            "sop_flows/bottom.py": "def later():\n    from sop_flows.middle import part\n    return part\n",
            "sop_flows/beside.py": MANY,
            "storage/migrations/first.py": LINES,
            "storage/engine.py": LINES,
        },
    )
    found = {measure.name: measure for measure in measures(tmp_path)}
    figures = {name: measure.figure for name, measure in found.items()}
    assert figures["sop_flows: modules at the first level"] == 4
    assert figures["sop_flows: arrows between them"] == 5
    assert figures["sop_flows: arrows that run back up"] == 1
    assert figures["sop_flows: largest circle of them"] == 2
    assert figures["sop_flows: functions with 7 or more parameters"] == 1
    assert figures["sop_flows: parameters of a function, on average"] == 2.33
    assert figures["handlers: largest circle of them"] == 0
    assert figures["storage: lines"] == 9
    assert figures["lines of storage/engine.py"] == 9
    broken = [name for name, measure in found.items() if measure.is_broken]
    assert broken == ["sop_flows: arrows that run back up", "sop_flows: largest circle of them"]
