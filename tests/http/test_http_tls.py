#!/usr/bin/env python3
"""HTTPS: good clients, bad ones, and files that will not do. test_http_tls.py PROGRAM [TEST...]"""
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

import wire

PROGRAM, WANTED = wire.program_and_rest(sys.argv)
FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tls")
TABLE = {"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
         "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
         "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}]}


def file_of(name):
    return os.path.join(FILES, name)


def options(certificate="certificate.pem", key="key.pem"):
    return ["--tls-cert", file_of(certificate), "--tls-key", file_of(key)]


def context(lowest=None, highest=None):
    made = ssl.create_default_context(cafile=file_of("ca.pem"))
    if highest is not None:
        made.set_ciphers("ALL:@SECLEVEL=0")
        made.minimum_version, made.maximum_version = lowest, highest
    return made


class Secure(wire.Connection):
    def __init__(self, server, tls=None, name="localhost"):
        super().__init__(server.port)
        self.socket = (tls or context()).wrap_socket(self.socket, server_hostname=name)


def serve(*more):
    def made(test):
        def run():
            with wire.Server(PROGRAM, *options(), *more) as server:
                assert server.line.startswith("pocketable serves https://127.0.0.1:"), server.line
                test(server)
        return run
    return made


def works(server):
    with Secure(server) as c:
        assert c.call("DescribeEndpoints", "{}").status == 200


@serve()
def test_tls__clients_that_know_the_ca_are_served(server):
    for name in ("localhost", "127.0.0.1"):
        with Secure(server, name=name) as c:
            for _ in range(200):
                assert c.call("DescribeEndpoints", "{}").status == 200
            c.send(b"".join(wire.request("DescribeEndpoints") for _ in range(20)))
            for _ in range(20):
                assert c.receive().check().status == 200
    try:
        Secure(server, name="example.org")
        raise AssertionError("the certificate is not for example.org")
    except ssl.SSLCertVerificationError:
        pass
    works(server)


@serve()
def test_tls__versions_1_2_and_1_3_only(server):
    version = ssl.TLSVersion
    for one in (version.TLSv1_2, version.TLSv1_3):
        with Secure(server, context(one, one)) as c:
            assert c.call("DescribeEndpoints", "{}").status == 200
            assert c.socket.version() == one.name.replace("_", ".")
    for one in (version.TLSv1, version.TLSv1_1):
        try:
            Secure(server, context(one, one))
            raise AssertionError(f"{one.name} was taken")
        except (ssl.SSLError, ConnectionError):
            pass
    works(server)


@serve()
def test_tls__long_requests_and_answers(server):
    with Secure(server) as c:
        limit = 16 * 1024 * 1024
        assert c.call("DescribeEndpoints", b"{" + b" " * (limit - 2) + b"}").status == 200
        assert c.call("CreateTable", TABLE).status == 200
        for i in range(10):
            item = {"k": {"S": str(i)}, "v": {"S": "x" * 90000}}
            assert c.call("PutItem", {"TableName": "things", "Item": item}).status == 200
        answer = c.call("Scan", {"TableName": "things"})
        assert answer.json()["Count"] == 10 and len(answer.body) > 900000


def test_tls__writes_that_wait_for_the_disk():
    with tempfile.TemporaryDirectory() as folder:
        with wire.Server(PROGRAM, *options(), "--dir", os.path.join(folder, "db")) as server:
            with Secure(server) as c:
                assert c.call("CreateTable", TABLE).status == 200
            wrong = []

            def write(name):
                with Secure(server) as c:
                    for i in range(40):
                        item = {"k": {"S": f"{name}.{i}"}}
                        body = {"TableName": "things", "Item": item}
                        if c.call("PutItem", body).status != 200:
                            wrong.append(item)
            threads = [threading.Thread(target=write, args=(n,)) for n in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            with Secure(server) as c:
                count = c.call("Scan", {"TableName": "things", "Select": "COUNT"}).json()["Count"]
            assert wrong == [] and count == 640, (wrong, count)


@serve()
def test_tls__bad_clients_hurt_nobody(server):
    hello = bytes.fromhex("160301010001") + b"\x00" * 255
    silent = []
    for data in (b"", wire.request("DescribeEndpoints"), b"\x16", hello[:30], hello, b"\x00" * 9,
                 b"\x80\x2e\x01\x00\x02" + b"\x01" * 60, os.urandom(5000)):
        for _ in range(10):
            c = wire.Connection(server.port)
            c.send(data)
            silent.append(c)
        works(server)
    for c in silent:
        # Half a handshake stays; what is none ends the connection without an answer of HTTP's.
        c.socket.settimeout(0.01)
        try:
            assert not c.socket.recv(100).startswith(b"HTTP"), "plain HTTP was answered"
        except (TimeoutError, ConnectionError):
            pass
    works(server)
    # Cut off in the middle: of the handshake, of a request, of an answer.
    for _ in range(20):
        c = Secure(server)
        c.send(wire.request("DescribeEndpoints")[:40])
        c.close()
        c = Secure(server)
        c.send(wire.request("DescribeEndpoints") * 50)
        c.socket.shutdown(socket.SHUT_RDWR)
        c.close()
    works(server)
    for c in silent:
        c.close()


@serve("--threads", "2")
def test_tls__hundreds_of_connections(server):
    clients = [Secure(server) for _ in range(300)]
    for _ in range(3):
        for c in clients:
            c.send(wire.request("DescribeEndpoints"))
        for c in clients:
            assert c.receive().check().status == 200
    for c in clients:
        c.close()


@serve()
def test_tls__stops_with_connections_open(server):
    with Secure(server) as c, wire.Connection(server.port):
        assert c.call("DescribeEndpoints", "{}").status == 200
        server.stop()


@serve()
def test_tls__curl(server):
    if shutil.which("curl") is None:
        print("  skipped: there is no curl")
        return
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "--cacert", file_of("ca.pem"), "-d", "{}",
         "-H", "Content-Type: application/x-amz-json-1.0",
         "-H", "X-Amz-Target: DynamoDB_20120810.ListTables", f"https://localhost:{server.port}/"],
        capture_output=True, timeout=30)
    assert done.returncode == 0 and json.loads(done.stdout) == {"TableNames": []}, done


