"""Every test begins with a learner who has not noted anything yet."""

import importlib

import pytest

# `cqrs_lab.course.progress` is the function; the module of that name is found by import alone.
progress = importlib.import_module("cqrs_lab.course.progress")


@pytest.fixture(autouse=True)
def a_new_learner(monkeypatch):
    monkeypatch.setenv(progress.PLACE, progress.NOWHERE)
    monkeypatch.setattr(progress, "_kept", {})
    monkeypatch.setattr(importlib.import_module("cqrs_lab.course.predict"), "_asked", {})
