"""The same assertions for the examples in every language, against the local service.

Needs the tools of scripts/install-packages bindings. By hand: .venv/bin/python -m pytest Tests/bindings
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from documents import JOBS, document
from programs import README, TOP, VARIANTS, build, lay_out, run


@pytest.fixture(scope="session", params=VARIANTS)
def program(request, tmp_path_factory, environment):
    """Runs the program of a language with some arguments."""
    folder = lay_out(tmp_path_factory.mktemp("program"))
    command, start = VARIANTS[request.param]
    build(folder, command)
    return lambda *arguments: run(folder, start, *arguments, environment=environment)


def test_every_example_is_in_the_readme():
    folders = {path.name for path in (TOP / "examples").iterdir() if path.is_dir() and path.name != "service"}
    assert len(README) == len(folders)


# The list of assertions that holds for every language


def test_success(program):
    outcome = program("completed")
    assert outcome.status == 0
    assert outcome.job["Job id"] == ["completed"]
    assert outcome.job["Status"] == ["Completed"]
    assert outcome.job["Name"] == ["addresses of 東京"]
    assert outcome.job["Updated at"] == ["2026-11-20T09:31:02Z"]
    assert "Error code" not in outcome.job and "Error message" not in outcome.job


def test_tags(program):
    assert sorted(program("completed").job["Tag"]) == ["empty = ", "stadt = Zürich", "都市 = 東京 🗼"]


def test_failed_job(program):
    outcome = program("failed")
    assert outcome.status == 1
    assert outcome.job["Status"] == ["Failed"]
    assert outcome.job["Name"] == ["name with\0NUL"]
    assert outcome.job["Error code"] == ["ValidationError"]
    assert outcome.job["Error message"] == ["Column 'Country' is missing.", "\0", "東京 🗼", ""]


def test_absent_members(program):
    outcome = program("bare")
    assert outcome.status == 0
    assert outcome.job["Name"] == ["-"]
    assert outcome.job["Status"] == ["Paused"]
    assert not {"Tag", "Error code", "Error message"} & set(outcome.job)


def test_not_found(program):
    outcome = program("no-such-job")
    assert outcome.status == 2 and not outcome.jobs
    failure = outcome.failures["no-such-job"]
    assert failure.code == "LOCJOB_NOT_FOUND"
    assert failure.error_code == "ResourceNotFoundException"
    assert "There is no job no-such-job." in failure.message


def test_wrong_setting(program):
    outcome = program("no_such_setting=1", "completed")
    assert outcome.status == 2 and not outcome.jobs
    [failure] = outcome.failures.values()
    assert failure.code == "LOCJOB_UNKNOWN_SETTING"
    assert "no_such_setting" in failure.message


def test_time_limit(program):
    outcome = program("call_timeout_ms=200", "stalled")
    assert outcome.status == 2
    assert outcome.failures["stalled"].code == "LOCJOB_DEADLINE_EXCEEDED"


def test_one_client_for_many_jobs(program, service):
    before = service.stats()
    outcome = program("completed", "no-such-job", "failed", "..", "completed")
    after = service.stats()
    assert outcome.status == 2
    assert [job["Job id"] for job in outcome.jobs] == [["completed"], ["failed"], ["completed"]]
    assert [failure.code for failure in outcome.failures.values()] == ["LOCJOB_NOT_FOUND", "LOCJOB_INVALID_JOB_ID"]
    assert after["requests"] - before["requests"] == 4
    assert after["connections_opened"] - before["connections_opened"] == 1


@pytest.mark.parametrize("job_id, status", [("completed", 0), ("failed", 1)])
def test_wait(program, service, job_id, status):
    running = {**document(job_id), "Status": "Running", "EndedAt": None}
    service.faults({"status": 200, "body": running, "times": 2}, job_id=job_id)
    before = service.stats()["requests"]
    outcome = program("--wait", "wait_min_delay_ms=20", "wait_max_delay_ms=50", job_id)
    assert outcome.status == status
    assert outcome.job["Status"] == [JOBS[job_id]["Status"]]
    assert outcome.job["Error message"] == JOBS[job_id].get("Error", {}).get("Messages", [])
    assert service.stats()["requests"] - before == 3


def test_wait_for_no_job(program):
    assert program("--wait", "no-such-job").failures["no-such-job"].code == "LOCJOB_NOT_FOUND"


# What only some have

VALGRIND = "valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect"


@pytest.mark.parametrize("name", ["C gcc", "C++17 g++"])
def test_memory(name, environment, tmp_path):
    lay_out(tmp_path)
    command, start = VARIANTS[name]
    build(tmp_path, command)
    jobs = ("failed", "no-such-job", "completed", "bare")
    outcome = run(tmp_path, f"{VALGRIND} {start}", *jobs, environment=environment)
    assert len(outcome.jobs) == 3 and len(outcome.failures) == 1
    assert run(tmp_path, f"{VALGRIND} {start}", "no_such_setting=1", "bare", environment=environment).status == 2


SNIPPETS = {
    "LuaJIT": """luajit -e 'package.path = "examples/lua/?.lua"
        print(pcall(function() return require("locjob").client():get("a\\0b") end))'""",
    "Perl": """perl -Iexamples/perl -MLocjob -e 'eval { Locjob->new->get("a\\0b") }; print $@'""",
    "PHP": """php -r 'require "examples/php/locjob.php";
        try { (new Locjob\\Client)->get("a\\0b"); } catch (ValueError $error) { echo $error; }'""",
    "Ruby": """ruby -r ./examples/ruby/locjob -e 'begin; Locjob::Client.new.get("a\\0b"); rescue ArgumentError => e; puts e; end'""",
}


