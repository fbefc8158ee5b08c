"""The ctypes module itself: what it takes, what it gives back, and what it keeps alive."""

from __future__ import annotations

import ctypes
import gc
import itertools
import logging
import os
import pickle
import re
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from client import ACCESS_KEY, SECRET_KEY
from support import FULL_JOB, failure, stopwatch, usual_settings

import locjob

ROOT = Path(__file__).resolve().parents[3]
HEADER = (ROOT / "include/locjob.h").read_text()
EXAMPLES = ROOT / "examples/python"


# What the header says and the module repeats


def test_every_code_of_the_library_has_an_exception():
    count = ctypes.c_size_t()
    codes = locjob.library.locjob_codes
    codes.restype, codes.argtypes = ctypes.POINTER(ctypes.c_int32), [ctypes.POINTER(ctypes.c_size_t)]
    array = codes(ctypes.byref(count))
    assert {array[index] for index in range(count.value)} - {0} == set(locjob.ERRORS)


def test_codes_of_the_table_are_those_of_the_header():
    declared = re.search(r"typedef int32_t locjob_code;\s+enum \{(.*?)\};", HEADER, re.S).group(1)
    numbers = {int(number) for number in re.findall(r"LOCJOB_[A-Z_]+ = (\d+)", declared)}
    assert numbers == set(locjob.ERRORS) | {0}


def test_the_job_struct_has_the_members_of_the_header_in_their_order():
    body = re.search(r"typedef struct locjob_job \{(.*?)\} locjob_job;", HEADER, re.S).group(1)
    code = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    kinds = {
        "locjob_string": locjob.String,
        "locjob_enum": locjob.Enum,
        "locjob_timestamp": locjob.Timestamp,
        "size_t": ctypes.c_size_t,
        "const locjob_enum *": ctypes.POINTER(locjob.Enum),
        "const locjob_string *": ctypes.POINTER(locjob.String),
        "const locjob_tag *": ctypes.POINTER(locjob.Tag),
    }
    declared = [(name, kinds[kind.strip()]) for kind, name in re.findall(r"([\w ]+[ *])(\w+);", code)]
    assert declared == list(locjob.Job._fields_)


def test_every_setting_of_the_header_is_taken(client):
    text = re.search(r"Gives a setting a value(.*?)Returns LOCJOB_OK", HEADER, re.S).group(1)
    lines = re.findall(r"^ \*   ((?:[a-z0-9_]+, )*[a-z0-9_]+)", text, re.M)
    names = {name for line in lines for name in line.split(", ")}
    assert {"region", "aws_session_token", "ignore_configured_endpoint_urls", "imds_use_ipv6", "use_environment"} < names
    with pytest.raises(locjob.UnknownSetting):
        client(no_such_setting="x")
    for name in names - {"region", "endpoint_url", "aws_access_key_id", "aws_secret_access_key", "profile"}:
        client(**{name: None})  # taken back: the name has to be known, nothing is changed


def test_version_is_that_of_the_header():
    assert locjob.version() == re.search(r'LOCJOB_VERSION "(.*)"', HEADER).group(1)


# Finding the library


def run_python(program: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(EXAMPLES), "PATH": os.environ["PATH"], "HOME": os.environ["HOME"], **variables},
        capture_output=True,
        text=True,
    )


def test_library_is_taken_from_the_variable():
    done = run_python("import locjob; print(locjob.library._name)", LOCJOB_LIBRARY=os.environ["LOCJOB_LIBRARY"])
    assert done.stdout.strip() == os.environ["LOCJOB_LIBRARY"], done.stderr


def test_a_library_that_is_named_and_missing_is_an_error_and_no_other_is_taken():
    done = run_python("import locjob", LOCJOB_LIBRARY="/nonexistent/liblocjob.so")
    assert done.returncode != 0 and "/nonexistent/liblocjob.so" in done.stderr


def test_library_beside_the_module_is_found(tmp_path):
    (tmp_path / "locjob.py").write_bytes((EXAMPLES / "locjob.py").read_bytes())
    (tmp_path / "liblocjob.so").symlink_to(os.environ["LOCJOB_LIBRARY"])
    done = run_python("import locjob; print(locjob.library._name)", PYTHONPATH=str(tmp_path))
    assert done.stdout.strip() == str(tmp_path / "liblocjob.so"), done.stderr


