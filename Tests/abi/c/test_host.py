"""The library in hosts that are short of something, or that do at the same time what they please.

As in test_c.py, what must hold is written in the programs.
"""

from __future__ import annotations

import bisect
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from programs import LIBRARY, NOBODY_LISTENS, STRICT, both  # noqa: E402

from client import SECRET_KEY  # noqa: E402

LARGE = 24 << 20


@pytest.fixture(scope="session")
def service(service):
    service.create_job(JobId="large")
    service.faults({"body_size": LARGE, "times": "endless"}, job_id="large")
    wordy = {"message": "\u00e9\n" * 25_000, "reason": "r" * 60_000, "fieldList": [{"name": "n", "message": "m" * 60_000}]}
    headers = [["x-amzn-errortype", "ValidationException"]]
    service.faults({"status": 400, "body": wordy, "headers": headers, "times": "endless"}, job_id="wordy")
    service.faults({"status": 200, "body": '{"JobId":' + "[" * 100_000, "times": "endless"}, job_id="deep")
    return service


#: For what two compilers would only try twice.
once = pytest.mark.parametrize("run", ["gcc"], indirect=True)

# Threads and processes


@both
def test_fork_in_the_middle(run, secure):
    run("fork_in_the_middle", "150", secure=secure)


@once
@both
@pytest.mark.parametrize("job_id", ["whole", "stalled", "reset"])
def test_exit_while_calling(run, secure, job_id):
    for delay in range(40):
        run("exit_while_calling", job_id, str(delay), secure=secure, status=7)


@once
@both
@pytest.mark.parametrize("job_id", ["whole", "stalled", "reset"])
def test_exit_with_queue(run, secure, job_id):
    for delay in range(0, 60, 3):
        run("exit_with_queue", job_id, str(delay), secure=secure, status=7)


@both
def test_thread_cancelled(run, secure):
    run("thread_cancelled", secure=secure)


@both
def test_first_use(run, secure):
    for _ in range(10):
        run("first_use", secure=secure)


@both
def test_openssl_errors(run, service, secure):
    bad = [service.bad_url(kind) for kind in ("expired", "wrong_host", "self_signed", "old_tls", "not_tls")]
    run("openssl_errors", *bad, secure=secure)


# What is read of the environment, and by whom


def test_loader(run):
    run("loader")


@both
def test_environment_unread(run, secure):
    run("environment_unread", "whole", secure=secure)


OPENSSL_CONF = {
    "missing": None,
    "a folder": "",
    "garbage": "\x7fELF\n\n[[[=\n",
    "of an engine": "openssl_conf = a\n[a]\nengines = b\n[b]\nnone = c\n[c]\ndynamic_path = /no/such.so\ninit = 1\n",
}


@once
@both
@pytest.mark.parametrize("contents", OPENSSL_CONF.values(), ids=OPENSSL_CONF)
def test_openssl_conf(run, tmp_path, secure, contents):
    path = tmp_path / "folder/openssl.cnf"
    if contents is not None:
        path.parent.mkdir()
        path.write_text(contents)
    where = path if contents != "" else path.parent
    run("first_use", secure=secure, OPENSSL_CONF=str(where))


@both
def test_two_copies(run, secure, tmp_path):
    copy = shutil.copy(LIBRARY, tmp_path / "another-name.so")
    run("two_copies", LIBRARY, copy, secure=secure)


@pytest.mark.parametrize("run", ["swiftc"], indirect=True)
@both
def test_swift_host(run, secure):
    assert run("swift_host", secure=secure).stdout == "done\n"


@once
@both
def test_soak(run, secure):
    """A short one: scripts/soak gets 200,000 jobs."""
    run("soak", "whole", "my-job-id", "4000", secure=secure)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can make a set-uid program of another user")
