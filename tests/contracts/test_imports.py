"""Each arrow of the architecture is seen to fail once: a rule that cannot break guards nothing."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

OFFENCES = {
    "layers": ("lake/offence.py", "import research"),
    "gateway-alone": ("gateway/offence.py", "import lake"),
    "tables-are-the-interface": ("api/offence.py", "import assets"),
    "export-is-the-window": ("assets/offence.py", "import accounts.people"),
    "who-writes-tables": ("api/offence.py", "import lake.write"),
    "frameworks-at-the-edge": ("research/offence.py", "import fastapi"),
}


def test_every_contract_has_an_offence_here() -> None:
    assert {contract["id"] for contract in CONFIG["contracts"]} == set(OFFENCES)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Build empty packages with every module that a contract names."""
    named = {
        module
        for contract in CONFIG["contracts"]
        for key in ("source_modules", "forbidden_modules")
        for module in contract.get(key, ())
    }
    for package in CONFIG["root_packages"]:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for module in named:
        package, _, rest = module.partition(".")
        if package in CONFIG["root_packages"] and rest:
            (tmp_path / package / f"{rest}.py").touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"],
        cwd=house,
        env={"PYTHONPATH": str(house), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_empty_house_keeps_every_contract(house: Path) -> None:
    assert lint(house).returncode == 0


@pytest.mark.parametrize(("contract", "offence"), OFFENCES.items())
def test_an_offence_breaks_its_contract(
    house: Path, contract: str, offence: tuple[str, str]
) -> None:
    file, statement = offence
    (house / file).write_text(f"{statement}\n")

    result = lint(house)

    title = next(one["name"] for one in CONFIG["contracts"] if one["id"] == contract)
    assert result.returncode == 1
    assert any(
        title in line.replace("\n", " ") and "BROKEN" in line
        for line in " ".join(result.stdout.split()).split("KEPT")
    )
