"""What programs do with the SDKs of OpenAI and Anthropic, here at the LLM proxy that serves alone. One function an example.

Usage: gateway_client.py URL KEY MODELS NAME... MODELS are those that the examples ask, with commas between them. Prints a
line of JSON for each example: its name, and the error that it ended with, "" when it went well.
"""

import asyncio
import json
import sys
import time
import traceback

import anthropic
import openai
import pydantic

URL, KEY, MODELS = sys.argv[1], sys.argv[2], sys.argv[3].split(",")
# Which model is being asked, for errors.
ASKED = {"model": ""}
WEATHER = {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]}
QUESTION = [{"role": "user", "content": "How are you?"}]
PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def openai_client(**more):
    return openai.OpenAI(base_url=URL + "/v1", api_key=KEY, **more)


def anthropic_client(**more):
    return anthropic.Anthropic(base_url=URL, api_key=KEY, **more)


def tool():
    return {"type": "function", "function": {"name": "weather", "description": "d", "parameters": WEATHER}}


def each_model():
    # At providers that speak the caller's dialect, and at others.
    for model in MODELS:
        ASKED["model"] = model
        yield model


def thinking_models():
    """Those that show their thoughts, with proofs that have to come back."""
    return [model for model in each_model() if "claude" in model]


def chat():
    for model in each_model():
        answer = openai_client().chat.completions.with_raw_response.create(model=model, messages=QUESTION)
        body = answer.parse()
        assert body.choices[0].message.content == "All is well", body
        assert body.usage.prompt_tokens == 11 and body.usage.completion_tokens == 7, body.usage
        assert body.usage.prompt_tokens_details.cached_tokens == 4, body.usage
        assert int(answer.headers["x-scorable-cost-nanodollars"]) == 11000 + 14000, answer.headers


def chat_stream():
    for model in each_model():
        chunks = list(openai_client().chat.completions.create(model=model, messages=QUESTION, stream=True))
        assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "All is well"
        assert all(c.usage is None for c in chunks), "nobody asked for the usage"
        wish = {"include_usage": True}
        chunks = list(openai_client().chat.completions.create(
            model=model, messages=QUESTION, stream=True, stream_options=wish))
        assert chunks[-1].usage.total_tokens == 18, chunks[-1]


def chat_tools():
    for model in each_model():
        create = openai_client().chat.completions.create
        answer = create(model=model, messages=QUESTION, tools=[tool()], tool_choice="required")
        call = answer.choices[0].message.tool_calls[0]
        assert call.function.name == "weather" and json.loads(call.function.arguments) == {"town": "Oslo"}, call
        assert answer.choices[0].finish_reason == "tool_calls"
        pieces = []
        for chunk in create(model=model, messages=QUESTION, tools=[tool()], stream=True):
            for call in chunk.choices[0].delta.tool_calls or [] if chunk.choices else []:
                pieces.append(call)
        assert pieces[0].id and pieces[0].function.name == "weather", pieces
        arguments = "".join(p.function.arguments or "" for p in pieces)
        # Google sends a call in one piece.
        assert json.loads(arguments) == {"town": "Oslo"} and len(pieces) >= (1 if model == "gemini" else 4), pieces
        # The tool's answer goes back.
        again = QUESTION + [
            {"role": "assistant", "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": arguments}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "rain"}]
        assert create(model=model, messages=again).choices[0].message.content == "All is well"


def chat_structured():
    schema = {"name": "legs", "strict": True, "schema": {
        "type": "object", "properties": {"legs": {"type": "integer"}}, "required": ["legs"],
        "additionalProperties": False}}
    for model in each_model():
        answer = openai_client().chat.completions.create(
            model=model, messages=QUESTION, response_format={"type": "json_schema", "json_schema": schema})
        assert json.loads(answer.choices[0].message.content) == {"legs": 8}, answer


def chat_parse():
    class Legs(pydantic.BaseModel):
        legs: int

    for model in each_model():
        answer = openai_client().chat.completions.parse(model=model, messages=QUESTION, response_format=Legs)
        assert answer.choices[0].message.parsed == Legs(legs=8), answer
        with openai_client().chat.completions.stream(model=model, messages=QUESTION, response_format=Legs) as stream:
            for _ in stream:
                pass
            assert stream.get_final_completion().choices[0].message.parsed == Legs(legs=8)


