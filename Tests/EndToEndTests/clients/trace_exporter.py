"""Sends spans as the OpenTelemetry exporters for Python do, and says how that went. Arguments: the base URL, the key."""

import logging
import sys

from opentelemetry import trace
from opentelemetry.exporter.otlp.common.http import Compression as JSONCompression
from opentelemetry.exporter.otlp.json.http import OTLPSpanExporter as JSONSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult

base, key = sys.argv[1], sys.argv[2]
logging.basicConfig(stream=sys.stderr, level=logging.ERROR)


class Telling(OTLPSpanExporter):
    """Remembers how each export ended."""

    results = []

    def export(self, spans):
        result = super().export(spans)
        self.results.append(result)
        return result


exporter = Telling(
    endpoint=f"{base}/otel/v1/traces", headers={"Authorization": f"Api-Key {key}"}, compression=Compression.Gzip)
provider = TracerProvider(resource=Resource.create({"service.name": "exporter-test", "deployment.environment": "ci"}))
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("trace_exporter", "1.0")

with tracer.start_as_current_span("answer", kind=trace.SpanKind.SERVER) as root:
    root.set_attribute("user.tier", "gold")
    with tracer.start_as_current_span("chat model", kind=trace.SpanKind.CLIENT) as chat:
        chat.set_attributes({
            "gen_ai.input.messages":
                '[{"role":"user","parts":[{"type":"text","content":"How do I reset my password?"}]}]',
            "gen_ai.output.messages":
                '[{"role":"assistant","parts":[{"type":"text","content":"Open Settings, then Security."}]}]',
            "gen_ai.usage.input_tokens": 12, "gen_ai.request.temperature": 0.5, "streamed": False,
            "stop": ["a", "b"],
        })
        chat.add_event("first token", {"after_ms": 41})
    with tracer.start_as_current_span("look up") as failing:
        failing.record_exception(ValueError("no such user"))
        failing.set_status(trace.StatusCode.ERROR, "no such user")
    trace_id = format(root.get_span_context().trace_id, "032x")
for number in range(600):
    with tracer.start_as_current_span(f"background {number % 5}"):
        pass
provider.force_flush()

good = all(result == SpanExportResult.SUCCESS for result in Telling.results)
print(f"exports: {'ok' if good and Telling.results else Telling.results}")

wrong = OTLPSpanExporter(endpoint=f"{base}/otel/v1/traces", headers={"Authorization": "Api-Key sk_wrong"})
refused = TracerProvider()
with refused.get_tracer("x").start_as_current_span("refused") as span:
    pass
print(f"wrong key: {'ok' if wrong.export([span]) == SpanExportResult.FAILURE else 'accepted'}")
endpoint, headers = f"{base}/otel/v1/traces", {"Authorization": f"Api-Key {key}"}
OTHERS = {
    "protobuf plain": OTLPSpanExporter(endpoint=endpoint, headers={"Authorization": f"Bearer {key}"}),
    "protobuf deflate": OTLPSpanExporter(endpoint=endpoint, headers=headers, compression=Compression.Deflate),
    "json plain": JSONSpanExporter(endpoint=endpoint, headers=headers),
    "json gzip": JSONSpanExporter(endpoint=endpoint, headers=headers, compression=JSONCompression.GZIP),
}
for name, other in OTHERS.items():
    source = TracerProvider(resource=Resource.create({"service.name": "exporter-test"}))
    with source.get_tracer("x").start_as_current_span(f"sent as {name}") as span:
        span.set_attributes({"count": 12, "ratio": 0.5, "streamed": True, "stop": ["a", "b"]})
    sent = other.export([span])
    print(f"{name}: {'ok' if sent == SpanExportResult.SUCCESS else sent}")
    print(f"sent {format(span.get_span_context().trace_id, '032x')}")
print(f"trace: {trace_id}")
