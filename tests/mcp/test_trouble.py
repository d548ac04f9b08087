# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon that is down, comes and goes, is slow or answers rubbish; messages too long; an end in the middle."""
import contextlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading

import pytest

import support
import talk

SANITIZE = os.environ.get("PURPOSED_SANITIZE", "")
LINE_MAX = 1 << 20


class Server:
    """`purpose mcp` that is talked to line by line."""

    def __init__(self, address, *options):
        # Standard error is nobody's pipe: while a daemon takes its time to come back, each call that fails says so there.
        self.process = subprocess.Popen([support.BIN / "purpose", "mcp", "--socket", address, *options],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def say(self, message):
        self.process.stdin.write(talk.encode(message))
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        out, _ = self.process.communicate(timeout=support.PATIENCE)
        assert out == b"" and self.process.returncode == 0


@contextlib.contextmanager
def fake_daemon(answer):
    """Answers each line that comes with the bytes that `answer` gives for it; None: with nothing."""
    with tempfile.TemporaryDirectory(prefix="purposed-") as folder:
        path = pathlib.Path(folder) / "sock"
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        listener.listen()
        done = threading.Event()

        def serve():
            while not done.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    for line in lines:
                        reply = answer(json.loads(line))
                        if reply is None:
                            done.wait(support.PATIENCE)
                        elif not reply:
                            break
                        else:
                            with contextlib.suppress(OSError):
                                connection.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"unix:{path}"
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(support.PATIENCE)


def result_of(result):
    return lambda request: json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": result}).encode() + b"\n"


ONE_OF_EACH = [talk.call(1, "search_register", query="asthma", facets=["dataset"]), talk.call(2, "get_record", id="X"),
               talk.call(3, "list_facet_values", facet="dataset"),
               talk.call(4, "compare_records", first="X", second="Y"),
               talk.call(5, "what_changed"), talk.call(6, "get_record", id="X", part="objectives"),
               talk.call(7, "get_record", id="X", part="releases")]


def test_without_a_daemon(tools):
    assert len(tools) == 5
    for answer in talk.say(talk.NOWHERE, *ONE_OF_EACH):
        said = talk.failure(answer)
        assert said.startswith("no daemon listens at unix:/nonexistent/purposed") and "purposed --db DIR" in said


@pytest.mark.parametrize("door", ["unix", "http"])
def test_through_a_restart(db, door):
    daemon = support.Daemon(db, door=door, host=support.own_host())
    with Server(daemon.address) as server:
        ask = talk.call(1, "search_register", limit=0)
        assert talk.structured(server.say(ask))["total"] == 42
        daemon.connection.close()
        daemon.process.terminate()
        assert daemon.process.wait(support.PATIENCE) == 0
        assert "purposed --db DIR" in talk.failure(server.say(ask))
        again = subprocess.Popen([support.BIN / "purposed", "--db", db, "--listen", daemon.address],
                                 stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            daemon.wait_for(lambda: server.say(ask)["result"]["isError"] is False)
            assert talk.structured(server.say(ask))["total"] == 42
        finally:
            again.terminate()
            assert again.wait(support.PATIENCE) == 0
    daemon.log.close()
    daemon.folder.cleanup()


def test_a_connection_that_was_cut_is_not_noticed():
    seen = []

    def answer(request):
        seen.append(request)
        return b"" if len(seen) == 2 else result_of({"total": len(seen), "hits": []})(request)

    with fake_daemon(answer) as address, Server(address) as server:
        ask = talk.call(1, "search_register", limit=0)
        assert talk.structured(server.say(ask))["total"] == 1
        assert talk.structured(server.say(ask))["total"] == 3


def test_slow_daemon():
    with fake_daemon(lambda request: None) as address:
        answer, after = talk.say(address, talk.call(1, "search_register"), talk.modern(2, "tools/list"),
                                 options=["--timeout", "1"])
        assert "within 1 s" in talk.failure(answer)
        assert "result" in after


@pytest.mark.parametrize("bytes_", [b"{}\n", b"HTTP/1.1 400 Bad Request\r\n", b"\x00\xff\n", b"[1,2]\n", b"null\n",
                                    b'{"jsonrpc":"2.0","id":99,"result":{}}\n'])
def test_rubbish(bytes_):
    with fake_daemon(lambda request: bytes_) as address:
        for answer in talk.say(address, *ONE_OF_EACH):
            assert address in talk.failure(answer)


RESULTS = [[], 7, {}, {"total": "many", "hits": []}, {"total": -1, "hits": []}, {"total": 1, "hits": 1},
           {"values": [], "total": -3}, {"parts": []}, {"from": 1, "to": 2}, {"id": 7}, {"id": ""}]


@pytest.mark.parametrize("result", RESULTS, ids=json.dumps)
def test_results_of_another_kind(result):
    with fake_daemon(result_of(result)) as address:
        for answer in talk.say(address, *ONE_OF_EACH):
            assert "is it a purposed of this version?" in talk.failure(answer)


ODD = [None, 7, "", "x" * 70000, "\u0001" * 3000, "é" * 9000, [], ["x" * 900] * 90, [None, 7, {}], {"a": 1}, True,
       -5]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd)[:20])
