"""Tests of the procedure documentation."""
