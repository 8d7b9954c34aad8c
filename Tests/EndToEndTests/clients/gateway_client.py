"""What programs do with the SDKs of OpenAI and Anthropic, here at the LLM proxy that serves alone. One function an example.

Usage: gateway_client.py URL KEY NAME... Prints a line of JSON for each: its name, and the error that it ended with, null
when it went well.
"""

import asyncio
import json
import sys
import traceback

import anthropic
import openai

URL, KEY = sys.argv[1], sys.argv[2]
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
    # At a provider that speaks the caller's dialect, and at one that does not.
    return ["gpt", "claude"]


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
        assert json.loads(arguments) == {"town": "Oslo"} and len(pieces) >= 4, pieces
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


def embeddings():
    answer = openai_client().embeddings.create(model="gpt", input=["a", "b"])
    assert [e.embedding for e in answer.data] == [[0.25, -0.5]] * 2, answer


def models():
    names = [m.id for m in openai_client().models.list()]
    assert names == ["gpt", "claude", "broken", "broken-claude", "limited", "dear"], names
    assert [m.id for m in anthropic_client().models.list()] == names


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


def messages_tools():
    tools = [{"name": "weather", "description": "d", "input_schema": WEATHER}]
    for model in each_model():
        answer = anthropic_client().messages.create(model=model, max_tokens=100, messages=QUESTION, tools=tools)
        assert answer.content[0].input == {"town": "Oslo"} and answer.stop_reason == "tool_use", answer
        with anthropic_client().messages.stream(
                model=model, max_tokens=100, messages=QUESTION, tools=tools) as stream:
            block = stream.get_final_message().content[0]
            assert block.name == "weather" and block.input == {"town": "Oslo"}, block


def messages_count():
    answer = anthropic_client().messages.count_tokens(model="claude", messages=QUESTION)
    assert answer.input_tokens == 12, answer
    assert anthropic_client().messages.count_tokens(model="gpt", messages=QUESTION).input_tokens > 5


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
    expect(anthropic.NotFoundError,
           lambda: anthropic_client().messages.create(model="nobody", max_tokens=9, messages=QUESTION))


def wrong_request():
    raised = expect(openai.BadRequestError, lambda: openai_client().chat.completions.create(
        model="claude", messages=QUESTION, logprobs=True, top_logprobs=2))
    assert "logprobs" in str(raised), raised


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
    for name in sys.argv[3:]:
        error = ""
        try:
            globals()[name]()
        except BaseException:
            error = traceback.format_exc()
        print(json.dumps({"name": name, "error": error}), flush=True)