def test_set_uid(service):
    with tempfile.TemporaryDirectory() as name:  # the tests' own folder is closed to other users
        os.chmod(name, 0o755)
        shutil.copy(LIBRARY, f"{name}/liblocjob.so.0")
        program, source = f"{name}/program", Path(__file__).with_name("set_uid.c")
        subprocess.run(["gcc", *STRICT, source, "-o", program, LIBRARY, f"-Wl,-rpath,{name}"], check=True)
        os.chown(program, 65534, 65534)
        os.chmod(program, 0o4755)
        variables = {"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
        variables = {**variables, "AWS_ENDPOINT_URL_LOCATION": service.url, "HOME": name}
        ended = subprocess.run([program], env=variables, timeout=30, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


# Less than usual


@pytest.fixture
def by_program(tmp_path):
    """Has a program of the profile give the keys; returns the variables to that end."""
    folder = tmp_path / ".aws"
    folder.mkdir()
    keys = {"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": SECRET_KEY}
    (tmp_path / "program").write_text(json.dumps(keys))
    (folder / "config").write_text(f"[default]\nregion = us-east-1\ncredential_process = cat {tmp_path / 'program'}\n")
    return {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}


@both
@pytest.mark.parametrize("way", ["get", "queue"])
def test_few_descriptors(run, way, secure):
    run("few_descriptors", way, secure=secure)


def test_few_descriptors_for_a_program(run, by_program):
    run("few_descriptors", **by_program)


@both
def test_small_stack(run, by_program, secure):
    """With all that has a need of its own: files, a program, answers of every kind."""
    jobs = ["whole", "no-such-job", "denied", "not-json", "deep", "reset"]
    ended = run("small_stack", *jobs, secure=secure, **by_program)
    # 43 KB (libcurl 7.88, OpenSSL 3.0, glibc 2.36): a third of the 128 KiB that the program then does with.
    assert 16_000 < int(ended.stdout) < 64_000


@once
@both
def test_memory_limit(run, secure):
    run("memory_limit", "large", "wordy", secure=secure)


@pytest.fixture(scope="session")
def symbol_of():
    """Names the function of the library that an offset is in."""
    listed = subprocess.run(["nm", "--defined-only", LIBRARY], check=True, capture_output=True, text=True).stdout
    symbols = sorted((int(line.split()[0], 16), line.split()[2]) for line in listed.splitlines())
    return lambda offset: symbols[bisect.bisect(symbols, (offset, "~")) - 1][1]


#: Swift has no way to say that an object could not be made: the process ends by a trap (SIGILL, SIGTRAP).
#: That is for these few hundred bytes alone, and the same in every Swift program.
OF_SWIFT = re.compile(r"(\$es\d+)?swift_(allocObject|slowAlloc)")


OUT_OF_MEMORY = {
    "all": ("get", False, "warm", 1, False),
    "cold": ("get", False, "cold", 11, False),
    "https": ("get", True, "warm", 31, False),
    "program": ("get", False, "warm", 5, True),
    "wait": ("wait", False, "warm", 1, False),
    "list": ("list", False, "warm", 1, False),
    "queue": ("queue", False, "warm", 1, False),
    "queue-program": ("queue", False, "warm", 13, True),
}


@once
@pytest.mark.parametrize("way, secure, start, step, uses_program", OUT_OF_MEMORY.values(), ids=OUT_OF_MEMORY)
def test_out_of_memory(run, by_program, symbol_of, way, secure, start, step, uses_program):
    variables = by_program if uses_program else {}
    lines = run("out_of_memory", "whole", way, start, str(step), secure=secure, **variables).stdout.splitlines()
    traps = errors = 0
    for number, how, kind, value, offset in map(str.split, lines):
        caller = symbol_of(int(offset, 16)) if offset != "0" else "another library"
        if kind == "signal":
            assert value in ("4", "5"), f"allocation {number} ({how}) of {caller}: signal {value}"
            # When nothing can be had from some allocation on, the next of Swift's ends the process.
            assert how == "on" or OF_SWIFT.match(caller), f"allocation {number} of {caller} ends the process"
            traps += 1
        else:
            # Without memory in a handshake, OpenSSL or libcurl may refuse the next ones too.
            is_spoilt_below = value == "5" and secure and caller == "another library"
            assert value in ("0", "4") or is_spoilt_below, f"allocation {number} ({how}) of {caller}: status {value}"
            errors += 1
    assert errors > 15 and traps > 10


@once
def test_texts_are_json_without_memory_too(run):
    assert not [line for line in run("out_of_memory", "whole", "get", "warm", "1").stdout.splitlines() if "status 4" in line]


# Libraries below


@pytest.mark.parametrize("part", ["init", "calls", "url"])
def test_broken_curl(run, part):
    run("broken_curl", part)


def test_broken_curl_and_a_proxy(run):
    run("broken_curl", "proxy", http_proxy=NOBODY_LISTENS, AWS_MAX_ATTEMPTS="1")


# Disks

SSO = """[default]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = reader
[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = us-east-1
"""


@pytest.fixture
def sso_home(service, credential_services, tmp_path):
    """A home with an SSO token that has to be refreshed; returns the token's file and the variables to find it."""
    from credential_services import KEYS, iso, secret_of, token_of

    credential_services.reset()
    service.add_key(KEYS["portal"], secret_of(KEYS["portal"]), session_token=token_of(KEYS["portal"]))
    folder = tmp_path / "home/.aws/sso/cache"
    folder.mkdir(parents=True)
    (tmp_path / "home/.aws/config").write_text(SSO)
    token = folder / (hashlib.sha1(b"corp").hexdigest() + ".json")
    members = {
        "startUrl": "https://corp.example/start", "region": "us-east-1", "accessToken": "old-token",
        "expiresAt": iso(time.time() + 600), "clientId": "c", "clientSecret": "s",
        "registrationExpiresAt": iso(time.time() + 86400), "refreshToken": "r",
    }  # fmt: skip
    token.write_text(json.dumps(members))
    variables = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(tmp_path / "home")}
    return token, {**variables, **credential_services.environment()}


def check_refreshed(credential_services, token: Path, before: bytes) -> None:
    """The new token was used though it could not be kept, and the old file is whole and alone."""
    assert credential_services.kinds == ["oidc", "portal"]
    assert credential_services.requests[1].fields["x-amz-sso_bearer_token"] == "new-sso-token"
    assert token.read_bytes() == before
    assert [file.name for file in token.parent.iterdir()] == [token.name]


@once
@pytest.mark.parametrize("size", ["0", "100"])
def test_files_of_a_limited_size(run, credential_services, sso_home, size):
    token, variables = sso_home
    before = token.read_bytes()
    run("full_disk", size, **variables)
    check_refreshed(credential_services, token, before)


def may_mount() -> bool:
    command = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]
    return shutil.which("unshare") is not None and subprocess.run(command, capture_output=True).returncode == 0


#: Puts the folder $1 onto a disk of its own and makes that full, or read-only, before the program begins.
DISKS = {
    "full": 'mount -t tmpfs -o size=16k none "$1"; cp -r "$2/." "$1"; cat /dev/zero >"$1/rest" 2>/dev/null || true',
    "read-only": 'mount -t tmpfs none "$1"; cp -r "$2/." "$1"; mount -o remount,ro "$1"',
}


@once
@pytest.mark.skipif(not may_mount(), reason="no right to mount a disk")
@pytest.mark.parametrize("disk", DISKS)
def test_disks(run, credential_services, sso_home, tmp_path, disk):
    token, variables = sso_home
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    script = f'set -e; {DISKS[disk]}; shift 2; "$@"; cmp "$HOME/.aws/sso/cache"/* {token}'
    under = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", mounted, tmp_path / "home"]
    before = token.read_bytes()
    run("full_disk", under=under, **{**variables, "HOME": str(mounted)})
    check_refreshed(credential_services, token, before)