def test_module_needs_only_the_standard_library(tmp_path):
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(EXAMPLES)!r}); import locjob"],
        env={"LOCJOB_LIBRARY": os.environ["LOCJOB_LIBRARY"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


# Answers


def test_a_job_is_the_dictionary_that_boto3_gives(client, service):
    service.create_job(JobId="a-job", document={**FULL_JOB, "Later": {"a": 1}, "Name": None})
    job = client().get_job(JobId="a-job")
    metadata = job.pop("ResponseMetadata")
    assert job == {
        **{name: value for name, value in FULL_JOB.items() if name != "Name"},
        "CreatedAt": datetime(2023, 1, 1, tzinfo=timezone.utc),
        "UpdatedAt": datetime(2023, 1, 1, 0, 0, 1, 500000, tzinfo=timezone.utc),
        "EndedAt": datetime(2023, 1, 1, 0, 0, 0, 123456, tzinfo=timezone.utc),
    }
    assert job["EndedAt"].utcoffset() == timedelta(0)
    assert metadata["HTTPStatusCode"] == 200 and metadata["RetryAttempts"] == 0
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]


def test_members_are_in_the_order_of_the_model_as_in_boto3(client, service):
    service.create_job(JobId="a-job", document=dict(reversed(FULL_JOB.items())))
    job = client().get_job(JobId="a-job")
    assert list(job) == ["ResponseMetadata", "Action", "ActionOptions", "CreatedAt", "EndedAt", "Error",
                         "ExecutionRoleArn", "InputOptions", "JobArn", "JobId", "Name", "OutputOptions",
                         "Status", "UpdatedAt", "Tags"]  # fmt: skip


def test_an_empty_structure_is_there_and_empty(client, service):
    service.create_job(JobId="a-job", document={**FULL_JOB, "ActionOptions": {}, "Tags": {}})
    job = client().get_job(JobId="a-job")
    assert job["ActionOptions"] == {} and job["Tags"] == {}


# Exceptions


def test_a_modelled_error_is_its_exception_and_a_client_error(client):
    c = client()
    error = failure(locjob.ResourceNotFoundException, "NOT_FOUND", c.get_job, JobId="no-such-job")
    assert isinstance(error, c.exceptions.ClientError) and isinstance(error, c.exceptions.ResourceNotFoundException)
    assert error.operation_name == "GetJob"
    assert error.response["Error"]["Code"] == "ResourceNotFoundException"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert "(ResourceNotFoundException) when calling the GetJob operation" in str(error)
    assert (error.code, error.attempts, error.retryable, len(error.trace)) == (52, 1, False, 1)


def test_each_modelled_error_has_its_class(client, service):
    c = client(max_attempts=1)
    for name in ("InternalServerException", "ResourceNotFoundException", "AccessDeniedException",
                 "ValidationException", "ThrottlingException"):  # fmt: skip
        service.faults({"error": name})
        with pytest.raises(getattr(c.exceptions, name)) as caught:
            c.get_job(JobId="a-job")
        assert type(caught.value) is getattr(locjob, name)


def test_an_error_outside_the_model_is_a_plain_client_error(client, service):
    service.faults({"status": 418, "error": "TeapotException"})
    error = failure(locjob.ClientError, "SERVICE_ERROR", client().get_job, JobId="a-job")
    assert error.response["Error"]["Code"] == "TeapotException"


def test_exceptions_survive_pickling(client):
    error = failure(locjob.ResourceNotFoundException, "NOT_FOUND", client().get_job, JobId="no-such-job")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error)
    assert again.response == error.response and again.trace == error.trace and again.code == 52


def test_other_exceptions_survive_pickling(client):
    error = failure(locjob.ParamValidationError, "INVALID_JOB_ID", client().get_job, JobId="")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) and str(again) == str(error) and again.code == 2


def test_client_errors_can_be_made_as_those_of_boto3():
    error = locjob.ClientError({"Error": {"Code": "A", "Message": "b"}}, "GetJob")
    assert str(error) == "An error occurred (A) when calling the GetJob operation: b"


def test_all_exceptions_share_one_base():
    assert all(issubclass(kind, locjob.LocjobError) for kind in locjob.ERRORS.values())


def test_exceptions_do_not_share_their_trace(client):
    first = failure(locjob.ResourceNotFoundException, "NOT_FOUND", client().get_job, JobId="no-such-job")
    assert first.trace and not locjob.LocjobError.trace


# Arguments


@pytest.mark.parametrize("job_id", [None, 5, True, b"a-job", ["a-job"], {}], ids=repr)
def test_a_job_id_of_another_type_is_refused(client, service, job_id):
    error = failure(locjob.ParamValidationError, "INVALID_JOB_ID", client().get_job, JobId=job_id)
    assert "JobId" in str(error) and error.attempts == 0
    assert service.requests() == []


