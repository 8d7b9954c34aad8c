"""Holds a running API to an OpenAPI document: schemathesis sends what the document allows, and what it does not, and every
answer has to have a status, a type and a shape that the document names, and no status of 500 or more.

usage: api_contract.py ADDRESS KEY SECONDS [DOCUMENT]

DOCUMENT is the vendor's published one; without it the API is asked for its own, which is also checked to be valid. One line
of JSON says how many calls were made and what was found.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
METHODS = {"get", "post", "put", "patch", "delete"}
# The published document names the statuses of success alone; the API's problems are told in prose.
PROBLEMS = ["400", "401", "403", "404", "409", "413", "415", "422", "429"]
PROBLEM = {
    "type": "object",
    "required": ["type", "status", "title", "detail", "code"],
    "properties": {"status": {"type": "integer"}, "detail": {"type": "string"}, "code": {"type": "string"}},
}


def own(address: str) -> dict:
    with urllib.request.urlopen(f"{address}/openapi.json", timeout=10) as reply:
        document = json.load(reply)
    OpenAPIV31SpecValidator(document).validate()
    # A key that comes twice is refused, which would hide all else; keys have tests of their own.
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [each for each in operation.get("parameters", []) if each["name"] != "Idempotency-Key"]
    return document


def published(path: str) -> dict:
    document = yaml.safe_load(Path(path).read_text())
    content = {kind: {"schema": PROBLEM} for kind in ("application/problem+json", "application/json")}
    for operations in document["paths"].values():
        for method, operation in operations.items():
            if method in METHODS:
                for status in PROBLEMS:
                    known = operation["responses"].setdefault(status, {"description": "A problem."})
                    known["content"] = {**content, **known.get("content", {})}
                if streams(operation, document):
                    # It names the type of a whole answer alone, and lets one ask for a stream.
                    operation["responses"]["200"].setdefault("content", {})["text/event-stream"] = {}
    return document


def streams(operation: dict, document: dict) -> bool:
    """Whether the body may ask for the answer in pieces."""
    for kind in operation.get("requestBody", {}).get("content", {}).values():
        schema = kind.get("schema", {})
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "stream" in schema.get("properties", {}):
            return True
    return False


def findings(report: dict) -> list[str]:
    """A line a kind of failure, with the operations that failed so."""
    failed = [f"{each['title']}: {', '.join(each['operations'])}" for each in report["failures"]]
    return failed + [json.dumps(error) for error in report["errors"]]


def main() -> None:
    address, key, seconds = sys.argv[1:4]
    document = published(sys.argv[4]) if len(sys.argv) > 4 else own(address)
    with tempfile.TemporaryDirectory() as folder:
        schema, report = Path(folder, "schema.json"), Path(folder, "report.json")
        schema.write_text(json.dumps(document, default=str))
        command = [
            str(Path(sys.executable).with_name("schemathesis")), "run", str(schema), "--url", address,
            "--header", f"Authorization: Api-Key {key}", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
            "--max-time", seconds, "--continue-on-failure", "--no-shrink", "--request-timeout", "90",
            "--suppress-health-check", "all", "--report", "json", "--report-json-path", str(report),
        ]  # fmt: skip
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if not report.exists():
            raise SystemExit(f"schemathesis did not run: {run.stdout[-3000:]}{run.stderr[-3000:]}")
        facts = json.loads(report.read_text())
        print(json.dumps({
            "operations": sum(len(METHODS & set(path)) for path in document["paths"].values()),
            "calls": facts["test_cases"]["generated"], "failures": findings(facts),
            "output": run.stdout[-20000:] if findings(facts) else "",
        }))  # fmt: skip


main()
