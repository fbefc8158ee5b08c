"""The library where neither Swift nor anything else is but Debian's run-time packages of libcurl and OpenSSL."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from conftest import make, run
from roots import LIBDIR, build_example, inside, make_root

pytestmark = pytest.mark.skipif(os.getuid() != 0, reason="only root may change its root")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Nothing in it was configured or run; there is no shell."""
    root = make_root(tmp_path_factory.mktemp("root") / "bare", "extract", ["libcurl4"])
    make("install", DESTDIR=root, PREFIX="/usr", LIBDIR=LIBDIR)
    build_example(root / LIBDIR[1:], root / "get_job")
    yield root
    shutil.rmtree(root)


def test_get_job(root, environment):
    assert "Status                Pending\n" in inside(root, "/get_job", "my-job-id", env=environment)


def test_nothing_else_is_there(root):
    """The root is what it is meant to be."""
    names = [path.name for path in root.rglob("*")]
    assert "libcurl.so.4" in names and "libcrypto.so.3" in names
    assert not [name for name in names if re.search(r"swift|stdc\+\+|python|^sh$|^g?cc$", name)]


def test_loaded_libraries(root):
    loader = re.search(r"interpreter: (\S+)\]", run("readelf", "--segments", root / "get_job"))[1]
    loaded = inside(root, loader, "--list", "/get_job")
    assert "liblocjob.so.0 => /" in loaded and "libcurl.so.4 => /" in loaded
    assert "not found" not in loaded and "swift" not in loaded
