"""How many readers and cases a study needs, from the components of a pilot."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from stats.errors import DegenerateError, InvalidArgumentError
from stats.frames import Floats, Integers, check_alpha, check_option
from stats.mrmc_results import MrmcResult
from stats.results import Provenance, Result, data_hash

PAPER = "Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18:129; Obuchowski 2000, AJR 175:603"
ANALYSES = ("RRRC", "FRRC", "RRFC")
MOST_CASES, MOST_READERS, STEP = 200_000, 2_000, 2_000


@dataclass(frozen=True)
class SampleSize(Result):
    """Readers, cases and the power they have to show an effect.

    Parameters
    ----------
    analysis : {'RRRC', 'FRRC', 'RRFC'}
    readers, cases : int
    power : float
        Achieved at these whole numbers.
    effect, alpha : float
    ncp, df1, df2, critical : float
        Noncentrality, degrees of freedom (df2 infinite for chi-square) and critical value.
    warnings : tuple of str
    """

    analysis: str
    readers: int
    cases: int
    power: float
    effect: float
    alpha: float
    ncp: float
    df1: float
    df2: float
    critical: float
    warnings: tuple[str, ...] = ()
    method: str = ""


def sample_size(
    pilot: MrmcResult | Mapping[str, object] | tuple[Mapping[str, object], int],
    effect: float,
    readers: int | None = None,
    cases: int | None = None,
    alpha: float = 0.05,
    power: float | None = None,
    analysis: str = "RRRC",
) -> SampleSize:
    """Find the third of readers, cases and power for two modalities, crossed.

    Parameters
    ----------
    pilot : MrmcResult, or mapping, or (components, n_cases)
        A pilot study, or its components (MS_TR, var, cov1, cov2, cov3) and number of cases; in a
        mapping the latter is `n_cases`.
    effect : float
        Difference of the modalities that matters.
    readers, cases : int, optional
    alpha : float
        Two-sided level.
    power : float, optional
        Wanted power. Two of readers, cases and power are given.
    analysis : {'RRRC', 'FRRC', 'RRFC'}
        Random or fixed readers and cases, in this order.

    Returns
    -------
    SampleSize
        The smallest whole number that reaches the power.

    Raises
    ------
    InvalidArgumentError
        If not exactly two are given, or a number is outside its range.
    DegenerateError
        If no number of readers or cases reaches the power, or the pilot's error term is not above
        0.

    References
    ----------
    Hillis, Obuchowski & Berbaum 2011, Acad Radiol 18:129. Obuchowski 2000, AJR 175:603.

    Examples
    --------
    >>> pilot = {"MS_TR": 0.00055103, "var": 0.00080229, "cov1": 0.00034661,
    ...          "cov2": 0.00034407, "cov3": 0.00023903, "n_cases": 114}
    >>> sample_size(pilot, 0.05, readers=5, power=0.8).cases
    213
    """
    check_alpha(alpha)
    check_option(analysis, ANALYSES, name="analysis")
    if sum(given is None for given in (readers, cases, power)) != 1:
        raise InvalidArgumentError("give exactly two of readers, cases and power")
    if power is not None and not 0.0 < power < 1.0:
        raise InvalidArgumentError(f"power is {power}: give a share between 0 and 1")
    fewest = 1 if analysis == "FRRC" else 2
    if (readers is not None and readers < fewest) or (cases is not None and cases < 1):
        raise InvalidArgumentError(f"at least {fewest} readers and 1 case are needed")
    if not effect:
        raise InvalidArgumentError("the effect is 0: no study can show it")
    known = _components(pilot)
    design = _Design(known, effect, alpha, analysis)
    if readers is None:
        counts = np.arange(fewest, MOST_READERS + 1, dtype=np.int64)
        readers = _first(counts, design.powers(counts, cases or 0), power or 0.0, "readers")
    elif cases is None:
        cases = _cases(design, readers, power or 0.0)
    found = design.at(np.array([readers]), np.array([cases]))
    warnings = known.warnings + (
        (f"{cases} cases of the study against {known.n_cases} of the pilot",)
        if (cases or 0) < known.n_cases / 10
        else ()
    )
    return SampleSize(
        analysis=analysis,
        readers=int(readers),
        cases=int(cases or 0),
        power=float(found["power"][0]),
        effect=effect,
        alpha=alpha,
        ncp=float(found["ncp"][0]),
        df1=1.0,
        df2=float(found["df2"][0]),
        critical=float(found["critical"][0]),
        warnings=warnings,
        method=f"OR {analysis} sizing for two modalities, two-sided alpha",
        provenance=Provenance(PAPER, known.hashed),
    )


@dataclass(frozen=True)
class _Components:
    """The pilot on the scale of the study: VarTR, Var − Cov1 and D."""

    treatment_reader: float
    error: float
    between: float
    n_cases: int
    hashed: str
    warnings: tuple[str, ...]


def _components(pilot: object) -> _Components:
    found, n_cases = _named(pilot)
    ms_tr, var, cov1, cov2, cov3 = found
    between = max(cov2 - cov3, 0.0)
    treatment_reader = ms_tr - var + cov1 + between
    said = []
    if cov2 < cov3:
        said.append("Cov2 − Cov3 of the pilot is negative and taken as 0")
    if treatment_reader < 0.0:
        said.append("the variance of readers within modalities is negative and taken as 0")
    return _Components(
        max(treatment_reader, 0.0),
        var - cov1,
        between,
        n_cases,
        data_hash([*found, n_cases]),
        tuple(said),
    )


def _named(pilot: object) -> tuple[list[float], int]:
    """Return MS_TR, Var, Cov1, Cov2, Cov3 and the number of cases of any form of pilot."""
    if isinstance(pilot, MrmcResult):
        pilot = (pilot.components, pilot.n_cases)
    elif isinstance(pilot, Mapping) and "n_cases" in pilot:
        pilot = (pilot.get("components", pilot), pilot["n_cases"])
    if not isinstance(pilot, tuple | list) or len(pilot) != 2:
        raise InvalidArgumentError("pilot must be an MRMC result, or its components and n_cases")
    table, n_cases = pilot
    names = ("MS_TR", "var", "cov1", "cov2", "cov3")
    if not isinstance(table, Mapping) or not all(name in table for name in names):
        raise InvalidArgumentError(f"the pilot's components need {', '.join(names)}")
    found = [float("nan" if table[name] is None else table[name]) for name in names]
    if not (np.isfinite(found).all() and float(n_cases) > 1.0):
        raise InvalidArgumentError("a component of the pilot is not a number: was it one modality?")
    return found, int(n_cases)


@dataclass(frozen=True)
class _Design:
    """A study to be sized."""

    pilot: _Components
    effect: float
    alpha: float
    analysis: str

    def powers(self, readers: ArrayLike, cases: ArrayLike) -> Floats:
        """Return the power of each pair of readers and cases."""
        return self.at(np.asarray(readers), np.asarray(cases))["power"]

    def at(self, readers: ArrayLike, cases: ArrayLike) -> dict[str, Floats]:
        """Return power, ncp, df2 and critical value of each pair of readers and cases."""
        j, k = np.broadcast_arrays(
            np.asarray(readers, dtype=np.float64), np.asarray(cases, dtype=np.float64)
        )
        pilot, scale = self.pilot, self.pilot.n_cases / k
        reader = np.full(j.shape, 0.0 if self.analysis == "FRRC" else pilot.treatment_reader)
        shared = np.full(j.shape, 0.0 if self.analysis == "RRFC" else pilot.between)
        within = reader + scale * (pilot.error - pilot.between)
        total = within + scale * j * shared
        if self.analysis == "RRFC":
            total = within
        if not (total > 0.0).all():
            raise DegenerateError("the error term of the pilot is not above 0: it cannot size")
        ncp = j * self.effect**2 / 2.0 / total
        if self.analysis == "FRRC":
            critical = np.full(j.shape, float(special.chdtri(1.0, self.alpha)))
            power = stats.ncx2.sf(critical, 1.0, ncp)
            return {"power": power, "ncp": ncp, "df2": np.full(j.shape, math.inf)} | {
                "critical": critical
            }
        df2 = np.where(within > 0.0, total**2 / (within**2 / (j - 1.0)), math.inf)
        df2 = np.minimum(df2, 1e9)
        critical = np.asarray(stats.f.isf(self.alpha, 1.0, df2), dtype=np.float64)
        power = stats.ncf.sf(critical, 1.0, df2, ncp)
        return {"power": power, "ncp": ncp, "df2": df2, "critical": critical}


def _cases(design: _Design, readers: int, power: float) -> int:
    for start in range(1, MOST_CASES, STEP):
        counts = np.arange(start, start + STEP, dtype=np.int64)
        powers = design.powers(readers, counts)
        if (powers >= power).any():
            return _first(counts, powers, power, "cases")
    raise DegenerateError(
        f"{readers} readers do not reach power {power:g} with {MOST_CASES} cases: take more readers"
    )


def _first(counts: Integers, powers: Floats, power: float, named: str) -> int:
    enough = powers >= power
    if not enough.any():
        raise DegenerateError(f"{counts[-1]} {named} do not reach power {power:g}: take more cases")
    return int(counts[int(np.argmax(enough))])