@pytest.mark.parametrize("job_id", ["a\ud800b", "\udcff", "a\0b", "\0"], ids=ascii)
def test_a_job_id_that_c_cannot_express_is_refused(client, service, job_id):
    error = failure(locjob.ParamValidationError, "INVALID_JOB_ID", client().get_job, JobId=job_id)
    assert "JobId" in str(error) and error.attempts == 0
    assert service.requests() == []


def test_job_id_is_a_keyword_as_in_boto3(client):
    with pytest.raises(TypeError):
        client().get_job("a-job")


@pytest.mark.parametrize("timeout", [-1, -0.001, float("nan"), float("inf"), 1e300, "1"], ids=repr)
def test_a_timeout_that_is_no_time_is_refused(client, service, timeout):
    error = failure(locjob.InvalidArgument, "INVALID_ARGUMENT", client().get_job, JobId="a-job", timeout=timeout)
    assert "timeout" in str(error)
    assert service.requests() == []


def test_a_timeout_beside_a_call_is_refused(client, service):
    c, call = client(), locjob.Call()
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.get_job, JobId="a-job", timeout=1, call=call)
    assert service.requests() == []


def test_a_timeout_below_a_millisecond_is_not_none(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 5})
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", client().get_job, JobId="a-job", timeout=1e-9)
    assert watch.seconds < 1


def test_timeout_0_is_no_limit(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 0.3})
    assert client(call_timeout_ms=100).get_job(JobId="a-job", timeout=0)["JobId"] == "a-job"


@pytest.mark.parametrize("value", [False, True, "false", "TRUE"], ids=repr)
def test_a_setting_may_be_a_bool_or_its_text(client, value):
    client(tcp_keepalive=value)


def test_a_setting_may_be_a_path(client, tmp_path):
    config = tmp_path / "config"
    config.write_text("[default]\nregion = eu-north-1\n")
    assert client(config_file=config)


def test_a_setting_that_is_not_utf8_is_refused(client):
    error = failure(locjob.InvalidConfigError, "INVALID_SETTING", client, config_file="/tmp/\udcff")
    assert "config_file" in str(error)


def test_a_nul_in_a_setting_is_refused_without_showing_the_value(client):
    error = failure(locjob.InvalidConfigError, "INVALID_SETTING", client, aws_secret_access_key="sec\0ret")
    assert "aws_secret_access_key" in str(error) and "sec" not in str(error).replace("aws_secret_access_key", "")


# Lives


def test_a_closed_client_refuses_calls_and_closes_again(client, service):
    c = client()
    c.close()
    c.close()
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.get_job, JobId="a-job")
    assert service.requests() == []


def test_a_with_block_closes_its_client(client):
    with client() as c:
        pass
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.get_job, JobId="a-job")


def test_closing_ends_calls_of_other_threads(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 30})
    c, ended = client(), []

    def call() -> None:
        with pytest.raises(locjob.Cancelled):
            c.get_job(JobId="a-job")
        ended.append(True)

    thread = threading.Thread(target=call)
    thread.start()
    while not service.requests():
        pass
    with stopwatch() as watch:
        c.close()
        thread.join()
    assert ended and watch.seconds < 0.5
    assert c._handle is None  # the last one out has released it


def test_a_client_that_is_forgotten_closes_its_connections(client, service):
    service.create_job(JobId="a-job")
    c = locjob.Client(**usual_settings(service))
    c.get_job(JobId="a-job")
    assert service.stats()["connections_open"] == 1
    del c
    gc.collect()
    for _ in range(100):
        if service.stats()["connections_open"] == 0:
            break
    assert service.stats()["connections_open"] == 0


def test_a_refused_client_leaves_nothing_to_clean_up():
    for _ in range(3):
        failure(locjob.InvalidConfigError, "INVALID_SETTING", locjob.Client, max_attempts="many")
        gc.collect()


def test_the_interpreter_runs_on_while_a_call_waits(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 0.5})
    thread = threading.Thread(target=client().get_job, kwargs={"JobId": "a-job"})
    counted = 0
    thread.start()
    while thread.is_alive():
        counted += 1
    assert counted > 1000


def test_calls_take_over_what_earlier_ones_were_cancelled_by_and_keep_few(client, service):
    service.create_job(JobId="a-job")
    c = client()
    c.get_job(JobId="a-job")
    (kept,) = c._spare
    c.get_job(JobId="a-job")
    c.get_job(JobId="a-job", timeout=10)  # with a limit that no other call may have
    c.get_job(JobId="a-job", call=locjob.Call())
    assert c._spare == [kept]
    service.faults(*[{"delay": 1}] * 40)
    threads = [threading.Thread(target=c.get_job, kwargs={"JobId": "a-job"}) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, c._spare))) == len(c._spare) == locjob._MOST_SPARE
    c.close()
    assert c._handle is None and c._spare == []


