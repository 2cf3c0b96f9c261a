from __future__ import annotations

import pytest

from jupyter_runs.capture.packages import packages, surroundings
from jupyter_runs.capture.secrets import clean_arguments, clean_url, looks_secret, without_secrets


@pytest.mark.parametrize(
    "name",
    [
        "KEY",
        "API_KEY",
        "apiKey",
        "AWS_SECRET_ACCESS_KEY",
        "aws_secret_access_key",
        "HF_TOKEN",
        "token",
        "Password",
        "DB_PASSWORD",
        "MY_SECRET",
        "GITHUB_TOKEN",
        "--api-key",
        "openai.key",
        "PGPASSWD",
        "client_secret",
        "connection_password",
        "azureClientSecret",
        "APIKEY",
    ],
)
def test_secret(name):
    assert looks_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "lr",
        "max_tokens",
        "num_tokens",
        "keyboard",
        "monkey",
        "tokenizer",
        "secretary",
        "compass",
        "key_size",
        "token_count",
        "n_keys",
        "hidden_size",
        "epochs",
        "author",
        "keep",
        "passes",
    ],
)
def test_not_secret(name):
    assert not looks_secret(name)


def test_without():
    assert without_secrets({"a": 1, "TOKEN": "x"}) == {"a": 1}


def test_arguments():
    given = [
        "t.py",
        "--token",
        "abc",
        "--password=p",
        "-k",
        "v",
        "--key",
        "--lr",
        "1",
        "https://u:p@h/x",
    ]
    cleaned = clean_arguments(given)
    assert cleaned == [
        "t.py", "--token", "***", "--password=***", "-k", "v", "--key", "--lr", "1", "https://h/x",
    ]  # fmt: skip


def test_urls():
    assert clean_url("https://tok@github.com/a/b.git") == "https://github.com/a/b.git"
    assert clean_url("git@github.com:a/b.git") == "git@github.com:a/b.git"


def test_the_surroundings_hold_none(monkeypatch):
    monkeypatch.setenv("MY_API_KEY", "hush-hush")
    monkeypatch.setattr("sys.argv", ["x", "--secret=hush-hush"])
    assert "hush-hush" not in repr(surroundings())


def test_packages_are_names_and_versions():
    found = packages()
    assert "pytest" in {name.lower() for name in found}
    assert all(isinstance(version, str) for version in found.values())
    assert packages() == found
