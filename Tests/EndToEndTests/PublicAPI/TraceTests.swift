import Foundation
import HTTPMessages
import JSON
import Testing

extension EndToEnd.PublicAPI {
    /// What exporters send, how it is found again, and how it is evaluated.
    @Suite struct TraceTests {
        private func api() async throws -> APIClient { try await PrivateInstallation.demonstration().api }

        /// A trace in OTLP's JSON, as exporters in browsers send it.
        private func document(
            _ trace: String, _ spans: [JSONValue], service: String = "web", resource: [JSONValue] = []
        ) -> JSONValue {
            [
                "resourceSpans": [
                    [
                        "resource": ["attributes": .array([attribute("service.name", service)] + resource)],
                        "scopeSpans": [["scope": ["name": "test"], "spans": .array(spans)]],
                    ]
                ]
            ]
        }

        private func attribute(_ key: String, _ text: String) -> JSONValue {
            ["key": .string(key), "value": ["stringValue": .string(text)]]
        }

        private func span(
            _ trace: String, _ id: Int, in parent: Int? = nil, _ name: String = "step",
            _ attributes: [JSONValue] = [], error: Bool = false
        ) -> JSONValue {
            func digits(_ id: Int) -> String { String(repeating: "0", count: 14) + "\(10 + id)" }
            let start = Int64(Date().timeIntervalSince1970 * 1000) * 1_000_000
            return [
                "traceId": .string(trace), "spanId": .string(digits(id)),
                "parentSpanId": .string(parent.map(digits) ?? ""), "name": .string(name), "kind": 1,
                "startTimeUnixNano": .string("\(start + Int64(id) * 1000)"),
                "endTimeUnixNano": .string("\(start + 5_000_000)"), "attributes": .array(attributes),
                "status": ["code": error ? 2 : 0],
            ]
        }

        private func newTrace() -> String { UUID().uuidString.lowercased().filter { $0 != "-" } }

