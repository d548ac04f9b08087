# SPDX-License-Identifier: GPL-2.0-or-later
"""`purpose` over HTTP as over the socket, and what HTTP brings with it: certificates, proxies, paths, no libcurl."""
import os
import shutil
import socket
import ssl
import subprocess
import threading

import pytest

import support

ASKED = [["-n", "2", "--snippets", "2", "patients"], ["-f", "legal_basis=s251", "--facet", "opt_outs", "-n", "1", "care"],
         ["nosuchword"], ["show", "NIC-410377-Q1D8M"], ["show", "nobody"], ["facets", "dataset"], ["facets", "nothing"],
         ["similar", "NIC-410377-Q1D8M"], ["suggest", "strat"], ["changes"], ["schema"], ["export", "asthma"],
         ["compare", "NIC-410377-Q1D8M", "nobody"], ["--sort", "colour", "patients"], ["x" * 70000]]


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    folder = tmp_path_factory.mktemp("register")
    support.index(folder / "index", "--edition", "2021-02", support.SAMPLE)
    return folder / "index"


@pytest.fixture(scope="module")
def both(db):
    with support.Daemon(db, door="http") as daemon:
        yield daemon


def ask(address, *args, **env):
    return support.run("purpose", "--socket", address, *args, env={**os.environ, **env})


@pytest.mark.parametrize("form", [[], ["--json"], ["--jsonl"], ["--csv"], ["--tsv"]], ids=" ".join)
@pytest.mark.parametrize("args", ASKED, ids=lambda args: " ".join(args)[:40])
def test_the_same_by_both_doors(both, args, form):
    def told(address):
        result = ask(address, *args, *form)
        lines = [line for line in result.stdout.splitlines() if "took_us" not in line]
        return result.returncode, lines, result.stderr.replace(address, "ADDRESS")

    assert told(both.address) == told(f"unix:{both.path}")


class Secure:
    """TLS before a daemon: bytes to and fro."""

    def __init__(self, folder, port):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", folder / "key", "-out", folder / "certificate"], check=True, capture_output=True)
        self.certificate = str(folder / "certificate")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "certificate", folder / "key")
        self.port = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://localhost:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=[plain], daemon=True).start()

    def serve(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as client, \
                    socket.create_connection(("127.0.0.1", self.port)) as daemon:
                threading.Thread(target=self.copy, args=[client, daemon], daemon=True).start()
                self.copy(daemon, client)
        except OSError:
            pass

    @staticmethod
    def copy(come, go):
        try:
            while data := come.recv(65536):
                go.sendall(data)
            go.shutdown(socket.SHUT_WR)
        except OSError:
            pass


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_a_certificate_is_looked_at(both, tmp_path):
    secure = Secure(tmp_path, int(both.address.rsplit(":", 1)[1]))
    result = ask(secure.address, "-n", "0", "patients")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"purpose: {secure.address} cannot be reached: ") and "certificate" in result.stderr
    trusted = ask(secure.address, "-n", "0", "patients", SSL_CERT_FILE=secure.certificate)
    assert (trusted.returncode, trusted.stdout) == (0, ask(both.address, "-n", "0", "patients").stdout)
    secure.listener.close()


def test_no_proxy_leads_to_this_machine(both):
    result = ask(both.address, "-n", "0", "patients", http_proxy="http://127.0.0.1:1", ALL_PROXY="http://127.0.0.1:1")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("spell", [lambda port: f"http:127.0.0.1:{port}", lambda port: f"http://localhost:{port}/"])
def test_spellings_of_an_address(both, spell):
    assert ask(spell(both.address.rsplit(":", 1)[1]), "status").returncode == 0


def test_the_door_of_http_by_the_name_of_the_other(both):
    told = ask("tcp:" + both.address.partition("//")[2], "asthma")
    assert told.returncode == 2 and "name it as http://HOST:PORT" in told.stderr


def test_a_path_where_nobody_serves(both):
    result = ask(f"{both.address}/elsewhere", "status")
    assert result.returncode == 2 and f"{both.address}/elsewhere takes no calls" in result.stderr
