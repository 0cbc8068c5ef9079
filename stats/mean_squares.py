"""Mean squares of a reader × modality table, and which of its factors are random."""

from dataclasses import dataclass

import numpy as np

from stats.errors import InvalidArgumentError
from stats.frames import Floats, check_option
from stats.inference import ROUNDING, settled
from stats.mrmc_results import Components


@dataclass(frozen=True)
class Effects:
    """Which of readers and cases are a sample, 'random', and which the whole, 'fixed'."""

    readers: str
    cases: str

    @staticmethod
    def of(*, readers: str, cases: str) -> "Effects":
        """Return checked effects.

        Raises
        ------
        InvalidArgumentError
            If a word is unknown or both are fixed.
        """
        for name, value in (("readers", readers), ("cases", cases)):
            check_option(value, ("random", "fixed"), name=name)
        if readers == cases == "fixed":
            raise InvalidArgumentError("readers and cases are both fixed: nothing varies")
        return Effects(readers, cases)

    @property
    def label(self) -> str:
        """RRRC, FRRC or RRFC."""
        return f"{self.readers[0].upper()}R{self.cases[0].upper()}C"

    @property
    def reference(self) -> str:
        """The reference distribution."""
        return {"RRRC": "F (Hillis df)", "FRRC": "chi-square and z", "RRFC": "F"}[self.label]


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of the table, and the error covariances averaged over pairs of figures.

    Cov1 is of one reader in two modalities, Cov2 of two readers in one modality, Cov3 of two
    readers in two modalities. Arrays are by modality (`var_t`, `cov2_t`, `ms_r_t`) or by reader
    (`var_r`, `cov1_r`).
    """

    t: int
    r: int
    ms_t: float
    ms_tr: float
    ms_r: float
    var: float
    cov1: float
    cov2: float
    cov3: float
    ms_r_t: Floats
    var_t: Floats
    cov2_t: Floats
    var_r: Floats
    cov1_r: Floats

    @property
    def between(self) -> float:
        """Cov2 − Cov3; 0 for one reader, who has neither."""
        return settled(self.cov2 - self.cov3, scale=self.var) if self.r > 1 else 0.0

    def components(self) -> Components:
        """Return the components; with one modality those of modalities are NaN."""
        alone = self.t == 1
        reader = (
            self.ms_r - self.var + self.cov2
            if alone
            else ((self.ms_r - self.ms_tr) / self.t - self.cov1 + self.cov3)
        )
        return Components(
            MS_T=self.ms_t,
            MS_TR=self.ms_tr,
            MS_R=self.ms_r,
            var=self.var,
            cov1=self.cov1,
            cov2=self.cov2,
            cov3=self.cov3,
            var_reader=reader,
            var_treatment_reader=self.ms_tr - self.var + self.cov1 + self.cov2 - self.cov3,
        )

    def warnings(self, effects: Effects, *, clip: bool) -> tuple[str, ...]:
        """Return what is negative that should not be, and what was done about it."""
        found = self.components()
        said = [
            f"the variance component {name} is negative ({value:.3g}): it is kept as it is"
            for name, value in (
                ("of readers", found.var_reader),
                ("of readers within modalities", found.var_treatment_reader),
            )
            if value < 0.0
        ]
        if effects.cases == "random" and self.between < 0.0:
            taken = clip or effects.readers == "random"
            how = "is taken as 0" if taken else "is kept (clip=True takes it as 0)"
            said.append(f"Cov2 − Cov3 is negative ({self.between:.3g}) and {how}")
        return tuple(said)


def mean_squares(values: Floats, covariance: Floats) -> MeanSquares:
    """Return the mean squares of a table and its averaged covariances.

    Parameters
    ----------
    values : ndarray, shape (readers, modalities)
    covariance : ndarray, shape (readers, modalities, readers, modalities)

    Returns
    -------
    MeanSquares

    Examples
    --------
    >>> values = np.array([[0.8, 0.9], [0.7, 0.9]])
    >>> round(mean_squares(values, np.zeros((2, 2, 2, 2))).ms_t, 4)
    0.0225
    """
    r, t = values.shape
    by_reader, by_modality, grand = values.mean(axis=1), values.mean(axis=0), values.mean()
    rest = _settled(values - by_reader[:, None] - by_modality[None, :] + grand, values)
    between, among = _settled(by_modality - grand, values), _settled(by_reader - grand, values)
    own = np.einsum("rtrt->rt", covariance)
    same_reader = np.einsum("rtru->rtu", covariance)
    same_modality = np.einsum("rtst->rst", covariance)
    cov1_r = _mean(same_reader.sum(axis=(1, 2)) - own.sum(axis=1), t * (t - 1))
    cov2_t = _mean(same_modality.sum(axis=(0, 1)) - own.sum(axis=0), r * (r - 1))
    both = covariance.sum() - same_reader.sum() - same_modality.sum() + own.sum()
    return MeanSquares(
        t=t,
        r=r,
        ms_t=float(_mean(r * (between**2).sum(), t - 1)),
        ms_tr=float(_mean((rest**2).sum(), (t - 1) * (r - 1))),
        ms_r=float(_mean(t * (among**2).sum(), r - 1)),
        var=float(own.mean()),
        cov1=float(cov1_r.mean()),
        cov2=float(cov2_t.mean()),
        cov3=float(_mean(both, t * (t - 1) * r * (r - 1))),
        ms_r_t=_mean((_settled(values - by_modality, values) ** 2).sum(axis=0), r - 1),
        var_t=own.mean(axis=0),
        cov2_t=cov2_t,
        var_r=own.mean(axis=1),
        cov1_r=cov1_r,
    )


def _settled(deviations: Floats, values: Floats) -> Floats:
    """Return deviations with rounding error set to 0: no variation is then exactly none."""
    return np.where(np.abs(deviations) <= ROUNDING * np.abs(values).max(), 0.0, deviations)


def _mean(total: Floats | float, count: int) -> Floats:
    """Return total / count; NaN when there is nothing to average."""
    return np.asarray(total / count if count else np.full(np.shape(total), np.nan))
