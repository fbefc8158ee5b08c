"""Cases of credentials: where they may come from, and who wins.

A case has `env`, the texts of files below the home directory (`files`), and the settings of `client`. {home}
stands for that directory, {services} for a server that plays containers and instances.
"""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any, Dict, List

from generate import Case, fixture

_ROLE = "arn:aws:iam::123456789012:role/"
_FUTURE = "2099-01-01T00:00:00Z"


def credentials() -> List[Case]:
    cases = [*fixture("credentials"), *_drawn(), *_sts_hosts()]
    for case in cases:
        case.setdefault("env", {})
        case.setdefault("files", {})
        case["client"] = {**case.get("client", {})}
    return cases


def _keys(name: str, draw: random.Random, token: float = 0.4) -> List[str]:
    lines = [f"aws_access_key_id = AK{name.upper()}", f"aws_secret_access_key = secret of {name}"]
    if draw.random() < token:
        lines.append(
            draw.choice(["aws_session_token", "aws_session_token", "aws_security_token"]) + f" = token-of-{name}"
        )
    return lines


def _process(name: str, draw: random.Random) -> List[str]:
    document: Dict[str, Any] = {"Version": 1, "AccessKeyId": f"AKPROCESS{name.upper()}", "SecretAccessKey": "a secret"}
    if draw.random() < 0.5:
        document.update(SessionToken="token of a process", Expiration=_FUTURE)
    if draw.random() < 0.15:
        document = {"Version": 2}
    return [f"credential_process = echo '{json.dumps(document)}'"]


def _sso_token(login: str) -> "tuple[str, str]":
    token = {"accessToken": f"token-for-{len(login)}", "expiresAt": _FUTURE, "startUrl": "https://x", "region": "x"}
    return f".aws/sso/cache/{hashlib.sha1(login.encode()).hexdigest()}.json", json.dumps(token)


def _sso(name: str, draw: random.Random, case: Case, sections: List[str]) -> List[str]:
    region = draw.choice(["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"])
    lines = ["sso_account_id = 123456789012", f"sso_role_name = role of {name}"]
    start = [f"sso_start_url = https://{name}.example/start", f"sso_region = {region}"]
    if draw.random() < 0.6:
        lines.append(f"sso_session = session-{name}")
        sections.append("\n".join([f"[sso-session session-{name}]", *start]))
        login = f"session-{name}"
    else:
        lines += start
        login = f"https://{name}.example/start"
    if draw.random() < 0.8:
        path, text = _sso_token(login)
        case["files"][path] = text
    return lines


def _web_identity(name: str, draw: random.Random, case: Case) -> List[str]:
    case["files"]["token-of-profile"] = "ey.profile+token/=="
    return [
        f"role_arn = {_ROLE}web-{name}",
        "web_identity_token_file = {home}/token-of-profile",
        "role_session_name = web",
    ]


def _role(name: str, draw: random.Random, sources: List[str]) -> List[str]:
    lines = [f"role_arn = {_ROLE}{name}", f"role_session_name = session-{name}"]
    if draw.random() < 0.4:
        lines.append("external_id = " + draw.choice(["xy", "a b&c=d", "ünï", "~-._"]))
    if draw.random() < 0.4:
        lines.append("duration_seconds = " + draw.choice(["900", "3600", "soon", " 1000 "]))
    if sources and draw.random() < 0.75:
        return [*lines, f"source_profile = {draw.choice(sources)}"]
    return [*lines, "credential_source = " + draw.choice(["Environment", "EcsContainer", "Ec2InstanceMetadata"])]


def _profile(name: str, draw: random.Random, case: Case, sources: List[str], kinds: List[str]) -> "tuple[str, str]":
    """The profile's sections in config and in credentials."""
    lines: List[str] = []
    keys: List[str] = []
    sections: List[str] = []
    for kind in kinds:
        lines += {
            "config keys": lambda: _keys(f"config-{name}", draw),
            "credentials keys": lambda: [],
            "process": lambda: _process(name, draw),
            "sso": lambda: _sso(name, draw, case, sections),
            "web identity": lambda: _web_identity(name, draw, case),
            "role": lambda: _role(name, draw, sources),
        }[kind]()
        if kind == "credentials keys":
            keys = _keys(f"credentials-{name}", draw)
    head = "[default]" if name == "default" else f"[profile {name}]"
    config = "\n".join([head, "output = json", *lines, *sections])
    return config + "\n", "\n".join([f"[{name}]", *keys]) + "\n" if keys else ""


_KINDS = ["config keys", "credentials keys", "process", "sso", "web identity", "role", "role", "role"]


def _drawn() -> List[Case]:
    cases = []
    for number in range(400):
        draw = random.Random(f"credentials {number}")
        case: Case = {"name": f"drawn {number}", "env": {}, "files": {}, "client": {}}
        _draw_profiles(draw, case)
        _draw_environment(draw, case)
        _draw_endpoints(draw, case)
        cases.append(case)
    return cases


