"""Google, Cohere and AWS as they answer, beside `model_provider.py`. What is asked of AWS is checked by its own library:
the signature, and every member of the request.
"""

import json
import re
import struct
import urllib.parse
import zlib

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.validate import ParamValidator

AWS_KEY = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
CONVERSE = botocore.session.get_session().get_service_model("bedrock-runtime").operation_model("Converse").input_shape
TOWN = {"town": "Oslo"}
PIECES = ["{\"to", "wn\": \"Os", "lo\"}"]


def answers(path):
    """Whether a path is one of these providers'."""
    return path.endswith(("/converse", "/converse-stream", "/v2/chat")) or "enerateContent" in path


def answer(server, path, request):
    if path.endswith("/v2/chat"):
        return cohere(server, request)
    if "enerateContent" in path:
        return gemini(server, path, request)
    bedrock(server, path, request)


def text_for(has_schema, images):
    return "{\"legs\": 8}" if has_schema else f"I see {images} pictures" if images else "All is well"


def pieces(text):
    """A text as it is streamed: word by word."""
    return re.findall("[^ ]+ ?", text)


def is_mistrals(request):
    """Mistral knows other members than OpenAI, and calls of nine letters and digits only."""
    known = {"model", "messages", "max_tokens", "temperature", "top_p", "stream", "stop", "random_seed", "tools",
             "tool_choice", "response_format", "parallel_tool_calls", "n", "reasoning_effort", "metadata"}
    ids = [c["id"] for m in request["messages"] for c in m.get("tool_calls") or []]
    ids += [m["tool_call_id"] for m in request["messages"] if m["role"] == "tool"]
    return set(request) <= known and all(re.fullmatch("[a-zA-Z0-9]{9}", i) for i in ids)


# Google

