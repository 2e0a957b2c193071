"""Certificates of an invented authority, so that tests can use real TLS on this machine.

Everything is created in memory, except for the file from which Python reads a certificate.
"""

from __future__ import annotations

import functools
import ipaddress
import socket
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "github.acme.example"
_HERE = "127.0.0.1"
_DAY = timedelta(days=1)


class Authority:
    """An authority that issues certificates for servers."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        self._certificate = (
            self._begun(self._name, self._key.public_key(), 1)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def trust(self) -> ssl.SSLContext:
        """Return the context of a client that trusts only this authority."""
        pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        return ssl.create_default_context(cadata=pem.decode("ascii"))

    def server(self, *hosts: str, days: int = 1) -> ssl.SSLContext:
        """Return the context of a server with these names; negative `days` are in the past."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "server.pem"
            file.write_bytes(self.server_pem(*hosts, days=days))
            context.load_cert_chain(file)
        return context

    def server_pem(self, *hosts: str, days: int = 1) -> bytes:
        """Return the certificate and the key of a server with these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = [
            x509.IPAddress(ipaddress.ip_address(host)) if host == _HERE else x509.DNSName(host)
            for host in hosts
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            self._begun(subject, key.public_key(), days)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def _begun(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, days: int
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 30 * _DAY)
            .not_valid_after(now + days * _DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        )


@functools.cache
def ours() -> Authority:
    """Return the authority that the tests' clients trust."""
    return Authority("Runners of Acme")


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return the context of a server that our clients trust, under each of its names."""
    return ours().server(_HERE, HOST)


@functools.cache
def untrusted() -> tuple[ssl.SSLContext, ...]:
    """Return servers that they do not trust: another authority, another name, expired."""
    return (
        Authority("Somebody").server(_HERE, HOST),
        ours().server("other.acme.example"),
        ours().server(_HERE, HOST, days=-1),
    )


def in_tls(connection: socket.socket, number: int) -> socket.socket:
    """Return a server's side of a connection in TLS, whatever its number."""
    del number
    return trusted().wrap_socket(connection, server_side=True)
