"""Building the notebooks: percent scripts and reference solutions in, lessons out."""