def refused(*arguments):
    done = subprocess.run([PROGRAM, "serve", "--port", "0", *arguments], capture_output=True,
                          timeout=20)
    assert done.stdout == b"", done
    return done.returncode, done.stderr.decode()


def test_tls__files_that_will_not_do_are_told():
    with tempfile.TemporaryDirectory() as folder:
        half, bad = os.path.join(folder, "half.pem"), os.path.join(folder, "bad.pem")
        with open(file_of("certificate.pem"), encoding="ascii") as file:
            text = file.read()
        with open(half, "w", encoding="ascii") as file:
            file.write(text[:text.rindex("-----BEGIN") + 200])
        with open(bad, "w", encoding="ascii") as file:
            file.write(text[:text.rindex("-----BEGIN")] + "-----BEGIN CERTIFICATE-----\n"
                       "MIIB\n-----END CERTIFICATE-----\n")
        for certificate, key, message in (
                ("key.pem", "key.pem",
                 "tls_certificate: expected a certificate in PEM, found none that can be read"),
                ("certificate.pem", "certificate.pem",
                 "tls_key: expected a private key in PEM, found none that can be read"),
                ("certificate.pem", "other_key.pem",
                 "tls_key: it is not the key of tls_certificate's first certificate"),
                ("ca.pem", "key.pem",
                 "tls_key: it is not the key of tls_certificate's first certificate"),
                ("certificate.pem", "encrypted_key.pem",
                 "tls_key: it is encrypted; expected a private key in PEM that needs no "
                 "passphrase"),
                ("certificate.pem", "encrypted_ec_key.pem",  # as OpenSSL wrote them of old
                 "tls_key: it is encrypted; expected a private key in PEM that needs no "
                 "passphrase"),
                (bad, "key.pem", "tls_certificate: one behind the first cannot be read"),
                (half, "key.pem", "tls_certificate: one behind the first cannot be read")):
            status, said = refused(*options(certificate, key))
            assert (status, said) == (
                1, f"pocketable: serve: {message} (tls_certificate is {file_of(certificate)}, "
                   f"tls_key is {file_of(key)})\n"), said
        none = os.path.join(folder, "none")
        for arguments in (options(none), options(key=none)):
            assert refused(*arguments) == \
                (1, f"pocketable: serve: {none}: No such file or directory\n")
        for arguments in (options()[:2], options()[2:]):
            status, said = refused(*arguments)
            assert status == 2 and "--tls-cert and --tls-key go together" in said, said


wire.run_tests(dict(globals()), WANTED)
