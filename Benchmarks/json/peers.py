"""The same documents through Python's json, orjson and pydantic where they are installed: CPU microseconds each."""
import json, pathlib, sys, time


def best(body):
    result = float("inf")
    for _ in range(15):
        start = time.process_time()
        for _ in range(500):
            body()
        result = min(result, (time.process_time() - start) / 500 * 1e6)
    return result


folder = pathlib.Path(sys.argv[1])
if len(sys.argv) > 2:  # make the documents
    sentence = "The quick brown fox said \"hello\" to the lazy dog; it answered in kind.\n"
    request = {
        "request": sentence * 4, "response": sentence * 3, "turns": None,
        "contexts": [sentence, sentence], "expected_output": None, "tags": ["production", "v2"], "user_id": "user-42",
        "session_id": "session-77", "system_prompt": "You are a careful assistant.",
        "variables": {"language": "English", "customerTier": "gold"},
    }
    calls = [
        {"id": f"call_{n:024d}", "type": "function", "function": {
            "name": "search_documents", "arguments": json.dumps({"query": sentence, "limit": n, "filters": {"a": [1, 2]}})}}
        for n in range(12)
    ]
    completion = {
        "id": "chatcmpl-0123456789", "object": "chat.completion", "created": 1767323045, "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": sentence * 90, "tool_calls": calls},
                     "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1200, "completion_tokens": 800, "total_tokens": 2000}, "system_fingerprint": None,
    }
    folder.joinpath("request.json").write_text(json.dumps(request))
    folder.joinpath("completion.json").write_text(json.dumps(completion))
    for name in ("request", "completion"):
        print(f"documents\t{name} bytes\t{folder.joinpath(name + '.json').stat().st_size}")
    sys.exit()

peers = {"python json": (json.loads, lambda v: json.dumps(v, separators=(",", ":")).encode())}
try:
    import orjson
    peers["orjson"] = (orjson.loads, orjson.dumps)
except ImportError:
    pass
for name in ("request", "completion"):
    data = folder.joinpath(name + ".json").read_bytes()
    for peer, (loads, dumps) in peers.items():
        value = loads(data)
        print(f"{peer}\t{name} tree decode\t{best(lambda: loads(data)):.2f}")
        print(f"{peer}\t{name} tree encode\t{best(lambda: dumps(value)):.2f}")
