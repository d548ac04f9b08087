# SPDX-License-Identifier: GPL-2.0-or-later
"""One client floods: thousands of calls sent without waiting, more connections than may be, calls left behind. Another,
who was there before, is answered all the while, and what nobody waits for is not kept."""
import contextlib
import json
import socket
import threading

import support

CONNECTIONS = 20
ASKED = 50      # by the one who asks and waits
PIPELINED = 32  # calls sent at once, over and over


def line(number):
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "search", "params": {"q": f"patients OR x{number}"}}).encode() + b"\n"


class Flood:
    def __init__(self, daemon):
        self.daemon, self.over = daemon, threading.Event()
        self.answered = self.turned_away = self.left = 0
        self.failures = []
        self.client = support.Connection(daemon.path)  # before the crowd
        self.client.send_line(line(0).rstrip())
        assert "result" in self.client.read()
        self.threads = [threading.Thread(target=self.guard, args=(one,)) for one in (self.pipeline, self.crowd, self.leave)]
        for thread in self.threads:
            thread.start()

    def guard(self, one):
        try:
            one()
        except Exception as error:  # pylint: disable=broad-except
            self.failures.append(repr(error))

    def pipeline(self):
        """Always has that many calls under way."""
        client = self.client
        client.file.write(b"".join(map(line, range(PIPELINED))))
        client.file.flush()
        number = PIPELINED
        while not self.over.is_set():
            assert "result" in client.read()
            self.answered += 1
            client.file.write(line(number))
            client.file.flush()
            number += 1
        client.close()

    def crowd(self):
        """Connections past the limit; who is one too many is told so, or finds itself cut off."""
        while not self.over.is_set():
            crowd = []
            for _ in range(2 * CONNECTIONS):
                client = support.Connection(self.daemon.path)
                crowd.append(client)
            told = None
            with contextlib.suppress(OSError):
                crowd[-1].send_line(line(1).rstrip())  # there may be a place by now, and then there is an answer
            with contextlib.suppress(OSError):  # who was cut off before it spoke was told nevertheless
                told = crowd[-1].read()
            if told and "error" in told:
                assert told["error"]["code"] == -32001, told
                self.turned_away += 1
            for client in crowd:
                with contextlib.suppress(OSError):
                    client.close()

    def leave(self):
        """Asks for much and goes."""
        while not self.over.is_set():
            with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
                client.connect(str(self.daemon.path))
                client.sendall(b"".join(map(line, range(PIPELINED))))
                self.left += 1

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()
        assert not self.failures, self.failures


def test_another_is_answered(db):
    with support.Daemon(db, "--workers", "1", "--connections", str(CONNECTIONS), "--cache-bytes", "0", "--deadline",
                        str(support.PATIENCE)) as daemon:
        total = daemon.call("search", q="asthma")["total"]
        flood = Flood(daemon)
        daemon.wait_for(lambda: flood.failures or (flood.turned_away and flood.left))
        for _ in range(ASKED):
            assert daemon.call("search", q="asthma")["total"] == total
        flood.stop()
        daemon.wait_for(lambda: daemon.call("status")["connections"]["open"] == 1)
        status = daemon.call("status")
        assert status["connections"]["refused"] > 0
        daemon.wait_for(lambda: daemon.call("status")["queue"] == {"waiting": 0, "waiting_bytes": 0, "running": 0})


def test_what_was_left_behind_is_dropped(db):
    """Of a great many calls of clients that have gone, fewer are answered than were asked."""
    with support.Daemon(db, "--workers", "1", "--cache-bytes", "0") as daemon:
        asked = 0
        before = daemon.call("status")["calls"]

        def some_are_dropped():
            nonlocal asked
            for _ in range(20):
                with socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(daemon.path))
                    client.sendall(b"".join(map(line, range(PIPELINED))))
                    asked += PIPELINED
            daemon.wait_for(lambda: daemon.call("status")["connections"]["open"] == 1)
            daemon.wait_for(lambda: daemon.call("status")["queue"]["waiting"] == 0)
            now = daemon.call("status")["calls"]
            return now["results"] - before["results"] < asked

        daemon.wait_for(some_are_dropped)
        assert daemon.call("search", q="asthma")["total"]