        private func question(_ answer: String = "Open Settings, then Security.") -> [JSONValue] {
            [
                attribute("gen_ai.input.messages", #"[{"role":"user","content":"How do I reset my password?"}]"#),
                attribute("gen_ai.output.messages", #"[{"role":"assistant","content":"\#(answer)"}]"#),
            ]
        }

        private func send(_ document: JSONValue, _ api: APIClient, _ headers: HTTPHeaders = [:]) async throws {
            let reply = try await api.post("/otel/v1/traces", document, headers: headers)
            #expect(reply.status == 200 && reply.text == "{}", "\(reply.text)")
        }

        private func traces(_ filters: String, _ api: APIClient) async throws -> [String] {
            let text = filters.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let page = try await api.get("/v1/otel/traces/?page_size=100&filters=\(text)")
            #expect(page.status == 200, "\(page.text)")
            return page.results.map { $0.string("trace_id") }
        }

        @Test func whatThePythonExportersSendIsThere() async throws {
            let api = try await api()
            let python = try await PythonEnvironment.exporters.path(of: "python")
            let key = String(api.authorization?.split(separator: " ").last ?? "")
            let outcome = try await ChildProgram.run(
                [python, BuiltFiles.client("trace_exporter.py"), api.base, key], within: .seconds(120))
            #expect(outcome.code == 0, "\(outcome.output)")
            #expect(
                outcome.lines.contains("exports: ok") && outcome.lines.contains("wrong key: ok"), "\(outcome.output)")
            for form in ["protobuf plain", "protobuf deflate", "json plain", "json gzip"] {
                #expect(outcome.lines.contains("\(form): ok"), "\(outcome.output)")
            }
            let others = outcome.lines.filter { $0.hasPrefix("sent ") }.map { String($0.dropFirst(5)) }
            #expect(others.count == 4)
            for other in others {
                let spans = try await api.get("/v1/otel/traces/\(other)/spans/").json?.arrayValue ?? []
                let attributes = spans.first?["span"]?["attributes"]?.arrayValue ?? []
                #expect(attributes.first { $0.string("key") == "count" }?["value"] == ["intValue": "12"], "\(spans)")
            }
            let trace = String(try #require(outcome.lines.first { $0.hasPrefix("trace: ") }).dropFirst(7))
            let spans = try await api.get("/v1/otel/traces/\(trace)/spans/").json?.arrayValue ?? []
            #expect(spans.count == 3)
            let chat = try #require(spans.first { $0["span"]?.string("name") == "chat model" })
            let attributes = chat["span"]?["attributes"]?.arrayValue ?? []
            func value(_ key: String) -> JSONValue? { attributes.first { $0.string("key") == key }?["value"] }
            #expect(value("gen_ai.usage.input_tokens") == ["intValue": "12"])
            #expect(value("gen_ai.request.temperature") == ["doubleValue": 0.5])
            #expect(value("streamed") == ["boolValue": false])
            #expect(value("stop")?["arrayValue"]?["values"]?[1] == ["stringValue": "b"])
            #expect(chat["span"]?["events"]?[0]?.string("name") == "first token")
            #expect(chat["span"]?["kind"] == 3 && chat.string("parent_span_id").count == 16)
            let failing = try #require(spans.first { $0["span"]?.string("name") == "look up" })
            #expect(failing["span"]?["has_error"] == true && failing["span"]?["status"]?["code"] == 2)
            let listed = try await traces("resource;string;deployment.environment;=;ci,has_error;boolean;;=;true", api)
            #expect(listed.contains(trace))
        }

        /// What the exporter of `@opentelemetry/exporter-trace-otlp-http` writes: whole numbers as numbers, empty lists,
        /// `flags` and counts of what was dropped.
        @Test func aPayloadAsTheJavaScriptExporterWritesItIsTaken() async throws {
            let api = try await api()
            let trace = newTrace()
            let start = Int64(Date().timeIntervalSince1970 * 1000) * 1_000_000
            let text = """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"web-shop"}},\
                {"key":"process.pid","value":{"intValue":4711}}],"droppedAttributesCount":0},"scopeSpans":[{"scope":\
                {"name":"checkout","version":"1.0.0"},"spans":[{"traceId":"\(trace)","spanId":"eee19b7ec3c1b174",\
                "parentSpanId":"eee19b7ec3c1b173","traceState":"","name":"POST /chat","kind":3,\
                "startTimeUnixNano":"\(start)","endTimeUnixNano":"\(start + 12_000_000)","attributes":[\
                {"key":"gen_ai.usage.input_tokens","value":{"intValue":12}},{"key":"ratio","value":{"doubleValue":0.5}},\
                {"key":"stop","value":{"arrayValue":{"values":[{"stringValue":"a"}]}}},{"key":"nothing","value":{}}],\
                "droppedAttributesCount":0,"events":[{"attributes":[],"name":"token","timeUnixNano":"\(start + 1)",\
                "droppedAttributesCount":0}],"droppedEventsCount":0,"status":{"code":2,"message":"no such user"},\
                "links":[{"attributes":[],"spanId":"eee19b7ec3c1b175","traceId":"\(trace)","droppedAttributesCount":0,\
                "flags":257}],"droppedLinksCount":0,"flags":257}]}]}]}
                """
            let reply = try await api.send(
                .post, "/otel/v1/traces", body: Array(text.utf8),
                headers: ["content-type": "application/json", "user-agent": "OTel-OTLP-Exporter-JavaScript/0.203.0"])
            #expect(reply.status == 200 && reply.json != nil, "\(reply.text)")
            let spans = try await api.get("/v1/otel/traces/\(trace)/spans/").json?.arrayValue ?? []
            let span = try #require(spans.first)
            let attributes = span["span"]?["attributes"]?.arrayValue ?? []
            func value(_ key: String) -> JSONValue? { attributes.first { $0.string("key") == key }?["value"] }
            #expect(value("gen_ai.usage.input_tokens") == ["intValue": "12"], "\(span)")
            #expect(value("ratio") == ["doubleValue": 0.5] && value("nothing") != nil)
            #expect(span["span"]?["has_error"] == true && span.string("parent_span_id") == "eee19b7ec3c1b173")
            #expect(try await traces("resource;string;service.name;=;web-shop", api).contains(trace))
        }

        @Test func spansComeInManyRequestsInAnyOrderAndOnce() async throws {
            let api = try await api()
            let trace = newTrace()
            for _ in 0..<2 {
                try await send(document(trace, [span(trace, 2, in: 1, "inner", question(), error: true)]), api)
            }
            try await send(document(trace, [span(trace, 1, "root", [attribute("input.value", "asked")])]), api)
            let row = try #require(
                try await api.get("/v1/otel/traces/?page_size=100").results.first { $0.string("trace_id") == trace })
            // The first request was sent twice with other times: what is sent again is told by its start.
            #expect((2...3).contains(row["span_count"]?.integerValue ?? 0))
            #expect(row.string("root_span_name") == "root" && row.string("input_preview") == "asked")
            #expect(row.string("output_preview").contains("Open Settings") && row["has_error"] == true)
        }

        @Test func badSpansAreToldAndTheOthersStay() async throws {
            let api = try await api()
            let trace = newTrace()
            let reply = try await api.post(
                "/v1/otel/v1/traces", document(trace, [span("xyz", 1), span(trace, 2), span(trace, 3, in: nil)]))
            #expect(reply.status == 200 && reply["partialSuccess"]?.string("rejectedSpans") == "1", "\(reply.text)")
            #expect(reply["partialSuccess"]?.string("errorMessage").contains("trace_id") == true)
            #expect(try await api.get("/v1/otel/traces/\(trace)/spans/").json?.arrayValue?.count == 2)
        }

        @Test func whatIsNoRequestIsRefused() async throws {
            let api = try await api()
            let malformed = try await api.send(
                .post, "/otel/v1/traces", body: Array("{".utf8), headers: ["content-type": "application/json"])
            #expect(malformed.status == 400, "\(malformed.text)")
            let damaged = try await api.send(
                .post, "/otel/v1/traces", body: [1, 2, 3],
                headers: ["content-type": "application/x-protobuf", "content-encoding": "gzip"])
            #expect(damaged.status == 400, "\(damaged.text)")
            let strange = try await api.send(
                .post, "/otel/v1/traces", body: [1], headers: ["content-type": "text/csv"])
            #expect(strange.status == 415)
            let large = try await api.send(
                .post, "/otel/v1/traces", body: [UInt8](repeating: 0, count: 9 << 20),
                headers: ["content-type": "application/x-protobuf"])
            #expect(large.status == 413)
            #expect(try await api.showing("Api-Key sk_wrong").post("/otel/v1/traces", [:]).status == 401)
            let group = try await api.get("/v1/otel/traces/?filters=name%3Bstring%3B%3B~%3Bx")
            #expect(group.status == 400 && group.text.contains("Group 1"), "\(group.text)")
            #expect(try await api.get("/v1/otel/traces/\(newTrace())/spans/").status == 404)
            #expect(try await api.get("/v1/otel/traces/nonsense/spans/").status == 404)
        }

        @Test func filtersAreMadeChangedAndDeleted() async throws {
            let api = try await api()
            let path = "/v1/otel/evaluation-filters/"
            let criteria: JSONValue = ["conditions": [["column": "name", "operator": "eq", "value": "none of these"]]]
            let made = try await api.post(
                path, ["name": "Filter", "evaluator_id": .string(rootEvaluator), "filter_criteria": criteria])
            #expect(made.status == 201 && made["filter_criteria"] == criteria, "\(made.text)")
            #expect(made["delay_seconds"] == 20 && made["sampling_rate"]?.doubleValue == 1 && made["judge_id"] == .null)
            let one = "\(path)\(made.string("id"))/"
            let patched = try await api.patch(one, ["sampling_rate": 0.25, "is_active": false])
            #expect(patched.status == 200 && patched.string("name") == "Filter" && patched["is_active"] == false)
            let put = try await api.put(one, ["name": "Other", "evaluator_id": .string(rootEvaluator)])
            #expect(put.status == 200 && put["sampling_rate"]?.doubleValue == 1 && put["filter_criteria"] == [:])
            #expect(try await api.get(path).json?.arrayValue?.contains { $0["id"] == made["id"] } == true)
            for wrong: JSONValue in [
                ["name": "x"], ["evaluator_id": .string(rootEvaluator)],
                ["name": "x", "evaluator_id": .string(rootEvaluator), "judge_id": .string(rootEvaluator)],
                ["name": "x", "evaluator_id": .string(rootEvaluator), "sampling_rate": 2],
                ["name": "x", "evaluator_id": .string(UUID().uuidString)],
                ["name": "x", "evaluator_id": .string(rootEvaluator), "extractor_rules": [["emit": "?"]]],
            ] {
                #expect(try await api.post(path, wrong).status == 400, "\(wrong)")
                #expect(try await api.post("\(path)validate/", wrong).status == 400, "\(wrong)")
            }
            let trace = newTrace()
            try await send(document(trace, [span(trace, 1)]), api)
            let warned = try await api.post(
                "\(path)validate/", ["name": "x", "evaluator_id": .string(rootEvaluator), "filter_criteria": criteria])
            #expect(warned.status == 200 && warned["warnings"]?.arrayValue?.count == 1, "\(warned.text)")
            #expect(try await api.delete(one).status == 204)
            #expect(try await api.get(one).status == 404)
        }

        @Test func aTraceIsEvaluatedOnceAndItsScoreIsInIt() async throws {
            let installation = try await PrivateInstallation.demonstration()
            let api = installation.api
            let service = "service-\(UUID().uuidString)"
            let judge = try await api.makeJudge(of: [rootEvaluator])
            let criteria: JSONValue = [
                "conditions": [
                    ["column": "resource", "key": "service.name", "operator": "=", "value": .string(service)]
                ]
            ]
            var filters: [String] = []
            for target: (String, String) in [("evaluator_id", rootEvaluator), ("judge_id", judge.string("id"))] {
                let made = try await api.post(
                    "/v1/otel/evaluation-filters/",
                    .object([
                        "name": "Evaluates", target.0: .string(target.1), "delay_seconds": 1,
                        "filter_criteria": criteria,
                    ]))
                #expect(made.status == 201, "\(made.text)")
                filters.append(made.string("id"))
            }
            let (trace, mute, other) = (newTrace(), newTrace(), newTrace())
            try await send(document(trace, [span(trace, 1, "root", question())], service: service), api)
            try await send(document(mute, [span(mute, 1, "root")], service: service), api)
            try await send(document(other, [span(other, 1, "root", question())]), api)
            // In the middle of it the worker dies.
            try #require(try installation.program("workerd")).kill()
            let spans = try await eventualValue("two scores", within: .seconds(60)) {
                let spans = try await api.get("/v1/otel/traces/\(trace)/spans/").json?.arrayValue ?? []
                return spans.count == 3 ? spans : nil
            }.value
            for scored in spans.dropFirst() {
                let content = scored["span"]
                #expect(content?.string("name").hasPrefix("evaluate ") == true)
                #expect(scored.string("parent_span_id") == spans[0].string("span_id"))
                let attributes = content?["attributes"]?.arrayValue ?? []
                func value(_ key: String) -> JSONValue? { attributes.first { $0.string("key") == key }?["value"] }
                #expect((0...1).contains(value("gen_ai.evaluation.score.value")?["doubleValue"]?.doubleValue ?? -1))
                #expect(value("gen_ai.evaluation.explanation")?.string("stringValue").isEmpty == false)
                #expect(value("scorable.evaluation") == ["boolValue": true])
                #expect(
                    content?["resource_attributes"]?[0]?["value"] == ["stringValue": "scorable.evaluation"])
                let log = value("scorable.execution_log_id")?.string("stringValue") ?? ""
                #expect(try await api.get("/v1/execution-logs/\(log)/").status == 200)
            }
            // Every trace has come to exactly one end under each filter, and the scores' spans began nothing.
            let rows = try await eventualValue("all are decided", within: .seconds(30)) {
                let rows = try await installation.query(
                    """
                    SELECT replace(trace_id::text, '-', '') || ' ' || state FROM trace_candidates
                    WHERE filter_id IN ('\(filters[0])', '\(filters[1])') ORDER BY 1;
                    """)
                return rows.contains { $0.hasSuffix("settling") || $0.hasSuffix("queued") } ? nil : rows
            }.value
            #expect(rows.filter { $0 == "\(trace) scored" }.count == 2, "\(rows)")
            #expect(rows.filter { $0 == "\(mute) failed" }.count == 2, "\(rows)")
            #expect(rows.filter { $0 == "\(other) filtered_out" }.count == 2, "\(rows)")
            for filter in filters { _ = try await api.delete("/v1/otel/evaluation-filters/\(filter)/") }
        }
    }
}
