"""Datasets, labels and calibration with the published client, one function an example. Usage: label_client.py NAME...

Prints a line of JSON for each: its name, and the error that it ended with, null when it went well.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
import traceback

from scorable import Scorable
from scorable.generated.openapi_client.exceptions import ApiException


def wait_for(run, get):
    deadline = time.time() + 60
    while run.status in ("pending", "running"):
        assert time.time() < deadline, run
        time.sleep(0.2)
        run = get(run.id)
    return run


def score_configs():
    client = Scorable()
    names = {config.name: config for config in client.score_configs.list()}
    assert names["Score"].is_default and names["Score"].type == "continuous", names
    assert names["Thumbs"].type == "binary" and len(names["Thumbs"].categories) == 2, names
    made = client.score_configs.create(
        name="Grades", type="categorical", categories=[{"label": "bad", "value": 0}, {"label": "good", "value": 10}]
    )
    assert client.score_configs.get(made.id).max_value == 10, made
    renamed = client.score_configs.update(made.id, name="Marks")
    assert renamed.name == "Marks" and len(renamed.categories) == 2, renamed
    for attempt in (
        lambda: client.score_configs.update(names["Score"].id, name="Mine"),
        lambda: client.score_configs.delete(names["Thumbs"].id),
    ):
        try:
            attempt()
            raise AssertionError("a global config was changed")
        except ApiException as error:
            assert error.status == 403, error
    client.score_configs.delete(made.id)


def uploaded_dataset():
    client = Scorable()
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write('request,response,score,justification,topic\n"Why, then?",So.,0.25,short,weather\nHow?,Thus.,,,\n')
    try:
        dataset = client.datasets.create(name="Uploaded", path=file.name)
    finally:
        os.unlink(file.name)
    assert client.datasets.get(dataset.id).name == "Uploaded", dataset
    items = list(client.datasets.list_items(dataset.id))
    by_request = {item.request: item for item in items}
    assert len(items) == 2 and by_request["Why, then?"].variables == {"topic": "weather"}, items
    (annotation,) = by_request["Why, then?"].annotations
    assert annotation.value == 0.25 and annotation.rationale == "short", annotation
    assert by_request["How?"].annotations == [], items
    client.datasets.delete(dataset.id)


def labelled_items():
    client = Scorable()
    dataset = client.datasets.create(name="Labelled")
    item = client.datasets.add_item(dataset.id, request="Hi", response="Hello!", variables={"n": 1})
    thumbs = next(config for config in client.score_configs.list() if config.name == "Thumbs")
    label = thumbs.categories[0]["label"]
    thumb = client.annotations.create(dataset_item_id=item.id, category=label, score_config_id=thumbs.id)
    assert thumb.value == thumbs.categories[0]["value"] and thumb.category == label, thumb
    draft = client.annotations.create(dataset_item_id=item.id, value=0.5, status="draft")
    assert [a.id for a in client.datasets.get_item(dataset.id, item.id).annotations] == [thumb.id]
    published = client.annotations.update(draft.id, status="published")
    assert published.value == 0.5 and published.status == "published", published
    assert client.annotations.update(draft.id, value=0.75).rationale == published.rationale
    revised = client.datasets.update_item(dataset.id, item.id, response="Hello there!")
    assert len(revised.annotations) == 2 and revised.request == "Hi", revised
    assert {a.id for a in client.annotations.list(dataset=dataset.id)} == {thumb.id, draft.id}
    assert [a.id for a in client.annotations.list(dataset_item=revised.id, score_config=thumbs.id)] == [thumb.id]
    assert list(client.annotations.list(dataset=dataset.id, status="draft")) == []
    log = client.evaluators.Politeness(response="Thank you!").execution_log_id
    on_log = client.annotations.create(execution_log_id=log, value=1, rationale="It is.")
    assert [a.id for a in client.annotations.list(execution_log=log)] == [on_log.id]
    client.annotations.delete(on_log.id)
    try:
        client.annotations.create(dataset_item_id=item.id, value=3)
        raise AssertionError("a value outside of the scale was stored")
    except ApiException as error:
        assert error.status == 400, error


def calibration():
    client = Scorable()
    evaluator = client.evaluators.create(
        name="Calibrated", scoring_criteria="Is it polite? {{response}}", intent="To measure politeness",
        model="gpt-4o",
    )
    dataset = client.datasets.create(name="Golden")
    items = client.datasets.add_items(
        dataset.id, [{"response": f"Thank you, answer {n}."} for n in range(12)] + [{"response": "Not labelled."}]
    )
    for number, item in enumerate(items[:12]):
        client.annotations.create(dataset_item_id=item.id, value=number / 11)
    run = client.calibration_runs.create(evaluator_id=evaluator.id, dataset_id=dataset.id)
    assert run.status == "pending" or run.status == "running", run
    assert run.n_examples == 12 and run.n_skipped == 1, run
    run = wait_for(run, client.calibration_runs.get)
    assert run.status == "completed" and run.error == "", run
    assert run.metrics["n"] == 12 and run.metrics["mae"] >= 0, run.metrics
    found = list(client.calibration_runs.list_items(run.id))
    assert len(found) == 12 and all(item.status == "completed" for item in found), found
    apart = [item.disagreement for item in found]
    assert apart == sorted(apart, reverse=True), apart
    bias = sum(item.evaluator_score - item.human_value for item in found) / 12
    assert abs(run.metrics["bias"] - bias) < 1e-9, run.metrics
    log = client.execution_logs.get(log_id=found[0].execution_log)
    assert log.execution_type == "test" and log.score == found[0].evaluator_score, log
    assert run.id in [other.id for other in client.calibration_runs.list(evaluator_id=evaluator.id)]


def async_calibration():
    async def run():
        client = Scorable(run_async=True)
        evaluator = await client.evaluators.acreate(
            name="Calibrated later", scoring_criteria="Is it clear? {{response}}", intent="To measure", model="gpt-4o"
        )
        dataset = await client.datasets.acreate(name="Golden, later")
        item = await client.datasets.aadd_item(dataset.id, response="Close the window.")
        annotation = await client.annotations.acreate(dataset_item_id=item.id, value=1.0, rationale="Clear.")
        assert [a.id async for a in client.annotations.alist(dataset=dataset.id)] == [annotation.id]
        assert "Score" in [config.name async for config in client.score_configs.alist()]
        started = await client.calibration_runs.acreate(evaluator_id=evaluator.id, dataset_id=dataset.id)
        deadline = time.time() + 60
        while started.status in ("pending", "running"):
            assert time.time() < deadline, started
            await asyncio.sleep(0.2)
            started = await client.calibration_runs.aget(started.id)
        assert started.status == "completed", started
        # One example has no correlation, and that is said.
        assert started.metrics["pearson"] is None, started.metrics
        assert started.metrics["undefined"]["pearson"]["code"], started.metrics

    asyncio.run(run())


for name in sys.argv[1:]:
    try:
        globals()[name]()
        error = None
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"name": name, "error": error}), flush=True)
