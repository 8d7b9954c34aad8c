"""What is outside of the installation: a provider that answers at once, a receiver of webhooks, and an object storage.

outside.py model LOG      every request for a completion is noted: the caller's marker, one a line
outside.py hooks LOG      every delivery is noted: the time, the identifier, whether the signature holds, the body
outside.py objects DIR    PUT, GET, HEAD, DELETE, lists and uploads in parts of S3, and no authentication
"""
import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORTS = {"model": 9001, "hooks": 9002, "objects": 9003}
MARKER = re.compile(rb"marker-[a-z0-9-]+")
VERDICT = {"justification": "The answer names the menu, the section and the button.", "score": 0.85}
lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("transfer-encoding", "") == "chunked":
            data = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def answer(self, status, body=b"", type="application/json", **fields):
        self.send_response(status)
        self.send_header("content-type", type)
        if status != 204:
            self.send_header("content-length", fields.pop("length", str(len(body))))
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def note(self, line):
        with lock, open(self.server.place, "a") as file:
            file.write(line + "\n")


class Model(Handler):
    """Refuses what asks to be refused; everything else gets the same verdict."""

    def do_GET(self):
        self.answer(200, json.dumps({"object": "list", "data": [{"id": "judge", "object": "model"}]}).encode())

    def do_POST(self):
        body = self.body()
        marker = MARKER.search(body)
        is_refused = b"REFUSE THIS" in body
        self.note((marker.group(0).decode() if marker else "-") + " refused" * is_refused)
        if is_refused:
            return self.answer(400, json.dumps({"error": {"message": "refused", "type": "invalid_request_error"}}).encode())
        self.answer(200, json.dumps({
            "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": "judge",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {
                "role": "assistant", "content": json.dumps(VERDICT)}}],
            "usage": {"prompt_tokens": 420, "completion_tokens": 31, "total_tokens": 451}}).encode())


class Hooks(Handler):
    def do_POST(self):
        body = self.body()
        with open(f"{self.server.place}.secret") as file:
            key = base64.b64decode(file.read().strip().removeprefix("whsec_"))
        known = self.headers.get("webhook-id", "")
        signed = f"{known}.{self.headers.get('webhook-timestamp', '')}.".encode() + body
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        holds = f"v1,{right}" in self.headers.get("webhook-signature", "").split()
        self.note(json.dumps({"at": time.time(), "id": known, "signed": holds, "event": json.loads(body)}))
        self.answer(204)


class Objects(Handler):
    parts = {}

    @property
    def place(self):
        path = urllib.parse.unquote(urllib.parse.urlsplit(self.path).path)
        return f"{self.server.place}/{urllib.parse.quote(path.lstrip('/').partition('/')[2], safe='')}"

    @property
    def query(self):
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query, keep_blank_values=True))

    def xml(self, text, status=200):
        self.answer(status, f'<?xml version="1.0"?>{text}'.encode(), "application/xml")

    def missing(self):
        self.xml("<Error><Code>NoSuchKey</Code><Message>missing</Message></Error>", 404)

    def keep(self, data):
        temporary = f"{self.server.place}/.{uuid.uuid4()}"
        with open(temporary, "wb") as file:
            file.write(data)
        os.rename(temporary, self.place)

    def do_PUT(self):
        data = self.body()
        query = self.query
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        if "partNumber" in query:
            self.parts.setdefault(query["uploadId"], {})[int(query["partNumber"])] = data
        else:
            self.keep(data)
        self.answer(200, ETag=tag)

    def do_POST(self):
        self.body()
        query = self.query
        if "uploads" in query:
            return self.xml("<InitiateMultipartUploadResult><UploadId>"
                            f"{uuid.uuid4()}</UploadId></InitiateMultipartUploadResult>")
        parts = self.parts.pop(query.get("uploadId"), {})
        self.keep(b"".join(parts[number] for number in sorted(parts)))
        self.xml('<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>')

    def do_GET(self):
        query = self.query
        if "list-type" in query:
            names = sorted(urllib.parse.unquote(name) for name in os.listdir(self.server.place) if name[0] != ".")
            found = "".join(
                f"<Contents><Key>{name}</Key><Size>1</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"
                for name in names if name.startswith(query.get("prefix", "")))
            return self.xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>")
        try:
            with open(self.place, "rb") as file:
                data = file.read()
        except OSError:
            return self.missing()
        self.answer(200, data, "application/octet-stream", ETag=f'"{hashlib.md5(data).hexdigest()}"')

    do_HEAD = do_GET

    def do_DELETE(self):
        if os.path.exists(self.place):
            os.remove(self.place)
        self.parts.pop(self.query.get("uploadId"), None)
        self.answer(204)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


if __name__ == "__main__":
    kind = {"model": Model, "hooks": Hooks, "objects": Objects}[sys.argv[1]]
    server = Server(("0.0.0.0", PORTS[sys.argv[1]]), kind)
    server.place = sys.argv[2]
    server.serve_forever()