def chat_thinking():
    # The thoughts of an answer go back with it, and with what proves them.
    for model in thinking_models():
        create = openai_client().chat.completions.create
        first = create(model=model, messages=QUESTION, reasoning_effort="low").choices[0].message
        assert first.content == "All is well" and "Hmm" in json.dumps(first.model_dump()), first
        again = QUESTION + [first.model_dump(exclude_none=True)] + QUESTION
        assert create(model=model, messages=again, reasoning_effort="low").choices[0].message.content == "All is well"
        # The SDK adds up the pieces of a stream; what it makes of them is still what proves the thoughts.
        ask = openai_client().chat.completions.stream
        with ask(model=model, messages=QUESTION, reasoning_effort="low") as stream:
            for _ in stream:
                pass
            proof = stream.get_final_completion().choices[0].message.model_dump()["reasoning_details"][0]
        assert (proof["text"], proof["signature"], proof["format"]) == ("Hmm", "sig-1", "anthropic-claude-v1"), proof


def chat_picture():
    content = [{"type": "text", "text": "What is this?"},
               {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}}]
    for model in each_model():
        answer = openai_client().chat.completions.create(
            model=model, messages=[{"role": "user", "content": content}])
        assert answer.choices[0].message.content == "I see 1 pictures", answer


def chat_async():
    async def ask():
        client = openai.AsyncOpenAI(base_url=URL + "/v1", api_key=KEY)
        create = client.chat.completions.create
        answers = await asyncio.gather(*[create(model="gpt", messages=QUESTION) for _ in range(20)])
        assert all(a.choices[0].message.content == "All is well" for a in answers)

    asyncio.run(ask())


def responses():
    for model in each_model():
        answer = openai_client().responses.create(model=model, input="How are you?")
        assert answer.output_text == "All is well" and answer.usage.output_tokens == 7, answer
        events = list(openai_client().responses.create(model=model, input="How are you?", stream=True))
        text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
        assert text == "All is well" and events[-1].type == "response.completed", events


def responses_tools():
    tools = [{"type": "function", "name": "weather", "parameters": WEATHER, "strict": False}]
    for model in each_model():
        create = openai_client().responses.create
        answer = create(model=model, input="How is the weather?", tools=tools)
        call = [item for item in answer.output if item.type == "function_call"][0]
        assert call.name == "weather" and json.loads(call.arguments) == {"town": "Oslo"}, call
        with openai_client().responses.stream(model=model, input="How is the weather?", tools=tools) as stream:
            events = list(stream)
            final = stream.get_final_response()
        pieces = "".join(e.delta for e in events if e.type == "response.function_call_arguments.delta")
        assert json.loads(pieces) == {"town": "Oslo"}, pieces
        assert [i.name for i in final.output if i.type == "function_call"] == ["weather"], final
        assert [e.sequence_number for e in events] == list(range(len(events))), events
        # The tool's answer goes back.
        items = [{"role": "user", "content": "How is the weather?"},
                 {"type": "function_call", "call_id": call.call_id, "name": "weather", "arguments": call.arguments},
                 {"type": "function_call_output", "call_id": call.call_id, "output": "rain"}]
        assert create(model=model, input=items).output_text == "All is well"


def responses_parse():
    class Legs(pydantic.BaseModel):
        legs: int

    for model in each_model():
        answer = openai_client().responses.parse(model=model, input="How many legs?", text_format=Legs)
        assert answer.output_parsed == Legs(legs=8), answer


def embeddings():
    answer = openai_client().embeddings.create(model="gpt", input=["a", "b"])
    assert [e.embedding for e in answer.data] == [[0.25, -0.5]] * 2, answer


def models():
    names = [m.id for m in openai_client().models.list()]
    assert set(MODELS) <= set(names) and names[0] == "gpt" and names[-1] == "dear", names
    assert [m.id for m in anthropic_client().models.list()] == names
    assert openai_client().models.retrieve("gpt").owned_by == "openai"
    assert anthropic_client().models.retrieve("claude").id == "claude"
    assert "nobodys/model" in str(expect(openai.NotFoundError, lambda: openai_client().models.retrieve("nobodys/model")))
    expect(anthropic.NotFoundError, lambda: anthropic_client().models.retrieve("nobody"))


def messages():
    for model in each_model():
        answer = anthropic_client().messages.create(model=model, max_tokens=100, messages=QUESTION, system="Be kind.")
        assert answer.content[0].text == "All is well" and answer.stop_reason == "end_turn", answer
        assert answer.usage.input_tokens == 7 and answer.usage.cache_read_input_tokens == 4, answer.usage


def messages_stream():
    for model in each_model():
        with anthropic_client().messages.stream(model=model, max_tokens=100, messages=QUESTION) as stream:
            assert "".join(stream.text_stream) == "All is well"
            last = stream.get_final_message()
            assert last.usage.output_tokens == 7 and last.stop_reason == "end_turn", last


