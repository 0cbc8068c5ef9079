"""Our root names are generic words: nobody else on this machine may bear them."""

import sys
from importlib.metadata import distributions, packages_distributions

import pytest

ROOT_NAMES = (
    "accounts", "api", "assets", "deid", "gateway", "ingest", "lake", "pipelines", "readout",
    "research", "stats", "teaching",
)  # fmt: skip


@pytest.mark.parametrize("root", ROOT_NAMES)
def test_a_root_name_is_not_in_the_standard_library(root: str) -> None:
    assert root not in sys.stdlib_module_names


@pytest.mark.parametrize("root", ROOT_NAMES)
def test_no_other_installed_distribution_bears_a_root_name(root: str) -> None:
    owners = set(packages_distributions().get(root, []))

    assert owners <= {"readout"}


def test_the_project_cannot_be_uploaded_by_accident() -> None:
    ours = next(one for one in distributions() if one.metadata["Name"] == "readout")

    assert "Private :: Do Not Upload" in (ours.metadata.get_all("Classifier") or [])
