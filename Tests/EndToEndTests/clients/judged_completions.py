"""What programs do with OpenAI's SDK at the endpoints of a judge.

    judged_completions.py BASE KEY JUDGE_ID JUDGE_NAME

Prints one line for each example: its name, and "ok" or what went wrong.
"""

import sys
import traceback

import openai

BASE, KEY, JUDGE, NAME = sys.argv[1:5]
QUESTION = [{"role": "user", "content": "How do I get a refund?"}]


def client(path):
    return openai.OpenAI(api_key=KEY, base_url=f"{BASE}{path}", max_retries=0)


def verdicts(answer):
    results = answer.model_extra["evaluator_results"]
    assert results and all(0 <= result["score"] <= 1 for result in results), results
    assert all(result["name"] == result["evaluator_name"] and result["justification"] for result in results), results
    return results


def chat():
    answer = client(f"/v1/judges/{JUDGE}/openai/").chat.completions.create(model="root", messages=QUESTION)
    assert answer.choices[0].message.content, answer
    verdicts(answer)
    assert answer.model_extra["execution_log_id"], answer


def chat_without_verdicts():
    answer = client(f"/v1/judges/{JUDGE}/openai/").chat.completions.create(
        model="root", messages=QUESTION, extra_query={"rs_metadata": "false"})
    assert "evaluator_results" not in answer.model_extra, answer


def judged_in_the_background():
    answer = client(f"/v1/judges/{JUDGE}/openai/?async_judge=true").chat.completions.create(
        model="root", messages=QUESTION)
    assert answer.choices[0].message.content and "evaluator_results" not in answer.model_extra, answer


def stream():
    pieces = client(f"/v1/judges/{JUDGE}/openai/").chat.completions.create(
        model="root", messages=QUESTION, stream=True)
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text, "nothing came"


def responses():
    answer = client(f"/v1/judges/{JUDGE}/openai/").responses.create(model="root", input="How do I get a refund?")
    assert answer.output_text, answer
    verdicts(answer)


def responses_stream():
    events = client(f"/v1/judges/{JUDGE}/openai/").responses.create(
        model="root", input="How do I get a refund?", stream=True)
    kinds = [event.type for event in events]
    assert kinds[-1] == "response.completed", kinds


def generic_by_identifier():
    verdicts(client("/v1/judges/openai/").chat.completions.create(model=JUDGE, messages=QUESTION))


def generic_by_name():
    verdicts(client("/v1/judges/openai/").chat.completions.create(
        model=NAME, messages=QUESTION, extra_body={"generation_model": "root"}))


def refined():
    answer = client(f"/v1/judges/{JUDGE}/refine/openai/").chat.completions.create(model="root", messages=QUESTION)
    assert answer.choices[0].message.content, answer
    verdicts(answer)
    assert answer.model_extra["original_evaluator_results"], answer


def refined_stream():
    pieces = list(client(f"/v1/judges/{JUDGE}/refine/openai/").chat.completions.create(
        model="root", messages=QUESTION, stream=True, stream_options={"include_usage": True}))
    text = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    assert text and all(piece.id == pieces[0].id for piece in pieces), pieces
    last = [piece for piece in pieces if piece.choices][-1]
    assert last.choices[0].finish_reason == "stop" and pieces[-1].usage.total_tokens > 0, pieces
    verdicts(last)
    assert last.model_extra["original_evaluator_results"] and last.model_extra["execution_log_id"], last


def refined_stream_without_verdicts():
    pieces = client(f"/v1/judges/{JUDGE}/refine/openai/").chat.completions.create(
        model="root", messages=QUESTION, stream=True, extra_query={"rs_metadata": "false"})
    assert not any("evaluator_results" in (piece.model_extra or {}) for piece in pieces)


def refined_responses_stream():
    events = list(client(f"/v1/judges/{JUDGE}/refine/openai/").responses.create(
        model="root", input="How do I get a refund?", stream=True))
    assert events[0].type == "response.created" and events[-1].type == "response.completed", events
    text = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    assert text and events[-1].response.output_text == text, events
    verdicts(events[-1].response)


def refined_stream_of_unknown_judge():
    try:
        client("/v1/judges/0193a500-0000-7000-8000-00000000dead/refine/openai/").chat.completions.create(
            model="root", messages=QUESTION, stream=True)
    except openai.NotFoundError as error:
        assert error.code == "not_found", error.body
    else:
        raise AssertionError("no error")


def plain_proxy():
    answer = client("/openai/").chat.completions.create(model="root", messages=QUESTION)
    assert answer.choices[0].message.content and "evaluator_results" not in answer.model_extra, answer


def unknown_judge():
    try:
        client("/v1/judges/0193a500-0000-7000-8000-00000000dead/openai/").chat.completions.create(
            model="root", messages=QUESTION)
    except openai.NotFoundError as error:
        assert error.body["message"] and error.code == "not_found", error.body
    else:
        raise AssertionError("no error")


def unknown_model():
    try:
        client(f"/v1/judges/{JUDGE}/openai/").chat.completions.create(model="nobody/has-this", messages=QUESTION)
    except openai.PermissionDeniedError as error:
        assert error.code == "byok_required", error.body
    else:
        raise AssertionError("no error")


EXAMPLES = [
    chat, chat_without_verdicts, judged_in_the_background, stream, responses, responses_stream, generic_by_identifier,
    generic_by_name, refined, refined_stream, refined_stream_without_verdicts, refined_responses_stream,
    refined_stream_of_unknown_judge, plain_proxy, unknown_judge, unknown_model,
]

for example in EXAMPLES:
    try:
        example()
        print(f"{example.__name__}: ok")
    except Exception:
        print(f"{example.__name__}: {traceback.format_exc(limit=2)!r}")
