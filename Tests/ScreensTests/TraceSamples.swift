import FoundationEssentials
import Screens
import Terminal
import WireAPI

extension Samples {
    static func traceID(_ index: Int) -> String {
        let digits = String(0xa000 + index, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    static func trace(
        _ index: Int, input: String = "What does my order cost\nwith everything?"
    ) -> OperatorTraceRow {
        OperatorTraceRow(
            id: traceID(index), name: ["checkout", "answer a question", "summarise a contract", ""][index % 4],
            service: ["shop", "support", "legal"][index % 3],
            startedAt: now.addingTimeInterval(Double(-30 * index - 4)),
            durationMicroseconds: Int64(180_000 + 731_000 * (index % 9)), spanCount: 3 + index % 40,
            errorCount: index % 5 == 1 ? 2 : 0, inputPreview: input,
            outputPreview: index % 5 == 1 ? "" : "It costs 12.50 €.", projectID: uuid(0x700),
            createdAt: now.addingTimeInterval(Double(-30 * index - 2)))
    }

    static func tracePage(_ count: Int) -> OperatorTracePage {
        OperatorTracePage(results: (0..<count).map { trace($0) }, next: nil)
    }

    static func span(
        _ id: Int, in parent: Int? = nil, _ name: String, from start: Int64, _ duration: Int64, error: String? = nil,
        kind: String = "internal", service: String = "shop", attributes: [OperatorSpan.Attribute] = [],
        events: [OperatorSpan.Event] = [], evaluation: OperatorSpan.Evaluation? = nil
    ) -> OperatorSpan {
        func text(_ id: Int) -> String { String(repeating: "0", count: 14) + "\(10 + id)" }
        return OperatorSpan(
            id: text(id), parentID: parent.map(text), name: name, kind: kind, service: service,
            scope: evaluation == nil ? "openai.instrumentation" : "", startMicroseconds: start * 1000,
            durationMicroseconds: duration * 1000, status: error == nil ? "UNSET" : "ERROR",
            statusMessage: error ?? "", attributes: attributes,
            resource: [
                .init(key: "service.name", value: service), .init(key: "deployment.environment", value: "prod"),
            ],
            events: events, evaluation: evaluation)
    }

    static let traceSpans = [
        span(
            0, "answer a question", from: 0, 2400, kind: "server",
            attributes: [
                .init(key: "http.route", value: "/ask"),
                .init(key: "input.value", value: "What does my order cost with everything?"),
            ]),
        span(1, in: 0, "retrieve", from: 12, 430, kind: "client"),
        span(
            2, in: 1, "SELECT orders", from: 60, 210, error: "connection reset by peer", kind: "client",
            service: "orders",
            events: [
                .init(
                    name: "exception", atMicroseconds: 250_000,
                    attributes: [.init(key: "exception.type", value: "ConnectionResetError")])
            ]),
        span(3, in: 1, "SELECT orders", from: 290, 140, kind: "client", service: "orders"),
        span(
            4, in: 0, "chat gpt-5-mini", from: 470, 1810, kind: "client",
            attributes: [
                .init(key: "gen_ai.usage.input_tokens", value: "1204"),
                .init(
                    key: "gen_ai.output.messages",
                    value:
                        #"[{"role":"assistant","parts":[{"type":"text","content":"It costs 12.50 €. Shipping is free from 10 €, and everything means the large box."}]}]"#
                ),
            ]),
        span(
            5, in: 0, "evaluate Helpfulness", from: 5_000, 900, service: "scorable.evaluation",
            evaluation: .init(
                evaluator: "Helpfulness", score: 0.86, explanation: "Answers what was asked, with the price.",
                executionID: uuid(0x900))),
    ]

    static let traceDetail = OperatorTraceDetail(
        trace: OperatorTraceRow(
            id: traceID(1), name: "answer a question", service: "shop", startedAt: now.addingTimeInterval(-34),
            durationMicroseconds: 2_400_000, spanCount: 6, errorCount: 1, inputPreview: "", outputPreview: "",
            projectID: uuid(0x700), createdAt: now.addingTimeInterval(-32)), spans: traceSpans, isCut: false,
        outcomes: [
            .init(filter: "Helpful answers", state: "scored", reason: "", executionID: uuid(0x900)),
            .init(filter: "Every tenth", state: "sampled_out", reason: "Not one of the share", executionID: nil),
        ])

    static let traceFilters = OperatorTraceFilterList(results: [
        OperatorTraceFilter(
            id: uuid(0xb00), name: "Helpful answers", targetKind: "evaluator", targetName: "Helpfulness",
            samplingRate: 1, delaySeconds: 20, isActive: true,
            counts: ["scored": 11_208, "filtered_out": 530, "failed": 12, "queued": 3, "settling": 9],
            createdAt: now),
        OperatorTraceFilter(
            id: uuid(0xb01), name: "Every tenth", targetKind: "judge", targetName: "Contract review",
            samplingRate: 0.1, delaySeconds: 60, isActive: false,
            counts: ["scored": 101, "sampled_out": 899, "superseded": 7], createdAt: now),
    ])
}

extension Story {
    static func traces(
        _ size: Size = Size(columns: 80, rows: 24), rows: Int = 40, charset: Charset = .unicode
    ) -> Story {
        var story = Story.entering(.traces, size, charset: charset)
        story.answer(OperatorTracePage.path, Samples.tracePage(rows))
        return story
    }

    static func trace(_ size: Size = Size(columns: 80, rows: 24), charset: Charset = .unicode) -> Story {
        var story = traces(size, charset: charset)
        story.press(.character("j"), Key(.enter))
        story.answer("\(OperatorTracePage.path)/", Samples.traceDetail)
        return story
    }

    static func traceFilters(_ size: Size = Size(columns: 80, rows: 24)) -> Story {
        var story = traces(size)
        story.press(.character("s"))
        story.answer(OperatorTraceFilterList.path, Samples.traceFilters)
        return story
    }
}