@pytest.fixture
def shell(tmp_path, environment):
    """Runs a command where the README's work; returns its output."""
    lay_out(tmp_path)

    def run_command(command: str) -> str:
        path = str(tmp_path / ".build/release")
        environ = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": path, **environment}
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_command


@pytest.mark.parametrize("language", SNIPPETS)
def test_a_nul_inside_a_job_id_is_refused(shell, language):
    assert "a NUL character inside a job id" in shell(SNIPPETS[language])


def test_ruby_threads_run_on_during_a_call(shell):
    ticks = shell(
        """ruby -r ./examples/ruby/locjob -e '
            ticks = 0
            ticker = Thread.new { loop { sleep 0.01; ticks += 1 } }
            Locjob::Client.new.get("slow")
            puts ticks'"""
    )
    assert int(ticks) > 20


HERE = Path(__file__).parent


def test_cpp_header(shell):
    source = HERE / "locjob_hpp.cpp"
    flags = "-Wall -Wextra -pedantic -Werror -gdwarf-4 -pthread -Iinclude -L.build/release -llocjob"
    for compiler, standard, under in (("g++", 17, VALGRIND), ("clang++", 20, "")):
        shell(f"{compiler} -std=c++{standard} {source} -o locjob_hpp {flags} && {under} ./locjob_hpp")


def test_rust_calls(shell, tmp_path):
    build(tmp_path, f"rustc --edition 2021 -D warnings {HERE}/call.rs -o call -L.build/release")
    shell("./call")


def test_go_contexts(shell):
    shell(
        f"cp examples/go/locjob.go {HERE}/context_test.go . && CGO_CFLAGS=-I$PWD/include"
        " CGO_LDFLAGS=\"-L$PWD/.build/release -llocjob\" go test locjob.go context_test.go"
    )


def test_java_closing(shell, tmp_path):
    jna = "/usr/share/java/jna.jar"
    sources = f"examples/java/Locjob.java {HERE}/Closing.java"
    build(tmp_path, f"javac -Xlint:all -Werror -encoding UTF-8 -cp {jna} -d classes {sources}")
    shell(f"java -cp {jna}:classes Closing")