def gemini(server, path, request):
    if server.headers.get("x-goog-api-key") not in server.keys:
        return server.answer(403, {"error": {"code": 403, "message": "wrong key", "status": "PERMISSION_DENIED"}})
    known = {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings"}
    if not set(request) <= known:
        problem = f"Unknown name {sorted(set(request) - known)}"
        return server.answer(400, {"error": {"code": 400, "message": problem, "status": "INVALID_ARGUMENT"}})
    usage = {"promptTokenCount": 11, "cachedContentTokenCount": 4, "candidatesTokenCount": 5, "thoughtsTokenCount": 2,
             "totalTokenCount": 18}
    config = request.get("generationConfig", {})
    images = sum("inlineData" in p for p in request["contents"][-1]["parts"])
    if request.get("tools"):
        parts = [{"functionCall": {"name": "weather", "args": TOWN}, "thoughtSignature": "sig-1"}]
    else:
        parts = [{"text": text_for("responseJsonSchema" in config, images)}]

    def candidate(parts, **more):
        return {"candidates": [{"index": 0, "content": {"role": "model", "parts": parts}, **more}],
                "modelVersion": "g-2026", "responseId": "r1"}

    last = {**candidate(parts, finishReason="STOP"), "usageMetadata": usage}
    if "streamGenerateContent" not in path:
        return server.answer(200, last)
    said = [[{"text": w}] for w in pieces(parts[0]["text"])] if "text" in parts[0] else [parts]
    events = [candidate(p) for p in said[:-1]]
    server.events(events + [{**candidate(said[-1], finishReason="STOP"), "usageMetadata": usage}], False, None)


# Cohere

def cohere(server, request):
    if (server.headers.get("authorization") or "")[7:] not in server.keys:
        return server.answer(401, {"id": "1", "message": "invalid api token"})
    usage = {"billed_units": {"input_tokens": 11, "output_tokens": 7}, "tokens": {"input_tokens": 80, "output_tokens": 7},
             "cached_tokens": 4}
    last = request["messages"][-1]["content"]
    images = sum(p["type"] == "image_url" for p in last) if isinstance(last, list) else 0
    text = text_for("json_schema" in (request.get("response_format") or {}), images)
    if not request.get("stream"):
        message = {"role": "assistant", "content": [{"type": "text", "text": text}]}
        if request.get("tools"):
            function = {"name": "weather", "arguments": json.dumps(TOWN)}
            message = {"role": "assistant", "tool_plan": "I look.",
                       "tool_calls": [{"id": "weather_1", "type": "function", "function": function}]}
        reason = "TOOL_CALL" if request.get("tools") else "COMPLETE"
        return server.answer(200, {"id": "co-1", "finish_reason": reason, "message": message, "usage": usage})

    def event(kind, message=None, **more):
        return {"type": kind, **more, **({"delta": {"message": message}} if message else {})}

    events = [event("message-start", {"role": "assistant", "content": []}, id="co-1")]
    if request.get("tools"):
        begun = {"id": "weather_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
        events.append(event("tool-call-start", {"tool_calls": begun}, index=0))
        events += [event("tool-call-delta", {"tool_calls": {"function": {"arguments": p}}}, index=0) for p in PIECES]
        events.append(event("tool-call-end", index=0))
    else:
        events.append(event("content-start", {"content": {"type": "text", "text": ""}}, index=0))
        events += [event("content-delta", {"content": {"text": w}}, index=0) for w in pieces(text)]
        events.append(event("content-end", index=0))
    reason = "TOOL_CALL" if request.get("tools") else "COMPLETE"
    server.events(events + [{"type": "message-end", "delta": {"finish_reason": reason, "usage": usage}}], True, None)


# AWS

def bedrock(server, path, request):
    body = json.dumps(request)
    problem = signature_problem(server)
    if problem:
        return refuse(server, 403, "InvalidSignatureException", problem)
    problems = ParamValidator().validate({"modelId": urllib.parse.unquote(path.split("/")[2]), **request}, CONVERSE)
    if problems.has_errors():
        return refuse(server, 400, "ValidationException", problems.generate_report())
    marked = "cachePoint" in body
    usage = {"inputTokens": 2 if marked else 7, "outputTokens": 7, "totalTokens": 18, "cacheReadInputTokens": 4,
             "cacheWriteInputTokens": 5 if marked else 0}
    thought = {"reasoningContent": {"reasoningText": {"text": "Hmm", "signature": "sig-1"}}}
    thinks = "thinking" in request.get("additionalModelRequestFields", {})
    for message in request["messages"]:
        if thinks and message["role"] == "assistant" and thought not in message["content"]:
            return refuse(server, 400, "ValidationException", "messages: Expected `thinking`")
    tools = [t["toolSpec"]["name"] for t in request.get("toolConfig", {}).get("tools", [])]
    images = sum("image" in b for b in request["messages"][-1]["content"])
    blocks = [block for message in request["messages"] for block in message["content"]]
    if not tools and any("toolUse" in block or "toolResult" in block for block in blocks):
        return refuse(server, 400, "ValidationException", "The toolConfig field must be defined when using toolUse and toolResult content blocks.")
    if any("toolResult" in block for block in request["messages"][-1]["content"]):
        tools = []
    if tools:
        value = {"legs": 8} if tools == ["answer"] else TOWN
        blocks = [{"toolUse": {"toolUseId": "tooluse_1", "name": tools[0], "input": value}}]
    else:
        blocks = [{"text": text_for("outputConfig" in request, images)}]
    if thinks:
        blocks.insert(0, thought)
    reason = "tool_use" if tools else "end_turn"
    if path.endswith("/converse"):
        output = {"message": {"role": "assistant", "content": blocks}}
        return server.answer(200, {"output": output, "stopReason": reason, "usage": usage, "metrics": {"latencyMs": 3}})
    events = [("messageStart", {"role": "assistant"})]
    for index, block in enumerate(blocks):
        if "toolUse" in block:
            start = {"toolUseId": "tooluse_1", "name": block["toolUse"]["name"]}
            events.append(("contentBlockStart", {"contentBlockIndex": index, "start": {"toolUse": start}}))
        for delta in deltas(block):
            events.append(("contentBlockDelta", {"contentBlockIndex": index, "delta": delta}))
        events.append(("contentBlockStop", {"contentBlockIndex": index}))
    events += [("messageStop", {"stopReason": reason}), ("metadata", {"usage": usage, "metrics": {"latencyMs": 3}})]
    server.frames(frame(kind, value) for kind, value in events)


def deltas(block):
    if "toolUse" in block:
        text = json.dumps(block["toolUse"]["input"])
        return [{"toolUse": {"input": text[i:i + 5]}} for i in range(0, len(text), 5)]
    if "reasoningContent" in block:
        return [{"reasoningContent": {"text": "Hmm"}}, {"reasoningContent": {"signature": "sig-1"}}]
    return [{"text": w} for w in pieces(block["text"])]


def refuse(server, status, kind, message):
    server.answer(status, {"message": message}, [("x-amzn-errortype", kind)])


def signature_problem(server):
    """What is wrong with the signature of a request, by AWS's own calculation; None when it is right."""
    given = server.headers.get("authorization") or ""
    found = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d{8}/us-east-1/bedrock/aws4_request, "
                         r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})", given)
    if not found or found[1] != AWS_KEY[0]:
        return f"the request is not signed: {given}"
    headers = {name: server.headers[name] for name in found[2].split(";")}
    request = AWSRequest("POST", f"http://{server.headers['host']}{server.path}", headers, server.body)
    request.context["timestamp"] = server.headers["x-amz-date"]
    judge = SigV4Auth(Credentials(*AWS_KEY), "bedrock", "us-east-1")
    right = judge.signature(judge.string_to_sign(request, judge.canonical_request(request)), request)
    return None if right == found[3] else "the signature does not match"


def frame(kind, value):
    """One message of AWS's event stream."""
    head = b"".join(
        struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(text)) + text.encode()
        for name, text in [(":event-type", kind), (":content-type", "application/json"), (":message-type", "event")])
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 16 + len(head) + len(payload), len(head))
    data = prelude + struct.pack("!I", zlib.crc32(prelude)) + head + payload
    return data + struct.pack("!I", zlib.crc32(data))
