"""`make install` and `make uninstall`."""

from __future__ import annotations

import re
import shutil

import pytest
from conftest import TOP, files, make, manual_pages, run, tree


def expected(version: str, prefix: str = "usr/local", libdir: str = "usr/local/lib") -> list[str]:
    return sorted(
        [
            f"{prefix}/include/locjob.h",
            f"{prefix}/include/locjob.hpp",
            f"{prefix}/share/liblocjob/installed",
            f"{libdir}/.debug/liblocjob.so.{version}.debug",
            f"{libdir}/cmake/locjob/locjob-config-version.cmake",
            f"{libdir}/cmake/locjob/locjob-config.cmake",
            f"{libdir}/liblocjob.a",
            f"{libdir}/liblocjob.so",
            f"{libdir}/liblocjob.so.0",
            f"{libdir}/liblocjob.so.{version}",
            f"{libdir}/pkgconfig/locjob.pc",
        ]
        + [f"{prefix}/share/man/man3/{page}" for page in manual_pages()]
    )


def test_version():
    assert "alike" in run(TOP / "scripts/version", "--check")


@pytest.mark.parametrize(
    "place, before, after",
    [
        ("include/locjob.h", "#define LOCJOB_VERSION_PATCH 0", "#define LOCJOB_VERSION_PATCH 1"),
        ("include/locjob.h", '#define LOCJOB_VERSION "0.1.0"', '#define LOCJOB_VERSION "0.2.0"'),
        ("Sources/LocJob/Core/HTTP/UserAgent.swift", '"0.1.0"', '"0.1.1"'),
        ("Package.swift", "liblocjob.so.0", "liblocjob.so.1"),
        ("Sources/LocJob/locjob.map", "LOCJOB_0 {", "LOCJOB_1 {"),
        ("CHANGELOG.md", "## 0.1.0", "## 0.0.9"),
    ],
)
def test_version_that_differs(tmp_path, place, before, after):
    for name in ("include", "scripts", "Sources", "Package.swift", "CHANGELOG.md"):
        copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
        copy(TOP / name, tmp_path / name)
    text = (tmp_path / place).read_text()
    assert before in text
    (tmp_path / place).write_text(text.replace(before, after, 1))
    run(tmp_path / "scripts/version", "--check", status=1)


def test_files(tmp_path, version):
    make("install", DESTDIR=tmp_path)
    assert files(tmp_path) == expected(version)
    for path in tmp_path.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_manual(staged):
    assert "LOCJOB_GET(3)" in run("mandoc", "-Tascii", staged / "share/man/man3/locjob_get.3")


def test_other_folders(tmp_path, version):
    make("install", DESTDIR=tmp_path, PREFIX="/opt/jobs", LIBDIR="/opt/jobs/lib/x86_64-linux-gnu")
    assert files(tmp_path) == expected(version, "opt/jobs", "opt/jobs/lib/x86_64-linux-gnu")
    libdir = tmp_path / "opt/jobs/lib/x86_64-linux-gnu"
    asked = run("pkg-config", "--cflags", "--libs", libdir / "pkgconfig/locjob.pc").split()
    assert [(tmp_path / flag[2:]).resolve() for flag in asked[:2]] == [tmp_path / "opt/jobs/include", libdir]


def test_links(staged, version):
    library = staged / "lib/liblocjob.so"
    assert library.readlink().name == "liblocjob.so.0"
    assert (staged / "lib/liblocjob.so.0").readlink().name == f"liblocjob.so.{version}"
    assert "soname: [liblocjob.so.0]" in run("readelf", "--dynamic", library)


def test_symbols(staged):
    """The installed library exports what the built one does, and has no other symbols."""
    library = staged / "lib/liblocjob.so"
    assert "no symbols" in run("nm", library)
    built = TOP / ".build/release/liblocjob.so"
    assert run("nm", "--dynamic", library) == run("nm", "--dynamic", built)


def test_debug_information(staged, version):
    """It is found where a debugger looks for it, belongs to the library, and speaks of the sources."""
    library = staged / f"lib/liblocjob.so.{version}"
    debug = staged / f"lib/.debug/liblocjob.so.{version}.debug"
    build_id = re.compile(r"Build ID: (\w+)")
    assert build_id.findall(run("readelf", "--notes", library)) == build_id.findall(run("readelf", "--notes", debug))
    assert debug.name in run("readelf", "--string-dump=.gnu_debuglink", library)
    assert ".debug_info" not in run("readelf", "--sections", "--wide", library)

    entry = re.search(r"([0-9a-f]+) \w \S*InstanceMetadataFetch\S*start\S*", run("nm", debug))[1]
    assert re.search(r"Sources/LocJob/Core/Credentials/\w+\.swift:\d+", run("addr2line", "-e", debug, entry))
    assert str(TOP) not in run("strings", "--all", debug)


def test_uninstall(tmp_path):
    """It leaves what was there before: a neighbour's files, and folders."""
    for path in ("lib/pkgconfig/other.pc", "include/other.h", "lib/liblocjob.so.9"):
        neighbour = tmp_path / "usr/local" / path
        neighbour.parent.mkdir(parents=True, exist_ok=True)
        neighbour.write_text("other")
    before = tree(tmp_path)
    make("install", DESTDIR=tmp_path)
    assert tree(tmp_path) != before
    make("uninstall", DESTDIR=tmp_path)
    assert tree(tmp_path) == before
    make("uninstall", DESTDIR=tmp_path)
    assert tree(tmp_path) == before


def test_uninstall_leaves_later_neighbours(tmp_path):
    make("install", DESTDIR=tmp_path)
    (tmp_path / "usr/local/lib/pkgconfig/other.pc").write_text("other")
    make("uninstall", DESTDIR=tmp_path)
    assert files(tmp_path) == ["usr/local/lib/pkgconfig/other.pc"]


def test_uninstall_of_a_copy_leaves_the_original(tmp_path):
    make("install", DESTDIR=tmp_path, PREFIX="/original")
    shutil.copytree(tmp_path / "original", tmp_path / "copy", symlinks=True)
    before = tree(tmp_path)
    with pytest.raises(AssertionError, match="copied or moved"):
        make("uninstall", DESTDIR=tmp_path, PREFIX="/copy")
    assert tree(tmp_path) == before


def test_installed_over_another_version(tmp_path, version):
    """What only the earlier version had goes, as the list that it left says."""
    make("install", DESTDIR=tmp_path)
    old = tmp_path / "usr/local/lib/liblocjob.so.0.0.9"
    old.write_text("")
    with (tmp_path / "usr/local/share/liblocjob/installed").open("a") as installed:
        installed.write("/usr/local/lib/liblocjob.so.0.0.9\n")
    make("install", DESTDIR=tmp_path)
    assert files(tmp_path) == expected(version)
    make("uninstall", DESTDIR=tmp_path)
    assert tree(tmp_path) == {}


def test_install_that_fails_half_way(tmp_path):
    (tmp_path / "usr/local/include/locjob.h").mkdir(parents=True)  # a folder where the header must go
    (tmp_path / "usr/local/include/locjob.h/other").write_text("other")
    before = tree(tmp_path)
    with pytest.raises(AssertionError, match="cannot overwrite directory"):
        make("install", DESTDIR=tmp_path)
    make("uninstall", DESTDIR=tmp_path)
    assert tree(tmp_path) == before


def test_relative_folder(tmp_path):
    with pytest.raises(AssertionError, match="no absolute path"):
        make("install", DESTDIR="relative")
