"""DeepEval's G-Eval with one criterion over items: one call of the model each.

    geval.py ITEMS.json URL CONCURRENT      prints {"seconds", "cpu", "scores"}
"""
import json
import os
import resource
import sys
import time

os.environ.update(DEEPEVAL_TELEMETRY_OPT_OUT="YES", DEEPEVAL_NO_INSPECT_PROMPT="1", DEEPEVAL_FILE_SYSTEM="READ_ONLY",
                  DEEPEVAL_DISABLE_DOTENV="1", DEEPEVAL_PER_ATTEMPT_TIMEOUT_SECONDS_OVERRIDE="600",
                  DEEPEVAL_PER_TASK_TIMEOUT_SECONDS_OVERRIDE="1200")

from deepeval import evaluate
from deepeval.evaluate import AsyncConfig, CacheConfig, DisplayConfig
from deepeval.metrics import GEval
from deepeval.models import LocalModel
from deepeval.test_case import LLMTestCase, SingleTurnParams

path, url, concurrent = sys.argv[1:4]
with open(path) as file:
    items = json.load(file)
metric = GEval(
    name="Helpfulness",
    # With steps that are given, the model is not asked for them first.
    evaluation_steps=["Check whether the actual output answers what the input asks, fully and to the point."],
    evaluation_params=[SingleTurnParams.INPUT, SingleTurnParams.ACTUAL_OUTPUT],
    model=LocalModel(model="judge", api_key="none", base_url=url), async_mode=True)
cases = [LLMTestCase(input=item["request"], actual_output=item["response"]) for item in items]


def run(cases):
    # What a person would look at and no machine: the progress and the table are left out.
    return evaluate(
        test_cases=cases, metrics=[metric], async_config=AsyncConfig(max_concurrent=int(concurrent)),
        display_config=DisplayConfig(show_indicator=False, print_results=False, inspect_after_run=False),
        cache_config=CacheConfig(write_cache=False))


sys.stdout, out = sys.stderr, sys.stdout
run(cases[:20])
before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
result = run(cases)
seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
scores = [data.score for case in result.test_results for data in case.metrics_data]
print(json.dumps({
    "seconds": seconds, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    "scores": sum(score is not None for score in scores)}), file=out)
