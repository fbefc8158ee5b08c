"""Jobs, operations, quota, control and https, with boto3 as the client."""

import json
import re
import time

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from client import ACCESS_KEY, SECRET_KEY, ControlError
from raw_client import exchange, get_job, signed_request

START = {
    "Action": "ValidateAddress",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/A",
    "InputOptions": {"Location": "s3://bucket/in/", "Format": "Parquet"},
    "OutputOptions": {"Location": "s3://bucket/out/", "Format": "Parquet"},
}


def client_of(url, **arguments):
    return boto3.client(
        "location",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=SECRET_KEY,
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
        **arguments,
    )


@pytest.fixture
def location(service):
    return client_of(service.url)


def error_of(call, **arguments) -> dict:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response


# Jobs


def test_every_member(service, location):
    created = service.create_job(JobId="a-job")
    job = location.get_job(JobId="a-job")
    assert job["Tags"]["都市"] == "東京 🗼" and job["Tags"]["stadt"] == "Zürich"
    assert job["ActionOptions"]["ValidateAddress"]["AdditionalFeatures"] == ["Position", "CountrySpecificAttributes"]
    assert job["InputOptions"].keys() == job["OutputOptions"].keys() == {"Location", "Format"}
    assert job["JobArn"].endswith(":job/a-job")
    assert created.keys() == job.keys() - {"ResponseMetadata"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created["CreatedAt"])
    metadata = job["ResponseMetadata"]
    assert metadata["HTTPHeaders"]["content-type"] == "application/json" and metadata["RequestId"]


def test_life_of_a_completed_job(service, location):
    service.set_clock(speed=0)
    created = service.create_job(JobId="a-job", plan={"pending": 10, "running": 20})
    seen = []
    for seconds in (0, 9.5, 1, 19, 1, 1000):
        service.set_clock(advance=seconds)
        job = location.get_job(JobId="a-job")
        seen.append(job["Status"])
        assert ("EndedAt" in job) == (job["Status"] == "Completed")
        assert "Error" not in job
    assert seen == ["Pending", "Pending", "Running", "Running", "Completed", "Completed"]
    assert (job["EndedAt"] - job["CreatedAt"]).total_seconds() == 30
    assert job["UpdatedAt"] == job["EndedAt"]
    assert service.create_job(JobId="b-job", age=60)["Status"] == "Completed"
    assert created["Status"] == "Pending"


def test_speed(service, location):
    service.set_clock(speed=100)
    service.create_job(JobId="a-job", plan={"pending": 10, "running": 10})
    seen = set()
    deadline = time.monotonic() + 5
    while "Completed" not in seen and time.monotonic() < deadline:
        seen.add(location.get_job(JobId="a-job")["Status"])
    assert seen == {"Pending", "Running", "Completed"}


def test_failed_job_has_messages(service, location):
    service.create_job(JobId="a-job", age=100, plan={"final": "Failed"})
    job = location.get_job(JobId="a-job")
    assert job["Status"] == "Failed" and job["Error"]["Code"] == "ValidationError"
    assert 1 <= len(job["Error"]["Messages"]) <= 4
    service.create_job(JobId="a-job", age=100, plan={"final": "Failed"}, Error={"Code": "InternalServerError"})
    assert location.get_job(JobId="a-job")["Error"] == {"Code": "InternalServerError"}


def test_planned_cancellation(service):
    plan = {"pending": 1, "running": 1, "cancelling": 5, "final": "Cancelled"}
    assert service.create_job(age=4, plan=plan)["Status"] == "Cancelling"
    assert service.create_job(age=9, plan=plan)["Status"] == "Cancelled"


def test_forever(service):
    assert service.create_job(age=1e6, plan={"running": "forever"})["Status"] == "Running"


def test_members_can_be_changed_left_out_and_added(service):
    service.create_job(JobId="a-job", Name=None, Status="Thinking", Novel={"deep": [1, None]})
    body = json.loads(exchange(service, get_job(service), patience=0.05).body)
    assert "Name" not in body and body["Status"] == "Thinking" and body["Novel"] == {"deep": [1, None]}


@pytest.mark.parametrize("document", ["not JSON at all \u2603", '{"JobId":  1}', ""])
def test_verbatim_document(service, document):
    service.create_job(JobId="a-job", document=document)
    assert exchange(service, get_job(service), patience=0.05).body == document.encode()


