"""The functions a query may call; what is not listed here is refused.

Left out on purpose: what reads files, settings, the catalogue or other queries; what runs text as
SQL; and what gives another answer each time (random, now), since a result must be repeatable.
"""

from typing import Final

_SCALAR: Final = """
!~~ !~~* % & && * ** + - / // < <= = == > >= != <> ^ ^@ | || ~ ~~ ~~* ~~~ << >> ->> <=> @> <@ @
abs acos acosh add age array_contains array_length array_position array_slice array_to_string
ascii asin asinh atan atan2 atanh bit_count bit_length cardinality cbrt ceil ceiling century
char_length character_length chr coalesce if concat concat_ws constant_or_null contains cos cosh
cot damerau_levenshtein date_diff date_part date_sub date_trunc datediff datepart datesub
datetrunc day dayname dayofmonth dayofweek dayofyear decade degrees divide element_at ends_with
epoch epoch_ms epoch_ns epoch_us era even exp factorial flatten floor fmod format gamma gcd
greatest greatest_common_divisor hamming hash hex hour ifnull ilike_escape instr isfinite isinf
isnan isodow isoyear jaccard jaro_similarity jaro_winkler_similarity julian last_day lcase lcm
least least_common_multiple left len length levenshtein lgamma like_escape list_aggr
list_aggregate list_apply list_cat list_concat list_contains list_distinct list_element
list_extract list_filter list_has list_has_all list_has_any list_indexof list_pack list_position
list_reduce list_reverse list_reverse_sort list_select list_slice list_sort list_sum
list_transform list_unique list_value list_where list_zip list_avg list_min list_max list_count
list_median ln log log10 log2 lower lpad ltrim make_date make_time make_timestamp map
map_contains map_entries map_extract map_from_entries map_keys map_values md5 microsecond
millennium millisecond minute mismatches mod month monthname multiply not_ilike_escape
not_like_escape nullif octet_length ord pi position pow power prefix quarter radians range
generate_series regexp_extract regexp_extract_all regexp_full_match regexp_matches
regexp_replace regexp_split_to_array repeat replace reverse right round round_even roundbankers
row rpad rtrim second sha256 sign signbit sin sinh split split_part sqrt starts_with str_split
strftime string_split string_split_regex strip_accents strlen strpos strptime struct_extract
struct_insert struct_pack substr substring subtract suffix tan tanh timezone to_base
to_centuries to_days to_decades to_hours to_microseconds to_milliseconds to_minutes to_months
to_quarters to_seconds to_weeks to_years translate trim trunc try_strptime typeof ucase unicode
unnest upper weekday week weekofyear width_bucket xor year yearweek json_array_length
json_exists json_extract json_extract_path json_extract_path_text json_extract_string json_keys
json_type json_valid json_value
"""
_AGGREGATE: Final = """
any_value approx_count_distinct approx_quantile arbitrary arg_max arg_min array_agg avg bit_and
bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp
entropy favg first fsum group_concat grouping grouping_id histogram kahan_sum kurtosis
kurtosis_pop last list listagg mad max max_by mean median min min_by mode product quantile
quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum sumkahan
var_pop var_samp variance
"""
_WINDOW: Final = """
cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
rank_dense row_number
"""
FUNCTIONS: Final = frozenset(f"{_SCALAR} {_AGGREGATE} {_WINDOW}".split())
TABLE_FUNCTIONS: Final = frozenset({"unnest", "range", "generate_series"})
