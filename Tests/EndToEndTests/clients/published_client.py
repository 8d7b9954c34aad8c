"""What the published Python client's own examples do, one function an example. Usage: published_client.py NAME...

Prints a line of JSON for each: its name, and the error that it ended with, null when it went well.
"""

import asyncio
import json
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

from scorable import Scorable
from scorable.generated.openapi_client.api.execution_logs_api import ExecutionLogsApi
from scorable.generated.openapi_client.models.batch_set_tags_model_request import BatchSetTagsModelRequest
from scorable.generated.openapi_client.models.evaluator_reference_request import EvaluatorReferenceRequest
from scorable.multiturn import Turn
from scorable.skills import Evaluators


def preset_evaluator():
    result = Scorable().evaluators.Helpfulness(
        request="How do I reset my password?", response="To reset your password, open Settings and choose Security."
    )
    assert 0 <= result.score <= 1, result
    assert result.justification and result.execution_log_id, result


def grounded_answer():
    contexts = ["Return Policy: items may be returned within 30 days of delivery."]
    client = Scorable()
    wrong = client.evaluators.Faithfulness(
        request="How long can I return?", response="Items may be returned within 60 days.", contexts=contexts
    )
    right = client.evaluators.Faithfulness(
        request="How long can I return?", response="Items may be returned within 30 days.", contexts=contexts
    )
    assert wrong.score == 0.0, wrong
    assert right.score > wrong.score, (right, wrong)


def evaluator_by_name():
    result = Scorable().evaluators.run_by_name("Helpfulness", request="Hello", response="Hello! How can I help?")
    assert result.evaluator_name == "Helpfulness" and result.score is not None, result


def custom_evaluator():
    client = Scorable()
    evaluator = client.evaluators.create(
        name="Network Troubleshooting",
        scoring_criteria="Does the response give clear steps that fix the network? {{request}} {{response}}",
        intent="To measure help with networks",
        model="gemini-3-flash",
    )
    result = evaluator.run(request="My internet is down.", response="Restart the router, then check the cables.")
    log = client.execution_logs.get(log_id=result.execution_log_id)
    assert log.executed_item_id == evaluator.id and log.score == result.score, log
    again = client.evaluators.get_by_name("Network Troubleshooting")
    assert again.id == evaluator.id, again


def async_custom_evaluator():
    async def run():
        client = Scorable(run_async=True)
        evaluator = await client.evaluators.acreate(
            name="Direct language",
            scoring_criteria="Is the language direct? {{response}}",
            intent="To measure directness",
            model="gpt-5.4",
        )
        result = await evaluator.arun(response="Close the window and lock the door.")
        polite, clear = await asyncio.gather(
            client.evaluators.Politeness(response="Thank you so much for your kind help!"),
            client.evaluators.Clarity(response="Thank you so much for your kind help!"),
        )
        assert None not in (result.score, polite.score, clear.score), (result, polite, clear)

    asyncio.run(run())


def versions():
    client = Scorable()
    evaluator = client.evaluators.create(
        name="Versioned", scoring_criteria="Rate {{response}}", intent="To measure", model="gpt-4o"
    )
    changed = client.evaluators.update(evaluator.id, scoring_criteria="Rate anew {{response}}", change_note="sharper")
    assert changed.id == evaluator.id and changed.version_id != evaluator.version_id
    assert [v.change_note for v in client.evaluators.versions.list(evaluator.id).results] == ["sharper", ""]
    client.evaluators.delete(evaluator.id)
    try:
        client.evaluators.get(evaluator.id)
    except Exception as error:
        assert getattr(error, "status", None) == 404, error
    else:
        raise AssertionError("a deleted evaluator was found")


def custom_model():
    client = Scorable()
    name = f"ollama/llama3-{time.time_ns()}"
    client.models.create(name=name, model="ollama/llama3", url="http://127.0.0.1:1/v1")
    assert name in [model.name for model in client.models.list(limit=100)]
    evaluator = client.evaluators.create(
        name="On my own model", scoring_criteria="Rate {{response}}", intent="To measure", model=name
    )
    assert evaluator.models == [name], evaluator.models
    # The presets go on with the server's default.
    assert client.evaluators.Clarity(response="Short and plain.").score is not None


