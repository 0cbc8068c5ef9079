import pytest

from accounts.clock_source import ClockSource, clock_source


@pytest.mark.req("R-UTC")
def test_the_source_of_time_is_said_in_words() -> None:
    assert "not synchronised" in str(ClockSource(False))
    assert "error at most 0.012 s" in str(ClockSource(True, 0.0123))
    assert "not known" in str(ClockSource(None))


def test_asking_the_kernel_gives_one_of_the_three() -> None:
    found = clock_source()

    assert found.is_synchronised in (True, False, None)
    assert (found.error_s is not None) == (found.is_synchronised is True)
    assert "UTC" in str(found)
