"""Every operation of the published Python client's generated part, one function a resource. Usage: every_operation.py NAME...

The generated client parses an answer only when it has the documented status and every field that it has to have; anything
else is an error or None. Prints a line of JSON for each function: its name, and the error that it ended with, null when it
went well. The last one, `nothing_is_left_out`, looks whether every operation was called.
"""

import importlib
import inspect
import json
import pkgutil
import sys
import tempfile
import time
import traceback

import scorable.generated.openapi_client.api as apis
from scorable import Scorable
from scorable.generated.openapi_client.exceptions import ApiException

TRUTHFULNESS = "053df10f-b0c7-400b-892e-46ce3aa1e430"
called = set()


class Operations:
    """All operations of all resources by their names; what they answer must be something, unless it is said to be nothing."""

    def __init__(self, client):
        self.methods = {}
        for module in pkgutil.iter_modules(apis.__path__):
            for name, api in inspect.getmembers(importlib.import_module(f"{apis.__name__}.{module.name}"), inspect.isclass):
                if not name.endswith("Api"):
                    continue
                one = api(client)
                for method, _ in inspect.getmembers(api, inspect.isfunction):
                    if not method.startswith("_") and not method.endswith(("_with_http_info", "_without_preload_content")):
                        self.methods[method] = getattr(one, method)

    def __call__(self, operation, /, *arguments, **named):
        called.add(operation)
        answer = self.methods[operation](*arguments, **named)
        assert answer is not None, f"{operation} was not answered as documented"
        return answer

    def nothing(self, operation, /, *arguments, **named):
        called.add(operation)
        answer = self.methods[operation](*arguments, **named)
        assert answer is None, answer

    def refused(self, status, operation, /, *arguments, **named):
        called.add(operation)
        try:
            self.methods[operation](*arguments, **named)
        except ApiException as error:
            assert error.status == status, error
            body = json.loads(error.body)
            assert body["status"] == status and body["detail"] and body["code"], body
        else:
            raise AssertionError(f"{operation} was not refused")


def resource(body):
    """A function that gets the operations."""

    def run():
        with Scorable().get_client_context() as raw:
            body(Operations(raw))

    run.__name__ = body.__name__
    globals()[body.__name__] = run
    return run


def evaluator(do, name="Of the generated client"):
    return do("evaluators_create", {"name": name, "scoring_criteria": "Rate {{response}}", "objective_id": objective(do)})


def objective(do):
    return do("objectives_create", {"intent": "To measure"}).id


@resource
def objectives(do):
    id = objective(do)
    assert do("objectives_retrieve", id).intent == "To measure"
    assert do("objectives_partial_update", id, {"intent": "To measure well"}).intent == "To measure well"
    assert do("objectives_update", id, {"intent": "To measure best"}).intent == "To measure best"
    assert do("objectives_list", page_size=1, ordering="-created_at", include_public=False).results[0].id == id
    assert len(do("objectives_versions_list", id).results) == 3
    do.nothing("objectives_destroy", id)
    do.refused(404, "objectives_retrieve", id)


@resource
def evaluators(do):
    made = evaluator(do)
    assert do("evaluators_retrieve", made.id, version_id=made.version_id).version_id == made.version_id
    changed = do("evaluators_partial_update", made.id, {"name": "Renamed", "change_note": "for a test"})
    assert changed.version_id != made.version_id and changed.change_note == "for a test", changed
    body = {"name": "Replaced", "scoring_criteria": "Rate anew {{response}}", "objective_id": made.objective.id}
    assert do("evaluators_update", made.id, body).name == "Replaced"
    assert len(do("evaluators_versions_list", made.id, page_size=2).results) == 2
    assert do("evaluators_list", name="Replaced", include_public=False, page_size=1).results
    assert len(do("evaluators_list", is_root_evaluator=True, evaluator_type="managed", page_size=30).results) == 30
    assert do("evaluators_execute_create", made.id, {"response": "Yes."}).execution_log_id
    assert do("evaluators_execute_by_name_create", "Replaced", {"response": "Yes."}).execution_log_id
    copy = do("evaluators_duplicate_create", made.id, {})
    assert copy.id != made.id
    do.nothing("evaluators_export_retrieve", made.id)
    text = "name: From a file\nobjective: {intent: To measure}\nscoring_criteria: 'Rate {{response}}'\n"
    assert do("evaluators_import_yaml_create", {"yaml": text}).name == "From a file"
    do.nothing("evaluators_destroy", copy.id)
    do.refused(404, "evaluators_retrieve", copy.id)
    do.refused(403, "evaluators_partial_update", TRUTHFULNESS, {"name": "Mine"})


