"""Cases of configuration: where a Region, an endpoint, a flag or a key comes from, and which one wins.

A case has `env`, the texts of the files `config` and `credentials`, and the settings of `client`. Unless it
is about credentials, it gets static ones.
"""

from __future__ import annotations

import random
import re
from typing import Any, Dict, List, Optional

from generate import Case, fixture

KEYS = {"aws_access_key_id": "AKCODE", "aws_secret_access_key": "secret of code"}


def configurations() -> List[Case]:
    cases = [*fixture("configurations"), *_regions(), *_region_sources(), *_endpoint_sources(), *_flags(), *_prefixes()]
    cases += [*_keys(), *_files()]
    for case in cases:
        case.setdefault("env", {})
        case.setdefault("client", {})
        if not case.get("own_keys"):
            case["client"] = {**KEYS, **case["client"]}
    return cases


def _regions() -> List[Case]:
    """Every partition, plain and with each variant."""
    cases = []
    for region in fixture("regions"):
        for fips, dualstack in ((False, False), (True, False), (False, True), (True, True)):
            settings = {"region_name": region}
            settings.update({"use_fips_endpoint": True} if fips else {})
            settings.update({"use_dualstack_endpoint": True} if dualstack else {})
            name = " ".join([region, *(["fips"] if fips else []), *(["dualstack"] if dualstack else [])])
            case = {"name": f"region {name}", "client": settings}
            if dualstack and region.startswith(("eu-isoe-", "us-isof-")):
                case["here"] = "dual-stack of isolated Regions"
            cases.append(case)
    for region in fixture("bad_regions"):
        cases.append({"name": f"region {region!r}", "client": {"region_name": region}, "here": "setting"})
    return cases


