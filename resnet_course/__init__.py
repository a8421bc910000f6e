"""Residual networks from first principles: the reference solutions and the course's tools."""

__version__ = "0.1.0"
