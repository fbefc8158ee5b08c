"""Signatures of a real client are accepted, and nothing that was changed after signing is."""

import json
import time
import types

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import signature
from client import ACCESS_KEY, SECRET_KEY
from raw_client import JOB_PATH, connect, converse, exchange, get_job, request_bytes, signed_headers

ODD_JOB_IDS = ["a job", "Ünïcödé-東京", "a/b", "%", "100%25", "a+b", "~", "?x=1&y", "#", "'\"<>", ":@!$,;="]


def location(service, region="us-east-1", key=ACCESS_KEY, secret=SECRET_KEY, token=None):
    return boto3.client(
        "location",
        region_name=region,
        endpoint_url=service.url,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
    )


def code_of(reply) -> str:
    assert reply.headers["x-amzn-errortype"]
    assert json.loads(reply.body)["message"]
    return reply.headers["x-amzn-errortype"]


@pytest.mark.parametrize("job_id", ODD_JOB_IDS)
def test_odd_job_ids_of_botocore_are_authentic(service, job_id):
    with pytest.raises(ClientError) as error:
        location(service).get_job(JobId=job_id)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    entry = service.requests()[-1]
    assert (entry["signature"], entry["job_id"], entry["status"]) == ("ok", job_id, 400)


def test_any_region_unless_told_which(service):
    service.create_job(JobId="a-job")
    assert location(service, region="eu-central-1").get_job(JobId="a-job")["JobId"] == "a-job"
    service.settings(region="us-east-1")
    with pytest.raises(ClientError, match="region 'eu-central-1'"):
        location(service, region="eu-central-1").get_job(JobId="a-job")
    assert location(service).get_job(JobId="a-job")["JobId"] == "a-job"


def test_session_token(service):
    service.add_key("ASIAEXAMPLE", "secret", "token/+=")
    service.create_job(JobId="a-job")
    assert location(service, key="ASIAEXAMPLE", secret="secret", token="token/+=").get_job(JobId="a-job")
    for token in ("other", None):
        with pytest.raises(ClientError, match="UnrecognizedClientException"):
            location(service, key="ASIAEXAMPLE", secret="secret", token=token).get_job(JobId="a-job")
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        location(service, token="not wanted").get_job(JobId="a-job")


def test_expired_token(service):
    service.add_key("ASIAEXAMPLE", "secret", "token", expires_in=60)
    client = location(service, key="ASIAEXAMPLE", secret="secret", token="token")
    service.create_job(JobId="a-job")
    assert client.get_job(JobId="a-job")
    service.set_clock(offset=61)
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        client.get_job(JobId="a-job")


def test_a_key_can_be_taken_away(service):
    service.delete_key(ACCESS_KEY)
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        location(service).get_job(JobId="a-job")


def test_wrong_secret(service):
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        location(service, secret="wrong").get_job(JobId="a-job")