def _draw_profiles(draw: random.Random, case: Case) -> None:
    chosen = draw.choice(["default", "default", "mine", "mine"])
    if chosen == "mine":
        if draw.random() < 0.5:
            case["env"]["AWS_PROFILE"] = "mine"
        else:
            case["client"]["profile_name"] = "mine"
    config = credentials = ""
    names = [chosen, "one", "two"]
    for index, name in enumerate(names):
        many = draw.choice([0, 1, 1, 1, 2, 3])
        # A role and a web identity have the same keys, which would come twice.
        kinds = list(dict.fromkeys(draw.sample(_KINDS, many)))
        if {"role", "web identity"} <= set(kinds):
            kinds.remove(draw.choice(["role", "web identity"]))
        here, there = _profile(name, draw, case, names[index + 1 :], kinds)
        config, credentials = config + here, credentials + there
    case["files"][".aws/config"] = config
    case["files"][".aws/credentials"] = credentials


def _draw_environment(draw: random.Random, case: Case) -> None:
    env = case["env"]
    if draw.random() < 0.2:
        env.update(AWS_ACCESS_KEY_ID="AKVARIABLE", AWS_SECRET_ACCESS_KEY="secret of a variable")
        if draw.random() < 0.5:
            env[draw.choice(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])] = "token of a variable"
    if draw.random() < 0.2:
        env["AWS_WEB_IDENTITY_TOKEN_FILE"] = "{home}/token-of-environment"
        case["files"]["token-of-environment"] = "ey.environment.token"
        env["AWS_ROLE_ARN"] = f"{_ROLE}web"
        env["AWS_ROLE_SESSION_NAME"] = "pod"
    if draw.random() < 0.3:
        env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "{services}/container" + draw.choice(["", "/a?b=c", "/%41"])
        if draw.random() < 0.5:
            env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic abc=="
        if draw.random() < 0.3:
            env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "{home}/token-of-container"
            case["files"]["token-of-container"] = "Basic file"
    if draw.random() < 0.5:
        env["AWS_EC2_METADATA_DISABLED"] = draw.choice(["false", "False"])
        env["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "{services}" + draw.choice(["", "/", "/base", "/base/"])
    if draw.random() < 0.1:
        case["client"].update(aws_access_key_id="AKCODE", aws_secret_access_key="secret of code")


def _draw_endpoints(draw: random.Random, case: Case) -> None:
    env = case["env"]
    region = draw.choice(
        ["us-east-1", "us-east-1", "eu-west-1", "ap-southeast-3", "us-gov-west-1", "cn-north-1", "made-up-1"]
    )
    if draw.random() < 0.5:
        env["AWS_DEFAULT_REGION"] = region
    else:
        case["client"]["region_name"] = region
    has_custom = False
    for variable in ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LOCATION"):
        if draw.random() < 0.12:
            host = variable.lower().replace("_", "-")
            env[variable] = draw.choice(
                [f"https://{host}.example", f"http://{host}.example/base", f"http://{host}.example:81/b/"]
            )
            has_custom = True
    if draw.random() < 0.15:
        service = draw.choice(["sts", "sso", "location", "s3"])
        chosen = case["files"][".aws/config"]
        head, _, rest = chosen.partition("\n")
        section = f"[services s]\n{service} =\n  endpoint_url = http://section-of-{service}.example\n"
        case["files"][".aws/config"] = f"{head}\nservices = s\n{rest}{section}"
        has_custom = True
    if draw.random() < 0.1:
        env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = draw.choice(["true", "false"])
    if not has_custom:
        for variable in ("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"):
            if draw.random() < 0.15:
                env[variable] = draw.choice(["true", "false"])
    if draw.random() < 0.15:
        env["AWS_STS_REGIONAL_ENDPOINTS"] = draw.choice(["legacy", "regional"])


def _sts_hosts() -> List[Case]:
    """STS in every kind of Region, by every variant."""
    cases = []
    regions = ["us-east-1", "us-west-2", "eu-south-2", "us-gov-west-1", "us-gov-east-1", "cn-northwest-1", "us-iso-east-1",
               "us-isob-east-1", "eusc-de-east-1", "aws-global"]  # fmt: skip
    for region in regions:
        for fips, dual, legacy in ((0, 0, 0), (0, 0, 1), (1, 0, 0), (0, 1, 0), (1, 1, 0)):
            env = {"AWS_DEFAULT_REGION": region, "AWS_ENDPOINT_URL_LOCATION": "http://location.example"}
            files = {
                ".aws/config": f"[default]\nrole_arn = {_ROLE}r\nrole_session_name = session\nsource_profile = base\n",
                ".aws/credentials": "[base]\naws_access_key_id = AKBASE\naws_secret_access_key = s\n",
            }
            if fips or dual:
                del env["AWS_ENDPOINT_URL_LOCATION"]
            env.update({"AWS_USE_FIPS_ENDPOINT": "true"} if fips else {})
            env.update({"AWS_USE_DUALSTACK_ENDPOINT": "true"} if dual else {})
            env.update({"AWS_STS_REGIONAL_ENDPOINTS": "legacy"} if legacy else {})
            name = " ".join(
                [region, *(["fips"] if fips else []), *(["dualstack"] if dual else []), *(["legacy"] if legacy else [])]
            )
            cases.append({"name": f"sts of {name}", "env": env, "files": files})
    return cases
