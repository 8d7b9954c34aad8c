"""Ragas' AspectCritic with one criterion over items: one call of the model each.

    aspect.py ITEMS.json URL CONCURRENT     prints {"seconds", "cpu", "scores"}
"""
import json
import os
import resource
import sys
import time
import warnings

os.environ["RAGAS_DO_NOT_TRACK"] = "true"
warnings.filterwarnings("ignore")

from langchain_openai import ChatOpenAI
from ragas import EvaluationDataset, RunConfig, evaluate
from ragas.llms import LangchainLLMWrapper
from ragas.metrics import AspectCritic

path, url, concurrent = sys.argv[1:4]
with open(path) as file:
    items = json.load(file)
model = LangchainLLMWrapper(ChatOpenAI(model="judge", api_key="none", base_url=url))
metric = AspectCritic(
    name="helpfulness", definition="Does the response answer what the user asks, fully and to the point?", llm=model)
rows = [{"user_input": item["request"], "response": item["response"]} for item in items]


def run(rows):
    return evaluate(
        EvaluationDataset.from_list(rows), metrics=[metric], run_config=RunConfig(max_workers=int(concurrent)),
        show_progress=False)


sys.stdout, out = sys.stderr, sys.stdout
run(rows[:20])
before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
result = run(rows)
seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF)
scores = [score["helpfulness"] for score in result.scores]
print(json.dumps({
    "seconds": seconds, "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
    "scores": sum(score == score for score in scores)}), file=out)