def create_judge():
    client = Scorable()
    judge = client.judges.create(
        name="Returns policy judge",
        intent="To evaluate answers about returns",
        evaluator_references=[
            EvaluatorReferenceRequest(id="053df10f-b0c7-400b-892e-46ce3aa1e430"),
            EvaluatorReferenceRequest(id="bd789257-f458-4e9e-8ce9-fa6e86dc3fb9"),
        ],
    )
    result = judge.run(
        request="How long can I return?",
        response="Items may be returned within 30 days.",
        contexts=["Items may be returned within 30 days of delivery."],
    )
    assert [r.evaluator_name for r in result.evaluator_results] == ["Truthfulness", "Relevance"], result
    assert all(r.score is not None for r in result.evaluator_results), result
    log = client.execution_logs.get(log_id=result.execution_log_id)
    assert log.execution_type == "judge" and len(log.evaluator_results) == 2, log


def generated_judge():
    client = Scorable()
    made = client.judges.generate(
        intent="I am building a chatbot for a shop and want to measure how helpful and polite its answers are."
    )
    judge = client.judges.get(judge_id=made.judge_id)
    results = judge.run(request="Where is my parcel?", response="It arrives tomorrow. Thank you for your patience!")
    assert results.evaluator_results and results.execution_log_id, results


def execution_logs():
    client = Scorable()
    result = client.evaluators.Faithfulness(
        request="What is the capital?",
        response="Paris is the capital of France.",
        contexts=["Paris is the capital of France."],
        tags=["production", "v1.23"],
        user_id="user-1",
        session_id="session-1",
    )
    log = client.execution_logs.get(log_id=result.execution_log_id)
    assert (log.tags, log.user_id, log.session_id) == (["production", "v1.23"], "user-1", "session-1"), log
    rows = list(client.execution_logs.list(limit=10, tags=["production"], include=["evaluation_context"]))
    assert rows and all(row.evaluation_context.contexts is not None for row in rows), rows
    assert result.execution_log_id in [row.id for row in rows]


def log_queries():
    client = Scorable()
    session, user = f"session-{time.time()}", f"user-{time.time()}"
    result = client.evaluators.Faithfulness(
        request="What is the capital?",
        response="Paris is the capital of France.",
        contexts=["Paris is the capital of France."],
        user_id=user,
        session_id=session,
    )
    wanted = result.execution_log_id
    with client.get_client_context() as raw:
        api = ExecutionLogsApi(raw)
        log = api.execution_logs_retrieve(log_id=wanted)

        def found(**filters):
            page = api.execution_logs_list(session_id=session, **filters)
            return [row.id for row in page.results]

        cost = log.cost if log.cost is not None else 0
        for filters in [
            dict(ordering="-created_at"), dict(ordering="created_at"), dict(has_session_id=True), dict(user_id=user),
            dict(model=log.model), dict(owner_email=log.owner.email), dict(min_cost=cost, max_cost=cost),
            dict(min_score=log.score, max_score=log.score), dict(unique_evaluators=True), dict(search="faithful"),
            dict(executed_item_id=log.executed_item_id), dict(execution_type="evaluator"),
            dict(include="llm_output,variables,evaluation_context"), dict(date_from=log.created_at),
        ]:
            assert found(**filters) == [wanted], (filters, found(**filters))
        for filters in [
            dict(has_session_id=False), dict(model="none"), dict(owner_email="nobody@example.com"),
            dict(min_cost=cost + 1), dict(judge_id=wanted), dict(batch_execution_id=wanted),
            dict(parent_execution_log_id=wanted), dict(execution_type="proxy"), dict(tags="none"),
        ]:
            assert found(**filters) == [], filters
        assert api.execution_logs_session_ids_retrieve(starts_with=session) == [session]
        assert api.execution_logs_user_ids_retrieve(starts_with=user) == [user]
        request = BatchSetTagsModelRequest(log_ids=[wanted], tags=["seen", "again"])
        assert api.execution_logs_set_tags_create(request) is None
        assert api.execution_logs_retrieve(log_id=wanted).tags == ["seen", "again"]
        assert found(tags="seen,again") == [wanted]


def conversation():
    result = Scorable().evaluators.Helpfulness(
        turns=[
            Turn(role="user", content="Where is my order 12345?"),
            Turn(
                role="assistant",
                content=None,
                tool_calls=[{"id": "c1", "type": "function", "function": {"name": "track", "arguments": "{}"}}],
            ),
            Turn(role="tool", content='{"status": "shipped"}', tool_call_id="c1"),
            Turn(role="assistant", content="Your order 12345 has been shipped."),
        ],
        tools=[{"type": "function", "function": {"name": "track", "parameters": {"type": "object"}}}],
    )
    assert result.score is not None, result


