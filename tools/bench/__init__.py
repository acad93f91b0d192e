"""The bench: the cost of this integration compared with that of the alternatives.

bench.py is the command behind scripts/bench. It runs the parts (refreshes, restarts, order_book,
catalog, key_log) with the numbers of plan.py, compares their rows (results.py) with targets.py, and
prints them with report.py. Each subject (integration, rest, floor) runs in its own process, which
subject_process.py starts and in which worker.py, home.py and meter.py run. panel.py is the panel
from which all of them read.
"""