def used(answer):
    """The call of a tool in an answer; some models say first what they mean by it."""
    return [block for block in answer.content if block.type == "tool_use"][0]


def messages_tools():
    tools = [{"name": "weather", "description": "d", "input_schema": WEATHER}]
    for model in each_model():
        answer = anthropic_client().messages.create(model=model, max_tokens=100, messages=QUESTION, tools=tools)
        assert used(answer).input == {"town": "Oslo"} and answer.stop_reason == "tool_use", answer
        with anthropic_client().messages.stream(
                model=model, max_tokens=100, messages=QUESTION, tools=tools) as stream:
            block = used(stream.get_final_message())
        assert block.name == "weather" and block.input == {"town": "Oslo"}, block


        # The tool's answer goes back, as its SDK's users send it: with the blocks of the answer.
        results = [{"type": "tool_result", "tool_use_id": b.id, "content": "rain"}
                   for b in answer.content if b.type == "tool_use"]
        again = QUESTION + [{"role": "assistant", "content": answer.content}, {"role": "user", "content": results}]
        answer = anthropic_client().messages.create(model=model, max_tokens=100, messages=again)
        assert answer.content[0].text == "All is well", answer


def messages_picture():
    source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
    content = [{"type": "text", "text": "What is this?"}, {"type": "image", "source": source}]
    for model in each_model():
        answer = anthropic_client().messages.create(
            model=model, max_tokens=100, messages=[{"role": "user", "content": content}])
        assert answer.content[0].text == "I see 1 pictures", answer


def messages_thinking():
    # Thoughts come with a signature, and have to go back with it.
    for model in thinking_models():
        wish = {"type": "enabled", "budget_tokens": 1024}
        ask = anthropic_client().messages
        answer = ask.create(model=model, max_tokens=4000, messages=QUESTION, thinking=wish)
        assert answer.content[0].thinking == "Hmm" and answer.content[0].signature == "sig-1", answer
        assert answer.content[1].text == "All is well", answer
        with ask.stream(model=model, max_tokens=4000, messages=QUESTION, thinking=wish) as stream:
            streamed = stream.get_final_message()
        assert [b.type for b in streamed.content] == ["thinking", "text"], streamed
        assert streamed.content[0].thinking == "Hmm" and streamed.content[0].signature == "sig-1", streamed
        for content in [answer.content, streamed.content]:
            again = QUESTION + [{"role": "assistant", "content": content}] + QUESTION
            answer = ask.create(model=model, max_tokens=4000, messages=again, thinking=wish)
            assert answer.content[1].text == "All is well", answer
        # One that is no proof is refused by whoever gave it, which shows that it gets there.
        forged = [{"type": "thinking", "thinking": "Hmm", "signature": "forged"}, {"type": "text", "text": "x"}]
        again = QUESTION + [{"role": "assistant", "content": forged}] + QUESTION
        expect(anthropic.BadRequestError,
               lambda: ask.create(model=model, max_tokens=4000, messages=again, thinking=wish))


def messages_cache():
    # What is worth caching is marked, and counted when it is written.
    system = [{"type": "text", "text": "A long text.", "cache_control": {"type": "ephemeral"}}]
    for model in thinking_models():
        answer = anthropic_client().messages.create(model=model, max_tokens=100, messages=QUESTION, system=system)
        usage = answer.usage
        assert usage.cache_creation_input_tokens == 5 and usage.cache_read_input_tokens == 4, usage
        assert usage.input_tokens == 2 and usage.output_tokens == 7, usage


def messages_async():
    async def ask():
        create = anthropic.AsyncAnthropic(base_url=URL, api_key=KEY).messages.create
        answers = await asyncio.gather(*[
            create(model=model, max_tokens=100, messages=QUESTION) for model in each_model() for _ in range(5)])
        assert all(a.content[0].text == "All is well" for a in answers)

    asyncio.run(ask())


def messages_count():
    answer = anthropic_client().messages.count_tokens(model="claude", messages=QUESTION)
    assert answer.input_tokens == 12, answer
    # Where nobody counts, the answer says that it is an estimate.
    raw = anthropic_client().messages.with_raw_response.count_tokens(model="gpt", messages=QUESTION)
    assert raw.parse().input_tokens > 5 and raw.headers["x-scorable-adjusted"] == "input_tokens=approximated"


def expect(error, call):
    try:
        call()
    except error as raised:
        return raised
    raise AssertionError(f"expected {error.__name__}")


