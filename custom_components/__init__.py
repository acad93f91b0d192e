"""The folder Home Assistant looks into for custom integrations."""