@resource
def judges(do):
    body = {"name": "Generated", "intent": "To judge", "evaluator_references": [{"id": TRUTHFULNESS}]}
    made = do("judges_create", body)
    assert do("judges_retrieve", made.id).evaluators[0].id == TRUTHFULNESS
    assert do("judges_partial_update", made.id, {"stage": "answer"}).stage == "answer"
    assert do("judges_update", made.id, body | {"name": "Generated anew"}).name == "Generated anew"
    assert do("judges_list", name="Generated anew", featured=False, is_preset=False, page_size=1).results
    asked = {"request": "How long?", "response": "30 days."}
    assert do("judges_execute_create", made.id, asked).evaluator_results[0].score is not None
    assert do("judges_execute_by_name_create", "Generated anew", asked).execution_log_id
    refined = do("judges_refine_create", made.id, asked | {"max_iterations": 1})
    assert refined.evaluator_results and refined.original_evaluator_results, refined
    assert do("judges_duplicate_create", made.id, {}).id != made.id
    assert do("judges_synthetic_data_retrieve", made.id)
    invited = do("judges_invite_create", made.id, {"emails": ["ada@example.com"], "judge_url": "https://example.com/j"})
    assert invited["invitations"], invited
    do.refused(404, "judges_claim_create", {"claim_token": made.id})
    do("judges_generate_create", {"intent": "A shop's bot answers questions about parcels.", "visibility": "private"})
    # The generated client sends these without a body, and those of OpenAI's shape without credentials.
    do.refused(400, "judges_batch_execute_create", made.id)
    for name in ["chat_completions", "responses"]:
        do.refused(401, f"judges_openai_{name}_create")
        do.refused(401, f"judges_openai_{name}_create2", made.id)
        do.refused(401, f"judges_refine_openai_{name}_create", made.id)
    do.nothing("judges_destroy", made.id)


@resource
def batches(do):
    judge = do("judges_create", {"name": "Of a batch", "intent": "To judge", "evaluator_references": [{"id": TRUTHFULNESS}]})
    begun = do("batch_executions_create", {"judge_id": judge.id, "inputs": [{"response": "Yes."}, {"response": "No."}]})
    id = begun.batch_execution_id
    deadline = time.monotonic() + 60
    while (batch := do("judges_batch_executions_retrieve", id)).status not in ("completed", "partial", "failed"):
        assert time.monotonic() < deadline, batch
        time.sleep(0.1)
    assert batch.status == "completed" and batch.completed_count == 2, batch
    assert do("judges_batch_executions_list", judge_id=judge.id, status="completed").results[0].batch_execution_id == id


@resource
def datasets(do):
    made = do("datasets_create", {"name": "Of the generated client"})
    assert do("datasets_retrieve", made.id, download=False).name == "Of the generated client"
    assert do("datasets_partial_update", made.id, {"name": "Renamed"}).name == "Renamed"
    assert do("datasets_list", search="Renamed", page_size=1).results
    item = do("datasets_items_create", made.id, {"request": "How long?", "response": "30 days."})
    assert len(do("datasets_items_bulk_create", made.id, [{"response": "One"}, {"response": "Two"}])) == 2
    assert do("datasets_items_retrieve", made.id, item.id).response == "30 days."
    item = do("datasets_items_partial_update", made.id, item.id, {"response": "31 days."})
    item = do("datasets_items_update", made.id, item.id, {"request": "How long?", "response": "32 days."})
    assert len(do("datasets_items_list", made.id, is_archived=False).results) == 3
    do.nothing("datasets_items_destroy", made.id, item.id)
    do.nothing("datasets_destroy", made.id)
    do.refused(404, "datasets_retrieve", made.id)


@resource
def labels(do):
    body = {"name": "Stars", "type": "continuous", "min_value": 1, "max_value": 5}
    config = do("score_configs_create", body)
    assert do("score_configs_retrieve", config.id).max_value == 5
    assert do("score_configs_partial_update", config.id, {"name": "Points"}).name == "Points"
    assert do("score_configs_update", config.id, body).name == "Stars"
    assert {"Score", "Thumbs"} <= {one.name for one in do("score_configs_list", page_size=100).results}
    dataset = do("datasets_create", {"name": "Labelled"})
    item = do("datasets_items_create", dataset.id, {"request": "How long?", "response": "30 days."})
    label = do("annotations_create", {"dataset_item": item.id, "score_config": config.id, "value": 4, "status": "draft"})
    assert do("annotations_retrieve", label.id).value == 4
    assert do("annotations_partial_update", label.id, {"rationale": "Clear."}).rationale == "Clear."
    body = {"dataset_item": item.id, "score_config": config.id, "value": 5, "status": "published"}
    assert do("annotations_update", label.id, body).status == "published"
    assert do("annotations_list", dataset=dataset.id, status="published").results[0].id == label.id
    do.nothing("annotations_destroy", label.id)
    do.nothing("score_configs_destroy", config.id)


