"""A provider of models as the SDKs of OpenAI and Anthropic expect it, and as Google, Cohere, Mistral and AWS answer, with
answers that tell what was asked.

Usage: model_provider.py KEY. Prints its port. `PUT /keys` with a list says which keys are good from then on. The model's name says how it behaves: `broken` breaks streams off, `limited`
answers 429 three times of four, `overloaded` always that it has too much to do, `bankrupt` that nothing is paid for any
more, `slow` takes its time; anything else answers well.
"""

import http.server
import json
import struct
import socket
import sys
import time
import urllib.parse

import other_providers

LIMITED = {"count": 0}


def chunk(delta, finish=None, **more):
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m-2026",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18,
         "prompt_tokens_details": {"cached_tokens": 4}}


class OpenAI:
    """Chat completions, responses and embeddings."""

    @staticmethod
    def chat(request):
        if request.get("tools"):
            message = {"role": "assistant", "content": None, "tool_calls": [
                {"id": "call_1", "type": "function",
                 "function": {"name": "weather", "arguments": "{\"town\": \"Oslo\"}"}}]}
            reason = "tool_calls"
        else:
            schema = (request.get("response_format") or {}).get("type") == "json_schema"
            last = request["messages"][-1]
            images = [p for p in last["content"] if p.get("type") == "image_url"] if isinstance(last["content"], list) else []
            text = "{\"legs\": 8}" if schema else f"I see {len(images)} pictures" if images else "All is well"
            message = {"role": "assistant", "content": text}
            reason = "stop"
        return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "m-2026", "usage": USAGE,
                "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}]}

    @staticmethod
    def stream(request):
        yield chunk({"role": "assistant", "content": ""})
        if request.get("tools"):
            call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
            yield chunk({"tool_calls": [call]})
            for piece in ["{\"to", "wn\": \"Os", "lo\"}"]:
                yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": piece}}]})
            yield chunk({}, "tool_calls")
        else:
            text = OpenAI.chat(request)["choices"][0]["message"]["content"]
            for word in other_providers.pieces(text):
                yield chunk({"content": word})
                if request["model"] == "broken":
                    return
            yield chunk({}, "stop")
        if (request.get("stream_options") or {}).get("include_usage") or request["model"].startswith("mistral"):
            yield {**chunk({}), "choices": [], "usage": USAGE}
        yield "[DONE]"