def wrong_key():
    client = openai.OpenAI(base_url=URL + "/v1", api_key="sk-wrong-key")
    expect(openai.AuthenticationError, lambda: client.chat.completions.create(model="gpt", messages=QUESTION))
    client = anthropic.Anthropic(base_url=URL, api_key="sk-wrong-key")
    expect(anthropic.AuthenticationError,
           lambda: client.messages.create(model="gpt", max_tokens=9, messages=QUESTION))


def unknown_model():
    expect(openai.NotFoundError,
           lambda: openai_client().chat.completions.create(model="nobody", messages=QUESTION))
    raised = expect(anthropic.NotFoundError,
                    lambda: anthropic_client().messages.create(model="nobody", max_tokens=9, messages=QUESTION))
    assert raised.request_id, "the call's name for whoever looks it up in the log"


def wrong_request():
    raised = expect(openai.BadRequestError, lambda: openai_client().chat.completions.create(
        model="claude", messages=QUESTION, logprobs=True, top_logprobs=2))
    assert "logprobs" in str(raised), raised


def overloaded():
    for model in ["busy", "busy-claude"]:
        client = openai_client(max_retries=0)
        raised = expect(openai.InternalServerError,
                        lambda: client.chat.completions.create(model=model, messages=QUESTION))
        assert raised.status_code == 503 and raised.code == "overloaded", raised
        client = anthropic_client(max_retries=0)
        raised = expect(anthropic.APIStatusError,
                        lambda: client.messages.create(model=model, max_tokens=9, messages=QUESTION))
        assert raised.status_code == 529 and raised.body["error"]["type"] == "overloaded_error", raised.body


def bankrupt():
    # Waiting does not help, so the SDKs are told not to.
    began = time.monotonic()
    raised = expect(openai.RateLimitError, lambda: openai_client(max_retries=5).chat.completions.create(
        model="bankrupt", messages=QUESTION))
    assert raised.code == "insufficient_quota", raised
    expect(anthropic.RateLimitError, lambda: anthropic_client(max_retries=5).messages.create(
        model="bankrupt", max_tokens=9, messages=QUESTION))
    assert time.monotonic() - began < 2, "somebody tried again"


def slow():
    # The caller's patience, and that of the proxy.
    client = openai_client(timeout=0.5, max_retries=0)
    expect(openai.APITimeoutError, lambda: client.chat.completions.create(model="slow", messages=QUESTION))
    client = anthropic_client(timeout=0.5, max_retries=0)
    expect(anthropic.APITimeoutError,
           lambda: client.messages.create(model="slow", max_tokens=9, messages=QUESTION))
    for stream in [False, True]:
        raised = expect(openai.InternalServerError, lambda: openai_client(max_retries=0).chat.completions.create(
            model="impatient", messages=QUESTION, stream=stream))
        assert raised.status_code == 504 and raised.code == "timeout", raised
        raised = expect(anthropic.APIStatusError, lambda: anthropic_client(max_retries=0).messages.create(
            model="impatient", max_tokens=9, messages=QUESTION, stream=stream))
        assert raised.status_code == 504 and raised.body["error"]["type"] == "timeout_error", raised.body


def adjusted():
    # What has no counterpart and changes no answer is left out, and told.
    raw = openai_client().chat.completions.with_raw_response.create(model="command", messages=QUESTION, user="ann")
    assert raw.headers["x-scorable-adjusted"] == "user=omitted", raw.headers


def limited():
    # The proxy tries three times itself; then the client does, after the pause that it is told.
    client = openai_client(max_retries=2)
    assert client.chat.completions.create(model="limited", messages=QUESTION).choices[0].message.content


def broken_stream():
    for model in ["broken", "broken-claude"]:
        text = []

        def read_chat():
            for chunk in openai_client().chat.completions.create(model=model, messages=QUESTION, stream=True):
                text.append(chunk.choices[0].delta.content or "")

        expect(openai.APIError, read_chat)
        assert "".join(text) == "All ", text

        def read_messages():
            with anthropic_client().messages.stream(model=model, max_tokens=100, messages=QUESTION) as stream:
                list(stream.text_stream)

        expect(anthropic.APIStatusError, read_messages)


def too_dear():
    # This key's budget is less than one answer may cost.
    raised = expect(openai.APIStatusError, lambda: openai.OpenAI(base_url=URL + "/v1", api_key="sk-poor-12345")
                    .chat.completions.create(model="dear", messages=QUESTION))
    assert raised.status_code == 402 and "budget" in str(raised), raised


if __name__ == "__main__":
    for name in sys.argv[4:]:
        error = ""
        try:
            globals()[name]()
        except BaseException:
            error = f"{ASKED['model']}: {traceback.format_exc()}"
        print(json.dumps({"name": name, "error": error}), flush=True)
