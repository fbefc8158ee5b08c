"""The Debian packages, and a Debian that they are installed in."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import TOP, files, make, manual_pages, run, tree
from roots import LIBDIR, build_example, inside, make_root

only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root may change its root")


@pytest.fixture(scope="session")
def packages() -> dict[str, Path]:
    made = [TOP / line for line in make("deb").splitlines()]
    return {path.name.split("_")[0]: path for path in made}


@pytest.fixture
def unpacked(packages, tmp_path):
    def unpack(name: str) -> Path:
        run("dpkg-deb", "--extract", packages[name], tmp_path / name)
        return tmp_path / name

    return unpack


def test_packages(packages):
    assert sorted(packages) == ["liblocjob-dev", "liblocjob0", "liblocjob0-dbgsym"]


def test_lintian(packages):
    # Nobody answers for the packages but whoever DEBEMAIL names, and here that is nobody.
    nobody = "bogus-mail-host,bogus-mail-host-in-debian-changelog"
    levels = ("--display-info", "--pedantic", "--fail-on=error,warning,info,pedantic")
    assert run("lintian", "--allow-root", *levels, f"--suppress-tags={nobody}", *packages.values()) == ""


def test_library(unpacked, version):
    assert files(unpacked("liblocjob0")) == [
        f"{LIBDIR[1:]}/liblocjob.so.0",
        f"{LIBDIR[1:]}/liblocjob.so.{version}",
        "usr/share/doc/liblocjob0/changelog.Debian.gz",
        "usr/share/doc/liblocjob0/changelog.gz",
        "usr/share/doc/liblocjob0/copyright",
        "usr/share/lintian/overrides/liblocjob0",
    ]


def test_development_files(unpacked):
    assert files(unpacked("liblocjob-dev")) == sorted(
        [
            "usr/include/locjob.h",
            "usr/include/locjob.hpp",
            f"{LIBDIR[1:]}/cmake/locjob/locjob-config-version.cmake",
            f"{LIBDIR[1:]}/cmake/locjob/locjob-config.cmake",
            f"{LIBDIR[1:]}/liblocjob.a",
            f"{LIBDIR[1:]}/liblocjob.so",
            f"{LIBDIR[1:]}/pkgconfig/locjob.pc",
            "usr/share/doc/liblocjob-dev/changelog.Debian.gz",
            "usr/share/doc/liblocjob-dev/changelog.gz",
            "usr/share/doc/liblocjob-dev/copyright",
            "usr/share/lintian/overrides/liblocjob-dev",
        ]
        + [f"usr/share/man/man3/{page}.gz" for page in manual_pages()]
    )


def test_debug_information(unpacked, version):
    """Where gdb looks for the build id of the stripped library."""
    library = unpacked("liblocjob0") / LIBDIR[1:] / f"liblocjob.so.{version}"
    build_id = re.search(r"Build ID: (\w+)", run("readelf", "--notes", library))[1]
    debug = unpacked("liblocjob0-dbgsym") / f"usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
    assert "no symbols" in run("nm", library)
    assert ".swift" in run("readelf", "--debug-dump=decodedline", debug)


def test_dependencies(packages, version):
    field = lambda name, field: run("dpkg-deb", "--field", packages[name], field).strip()  # noqa: E731
    needed = {package.split()[0] for package in field("liblocjob0", "Depends").split(", ")}
    assert {re.sub("t64$", "", package) for package in needed} == {"libc6", "libcurl4", "libssl3"}
    assert field("liblocjob-dev", "Depends") == f"liblocjob0 (= {version}-1)"


def test_symbols(packages):
    """Each function is named with the version that it is in since; packages that use it depend on that."""
    run("dpkg-deb", "--control", packages["liblocjob0"], "control", cwd=packages["liblocjob0"].parent)
    control = packages["liblocjob0"].parent / "control"
    symbols = (control / "symbols").read_text()
    triggers = (control / "triggers").read_text()
    shutil.rmtree(control)
    exported = re.findall(r"^ +(locjob_\w+);$", (TOP / "Sources/LocJob/locjob.map").read_text(), re.MULTILINE)
    assert re.findall(r"^ (\w+)@LOCJOB_0 \d+\.\d+\.\d+$", symbols, re.MULTILINE) == exported
    assert "activate-noawait ldconfig" in triggers


@pytest.fixture(scope="module")
def debian(packages, tmp_path_factory):
    """A small Debian in which apt has installed the packages, and what they depend on."""
    installed = [packages["liblocjob0"], packages["liblocjob-dev"]]
    root = make_root(tmp_path_factory.mktemp("debian") / "root", "essential", installed)
    yield root
    shutil.rmtree(root)


@only_root
def test_installed(debian, environment):
    build_example(debian / LIBDIR[1:], debian / "get_job")
    assert "Status                Pending\n" in inside(debian, "/get_job", "my-job-id", env=environment)
    assert "liblocjob.so.0 (" in inside(debian, "ldconfig", "-p")
    assert inside(debian, "dpkg", "--verify", "liblocjob0", "liblocjob-dev") == ""


@only_root
def test_purged(debian):
    inside(debian, "dpkg", "--purge", "liblocjob-dev", "liblocjob0")
    assert not [path for path in tree(debian / "usr") if "locjob" in path]
    assert "locjob" not in inside(debian, "ldconfig", "-p")
