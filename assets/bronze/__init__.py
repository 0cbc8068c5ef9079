"""The bronze layer: typed and nothing dropped: what the trial's database and the objects hold."""
