"""The demo: a simulated panel, and a Home Assistant with accounts, orders and a dashboard.

demo.py is the command behind scripts/demo. home.py starts both processes and adds what accounts.py,
orders.py, presets.py, dashboard.py and examples.py describe. check.py verifies the result.
"""