def _region_sources() -> List[Case]:
    cases = []
    for number in range(48):
        draw = random.Random(f"region {number}")
        case: Case = {"name": f"region sources {number}", "env": {}, "client": {}}
        if draw.random() < 0.3:
            case["client"]["region_name"] = "code-1"
        if draw.random() < 0.4:
            case["env"]["AWS_DEFAULT_REGION"] = "variable-1"
        if draw.random() < 0.2:
            case["env"]["AWS_REGION"] = "variable-2"
        profile = draw.choice(["default", "mine"])
        if profile == "mine":
            case["env"][draw.choice(["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])] = "mine"
        case["config"] = "[default]\n" + draw.choice(["", "region = default-1\n"])
        case["config"] += "[profile mine]\noutput = json\n" + draw.choice(["", "region = mine-1\n"])
        case["credentials"] = draw.choice(["", "", f"[{profile}]\nregion = credentials-1\n"])
        if "AWS_REGION" in case["env"] and "region_name" not in case["client"]:
            case["here"] = "AWS_REGION"
        cases.append(case)
    return cases


def _endpoint_sources() -> List[Case]:
    cases = []
    for number in range(80):
        draw = random.Random(f"endpoint {number}")
        case: Case = {"name": f"endpoint sources {number}", "env": {}, "client": {"region_name": "us-east-1"}}

        def url(source: str) -> str:
            scheme, tail = draw.choice([("http", ""), ("https", ""), ("http", ":81"), ("https", ":8443"), ("https", ":443"),
                                        ("http", "/base"), ("https", "/a/b/"), ("http", "/"), ("https", "/a%20b")])  # fmt: skip
            return f"{scheme}://{source}.example{tail}"

        if draw.random() < 0.2:
            case["client"]["endpoint_url"] = url("code")
        if draw.random() < 0.3:
            case["env"]["AWS_ENDPOINT_URL_LOCATION"] = url("variable-of-the-service")
        if draw.random() < 0.3:
            case["env"]["AWS_ENDPOINT_URL"] = url("variable")
        if draw.random() < 0.1:
            case["env"]["AWS_ENDPOINT_URL_S3"] = url("variable-of-another-service")
        ignored = draw.choice(["", "", "", "", "variable", "profile", "code", "variable says false"])
        if ignored.startswith("variable"):
            case["env"]["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = (
                draw.choice(["true", "True"]) if ignored == "variable" else "false"
            )
        if ignored == "code":
            case["client"]["ignore_configured_endpoint_urls"] = True
        lines = ["[default]"]
        if ignored == "profile":
            lines.append("ignore_configured_endpoint_urls = true")
        if draw.random() < 0.4:
            lines.append(f"endpoint_url = {url('profile')}")
        if draw.random() < 0.5:
            lines += [
                "services = mine",
                "[services mine]",
                "s3 =",
                f"  endpoint_url = {url('section-of-another-service')}",
            ]
            if draw.random() < 0.7:
                lines += ["location =", f"    endpoint_url = {url('section')}", "    other = x"]
        lines += ["[services other]", "location =", f"  endpoint_url = {url('other-section')}"]
        case["config"] = "\n".join(lines) + "\n"
        cases.append(case)
    return cases


_FLAGS = {
    "use_fips_endpoint": "AWS_USE_FIPS_ENDPOINT",
    "use_dualstack_endpoint": "AWS_USE_DUALSTACK_ENDPOINT",
    "disable_host_prefix_injection": "AWS_DISABLE_HOST_PREFIX_INJECTION",
}


def _flags() -> List[Case]:
    """Each flag from code, variable and profile; and what the values are."""
    cases = []
    for flag, variable in _FLAGS.items():
        for number in range(12):
            draw = random.Random(f"{flag} {number}")
            case: Case = {"name": f"{flag} {number}", "env": {}, "client": {"region_name": "us-east-1"}}
            if draw.random() < 0.4:
                case["client"][flag] = draw.choice([True, False])
            if draw.random() < 0.5:
                case["env"][variable] = draw.choice(["true", "false", "TRUE", "False"])
            if draw.random() < 0.6:
                case["config"] = f"[default]\n{flag} = {draw.choice(['true', 'false', 'True', 'FALSE'])}\n"
            cases.append(case)
        for value in ("1", "yes", "on", "0", "no", "t"):
            usual = {"client": {"region_name": "us-east-1"}, "here": "boolean"}
            cases.append({"name": f"{variable}={value}", "env": {variable: value}, **usual})
            cases.append({"name": f"{flag} = {value}", "config": f"[default]\n{flag} = {value}\n", **usual})
    return cases


def _prefixes() -> List[Case]:
    """Custom endpoints of every form of host, with and without the host prefix."""
    cases = []
    for host in (
        "jobs.example",
        "JOBS.Example",
        "jobs",
        "a.b.c.d.example",
        "localhost.example",
        "1.example",
        "127.example",
    ):
        for off in (None, True, False):
            cases.append(_prefix(host, off))
    for host in ("127.0.0.1", "localhost", "LOCALHOST", "jobs.localhost", "10.1.2.3", "[::1]", "[fd00::1]"):
        cases.append({**_prefix(host, None), "here": "host prefix of an address"})
        cases.append(_prefix(host, True))
    for flag in ("use_fips_endpoint", "use_dualstack_endpoint"):
        settings = {"region_name": "us-east-1", "endpoint_url": "http://jobs.example", flag: True}
        cases.append({"name": f"custom endpoint and {flag}", "client": settings, "here": "FIPS of a custom endpoint"})
    return cases


def _prefix(host: str, off: Optional[bool]) -> Case:
    settings: Dict[str, Any] = {"region_name": "us-east-1", "endpoint_url": f"http://{host}:8080/base"}
    if off is not None:
        settings["disable_host_prefix_injection"] = off
    return {"name": f"prefix of {host}{'' if off is None else ' off' if off else ' on'}", "client": settings}


def _keys() -> List[Case]:
    """Static credentials from code, variables and both files."""
    cases = []
    for number in range(60):
        draw = random.Random(f"keys {number}")
        case: Case = {
            "name": f"key sources {number}",
            "own_keys": True,
            "env": {},
            "client": {"region_name": "us-east-1"},
        }
        if draw.random() < 0.2:
            case["client"].update(KEYS, **({"aws_session_token": "token of code"} if draw.random() < 0.5 else {}))
        if draw.random() < 0.4:
            case["env"].update(AWS_ACCESS_KEY_ID="AKVARIABLE", AWS_SECRET_ACCESS_KEY="secret of a variable")
            if draw.random() < 0.6:
                case["env"][draw.choice(["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"])] = "token of a variable"
        profile = draw.choice(["default", "mine", "mine"])
        if profile == "mine":
            if draw.random() < 0.5:
                case["env"]["AWS_PROFILE"] = "mine"
            else:
                case["client"]["profile_name"] = "mine"
        section = "default" if profile == "default" else "profile mine"
        case["config"] = f"[{section}]\noutput = json\n" + draw.choice(["", _key_lines("CONFIG", draw)])
        case["credentials"] = draw.choice(["", f"[{profile}]\n" + _key_lines("CREDENTIALS", draw)])
        cases.append(case)
    return cases


def _key_lines(source: str, draw: random.Random) -> str:
    lines = f"aws_access_key_id = AK{source}\naws_secret_access_key = secret of {source}\n"
    token = draw.choice(["", "", "aws_session_token", "aws_security_token"])
    return lines + (f"{token} = token of {source}\n" if token else "")


_BLOCKS = [
    "region = eu-west-1", "region=eu-west-2", "region:eu-west-3", "REGION = eu-west-4", "region =eu-west-5",
    "output = json", "output = json\n  goes on", "output =", "key with space = x", "key = [x]", "a = b = c", "c : d = e", "%x = %(y)s",
    "s3 =\n  a = b", "s3 =\n\ta=b\n\t# comment\n\tc = d\n", "max_attempts = 2", "endpoint_url = http://profile.example",
    "# comment", "; comment", "  # comment", "\t; comment", "", "   ",
    "[profile a]", "[profile b]", "[profile a b]", "[ default ]", "[plugins]", "[sso-session s]", "[services x]", "[profile 'q r']",
    "no value", "= no key", "[unclosed", "]", "[]",
]  # fmt: skip


def _files() -> List[Case]:
    """Configuration files of every make, good and bad, without anything that comes twice."""
    cases = []
    for number in range(120):
        draw = random.Random(f"file {number}")
        blocks = [draw.choice(["[default]", "[default]", "[profile a]", "# no section"])]
        keys = set()
        for block in draw.sample(_BLOCKS, draw.randrange(2, 12)):
            key = re.split("[=:]", block)[0].strip().lower()
            if block.startswith("["):
                keys.clear()
            if key and key in keys or block in blocks:
                continue
            keys.add(key)
            blocks.append(block)
        text = draw.choice(["\n", "\n", "\r\n"]).join("\n".join(blocks).split("\n")) + draw.choice(["", "\n", "\n\n"])
        cases.append(
            {"name": f"file {number}", "config": text, "env": {"AWS_PROFILE": "a"} if "[profile a]" in blocks else {}}
        )
    return cases


def no_proxy() -> List[Case]:
    return [{"name": f"{case['no_proxy']!r} for {case['host']}", **case} for case in fixture("no_proxy")]
