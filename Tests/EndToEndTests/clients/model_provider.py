"""A provider of models as the SDKs of OpenAI and Anthropic expect it, with answers that tell what was asked.

Usage: model_provider.py KEY. Prints its port. The model's name says how it behaves: `broken` breaks streams off, `limited`
answers 429 the first time, anything else answers well.
"""

import http.server
import json
import struct
import socket
import sys

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
            for word in ["All ", "is ", "well"]:
                yield chunk({"content": word})
                if request["model"] == "broken":
                    return
            yield chunk({}, "stop")
        if (request.get("stream_options") or {}).get("include_usage"):
            yield {**chunk({}), "choices": [], "usage": USAGE}
        yield "[DONE]"


class Anthropic:
    """Messages."""

    USAGE = {"input_tokens": 7, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 0, "output_tokens": 7}

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
        return {"id": "msg_1", "type": "message", "role": "assistant", "model": "c-2026", "content": content,
                "stop_reason": reason, "stop_sequence": None, "usage": cls.USAGE}

    @classmethod
    def stream(cls, request):
        whole = cls.message(request)
        yield {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None,
                                                    "usage": {**cls.USAGE, "output_tokens": 1}}}
        block = whole["content"][0]
        if block["type"] == "tool_use":
            yield {"type": "content_block_start", "index": 0, "content_block": {**block, "input": {}}}
            for piece in ["{\"to", "wn\": \"Os", "lo\"}"]:
                yield {"type": "content_block_delta", "index": 0,
                       "delta": {"type": "input_json_delta", "partial_json": piece}}
        else:
            yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
            yield {"type": "ping"}
            for word in ["All ", "is ", "well"]:
                yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
                if request["model"] == "broken":
                    return
        yield {"type": "content_block_stop", "index": 0}
        yield {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
               "usage": {"output_tokens": 7}}
        yield {"type": "message_stop"}


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    key = ""

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

    def events(self, events, named):
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
        if last in ("[DONE]", {"type": "message_stop"}):
            self.wfile.write(b"0\r\n\r\n")
        else:
            # Broken off: the connection is reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True

    def do_GET(self):
        self.answer(200, {"object": "list", "data": [{"id": "m-2026", "object": "model"}]})

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.key not in (self.headers.get("x-api-key"), (self.headers.get("authorization") or "")[7:]):
            return self.answer(401, {"error": {"message": "wrong key"}})
        if request["model"] == "limited":
            LIMITED["count"] += 1
            if LIMITED["count"] % 4:
                return self.answer(429, {"error": {"message": "slow down", "type": "rate_limit_error"}},
                                   [("retry-after", "1")])
        if self.path.endswith("/count_tokens"):
            return self.answer(200, {"input_tokens": 12})
        if self.path.endswith("/messages"):
            return self.events(Anthropic.stream(request), True) if request.get("stream") \
                else self.answer(200, Anthropic.message(request))
        if self.path.endswith("/embeddings"):
            inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
            return self.answer(200, {"object": "list", "model": "e-2026", "usage": {"prompt_tokens": 3, "total_tokens": 3},
                                     "data": [{"object": "embedding", "index": i, "embedding": [0.25, -0.5]}
                                              for i, _ in enumerate(inputs)]})
        if request.get("stream"):
            return self.events(OpenAI.stream(request), False)
        self.answer(200, OpenAI.chat(request))


if __name__ == "__main__":
    Provider.key = sys.argv[1]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
