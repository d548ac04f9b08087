# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon that serves HTTP beside its socket, and ways to ask it."""
import gzip
import http.client
import json
import socket
import urllib.parse

from support import PATIENCE, Daemon


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def type(self):
        return self.headers["Content-Type"].split(";")[0]

    def text(self):
        body = gzip.decompress(self.body) if self.headers["Content-Encoding"] == "gzip" else self.body
        return body.decode("utf-8")

    def json(self):
        return json.loads(self.text())


class Served(Daemon):
    def __init__(self, db, *args, host="127.0.0.1", port=0):
        super().__init__(db, "--listen", f"http:{host}:{port}", "--workers", "2", *args)
        self.wait_for(self.http_address)
        self.url = self.http_address()
        self.host, self.port = host, int(self.url.rsplit(":", 1)[1])

    def connect(self):
        return http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)

    def ask(self, target, method="GET", body=None, **headers):
        connection = self.connect()
        try:
            connection.request(method, target, body,
                               {name.replace("_", "-"): value for name, value in headers.items()})
            return Reply(connection.getresponse())
        finally:
            connection.close()

    def get(self, path, pairs=(), **headers):
        """A reply that must be a good one, as JSON."""
        query = "?" + urllib.parse.urlencode(list(pairs)) if pairs else ""
        reply = self.ask(path + query, **headers)
        assert reply.status == 200, (path, pairs, reply.status, reply.body)
        return reply.json()

    def raw(self):
        """A plain socket."""
        plain = socket.create_connection((self.host, self.port), PATIENCE)
        plain.settimeout(PATIENCE)
        return plain

    def send(self, request):
        """What comes back for bytes, up to the end of the connection, which the server must come to."""
        with self.raw() as plain:
            plain.sendall(request)
            return read_all(plain)

    def send_and_end(self, request):
        """The same for what may be no request at all: nothing more will come."""
        with self.raw() as plain:
            plain.sendall(request)
            plain.shutdown(socket.SHUT_WR)
            return read_all(plain)


def read_all(plain):
    got = b""
    try:
        while chunk := plain.recv(65536):
            got += chunk
    except ConnectionResetError:
        pass
    return got
