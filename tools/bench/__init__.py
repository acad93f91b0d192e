"""What scripts/bench runs: our integration measured against what one would use instead."""
