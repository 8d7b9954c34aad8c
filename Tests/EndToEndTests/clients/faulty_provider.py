"""An OpenAI-compatible provider that misbehaves as the name of the model asks. Usage: faulty_provider.py KEY

Prints its port when it listens.
"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

calls = {}


def completion(content):
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "upstream",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def verdict(score):
    return json.dumps({"justification": "It answers the question.", "score": score})


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=()):
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        model = request["model"]
        calls[model] = calls.get(model, 0) + 1
        error = {"error": {"message": "secret-detail of the provider", "type": "server_error", "code": None}}
        if self.headers.get("Authorization") != f"Bearer {sys.argv[1]}":
            self.answer(401, error)
        elif model == "well":
            self.answer(200, completion(verdict(0.75)))
        elif model == "slow":
            time.sleep(0.3)
            self.answer(200, completion(verdict(0.5)))
        elif model == "slower":
            time.sleep(3)
            self.answer(200, completion(verdict(0.5)))
        elif model == "status-500":
            self.answer(500, error)
        elif model == "status-429":
            self.answer(429, error, [("Retry-After", "30")])
        elif model == "garbage":
            self.answer(200, b"\x00\xff<html>not json")
        elif model == "empty":
            self.answer(200, b"")
        elif model == "half":
            body = json.dumps(completion(verdict(0.5))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            self.close_connection = True
        elif model == "silence":
            time.sleep(60)
        elif model == "out-of-range":
            self.answer(200, completion(verdict(7)))
        elif model == "prose":
            self.answer(200, completion("I would rather not say."))
        elif model == "repaired":
            self.answer(200, completion("Good." if calls[model] % 2 else verdict(0.25)))
        else:
            self.answer(404, {"error": {"message": "no such model", "type": "invalid_request_error", "code": "model_not_found"}})


class Server(ThreadingHTTPServer):
    request_queue_size = 1024


server = Server(("127.0.0.1", 0), Provider)
server.daemon_threads = True
print(server.server_address[1], flush=True)
sys.stdout.close()
server.serve_forever()
