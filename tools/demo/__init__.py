"""The demo behind scripts/demo: a simulated panel, and a Home Assistant with accounts and orders.

demo.py is the command. home.py starts and fills the demo from accounts.py, orders.py, presets.py,
dashboard.py and examples.py; check.py verifies the result. The end-to-end tests use it too.
"""
