from pathlib import Path

from gateway.recorder import Recorder
from tests.gateway.site import make_site


def test_everything_handed_over_is_entered_before_it_ends(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    recorder = Recorder(site.states)
    recorder.start()

    for number in range(1200):
        recorder.put(f"{number:04d}", 1)
    recorder.stop()

    assert site.states.counts()["received"] == 1200