def test_odd_members_never_break_the_answers(odd, tools):
    """Whatever stands in a reply, the answer is as it was promised, and no longer."""
    names = ["id", "title", "organisation", "edition", "legal_basis", "snippets", "copies", "group", "releases",
             "datasets", "objectives", "processing", "commercial", "versions", "page_files", "same_release"]
    record = {**dict.fromkeys(names, odd), "id": "X", "snippets": [{"part": odd, "html": odd}],
              "releases": [dict.fromkeys(["dataset", "legal_basis", "count"], odd)] * 12}
    hit = {name: record[name] for name in names if name != "releases"}
    value = {"value": "v", "label": odd, "count": odd, "children": odd, "explanation": odd}
    edits = [{"op": "delete", "text": odd}, odd]
    result = {**record, "total": 40, "hits": [hit] * 4 + [odd], "facets": {"dataset": [value, odd], "x": odd},
              "values": [value] * 9 + [odd], "parts": {"title": {"edits": edits}, "x": odd},
              "from": "2019-11", "to": "2021-02", "counts": odd, "added": odd, "gone": [odd] * 3, "warnings": [odd],
              "corrected": odd, "cursor": odd, "explanations": {"x" * 9000: odd}, "revision": odd, "coverage": odd}
    with fake_daemon(result_of(result)) as address:
        for call, answer in zip(ONE_OF_EACH, talk.say(address, *ONE_OF_EACH)):
            tool = call["params"]["name"]
            talk.check_result(tools[tool], call["params"]["arguments"], answer["result"])


def test_error_of_the_daemon_is_handed_on():
    def answer(request):
        return json.dumps({"jsonrpc": "2.0", "id": request["id"],
                           "error": {"code": -32001, "message": "the queue is full"}}).encode() + b"\n"

    with fake_daemon(answer) as address:
        answer, = talk.say(address, talk.call(1, "what_changed"))
        assert talk.failure(answer) == "the queue is full; try again in a moment"


@pytest.mark.parametrize("size", [LINE_MAX + 1, 20_000_000])
def test_long_line(size):
    long, after = talk.say(talk.NOWHERE, b"x" * size + b"\n", talk.modern(2, "server/discover"))
    assert long == {"jsonrpc": "2.0", "id": None,
                    "error": {"code": -32600, "message": f"the message is longer than {LINE_MAX} bytes"}}
    assert after["id"] == 2 and "result" in after


def test_longest_line():
    message = talk.encode(talk.modern(1, "server/discover"))[:-1]
    answer, = talk.say(talk.NOWHERE, message.ljust(LINE_MAX) + b"\n")
    assert answer["id"] == 1 and "result" in answer


def test_last_line_without_its_end(daemon):
    first, last = talk.say(daemon.address, talk.call(1, "search_register", limit=0),
                           talk.encode(talk.call(2, "search_register", limit=0))[:-1])
    assert (first["id"], last["id"]) == (1, 2) and talk.structured(last)["total"] == 42


def test_no_input():
    assert talk.run(talk.NOWHERE) == (b"", "")


def test_client_that_goes_away(daemon):
    process = subprocess.Popen([support.BIN / "purpose", "mcp", "--socket", daemon.address], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(talk.encode(talk.modern(1, "tools/list")))
        process.stdin.close()
    assert process.wait(support.PATIENCE) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_trouble_is_told_on_stderr():
    out, said = talk.run(talk.NOWHERE, talk.call(1, "what_changed"))
    assert out.count(b"\n") == 1
    assert said.startswith("purpose: no daemon listens at ")


def test_rubbish_is_told_on_stderr():
    with fake_daemon(result_of([])) as address:
        out, said = talk.run(address, talk.call(1, "what_changed"))
    assert "no object" in talk.failure(json.loads(out))
    assert said == "purpose: the daemon's result is no object; is it a purposed of this version?\n"


@pytest.mark.skipif(bool(SANITIZE) or not shutil.which("valgrind"), reason="valgrind is another instrument")
def test_clean_under_valgrind(daemon):
    folder = support.ROOT / "tests" / "cases" / "mcp"
    said = [json.loads(line) for path in ("bad.jsonl", "modern.jsonl", "tools.jsonl")
            for line in (folder / path).read_text(encoding="utf-8").split("\n") if line]
    messages = []
    for turn in said:
        if "send" in turn:
            params = {"_meta": talk.ENVELOPE, **turn["send"].get("params", {})} if turn.get("modern") else None
            messages.append({**turn["send"], **({"params": params} if params else {})})
        else:
            messages.append(turn["raw"].encode("latin-1") + b"\n")
    out, said = talk.run(daemon.address, *messages, b"x" * (LINE_MAX + 9) + b"\n",
                         before=["valgrind", "-q", "--leak-check=full", "--error-exitcode=9"])
    assert out.count(b"\n") > 60 and said == ""