def test_no_call_is_made_while_the_lock_is_held(client, service, monkeypatch):
    service.create_job(JobId="a-job")
    c, held = client(), []

    class Noted(locjob.Call):
        def __init__(self, *arguments) -> None:
            held.append(c._lock.locked())
            super().__init__(*arguments)

    monkeypatch.setattr(locjob, "Call", Noted)
    c.get_job(JobId="a-job")
    c.explain()
    assert held == [False]


def test_a_call_cancelled_beforehand_sends_nothing_and_stays_cancelled(client, service):
    call, c = locjob.Call(), client()
    call.cancel()
    for _ in range(2):
        failure(locjob.Cancelled, "CANCELLED", c.get_job, JobId="a-job", call=call)
    assert service.requests() == []


def test_a_call_serves_one_call_after_another_and_its_limit_each_of_them(client, service):
    service.create_job(JobId="a-job")
    call, c = locjob.Call(timeout=0.4), client()
    for _ in range(3):
        service.faults({"delay": 0.2})
        c.get_job(JobId="a-job", call=call)
    service.faults({"delay": 5})
    failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", c.get_job, JobId="a-job", call=call)


def test_warnings_and_attempts_go_to_the_logger_without_secrets(client, service, caplog):
    service.create_job(JobId="a-job")
    service.add_key("AKIDTOKEN", "a-very-secret-key", "a-very-secret-token")
    logger = logging.getLogger("locjob-test")
    caplog.set_level(logging.DEBUG, "locjob-test")
    service.faults({"status": 503}, {})
    client(
        logger=logger,
        aws_access_key_id="AKIDTOKEN",
        aws_secret_access_key="a-very-secret-key",
        aws_session_token="a-very-secret-token",
    ).get_job(JobId="a-job")
    assert len(caplog.records) >= 2  # two attempts
    assert "503" in caplog.text and "very-secret" not in caplog.text and "Signature=" not in caplog.text


def test_debugging_is_not_reported_to_a_logger_that_does_not_want_it(client, service, caplog):
    service.create_job(JobId="a-job")
    logger = logging.getLogger("locjob-test")
    caplog.set_level(logging.WARNING, "locjob-test")
    client(logger=logger).get_job(JobId="a-job")
    assert caplog.records == []


# get_job.py