@resource
def calibrations(do):
    dataset = do("datasets_create", {"name": "For calibration"})
    for text, value in [("Yes.", 0.9), ("No.", 0.1), ("Perhaps.", 0.5)]:
        item = do("datasets_items_create", dataset.id, {"request": "Is it?", "response": text})
        do("annotations_create", {"dataset_item": item.id, "value": value, "status": "published"})
    group = f"group-{time.time_ns()}"
    definition = {"scoring_criteria": "Rate {{response}}", "model": "root"}
    source = {"type": "dataset", "dataset_id": dataset.id}
    run = do("calibration_runs_create", {"definition": definition, "source": source, "comparison_group": group})
    deadline = time.monotonic() + 60
    while (run := do("calibration_runs_retrieve", run.id)).status in ("pending", "running"):
        assert time.monotonic() < deadline, run
        time.sleep(0.1)
    assert run.status == "completed" and run.n_examples == 3, run
    assert len(do("calibration_runs_items_list", run.id).results) == 3
    assert do("calibration_runs_list", comparison_group=group).results[0].id == run.id
    saved = evaluator(do, "Calibrated").id
    attached = do("calibration_runs_attach_create", {"evaluator_external_id": saved, "comparison_groups": [group]})
    assert attached.attached == 1, attached
    body = {
        "name": "Draft", "test_dataset_id": dataset.id, "prompt": "Rate {{response}}", "models": ["root"],
        "objective": {"intent": "To measure"}, "input_variables": [], "is_evaluator": True,
    }
    assert len(do("evaluators_calibrate_create", body)) == 3


@resource
def execution_logs(do):
    labels = {"session_id": f"session-{time.time_ns()}", "user_id": f"user-{time.time_ns()}"}
    log = do("evaluators_execute_create", TRUTHFULNESS, {"request": "Is it?", "response": "Yes."} | labels).execution_log_id
    assert do("execution_logs_retrieve", log).user_id == labels["user_id"]
    assert [row.id for row in do("execution_logs_list", session_id=labels["session_id"]).results] == [log]
    assert do("execution_logs_session_ids_retrieve", starts_with=labels["session_id"]) == [labels["session_id"]]
    assert do("execution_logs_user_ids_retrieve", starts_with=labels["user_id"]) == [labels["user_id"]]
    do.nothing("execution_logs_set_tags_create", {"log_ids": [log], "tags": ["seen"]})
    assert do("execution_logs_retrieve", log).tags == ["seen"]


@resource
def models(do):
    name = f"generated/{time.time_ns()}"
    model = do("models_create", {"name": name, "model": "ollama/llama3", "url": "http://127.0.0.1:1/v1"})
    assert do("models_retrieve", model.id).name == name
    assert do("models_partial_update", model.id, {"model": "ollama/llama4"}).model == "ollama/llama4"
    body = {"name": name, "model": "ollama/llama5", "url": "http://127.0.0.1:1/v1"}
    assert do("models_update", model.id, body).model == "ollama/llama5"
    assert do("models_list", page_size=100, capable_of=["image"]).results
    verdict = do("models_verify_create", {"model": "ollama/llama3", "url": "http://127.0.0.1:1/v1"})
    assert verdict.success is False and verdict.error, verdict
    do.nothing("models_destroy", model.id)


@resource
def projects(do):
    made = do("projects_create", {"name": f"Generated {time.time_ns()}", "description": "For a test"})
    assert do("projects_retrieve", made.id).description == "For a test"
    assert do("projects_partial_update", made.id, {"description": "Still"}).description == "Still"
    assert do("projects_list", page_size=100).results
    do.nothing("projects_destroy", made.id)
    do.refused(404, "projects_retrieve", made.id)


@resource
def traces(do):
    conditions = [{"column": "attribute", "key": "service", "operator": "=", "value": "shop", "type": "string"}]
    body = {
        "name": "Generated", "evaluator_id": TRUTHFULNESS, "filter_criteria": {"conditions": conditions},
        "sampling_rate": 0.5, "delay_seconds": 20, "applies_to_new_only": True, "is_active": False,
    }
    made = do("otel_evaluation_filters_create", body)
    assert do("otel_evaluation_filters_retrieve", made.id).sampling_rate == 0.5
    assert do("otel_evaluation_filters_update", made.id, body | {"sampling_rate": 1.0}).sampling_rate == 1.0
    assert made.id in [one.id for one in do("otel_evaluation_filters_list")]
    assert "warnings" in do("otel_evaluation_filters_validate_create", body)
    assert do("otel_traces_list", page_size=5, filters="name;string;;contains;nothing is called so").results == []
    do.refused(404, "otel_traces_spans_list", "0" * 31 + "1")
    do.nothing("otel_evaluation_filters_destroy", made.id)


@resource
def files(do):
    image = (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
        b"\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82"
    )
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(image)
        file.flush()
        assert do("files_create", file.name).id


@resource
def nothing_is_left_out(do):
    assert len(do.methods) == 99, len(do.methods)
    assert called == set(do.methods), set(do.methods) - called


for name in sys.argv[1:]:
    error = None
    try:
        globals()[name]()
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"name": name, "error": error}), flush=True)
