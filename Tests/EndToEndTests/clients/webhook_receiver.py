"""A receiver of webhooks that trusts nothing but the library of Standard Webhooks.

Prints its port, then a line of JSON for each message: whether it was signed, its identifier and its type. It answers the
first messages with 503 and keeps the next ones waiting, as a receiver does that is being deployed.
"""

import http.server
import json
import sys
import threading
import time

from standardwebhooks.webhooks import Webhook

secrets = []
busy, slow = int(sys.argv[1]), int(sys.argv[2])
lock = threading.Lock()
received = 0


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global received
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path == "/secrets":
            secrets.append(body.decode())
            return self.answer(204)
        with lock:
            received += 1
            number = received
        if number <= busy:
            return self.answer(503)
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            message = Webhook(secrets[0]).verify(body, headers)
        except Exception as error:
            self.tell({"signed": False, "error": repr(error)})
            return self.answer(401)
        if number <= busy + slow:
            time.sleep(1)
        self.tell({"signed": True, "id": headers["webhook-id"], "type": message["type"]})
        self.answer(200)

    def tell(self, line):
        with lock:
            print(json.dumps(line), flush=True)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
