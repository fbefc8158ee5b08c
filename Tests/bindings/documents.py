"""The jobs that all tests of this folder ask for."""

from __future__ import annotations

JOBS = {
    "completed": {
        "Name": "addresses of 東京",
        "Status": "Completed",
        "CreatedAt": "2026-11-20T08:30:00Z",
        "UpdatedAt": "2026-11-20T09:31:02Z",
        "EndedAt": "2026-11-20T09:31:02Z",
        "ActionOptions": {"ValidateAddress": {"AdditionalFeatures": ["Position", "CountrySpecificAttributes"]}},
        "Tags": {"stadt": "Zürich", "都市": "東京 🗼", "empty": ""},
    },
    "failed": {
        "Name": "name with\0NUL",
        "Status": "Failed",
        "Error": {"Code": "ValidationError", "Messages": ["Column 'Country' is missing.", "\0", "東京 🗼", ""]},
    },
    "bare": {"Status": "Paused"},  # a word that this version does not know
}
REQUIRED = {
    "Action": "ValidateAddress",
    "CreatedAt": "2026-11-20T08:30:00Z",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/LocationJobs",
    "InputOptions": {"Location": "s3://example/input/", "Format": "Parquet"},
    "OutputOptions": {"Location": "s3://example/output/", "Format": "Parquet"},
    "UpdatedAt": "2026-11-20T08:30:00Z",
}


def document(job_id: str) -> dict:
    arn = f"arn:aws:geo:us-east-1:123456789012:job/{job_id}"
    return {**REQUIRED, "JobId": job_id, "JobArn": arn, **JOBS[job_id]}
