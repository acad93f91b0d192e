"""The bench behind scripts/bench: this integration measured against what people would use instead.

bench.py is the command. It runs the parts (refreshes, restarts, order_book, catalog, key_log) by
plan.py and judges their rows (results.py) by targets.py; report.py writes them for people. Each
subject (integration, rest, floor; the first two in a home) runs in a worker process, which meter.py
measures and subject_process.py controls. panel.py answers all of them.
"""
