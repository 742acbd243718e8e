"""Cassettes that the real vcrpy writes, from a server in this process: what was sent is what is read."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import httpx
import pytest
import vcr

from stream_audit.recordings import Source, read
from tests.recordings.containers.made import ANSWER, ASKED, ROWS, STREAM
from tests.recordings.doubles import DOUBLES, ends, payloads, problems
from tests.recordings.framings import aws

CODINGS = {
    "identity": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}
ASK = {**ASKED, "stream": True}


class Server(BaseHTTPRequestHandler):
    """Answers as a provider does: a stream where one is asked for; packed as the path's last part says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind, body = "application/json", json.dumps(ANSWER).encode()
        if asked.get("stream"):
            kind, body = "text/event-stream; charset=utf-8", STREAM
        elif self.path.startswith("/converse-stream"):
            kind, body = "application/vnd.amazon.eventstream", aws.stream(ROWS)
        coding = self.path.rpartition("/")[2]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        if coding in CODINGS and coding != "identity":
            self.send_header("Content-Encoding", coding)
            body = CODINGS[coding](body)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 37):
            piece = body[at : at + 37]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join(10)


def by_httpx(address: str, path: str, asked: Any) -> None:
    with httpx.stream("POST", f"http://{address}{path}", json=asked, timeout=10) as response:
        response.read()


def by_http_client(address: str, path: str, asked: Any) -> None:
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("POST", path, json.dumps(asked), {"Content-Type": "application/json"})
    connection.getresponse().read()
    connection.close()


def found(path: Path) -> list[Any]:
    return list(read(Source(str(path)), DOUBLES))


@pytest.mark.parametrize("unpacked", [False, True], ids=["as sent", "unpacked"])
@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("send", [by_httpx, by_http_client])
def test_what_was_streamed_is_read_from_a_cassette_in_yaml(
    tmp_path: Path, server: str, send: Any, coding: str, unpacked: bool
) -> None:
    path = tmp_path / "cassette.yaml"
    with vcr.VCR(decode_compressed_response=unpacked).use_cassette(str(path)):
        send(server, f"/v1/{coding}", ASK)
        send(server, f"/v1/{coding}", ASKED)

    events = found(path)

    assert payloads(events) == {"cassette.yaml#interaction-1": ROWS}
    (recording,) = ends(events)
    assert (recording.done, recording.damaged) == (True, False)
    assert recording.twin is not None
    assert json.loads(recording.twin.text) == ANSWER
    assert {rule for rule, _ in problems(events)} == {"timing-not-kept", "interactions-not-streamed"}


@pytest.mark.parametrize("coding", CODINGS)
def test_what_was_streamed_is_read_from_a_cassette_in_json(tmp_path: Path, server: str, coding: str) -> None:
    path = tmp_path / "cassette.json"
    with vcr.VCR(serializer="json", decode_compressed_response=True).use_cassette(str(path)):
        by_httpx(server, f"/v1/{coding}", ASKED)
        by_httpx(server, f"/v1/{coding}", ASK)

    events = found(path)

    assert payloads(events) == {"cassette.json#interaction-2": ROWS}
    (recording,) = ends(events)
    assert recording.twin is not None


def test_binary_bodies_are_read_from_a_cassette(tmp_path: Path, server: str) -> None:
    path = tmp_path / "cassette.yaml"
    with vcr.VCR().use_cassette(str(path)):
        for coding in ("identity", "gzip"):
            by_http_client(server, f"/converse-stream/{coding}", ASKED)

    assert b"!!binary" in path.read_bytes()
    assert payloads(found(path)) == {f"cassette.yaml#interaction-{number}": ROWS for number in (1, 2)}


def test_a_cassette_with_many_interactions_keeps_them_apart(tmp_path: Path, server: str) -> None:
    path = tmp_path / "cassette.yaml"
    with vcr.VCR(filter_headers=[("user-agent", "x"), ("accept", "x")]).use_cassette(str(path)):
        for number in range(6):
            by_httpx(server, "/v1/identity", {**(ASK if number % 2 else ASKED), "n": number // 2})

    events = found(path)

    assert list(payloads(events).values()) == [ROWS] * 3
    lines = path.read_text("utf-8").split("\n")
    begins = [number for number, line in enumerate(lines, 1) if line == "- request:"]
    recordings = ends(events)
    assert [one.first_line for one in recordings] == begins[1::2]
    assert [one.twin.line for one in recordings if one.twin] == begins[0::2]