def run_get_job(service, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(EXAMPLES / "get_job.py"), *arguments, f"endpoint_url={service.url}"],
        env={
            "LOCJOB_LIBRARY": os.environ["LOCJOB_LIBRARY"],
            "HOME": os.environ["HOME"],
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_program_prints_a_job(service):
    service.create_job(JobId="a-job", plan={"pending": "forever"})
    done = run_get_job(service, "a-job")
    assert done.returncode == 0, done.stderr
    assert re.search("^Status +Pending$", done.stdout, re.M) and "Zürich" in done.stdout


def test_program_follows_a_job_until_it_completes(service):
    service.create_job(JobId="a-job", plan={"pending": 0.3, "running": 0.3})
    done = run_get_job(service, "a-job", "--follow", "0.1")
    assert done.returncode == 0, done.stderr
    statuses = re.findall(r"^Status +(\w+)", done.stdout, re.M)
    assert [status for status, _ in itertools.groupby(statuses)] == ["Pending", "Running", "Completed"]


def test_program_tells_by_its_exit_status_that_the_job_failed(service):
    service.create_job(JobId="a-job", plan={"pending": 0, "running": 0, "final": "Failed"})
    done = run_get_job(service, "a-job", "--follow", "0.1")
    assert done.returncode == 1 and "ValidationError" in done.stdout


def test_program_tells_by_its_exit_status_that_there_is_no_answer(service):
    done = run_get_job(service, "no-such-job")
    assert done.returncode == 2 and "ResourceNotFoundException" in done.stderr and not done.stdout


# The caller's own providers, and what a client says of itself


def keys_of_the_service(**more):
    return {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY, **more}


def provided_client(client, provider, **settings):
    return client(aws_access_key_id=None, aws_secret_access_key=None, credentials_provider=provider, **settings)


def test_a_provider_in_python_gives_the_credentials(client, service):
    service.create_job(JobId="a-job")
    asked = []
    c = provided_client(client, lambda: asked.append(1) or keys_of_the_service())
    gc.collect()  # the client alone keeps the callback
    assert asked == []
    for _ in range(3):
        c.get_job(JobId="a-job")
    assert asked == [1]


def test_a_provider_stands_for_the_whole_chain(client, service, environment):
    service.create_job(JobId="a-job")
    environment.setenv("AWS_ACCESS_KEY_ID", "AKIDWRONG")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    provided_client(client, keys_of_the_service).get_job(JobId="a-job")


@pytest.mark.parametrize("form", [lambda time: time, lambda time: time.isoformat(), lambda time: time.strftime("%Y-%m-%dT%H:%M:%SZ")])  # fmt: skip
def test_a_provider_is_asked_again_when_its_credentials_have_ended(client, service, form):
    service.create_job(JobId="a-job")
    service.add_key("AKIDTOKEN", "s", session_token="the-token")
    asked = []

    def provider():
        asked.append(datetime.now(timezone.utc) + timedelta(seconds=2))
        return {"access_key": "AKIDTOKEN", "secret_key": "s", "token": "the-token", "expiry_time": form(asked[-1])}

    c = provided_client(client, provider)
    c.get_job(JobId="a-job"), c.get_job(JobId="a-job")
    assert len(asked) == 1
    time.sleep(2.1)
    c.get_job(JobId="a-job")
    assert len(asked) == 2


class OddError(Exception):
    pass


def odd_provider():
    raise OddError("not today")


@pytest.mark.parametrize(
    "provider, cause",
    [(odd_provider, OddError), (lambda: None, TypeError), (lambda: {}, KeyError), (lambda: {"access_key": "A"}, KeyError),
     (lambda: keys_of_the_service(expiry_time="soon"), ValueError), (lambda: keys_of_the_service(expiry_time=datetime(2040, 1, 1)), locjob.InvalidConfigError),
     (lambda: keys_of_the_service(token="a\0b"), locjob.InvalidConfigError),
     (lambda: {"access_key": "", "secret_key": "s"}, type(None)), (lambda: keys_of_the_service(token="a\r\nX: y"), type(None)),
     (lambda: {"access_key": "A", "secret_key": None}, type(None)), (lambda: keys_of_the_service(expiry_time="2001-01-01T00:00:00Z"), type(None))],
)  # fmt: skip
def test_what_goes_wrong_in_a_provider_is_a_failure_and_its_cause(client, service, capfd, provider, cause):
    error = failure(
        locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", provided_client(client, provider).get_job, JobId="a-job"
    )
    assert type(error.__cause__) is cause
    assert service.requests() == [] and SECRET_KEY not in str(error)
    assert capfd.readouterr() == ("", "")  # ctypes would write of an exception that reaches C


def test_the_cause_of_an_earlier_call_is_not_that_of_a_later_one(client, service):
    service.create_job(JobId="a-job")
    answers = [odd_provider, keys_of_the_service]
    c = provided_client(client, lambda: answers.pop(0)())
    failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", c.get_job, JobId="a-job")
    c.get_job(JobId="a-job")
    error = failure(locjob.ResourceNotFoundException, "NOT_FOUND", c.get_job, JobId="no-such-job")
    assert error.__cause__ is None


def test_an_interrupt_in_a_provider_is_an_interrupt(client):
    def provider():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provided_client(client, provider).get_job(JobId="a-job")


def test_one_thread_at_a_time_is_in_a_provider(client, service):
    service.create_job(JobId="a-job")
    inside, most = [], []

    def provider():
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.3)
        inside.pop()
        return keys_of_the_service()

    c = provided_client(client, provider)
    threads = [threading.Thread(target=c.get_job, kwargs={"JobId": "a-job"}) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] and len(service.requests()) == 16


def test_a_client_explains_itself(client, service, environment):
    service.create_job(JobId="a-job")
    environment.setenv("AWS_MAX_ATTEMPTS", "7")
    c = client()
    told = c.explain()
    assert told["version"] == locjob.version() and told["endpoint"] == service.url
    assert told["settings"]["max_attempts"] == {"value": "7", "source": "variable AWS_MAX_ATTEMPTS"}
    assert told["settings"]["aws_secret_access_key"] == {"value": "(hidden)", "source": "setting aws_secret_access_key"}
    assert told["credentials"][0] == {"provider": "code", "state": "configured"}
    assert "last_request" not in told and SECRET_KEY not in str(told)
    c.get_job(JobId="a-job")
    assert c.explain()["last_request"]["canonical_request"].startswith("GET\n/metadata/v0/jobs/a-job\n")
    c.close()
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.explain)
