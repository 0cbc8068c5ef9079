"""The public interface of `stats/`, written out once more: names, arguments, defaults, fields."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields
from textwrap import dedent
from typing import Any

import numpy as np
import polars as pl
import pytest

from stats.results import Result, Row

# As the design page writes them: an argument after "*" is by keyword, "=" gives its default.
FUNCTIONS = {
    "roc": """
        def auc(scores, truth, *, alpha=0.05, ci="delong"): ...
        def delong_covariance(scores, truth): ...
        def delong_test(scores_a, scores_b, truth, *, margin=0.0, alpha=0.05): ...
        def delong_test_unpaired(scores_a, truth_a, scores_b, truth_b, *, margin=0.0, alpha=0.05):
            ...
        def roc_curve(scores, truth): ...
        def partial_auc(scores, truth, *, specificity=(0.9, 1.0), correction="none", alpha=0.05):
            ...
        def operating_point(scores, truth, *, threshold=None, specificity=None, youden=False): ...
        def clustered_auc(scores, truth, cluster, *, alpha=0.05): ...
        def bootstrap_auc_difference(scores_a, scores_b, truth, *, seed, resamples=10_000,
            cluster=None, alpha=0.05): ...
        def binormal_auc(scores, truth, *, alpha=0.05): ...
        def auc_power(auc, *, n_diseased, n_healthy, alpha=0.05): ...
        def auc_sample_size(auc, *, power=0.8, ratio=1.0, alpha=0.05): ...
    """,
    "mrmc": """
        def obuchowski_rockette(data, *, reader, modality, case, truth, score, covariance="delong",
            readers="random", cases="random", figure_of_merit="auc", alpha=0.05, margin=None,
            design="auto", partial=None, threshold=None, clip=False): ...
        def dbm(data, *, reader, modality, case, truth, score, readers="random", cases="random",
            figure_of_merit="auc", alpha=0.05, margin=None): ...
        def u_statistics(data, *, reader, modality, case, truth, score, kernel="auc", alpha=0.05,
            margin=None): ...
        def ai_vs_readers(data, *, reader, case, truth, score, ai, method="1T-RRRC",
            covariance="jackknife", alpha=0.05, margin=None): ...
        def noninferiority(estimate, se, *, margin, df=INF, alpha=0.05): ...
        def sample_size(pilot, effect, readers=None, cases=None, alpha=0.05, power=None,
            analysis="RRRC"): ...
    """,
    "froc": """
        def wafroc(marks, cases, *, readers=None, modalities=None): ...
        def afroc(marks, cases, *, readers=None, modalities=None): ...
        def wafroc1(marks, cases, *, readers=None, modalities=None): ...
        def afroc1(marks, cases, *, readers=None, modalities=None): ...
        def hr_auc(marks, cases, *, readers=None, modalities=None): ...
        def hr_sensitivity(marks, cases, *, readers=None, modalities=None): ...
        def hr_specificity(marks, cases, *, readers=None, modalities=None): ...
        def max_llf(marks, cases, *, readers=None, modalities=None): ...
        def max_nlf(marks, cases, *, readers=None, modalities=None): ...
        def froc_curve(marks, cases, *, reader, modality): ...
        def froc_sensitivity(marks, cases, *, fp_per_case, reader, modality): ...
        def froc_mrmc(marks, cases, *, figure_of_merit="wafroc", method="or", readers="random",
            cases_effect="random", alpha=0.05, margin=None, clip=False): ...
        def lroc(data, *, reader, modality, case, truth, score, correct, fpf=0.2): ...
    """,
    "agreement": """
        def percent_agreement(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def gwet_ac(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def fleiss_kappa(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def conger_kappa(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def brennan_prediger(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def scott_pi(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def cohen_kappa(ratings, *, weights="unweighted", categories=None, alpha=0.05): ...
        def krippendorff_alpha(ratings, *, weights="unweighted", metric=None, categories=None,
            alpha=0.05): ...
        def kendall_w(ratings): ...
        def compare_kappas(ratings_a, ratings_b, *, coefficient="gwet_ac", weights="unweighted",
            alpha=0.05): ...
        def ratings_from_table(table): ...
    """,
    "reliability": """
        def icc(ratings, *, form="ICC(A,1)", alpha=0.05, ci="mcgraw_wong"): ...
        def icc_all(ratings, *, alpha=0.05, ci="mcgraw_wong"): ...
        def ccc(a, b, *, ci="z", alpha=0.05): ...
        def bland_altman(a, b, *, ci="approximate", alpha=0.05): ...
        def equivalence_paired(a, b, *, margin, alpha=0.05): ...
        def within_cv(measurements, *, subject, value, alpha=0.05): ...
        def mrmc_limits_of_agreement(data, *, reader, modality, case, score, kind="WRBM",
            modality_a=None, modality_b=None, alpha=0.05): ...
    """,
    "proportions": """
        def proportion(successes, n, *, method="wilson", alpha=0.05): ...
        def diagnostic_table(positive, truth, *, method="wilson", alpha=0.05): ...
        def mcnemar(b, c, *, method="exact"): ...
        def paired_difference(a, b, *, method="tango", margin=0.0, alpha=0.05): ...
        def compare_predictive_values(a, b, truth, *, alpha=0.05): ...
        def clustered_proportion(successes, sizes, *, alpha=0.05): ...
    """,
    "survival": """
        def kaplan_meier(time, event, *, group=None, ci="log-log", alpha=0.05): ...
        def survival_at(time, event, *, at, group=None, ci="log-log", alpha=0.05): ...
        def logrank(time, event, group): ...
        def cox(data, *, time, event, covariates, ties="efron", alpha=0.05): ...
        def restricted_mean(time, event, *, horizon, group=None, alpha=0.05): ...
    """,
    "calibration": """
        def calibration(probability, outcome, *, alpha=0.05, bins=10): ...
        def decision_curve(probability, outcome, thresholds): ...
        def reclassification(old, new, outcome, *, cuts=None): ...
    """,
    "segmentation": """
        def dice(reference, prediction, *, empty): ...
        def iou(reference, prediction, *, empty): ...
        def volume_error(reference, prediction, *, empty, spacing_mm=None, relative=True): ...
        def hausdorff(reference, prediction, *, spacing_mm, percentile=100.0, empty): ...
        def average_surface_distance(reference, prediction, *, spacing_mm, empty): ...
        def normalized_surface_dice(reference, prediction, *, spacing_mm, tolerance_mm, empty): ...
        def surface_overlap(reference, prediction, *, spacing_mm, tolerance_mm, empty): ...
        def segmentation_summary(data, *, case, metric, value, cluster=None, stratum=None, seed,
            alpha=0.05): ...
    """,
    "response": """
        def target_response(baseline_sum, nadir_sum, sum, *, all_nodes_normal=False,
            not_evaluable=False): ...
        def overall_response(target, non_target, new_lesions): ...
        def best_overall_response(responses, subjects, *, subject, date, response, start,
            pd_date=None, sd_days=42): ...
        def confirmed_best_overall_response(responses, subjects, *, subject, date, response, start,
            pd_date=None, sd_days=28, confirm_days=28, max_not_evaluable=1, accept_sd=False,
            missing_as_ne=False): ...
        def response_rate(best, *, of=("CR", "PR"), alpha=0.05): ...
        def reader_discordance(site, central): ...
    """,
    "multiplicity": """
        def adjust(p_values, *, method="holm"): ...
        def fixed_sequence(p_values, *, alpha=0.05): ...
        def gatekeeper(families, *, alpha=0.05): ...
    """,
    "simulate": """
        def roe_metz(*, readers, healthy, diseased, means, variances, seed, design="crossed",
            blocks=1): ...
        def true_auc(*, means, variances): ...
    """,
    "layouts": """
        def from_imrmc(frame): ...
        def to_imrmc(frame): ...
        def to_rjafroc(marks): ...
    """,
}

# The page leaves what follows their first argument open.
LEFT_OPEN = ("layouts.to_imrmc", "layouts.to_rjafroc")

ESTIMATE = "value se ci_low ci_high method n alpha df p_value warnings"
COMPARISON = (
    f"{ESTIMATE} estimate_a estimate_b covariance statistic distribution margin p_noninferiority "
    "p_equivalence"
)
MRMC = (
    "figures_of_merit components omnibus differences means reader_differences pseudovalue_anova "
    "warnings method design alpha margin n_readers n_cases n_diseased"
)

RESULTS = {
    "estimates.Estimate": ESTIMATE,
    "estimates.Comparison": COMPARISON,
    "roc.RocCurve": "fpr tpr thresholds auc",
    "roc.OperatingPoint": "threshold sensitivity specificity",
    "roc.AucSize": "n_diseased n_healthy power",
    "mrmc.MrmcResult": MRMC,
    "mrmc.UStatResult": "modalities differences moments per_reader warnings method kernel",
    "mrmc.AiVsReaders": ("ai readers mean_readers difference var_reader var_error cov2 warnings"),
    "mrmc.NonInferiority": "statistic p_value ci_low met margin alpha_one_sided",
    "mrmc.SampleSize": "analysis readers cases power effect alpha ncp df1 df2 critical warnings",
    "froc.FrocCurve": "fp_per_case sensitivity thresholds",
    "reliability.Icc": f"{ESTIMATE} form shrout_fleiss model f_statistic df1 df2",
    "reliability.Ccc": f"{ESTIMATE} pearson bias_correction location_shift scale_shift",
    "reliability.BlandAltman": "bias lower upper sd n slope",
    "reliability.LimitsOfAgreement": (
        "mean_difference variance_one_observation limit_low limit_high anova kind warnings"
    ),
    "proportions.DiagnosticTable": (
        "tp fp fn tn sensitivity specificity ppv npv accuracy lr_positive lr_negative"
    ),
    "survival.Survival": "group n events median curve",
    "survival.LogRank": "statistic df p_value observed expected",
    "survival.Cox": "coefficients concordance",
    "calibration.Calibration": (
        "brier log_loss in_the_large slope intercept observed_expected spiegelhalter_z "
        "spiegelhalter_p ici e50 e90 emax smoother ece bins"
    ),
    "calibration.Reclassification": "nri nri_events nri_nonevents idi label",
    "segmentation.AverageDistance": ("reference_to_prediction prediction_to_reference symmetric"),
    "response.Discordance": "early_rate late_rate n",
}

ROWS = {
    "mrmc_results.FigureRow": "reader modality value",
    "mrmc_results.Components": (
        "MS_T MS_TR MS_R var cov1 cov2 cov3 var_reader var_treatment_reader"
    ),
    "mrmc_results.Omnibus": "statistic df1 df2 p_value distribution",
    "mrmc_results.Difference": (
        "modality_a modality_b estimate se df t p_value ci_low ci_high p_noninferiority"
    ),
    "mrmc_results.Mean": "modality estimate se df ci_low ci_high MS_R cov2",
    "mrmc_results.ReaderDifference": (
        "reader modality_a modality_b estimate se p_value ci_low ci_high"
    ),
    "mrmc_results.AnovaRow": "source df ss ms",
    "u_statistic_results.Modality": (
        "modality auc variance variance_mle df_bdg df_bdg_mle p_normal p_bdg ci_normal_low "
        "ci_normal_high ci_bdg_low ci_bdg_high n_readers n_healthy n_diseased"
    ),
    "u_statistic_results.UDifference": (
        "modality_a modality_b difference variance variance_mle df_bdg df_bdg_mle p_normal p_bdg "
        "p_normal_mle p_bdg_mle ci_normal_low ci_normal_high ci_bdg_low ci_bdg_high "
        "p_noninferiority_normal p_noninferiority_bdg"
    ),
    "u_statistic_results.Moment": "modality_a modality_b moment unbiased biased coefficient",
    "u_statistic_results.PerReader": "reader modality auc variance n_healthy n_diseased",
    "ai_against_readers.ReaderRow": "reader value",
    "froc.LrocRow": "reader modality pcl alroc",
    "reliability.AnovaRow": "source df ss variance",
    "survival.SurvivalAt": "group at estimate",
    "survival.CoxRow": "name estimate hazard_ratio",
    "survival.RestrictedMean": "group estimate",
    "calibration.DecisionRow": "threshold tp fp net_benefit net_benefit_all",
    "segmentation.SegmentationSummary": "metric stratum estimate n_undefined",
    "response.BestResponse": "subject date response",
}


def _stubs() -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = {}
    for module, block in FUNCTIONS.items():
        scope: dict[str, Callable[..., object]] = {}
        exec(dedent(block), {"INF": float("inf")}, scope)
        found |= {f"{module}.{name}": stub for name, stub in scope.items()}
    return found


STUBS = _stubs()


@pytest.mark.parametrize("path", STUBS)
def test_a_function_has_the_arguments_of_the_interface(path: str) -> None:
    found = inspect.signature(_named(path)).parameters

    for name, parameter in inspect.signature(STUBS[path]).parameters.items():
        assert name in found
        assert found[name].kind == parameter.kind
        assert found[name].default == parameter.default


@pytest.mark.parametrize("path", STUBS)
def test_an_argument_beyond_the_interface_is_optional(path: str) -> None:
    wanted = inspect.signature(STUBS[path]).parameters
    beyond = [
        parameter
        for name, parameter in inspect.signature(_named(path)).parameters.items()
        if name not in wanted and path not in LEFT_OPEN
    ]

    assert all(parameter.kind == parameter.KEYWORD_ONLY for parameter in beyond)
    assert all(parameter.default is not parameter.empty for parameter in beyond)


@pytest.mark.parametrize(("path", "named"), RESULTS.items())
def test_a_result_has_the_fields_of_the_interface(path: str, named: str) -> None:
    result = _named(path)

    assert issubclass(result, Result)
    assert set(named.split()) <= {item.name for item in fields(result)}


@pytest.mark.parametrize(("path", "named"), ROWS.items())
def test_a_row_has_the_columns_of_the_interface(path: str, named: str) -> None:
    row = _named(path)

    assert issubclass(row, Row)
    assert set(named.split()) <= {item.name for item in fields(row)}


def test_estimates_are_built_by_position_in_the_order_of_the_interface() -> None:
    estimate, comparison = _named("estimates.Estimate"), _named("estimates.Comparison")

    assert [item.name for item in fields(estimate) if item.init and not item.kw_only] == (
        ESTIMATE.split()
    )
    assert [item.name for item in fields(comparison) if item.init and not item.kw_only] == (
        COMPARISON.split()
    )


@pytest.mark.parametrize("path", [*RESULTS, *ROWS])
def test_results_and_rows_cannot_be_changed(path: str) -> None:
    found = object.__new__(_named(path))

    with pytest.raises(FrozenInstanceError):
        setattr(found, fields(found)[-1].name, None)


def test_the_overlap_of_surfaces_is_of_the_reference_then_of_the_prediction() -> None:
    overlap = _named("segmentation.surface_overlap")
    large, small = np.zeros((2, 9, 9, 9), dtype=bool)
    large[1:8, 1:8, 1:8], small[1:4, 1:8, 1:8] = True, True

    found = overlap(large, small, spacing_mm=(1, 1, 1), tolerance_mm=0.5, empty="surface_distance")

    assert (found.of_reference, found.of_prediction) == tuple(found)
    assert found.of_reference < found.of_prediction


def test_the_published_structures_are_arguments_of_the_simulator() -> None:
    structures = _named("simulate.ROE_METZ_1997")
    simulate = _named("simulate.roe_metz")

    frames = [
        simulate(readers=2, healthy=2, diseased=2, seed=1, **structure)
        for structure in structures.values()
    ]

    assert all(
        isinstance(frame, pl.DataFrame)
        and frame.columns == ["reader", "modality", "case", "truth", "score"]
        for frame in frames
    )


def _named(path: str) -> Any:
    module, name = path.split(".")
    return getattr(importlib.import_module(f"stats.{module}"), name)