def test_document_is_listed_as_it_says(service, location):
    document = {"CreatedAt": "2026-11-20T08:30:00Z", "JobId": "a-job", "Status": "Failed", "Tags": {"a": "b"}}
    service.create_job(JobId="a-job", document=document)
    (entry,) = location.list_jobs(Filter={"JobStatus": "Failed"})["Entries"]
    assert entry["JobId"] == "a-job" and entry["CreatedAt"].isoformat() == "2026-11-20T08:30:00+00:00"
    assert location.list_jobs(Filter={"JobStatus": "Pending"})["Entries"] == []


# Operations


def test_unknown_job(location):
    response = error_of(location.get_job, JobId="nothing")
    assert response["Error"]["Code"] == "ResourceNotFoundException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 404


@pytest.mark.parametrize("job_id", ["a job", "x" * 201, "ä"])
def test_job_ids_the_service_does_not_give(service, location, job_id):
    assert error_of(location.get_job, JobId=job_id)["Error"]["Code"] == "ValidationException"
    body = json.loads(exchange(service, get_job(service, "a%20job"), patience=0.05).body)
    assert body["reason"] == "FieldValidationFailed"
    assert body["fieldList"][0]["name"] == "jobId" and body["fieldList"][0]["message"] and body["message"]


def test_longest_job_id(service, location):
    service.create_job(JobId="x" * 200)
    assert location.get_job(JobId="x" * 200)["JobId"] == "x" * 200


def test_start_job(service, location):
    started = location.start_job(**START, Name="Zürich", Tags={"a": "b"})
    assert started.keys() - {"ResponseMetadata"} == {"CreatedAt", "JobArn", "JobId", "Status"}
    job = location.get_job(JobId=started["JobId"])
    assert (job["Name"], job["Tags"], job["InputOptions"]) == ("Zürich", {"a": "b"}, START["InputOptions"])
    bare = location.get_job(JobId=location.start_job(**START)["JobId"])
    assert not bare.keys() & {"Name", "Tags", "ActionOptions"}


def test_start_job_is_idempotent(location):
    first = location.start_job(**START, ClientToken="one")
    assert location.start_job(**START, ClientToken="one")["JobId"] == first["JobId"]
    assert location.start_job(**START, ClientToken="two")["JobId"] != first["JobId"]


