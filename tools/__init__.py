"""What the scripts of this repository run."""
