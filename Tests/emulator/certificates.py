"""A certificate authority and server certificates, good and bad, made with the openssl tool."""

from __future__ import annotations

import os
import ssl
import subprocess
import warnings
from datetime import datetime, timedelta, timezone
from pathlib import Path

# `openssl ca` is the one command that takes both dates of a certificate in every version of the
# tool; x509 and req learned that only in OpenSSL 3.4.
_CONFIG = """\
[ca]
default_ca = authority
[authority]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any_name
unique_subject = no
[any_name]
commonName = supplied
[req]
distinguished_name = name
prompt = no
[name]
commonName = liblocjob test authority
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[good]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1, DNS:*.localhost, DNS:metadata.localhost
[wrong_host]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:wrong.example
[self_signed]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
subjectAltName = DNS:localhost, IP:127.0.0.1, DNS:*.localhost, DNS:metadata.localhost
"""


class Authority:
    """Files in one directory: CA.pem for clients, server.key and a certificate for each kind."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.ca = directory / "CA.pem"
        now = datetime.now(timezone.utc)
        yesterday, tomorrow = now - timedelta(days=1), now + timedelta(days=1)
        (directory / "openssl.cnf").write_text(_CONFIG)
        (directory / "index.txt").write_text("")
        (directory / "serial").write_text("1000\n")
        self._key("CA.key")
        self._key("server.key")
        self._request("CA.key", "liblocjob test authority")
        self._sign("CA.pem", "root", yesterday, now + timedelta(days=30), self_signed_with="CA.key")
        self._request("server.key", "localhost")
        self._sign("good.pem", "good", yesterday, now + timedelta(days=30))
        self._sign("expired.pem", "good", now - timedelta(days=30), yesterday)
        self._sign("wrong_host.pem", "wrong_host", yesterday, tomorrow)
        self._sign("self_signed.pem", "self_signed", yesterday, tomorrow, self_signed_with="server.key")

    def context(self, kind: str) -> ssl.SSLContext:
        """For a listener that shows this kind of certificate; "old_tls" ends at TLS 1.1."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        if kind == "old_tls":
            # Security level 0, as OpenSSL refuses the SHA-1 of these versions at higher ones.
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            kind = "good"
        context.load_cert_chain(self.directory / f"{kind}.pem", self.directory / "server.key")
        return context

    def _key(self, name: str) -> None:
        self._openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", name)

    def _request(self, key: str, common_name: str) -> None:
        subject = f"/CN={common_name}"
        self._openssl("req", "-new", "-config", "openssl.cnf", "-key", key, "-subj", subject, "-out", "request.pem")

    def _sign(self, name: str, extensions: str, start: datetime, end: datetime, self_signed_with: str = "") -> None:
        signer = ["-keyfile", "CA.key", "-cert", "CA.pem"]
        if self_signed_with:
            signer = ["-keyfile", self_signed_with, "-selfsign"]
        dates = ["-startdate", f"{start:%y%m%d%H%M%SZ}", "-enddate", f"{end:%y%m%d%H%M%SZ}"]
        files = ["-in", "request.pem", "-out", name, "-notext"]
        self._openssl("ca", "-batch", "-config", "openssl.cnf", "-extensions", extensions, *signer, *dates, *files)

    def _openssl(self, *arguments: str) -> None:
        done = subprocess.run(
            ["openssl", *arguments],
            cwd=self.directory,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"openssl {' '.join(arguments)} failed:\n{done.stderr}")
