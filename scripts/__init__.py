"""The repository's commands, and the code behind them."""
