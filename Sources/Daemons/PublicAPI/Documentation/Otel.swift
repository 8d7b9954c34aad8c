internal import HTTPMessages
internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    private static let filters = "/v1/otel/evaluation-filters/"
    private static let filter = "/v1/otel/evaluation-filters/{id}/"

    static let otel = OperationGroup(
        "Otel",
        "Traces of OpenTelemetry, and filters by which they are evaluated. Exporters are set up by "
            + "`OTEL_EXPORTER_OTLP_ENDPOINT=<address>/otel` and `OTEL_EXPORTER_OTLP_HEADERS=Authorization=Api-Key%20<key>`.",
        [
            ingest("/otel/v1/traces", "otel_ingest_create"), ingest("/v1/otel/v1/traces", "otel_ingest_create_2"),
            .list("/v1/otel/traces/", "otel_traces_list", "Lists traces", of: OtelTraceRecord.self)
                .asking(
                    .text(
                        "filters",
                        "Conditions with commas between them, all of which hold: `column;type;key;operator;value`, such as "
                            + "`span_count;number;;>=;3`.")),
            Operation(.get, "/v1/otel/traces/{trace_id}/spans/", "otel_traces_spans_list", "Lists the spans of a trace")
                .asking(Parameter("trace_id", in: .path, .string, "32 hexadecimal digits."))
                .answering(200, [OtelSpanBody].self),
            Operation(.get, filters, "otel_evaluation_filters_list", "Lists evaluation filters")
                .answering(200, [OtelFilterBody].self),
            .create(
                filters, "otel_evaluation_filters_create", "Makes an evaluation filter", OtelFilterRequest.self,
                OtelFilterBody.self
            ).showing([
                "name": "Support", "evaluator_id": exampleID, "sampling_rate": 0.1,
                "filter_criteria": [
                    "conditions": [["column": "span_name", "operator": "starts with", "value": "support"]]
                ],
            ]),
            Operation(
                .post, filters + "validate/", "otel_evaluation_filters_validate_create", "Checks an evaluation filter"
            )
            .taking(OtelFilterRequest.self).answering(200, OtelFilterWarnings.self).failing(403, 404),
            .read(filter, "otel_evaluation_filters_retrieve", "Shows an evaluation filter", OtelFilterBody.self),
            .replace(
                filter, "otel_evaluation_filters_update", "Changes an evaluation filter", OtelFilterRequest.self,
                OtelFilterBody.self
            ).saying("What is absent is as in a new filter."),
            .change(
                filter, "otel_evaluation_filters_partial_update", "Changes parts of an evaluation filter",
                OtelFilterRequest.self, OtelFilterBody.self),
            .delete(filter, "otel_evaluation_filters_destroy", "Deletes an evaluation filter"),
        ])

    private static func ingest(_ path: String, _ id: String) -> Operation {
        let export = Schema.any.saying("An ExportTraceServiceRequest.")
        let answer = Schema.any.saying(
            "An ExportTraceServiceResponse; `partialSuccess` counts spans that were refused.")
        return Operation(.post, path, id, "Takes spans by OTLP over HTTP")
            .saying("At most 8 MiB, 16 MiB inflated. `Content-Encoding: gzip` is understood.")
            .asking(
                Parameter("X-Project-Id", in: .header, .uuid, "Where the traces go; the default project when absent.")
            )
            .taking(.of(.bytes, type: "application/x-protobuf"), .of(export))
            .answering(200, "Stored.", .of(.bytes, type: "application/x-protobuf"), .of(answer)).failing(403, 404)
    }
}

extension OtelTraceRecord: DocumentedResponse {
    package static let notes = TypeNotes(
        "OtelTraceRecord", "A trace in a list.", ["root_span_name": "Empty as long as no root has come."])
}

extension OtelSpanBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "OtelTrace", "A span.",
        ["parent_span_id": "Empty for a root.", "span": "Its content in the words of OTLP's JSON."])
}

extension OtelFilterRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "OtelTraceEvaluationFilterInput", "Which traces are evaluated, and by what.",
        [
            "name": "Needed when it is made.", "evaluator_id": "The evaluator, or", "judge_id": "the judge.",
            "filter_criteria":
                "`{\"conditions\": [{\"column\", \"operator\", \"value\", \"key\"}]}`; all traces when absent.",
            "sampling_rate": Note("Which part of the traces, from 0 to 1; all when absent.", range: 0...1),
            "delay_seconds": Note("How long after the latest span; 20 when absent.", range: 0...2_147_483_647),
            "applies_to_new_only":
                "Whether traces from before are left alone; yes when absent. Otherwise the newest 10,000 of 30 days are not.",
            "is_active": "Whether it is in effect; yes when absent.",
            "extractor_rules": "Where request and response are found in spans; the GenAI conventions when absent.",
        ])
}

extension OtelFilterBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "OtelTraceEvaluationFilterOutput", "An evaluation filter.",
        ["evaluator_id": "Null where a judge evaluates.", "judge_id": "Null where an evaluator does."])
}

extension OtelFilterWarnings: DocumentedResponse {
    package static let notes = TypeNotes("OtelFilterWarnings", "What is odd about a filter that may be made.")
}