class Anthropic:
    """Messages."""

    USAGE = {"input_tokens": 7, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 0, "output_tokens": 7}
    THOUGHT = {"type": "thinking", "thinking": "Hmm", "signature": "sig-1"}

    @classmethod
    def usage(cls, request):
        marked = "cache_control" in json.dumps(request)
        return {**cls.USAGE, "input_tokens": 2, "cache_creation_input_tokens": 5} if marked else cls.USAGE

    @classmethod
    def thinks(cls, request):
        return (request.get("thinking") or {}).get("type") in ("enabled", "adaptive")

    @classmethod
    def refusal(cls, request):
        """What Anthropic says to a conversation whose thoughts do not come back as it had them."""
        for message in request["messages"]:
            if cls.thinks(request) and message["role"] == "assistant" and cls.THOUGHT not in message["content"]:
                return "messages: Expected `thinking`, but found something else"

    @classmethod
    def message(cls, request):
        if request.get("tools"):
            content = [{"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"town": "Oslo"}}]
            reason = "tool_use"
        else:
            last = request["messages"][-1]["content"]
            images = [p for p in last if p.get("type") == "image"] if isinstance(last, list) else []
            schema = (request.get("output_config") or {}).get("format")
            text = "{\"legs\": 8}" if schema else f"I see {len(images)} pictures" if images else "All is well"
            content = [{"type": "text", "text": text}]
            reason = "end_turn"
        if cls.thinks(request):
            content.insert(0, cls.THOUGHT)
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": "c-2026", "content": content,
                "stop_reason": reason, "stop_sequence": None, "usage": cls.usage(request)}

    @classmethod
    def stream(cls, request):
        whole = cls.message(request)
        yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None,
                                                    "usage": {**whole["usage"], "output_tokens": 1}}}
        for index, block in enumerate(whole["content"]):
            begun = {"tool_use": {**block, "input": {}}, "thinking": {"type": "thinking", "thinking": "", "signature": ""}}
            yield {"type": "content_block_start", "index": index,
                   "content_block": begun.get(block["type"], {"type": "text", "text": ""})}
            yield {"type": "ping"}
            for delta in cls.deltas(block):
                yield {"type": "content_block_delta", "index": index, "delta": delta}
                if request.get("model") == "broken":
                    return
            yield {"type": "content_block_stop", "index": index}
        yield {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
               "usage": {"output_tokens": 7}}
        yield {"type": "message_stop"}

    @classmethod
    def deltas(cls, block):
        if block["type"] == "tool_use":
            return [{"type": "input_json_delta", "partial_json": p} for p in ["{\"to", "wn\": \"Os", "lo\"}"]]
        if block["type"] == "thinking":
            return [{"type": "thinking_delta", "thinking": "Hmm"}, {"type": "signature_delta", "signature": "sig-1"}]
        return [{"type": "text_delta", "text": p} for p in other_providers.pieces(block["text"])]


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    keys = []

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def frames(self, frames):
        """AWS's binary events."""
        self.send_response(200)
        self.send_header("content-type", "application/vnd.amazon.eventstream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for frame in frames:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(frame), frame))
        self.wfile.write(b"0\r\n\r\n")

    def events(self, events, named, ends=("[DONE]", {"type": "message_stop"})):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        last = None
        for event in events:
            last = event
            text = event if isinstance(event, str) else json.dumps(event)
            head = f"event: {event['type']}\n" if named else ""
            data = f"{head}data: {text}\n\n".encode()
            self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.flush()
        if ends is None or last in ends:
            self.wfile.write(b"0\r\n\r\n")
        else:
            # Broken off: the connection is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    def do_GET(self):
        self.answer(200, {"object": "list", "data": [{"id": "m-2026", "object": "model"}]})

    def do_PUT(self):
        Provider.keys = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.answer(200, {})

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers["content-length"]))
        request = json.loads(self.body)
        path = urllib.parse.urlparse(self.path).path
        if other_providers.answers(path):
            return other_providers.answer(self, path, request)
        shown = [self.headers.get(name) for name in ("x-api-key", "x-goog-api-key")]
        shown.append((self.headers.get("authorization") or "")[7:])
        if not any(key in shown for key in self.keys):
            # Some repeat the key that they do not like.
            return self.answer(401, {"error": {"message": f"wrong key: {shown}"}})
        if path.startswith("/v1beta1/projects/"):
            # Google carries Anthropic's messages: the address names the model, the body the version.
            if request.pop("anthropic_version") != "vertex-2023-10-16" or "model" in request:
                return self.answer(400, {"error": {"message": "the version has to stand in the place of the model"}})
            request["model"] = path.split("/models/")[1].split(":")[0]
            path = "/messages"
        if request["model"] == "slow":
            time.sleep(4)
        if request["model"] == "overloaded":
            kind = {"type": "overloaded_error", "message": "busy"}
            return self.answer(529 if "messages" in path else 503, {"type": "error", "error": kind})
        if request["model"] == "bankrupt":
            return self.answer(429, {"error": {"message": "pay first", "type": "insufficient_quota",
                                               "code": "insufficient_quota"}})
        if request["model"] == "limited":
            LIMITED["count"] += 1
            if LIMITED["count"] % 4:
                return self.answer(429, {"error": {"message": "slow down", "type": "rate_limit_error"}},
                                   [("retry-after", "1")])
        if path.endswith("/count_tokens"):
            return self.answer(200, {"input_tokens": 12})
        if path.endswith("/messages"):
            refused = Anthropic.refusal(request)
            if refused:
                return self.answer(400, {"type": "error", "error": {"type": "invalid_request_error", "message": refused}})
            return self.events(Anthropic.stream(request), True) if request.get("stream") \
                else self.answer(200, Anthropic.message(request))
        if path.endswith("/embeddings"):
            inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
            return self.answer(200, {"object": "list", "model": "e-2026", "usage": {"prompt_tokens": 3, "total_tokens": 3},
                                     "data": [{"object": "embedding", "index": i, "embedding": [0.25, -0.5]}
                                              for i, _ in enumerate(inputs)]})
        if request["model"].startswith("mistral") and not other_providers.is_mistrals(request):
            return self.answer(422, {"detail": [{"loc": ["body"], "msg": "no request of Mistral's", "type": "invalid"}]})
        if request.get("stream"):
            return self.events(OpenAI.stream(request), False)
        self.answer(200, OpenAI.chat(request))


if __name__ == "__main__":
    Provider.keys = [sys.argv[1]]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