def judged_conversation():
    client = Scorable()
    judge = client.judges.create(
        name="Customer service judge",
        intent="To evaluate the conversations of a support agent",
        evaluator_references=[
            EvaluatorReferenceRequest(id=Evaluators.Eval.Tool_Selection.value),
            EvaluatorReferenceRequest(id=Evaluators.Eval.Relevance.value),
        ],
    )
    call = {"id": "c1", "type": "function", "function": {"name": "track", "arguments": '{"order": "12345"}'}}
    result = judge.run(
        turns=[
            Turn(role="user", content="Where is my order 12345?"),
            Turn(role="assistant", content=None, tool_calls=[call]),
            Turn(role="tool", tool_call_id="c1", content='{"status": "shipped"}'),
            Turn(role="assistant", content="Your order 12345 has been shipped."),
        ],
        tools=[{"type": "function", "function": {"name": "track", "parameters": {"type": "object"}}}],
    )
    names = [one.evaluator_name for one in result.evaluator_results]
    assert names == ["Tool Selection", "Relevance"], names
    assert all(one.score is not None for one in result.evaluator_results), result


def threads():
    client = Scorable()
    responses = ["I can do that.", "I cannot do that.", "Thank you so much, that was very helpful!", "No."]
    with ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda text: client.evaluators.Politeness(response=text), responses))
    assert len({result.execution_log_id for result in results}) == 4, results
    assert all(result.score is not None for result in results), results


def calibration():
    client = Scorable()
    evaluator = client.evaluators.create(
        name="Calibrated troubleshooting",
        scoring_criteria="Is the advice sound? User: {{request}} Bot: {{response}}",
        intent="To measure advice",
        model="gemini-3-flash",
        overwrite=True,
    )
    dataset = client.datasets.create(name="Troubleshooting calibration set")
    for response, value in [("Sorry to hear that.", 0.1), ("Check the cable, then run `ping 8.8.8.8`.", 0.95)]:
        item = client.datasets.add_item(dataset.id, request="My internet is not working.", response=response)
        client.annotations.create(dataset_item_id=item.id, value=value)

    def measured():
        run = client.evaluators.calibrate_run(evaluator.id, dataset_id=dataset.id)
        deadline = time.monotonic() + 60
        while run.status in ("pending", "running"):
            assert time.monotonic() < deadline, run
            time.sleep(0.2)
            run = client.calibration_runs.get(run.id)
        assert run.status == "completed", run
        return run

    assert measured().metrics["n"] == 2
    client.evaluators.update(evaluator.id, demonstration_dataset_id=dataset.id)
    items = list(client.calibration_runs.list_items(measured().id))
    assert len(items) == 2 and items[0].disagreement >= items[1].disagreement, items


def prompt_of_older_clients():
    # What cookbooks still send: a prompt for the criteria, and the objective in place.
    import requests

    client = Scorable()
    answer = requests.post(
        f"{client.base_url}/v1/evaluators/",
        headers={"Authorization": f"Api-Key {client.api_key}"},
        json={
            "name": "Older", "prompt": "Rate {{response}}", "objective": {"intent": "To measure"},
            "is_evaluator": True, "models": ["gpt-4o"], "evaluator_demonstrations": [], "reference_variables": [],
        },
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    assert client.evaluators.get(answer.json()["id"]).scoring_criteria == "Rate {{response}}"


def document(text):
    """A PDF of one page with one line."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    pdf, places = "%PDF-1.4\n", ""
    for number, body in enumerate(objects, 1):
        places += f"{len(pdf):010} 00000 n \n"
        pdf += f"{number} 0 obj\n{body}\nendobj\n"
    trailer = f"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(pdf)}\n%%EOF\n"
    return (pdf + "xref\n0 6\n0000000000 65535 f \n" + places + trailer).encode()


def uploaded_file():
    client = Scorable()
    text = f"Returns are accepted within 30 days of delivery. {time.time_ns()}"
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(document(text))
        file.flush()
        file_id = client.files.upload(file.name)
        again = asyncio.run(Scorable(run_async=True).files.aupload(file.name))
    assert again == file_id, (again, file_id)
    result = client.evaluators.get_by_name("Faithfulness").run(
        request="How long can I return?",
        response="Items may be returned within 30 days of delivery.",
        file_ids=[file_id],
    )
    assert result.score is not None, result


def pages():
    client = Scorable()
    listed = [evaluator.id for evaluator in client.evaluators.list(limit=500)]
    assert len(listed) == len(set(listed)) and len(listed) >= 34, len(listed)


for name in sys.argv[1:]:
    error = None
    try:
        globals()[name]()
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"name": name, "error": error}), flush=True)