@pytest.mark.parametrize("offset, words", [(301, "Signature expired:"), (-302, "Signature not yet current:")])
def test_clock_skew(service, offset, words):
    service.set_clock(offset=offset)
    reply = exchange(service, get_job(service))
    assert (reply.status, code_of(reply)) == (403, "InvalidSignatureException")
    assert words in json.loads(reply.body)["message"]
    shown = time.mktime(time.strptime(reply.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
    assert abs(shown - time.time() - offset) < 5


@pytest.mark.parametrize("offset", [290, -290])
def test_a_little_clock_skew_is_allowed(service, offset):
    service.create_job(JobId="a-job")
    service.set_clock(offset=offset)
    assert exchange(service, get_job(service)).status == 200


def test_mismatch_explains_itself(service):
    headers = signed_headers(service, path=JOB_PATH + "x%20y")
    reply = exchange(service, request_bytes(headers, path=JOB_PATH + "x%20z"))
    message = json.loads(reply.body)["message"]
    assert "GET\n/metadata/v0/jobs/x%2520z\n\nhost:127.0.0.1:" in message
    assert "AWS4-HMAC-SHA256\n" + headers["X-Amz-Date"] in message
    assert service.requests()[-1]["signature"] == "InvalidSignatureException"


def change_authorization(old, new):
    def change(headers):
        assert old in headers["Authorization"]
        headers["Authorization"] = headers["Authorization"].replace(old, new)

    return change


def flip_signature(headers):
    last = headers["Authorization"][-1]
    headers["Authorization"] = headers["Authorization"][:-1] + ("0" if last != "0" else "1")


def capitalise_signature(headers):
    before, name, signature = headers["Authorization"].partition("Signature=")
    headers["Authorization"] = before + name + signature.upper()


def change_date(headers):
    seconds = headers["X-Amz-Date"][-3:]
    headers["X-Amz-Date"] = headers["X-Amz-Date"][:-3] + ("02Z" if seconds == "01Z" else "01Z")


def set_header(name, value):
    return lambda headers: headers.update({name: value})


TAMPERINGS = {
    "signature": (flip_signature, "InvalidSignatureException"),
    "signature cut": (lambda h: h.update(Authorization=h["Authorization"][:-2]), "InvalidSignatureException"),
    "signature in capitals": (capitalise_signature, "InvalidSignatureException"),
    "signature not ASCII": (lambda h: h.update(Authorization=h["Authorization"] + "é"), "InvalidSignatureException"),
    "host": (set_header("Host", "elsewhere.example"), "InvalidSignatureException"),
    "date": (change_date, "InvalidSignatureException"),
    "date missing": (lambda h: h.pop("X-Amz-Date"), "IncompleteSignatureException"),
    "date malformed": (set_header("X-Amz-Date", "2026-01-01T00:00:00Z"), "IncompleteSignatureException"),
    "token": (set_header("X-Amz-Security-Token", "other"), "UnrecognizedClientException"),
    "token missing": (lambda h: h.pop("X-Amz-Security-Token"), "InvalidSignatureException"),
    "signed header": (set_header("X-Amz-Extra", "2"), "InvalidSignatureException"),
    "signed header missing": (lambda h: h.pop("X-Amz-Extra"), "InvalidSignatureException"),
    "unsigned x-amz- header": (set_header("X-Amz-Further", "1"), "InvalidSignatureException"),
    "header list": (change_authorization("host;", ""), "InvalidSignatureException"),
    "key": (change_authorization("ASIAEXAMPLE", "ASIAUNKNOWN"), "UnrecognizedClientException"),
    "region": (change_authorization("us-east-1", "us-east-2"), "InvalidSignatureException"),
    "service": (change_authorization("/geo/", "/s3/"), "InvalidSignatureException"),
    "terminator": (change_authorization("aws4_request", "aws5_request"), "InvalidSignatureException"),
    "algorithm": (change_authorization("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), "IncompleteSignatureException"),
    "no credential": (change_authorization("Credential=", "Credentials="), "IncompleteSignatureException"),
    "short credential": (change_authorization("/us-east-1/geo", ""), "IncompleteSignatureException"),
    "no authorization": (lambda h: h.pop("Authorization"), "MissingAuthenticationTokenException"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering(service, name):
    tamper, code = TAMPERINGS[name]
    service.add_key("ASIAEXAMPLE", "secret", "token")
    service.create_job(JobId="a-job")
    headers = signed_headers(service, key=("ASIAEXAMPLE", "secret", "token"), headers={"X-Amz-Extra": "1"})
    with connect(service) as connection:
        assert converse(connection, request_bytes(headers), patience=0.05).status == 200
        tamper(headers)
        reply = converse(connection, request_bytes(headers), patience=0.05)
    assert (reply.status, code_of(reply)) == (403, code)


@pytest.mark.parametrize("end", ["b-job", "a-job?x=1", "%61-job", "a-job/"])
def test_tampering_with_path_and_query(service, end):
    reply = exchange(service, request_bytes(signed_headers(service), path=JOB_PATH + end), patience=0.05)
    assert (reply.status, code_of(reply)) == (403, "InvalidSignatureException")


def test_tampering_with_method_and_body(service):
    path, body = "/metadata/v0/jobs/list-jobs", b'{"MaxResults":1}'
    headers = signed_headers(service, "POST", path, body)
    assert exchange(service, request_bytes(headers, "POST", path, body), patience=0.05).status == 200
    other = exchange(service, request_bytes(headers, "POST", path, body.replace(b"1", b"2")), patience=0.05)
    assert code_of(other) == "InvalidSignatureException"
    assert code_of(exchange(service, request_bytes(headers, "GET", path), patience=0.05)) == "InvalidSignatureException"


def test_a_sent_hash_has_to_be_that_of_the_body(service):
    service.create_job(JobId="a-job")
    for value, status in ((signature.EMPTY_SHA256, 200), ("UNSIGNED-PAYLOAD", 403)):
        headers = signed_headers(service, headers={"X-Amz-Content-SHA256": value})
        assert exchange(service, request_bytes(headers), patience=0.05).status == status


def test_query_is_canonicalised(service):
    service.create_job(JobId="a-job")
    path = JOB_PATH + "a-job?b=2&a=%C3%BC&a=1&empty"
    # botocore signs the query as it is, so it is given the canonical form and the wire another.
    headers = signed_headers(service, path=JOB_PATH + "a-job?a=%C3%BC&a=1&b=2&empty=")
    assert exchange(service, request_bytes(headers, path=path), patience=0.05).status == 200


def test_check_can_be_switched_off(service):
    service.create_job(JobId="a-job")
    service.settings(check_signature=False)
    assert exchange(service, request_bytes({"Host": "x"}), patience=0.05).status == 200
    assert service.requests()[-1]["signature"] == "unchecked"


@pytest.mark.parametrize(
    "path, normal",
    [
        ("/", "/"),
        ("//", "/"),
        ("/a//b", "/a/b"),
        ("/a/./b", "/a/b"),
        ("/a/../b", "/b"),
        ("/a/b/..", "/a/"),
        ("/../..", "/"),
        ("/a/", "/a/"),
        ("/./", "/"),
        ("/a/.b/..c", "/a/.b/..c"),
    ],
)
def test_normal_paths(path, normal):
    assert signature.normalize_path(path) == normal


def test_vector_of_the_documentation(monkeypatch):
    """get-vanilla of AWS's test suite for Signature Version 4."""
    monkeypatch.setattr(signature, "SERVICE", "service")
    authorization = (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
    fields = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z", "authorization": authorization}
    request = types.SimpleNamespace(method="GET", path="/", query="", fields=fields, body=b"")
    keys = {"AKIDEXAMPLE": signature.Key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")}
    assert signature.verify(request, keys, now=1440938160.0) == "us-east-1"
    fields["authorization"] = authorization.replace("5fa0", "5fa1")
    with pytest.raises(signature.Refused):
        signature.verify(request, keys, now=1440938160.0)
