"""Programs outside this repository, built with what was installed in the ways of docs/building-and-linking.md."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess

import pytest
from conftest import TOP, run

EXAMPLE = TOP / "examples/c/get_job.c"
ANSWER = "Status                Pending\n"


@pytest.fixture(scope="session")
def installed(staged, tmp_path_factory):
    """What was installed, moved elsewhere: no file may depend on where it was put at first."""
    return shutil.copytree(staged, tmp_path_factory.mktemp("moved") / "somewhere else", symlinks=True)


def pkg_config(installed, *options) -> list[str]:
    # Nothing but locjob.pc: those of libcurl and OpenSSL are in packages that not everybody has.
    environment = {"PATH": "/usr/bin:/bin", "PKG_CONFIG_LIBDIR": str(installed / "lib/pkgconfig")}
    return shlex.split(run("pkg-config", *options, "locjob", env=environment))


def cc(program, *arguments):
    run("cc", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", *arguments, "-o", program)
    return program


def test_pkg_config(installed, environment, tmp_path):
    flags = pkg_config(installed, "--cflags", "--libs")
    program = cc(tmp_path / "program", EXAMPLE, *flags, f"-Wl,-rpath,{installed}/lib")
    assert ANSWER in run(program, "my-job-id", env=environment)
    assert "liblocjob.so.0" in run("readelf", "--dynamic", program)


def test_pkg_config_static(installed, environment, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/liblocjob.a").symlink_to(installed / "lib/liblocjob.a")  # without the shared one beside it
    flags = pkg_config(installed, "--static", "--cflags", "--libs")
    program = cc(tmp_path / "program", EXAMPLE, f"-L{tmp_path}/lib", *flags)
    assert ANSWER in run(program, "my-job-id", env=environment)
    assert "liblocjob" not in run("readelf", "--dynamic", program)


def test_pkg_config_version(installed, version):
    assert pkg_config(installed, "--modversion") == [version]


PROJECT = """\
cmake_minimum_required(VERSION 3.16)
project(program LANGUAGES {language})
find_package(locjob {wanted} REQUIRED)
find_package(locjob REQUIRED) # a second time, as by another part of a larger project
add_executable(program {source})
target_link_libraries(program PRIVATE locjob::{target})
"""


def cmake(folder, installed, language="C", wanted="0.1", target="locjob", **options) -> str:
    source = folder / f"program.{ {'C': 'c', 'CXX': 'cpp'}[language] }"
    shutil.copy(EXAMPLE, source)
    (folder / "CMakeLists.txt").write_text(
        PROJECT.format(language=language, wanted=wanted, source=source.name, target=target)
    )
    return run("cmake", "-S", folder, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={installed}", **options)


@pytest.mark.parametrize("language", ["C", "CXX"])
@pytest.mark.parametrize("target", ["locjob", "static"])
def test_cmake(installed, environment, tmp_path, language, target):
    cmake(tmp_path, installed, language, target=target)
    run("cmake", "--build", tmp_path / "build")
    program = tmp_path / "build/program"
    assert ANSWER in run(program, "my-job-id", env=environment)
    assert ("liblocjob.so.0" in run("readelf", "--dynamic", program)) == (target == "locjob")


@pytest.mark.parametrize("wanted", ["", "0.1.0 EXACT", "0.0.1...<0.2"])
def test_cmake_version(installed, tmp_path, wanted):
    cmake(tmp_path, installed, wanted=wanted)


@pytest.mark.parametrize("wanted", ["0.2", "1", "0.0.9 EXACT", "0.0.1...<0.1"])
def test_cmake_version_that_is_refused(installed, tmp_path, wanted):
    printed = cmake(tmp_path, installed, wanted=wanted, status=1)
    assert f"{installed}/lib/cmake/locjob/locjob-config.cmake, version: 0.1.0" in printed




def test_static_clashes_with_nothing(installed, environment, tmp_path):
    """Each name that the objects had before they were one is defined by the program as well."""
    objects = (TOP / ".build/release/locjob.product/Objects.LinkFileList").read_text().split()
    symbols = subprocess.run(["nm", "--defined-only", "--extern-only", *objects], capture_output=True, text=True).stdout
    names = set(re.findall(r"^[0-9a-f]+ [A-TV-Z] ([A-Za-z_]\w*)$", symbols, re.MULTILINE))
    names = {name for name in names if not name.startswith("locjob_")}
    assert {"lj_free", "swift_retain", "swift_release", "swift_allocObject"} <= names and len(names) > 30
    other = tmp_path / "other.c"
    definitions = [f"void {name}(void);\nvoid {name}(void) {{ abort(); }}\n" for name in sorted(names)]
    other.write_text("#include <stdlib.h>\n" + "".join(definitions))
    program = cc(
        tmp_path / "program", "-fno-builtin", other, EXAMPLE, f"-I{installed}/include",
        installed / "lib/liblocjob.a", "-lcurl", "-lcrypto", "-rdynamic",
    )  # fmt: skip
    assert ANSWER in run(program, "my-job-id", env=environment)


def test_static_beside_shared(installed, environment, tmp_path):
    """A program that has one and loads a plug-in that was linked with the other."""
    plugin = tmp_path / "plugin.so"
    shared = [*pkg_config(installed, "--cflags", "--libs"), f"-Wl,-rpath,{installed}/lib"]
    cc(plugin, "-shared", "-fPIC", "-Dmain=plugin", EXAMPLE, *shared)
    (tmp_path / "host.c").write_text(
        """
        #define main own
        #include "get_job.c"
        #undef main
        #include <dlfcn.h>
        int main(int argc, char **argv)
        {
            void *plugin = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
            int (*other)(int, char **) = plugin ? (int (*)(int, char **))dlsym(plugin, "plugin") : NULL;
            if (other == NULL)
                return 3;
            argv[2] = NULL;
            return own(argc - 1, argv) || other(argc - 1, argv) || own(argc - 1, argv);
        }
        """
    )
    program = tmp_path / "host"
    static = [f"-I{installed}/include", installed / "lib/liblocjob.a", "-lcurl", "-lcrypto", "-ldl"]
    run("cc", f"-I{EXAMPLE.parent}", tmp_path / "host.c", *static, "-o", program)
    assert run(program, "my-job-id", plugin, env=environment).count(ANSWER) == 3


@pytest.mark.parametrize("library", ["liblocjob.a", "liblocjob.so"])
def test_swift_program(installed, environment, tmp_path, library):
    """With the whole of Swift's runtime in it, whose names the library has too, inside."""
    (tmp_path / "module.modulemap").write_text(f'module CLocJob {{ header "{installed}/include/locjob.h" }}')
    (tmp_path / "main.swift").write_text(
        """
        import CLocJob
        let result = locjob_get(nil, "my-job-id", nil)
        let status = locjob_result_job(result)?.pointee.status.text.data
        print(["state": String(cString: status ?? locjob_result_message(result))])
        locjob_free(result)
        """
    )
    program = tmp_path / "program"
    run(
        "swiftc", "-static-stdlib", "-I", tmp_path, tmp_path / "main.swift", installed / "lib" / library, "-o", program,
        "-lcurl", "-lcrypto", "-Xlinker", f"-rpath={installed}/lib",
    )  # fmt: skip
    assert run(program, env=environment) == '["state": "Pending"]\n'
