# SPDX-License-Identifier: GPL-2.0-or-later
"""A server in front of the daemon's, which can be made to misbehave."""
import http.client
import http.server
import threading
import time

PASSED_ON = ("Content-Type", "Content-Encoding", "ETag", "Vary", "Content-Security-Policy")


class Front:
    """`refuse`: answers this status, in place of what the daemon would say; `slow`: a text of paths whose answers
    are kept back until it is None again; `asked`: the paths asked for."""

    def __init__(self, server):
        front = self
        self.refuse, self.slow, self.asked = 0, None, []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                front.asked.append(self.path)
                while front.slow and front.slow in self.path:
                    time.sleep(0.02)
                if front.refuse:
                    self.send_response(front.refuse)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
                connection.request("GET", self.path, headers={"Accept": self.headers.get("Accept", "*/*")})
                reply = connection.getresponse()
                body = reply.read()
                connection.close()
                self.send_response(reply.status)
                for name in PASSED_ON:
                    if reply.headers[name]:
                        self.send_header(name, reply.headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):  # a browser that no longer wants the answer
                pass

        self.http = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