@pytest.mark.parametrize(
    "change, reason, field",
    [
        ({"Action": None}, "Missing", "action"),
        ({"Action": "Other"}, "FieldValidationFailed", "action"),
        ({"Novel": 1}, "UnknownField", "novel"),
        ({"InputOptions": {"Format": "Parquet"}}, "Missing", "inputOptions.location"),
        ({"Name": ""}, "FieldValidationFailed", "name"),
        ({"ClientToken": "with space"}, "FieldValidationFailed", "clientToken"),
    ],
)
def test_start_job_validation(service, change, reason, field):
    path, body = "/metadata/v0/jobs", json.dumps({**START, **change}).encode()
    reply = exchange(service, signed_request(service, "POST", path, body), patience=0.05)
    problem = json.loads(reply.body)
    assert (reply.status, reply.headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert (problem["reason"], problem["fieldList"][0]["name"]) == (reason, field)


def test_a_body_that_is_not_json(service):
    path, body = "/metadata/v0/jobs", b"{"
    reply = exchange(service, signed_request(service, "POST", path, body), patience=0.05)
    assert json.loads(reply.body)["reason"] == "CannotParse"


def test_list_jobs(service, location):
    for number in range(5):
        service.create_job(JobId=f"job-{number}", age=100 if number % 2 else 0)
    pages, token = [], {}
    while True:
        page = location.list_jobs(MaxResults=2, **token)
        pages.append([entry["JobId"] for entry in page["Entries"]])
        service.create_job()  # newer than all; must not show on a later page
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [["job-4", "job-3"], ["job-2", "job-1"], ["job-0"]]
    completed = location.list_jobs(Filter={"JobStatus": "Completed"})["Entries"]
    assert [entry["JobId"] for entry in completed] == ["job-3", "job-1"]
    assert "Tags" not in completed[0] and "EndedAt" in completed[0] and "Name" in completed[0]
    for arguments in ({"NextToken": "bm9uc2Vuc2U="}, {"Filter": {"JobStatus": "Odd"}}):
        assert error_of(location.list_jobs, **arguments)["Error"]["Code"] == "ValidationException"


def test_cancel_job(service, location):
    service.set_clock(speed=0)
    service.create_job(JobId="a-job", plan={"cancelling": 5})
    assert location.cancel_job(JobId="a-job")["Status"] == "Cancelling"
    service.set_clock(advance=4)
    assert location.cancel_job(JobId="a-job")["Status"] == "Cancelling"
    assert "EndedAt" not in location.get_job(JobId="a-job")
    service.set_clock(advance=1)
    job = location.get_job(JobId="a-job")
    assert job["Status"] == "Cancelled" and (job["EndedAt"] - job["CreatedAt"]).total_seconds() == 5
    assert location.cancel_job(JobId="a-job")["Status"] == "Cancelled"
    assert error_of(location.cancel_job, JobId="other")["Error"]["Code"] == "ResourceNotFoundException"


def test_unknown_operation(service):
    reply = exchange(service, signed_request(service, path="/metadata/v0/other"), patience=0.05)
    assert (reply.status, reply.headers["x-amzn-errortype"]) == (404, "UnknownOperationException")


def test_base_path(service):
    service.create_job(JobId="a-job")
    service.settings(base_path="/base")
    assert client_of(service.url + "/base").get_job(JobId="a-job")["JobId"] == "a-job"
    assert error_of(client_of(service.url).get_job, JobId="a-job")["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_quota(service, location):
    service.create_job(JobId="a-job")
    service.set_quota()
    for _ in range(4):
        location.get_job(JobId="a-job")
    response = error_of(location.get_job, JobId="a-job")
    assert response["Error"]["Code"] == "ThrottlingException"
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
    location.list_jobs()  # has a quota of its own
    time.sleep(0.25)
    location.get_job(JobId="a-job")
    service.set_quota(enabled=False)
    for _ in range(10):
        location.get_job(JobId="a-job")


def test_https(service):
    service.create_job(JobId="a-job")
    assert client_of(service.https_url, verify=service.ca).get_job(JobId="a-job")["JobId"] == "a-job"
    assert service.requests()[-1]["secure"] is True


# Control


def test_log_and_stats(service, location):
    service.create_job(JobId="a-job")
    location.get_job(JobId="a-job")
    location.list_jobs(MaxResults=3)
    first, second = service.requests(clear=True)
    assert (first["method"], first["target"], first["status"]) == ("GET", "/metadata/v0/jobs/a-job", 200)
    assert (first["operation"], first["signature"], first["secure"]) == ("GetJob", "ok", False)
    assert ["Accept-Encoding", "identity"] in first["headers"]
    assert json.loads(second["body"]) == {"MaxResults": 3} and second["operation"] == "ListJobs"
    assert first["connection"] == second["connection"]
    assert service.requests() == []
    stats = service.stats()
    assert stats["requests"] == 2 and stats["operations"] == {"GetJob": 1, "ListJobs": 1}
    assert stats["connections_opened"] == stats["connections_open"] == 1


def test_reset(service, location):
    service.create_job(JobId="a-job")
    location.get_job(JobId="a-job")
    service.faults({"status": 500})
    service.set_quota(rate=0, burst=0)
    service.reset()
    assert error_of(location.get_job, JobId="a-job")["Error"]["Code"] == "ResourceNotFoundException"
    assert service.stats()["requests"] == 1


def test_deleted_job(service, location):
    service.create_job(JobId="a-job")
    service.delete_job("a-job")
    assert error_of(location.get_job, JobId="a-job")["Error"]["Code"] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "method, path, members",
    [
        ("POST", "jobs", {"job_id": "x"}),
        ("POST", "jobs", {"plan": {"pendin": 1}}),
        ("POST", "jobs", {"plan": {"final": "Running"}}),
        ("POST", "jobs", {"age": "old"}),
        ("POST", "clock", {"speed": -1}),
        ("POST", "keys", {"access_key": "x"}),
        ("POST", "faults", {"answers": [{"statu": 500}]}),
        ("POST", "faults", {"answers": [{"delay": "long"}]}),
        ("POST", "faults", {"answers": [{"raw": "***"}]}),
        ("POST", "faults", {"answers": [{"body_size": 1 << 31}]}),
        ("POST", "settings", {"check": False}),
        ("GET", "nothing", None),
    ],
)
def test_control_refuses_nonsense(service, method, path, members):
    with pytest.raises(ControlError):
        service.control(method, path, members)
