import FoundationEssentials
import Tenancy
import WireAPI

/// Made-up executions, the same in every run.
enum Samples {
    /// 2026-11-24 12:04:30 UTC.
    static let now = Date(timeIntervalSince1970: 1_795_521_870)
    static let projectID = uuid(0xA000)

    static func uuid(_ number: Int) -> UUID {
        let bytes = withUnsafeBytesOf(number)
        return UUID(uuid: (1, 0x93, 0xA5, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, bytes[4], bytes[5], bytes[6], bytes[7]))
    }

    private static func withUnsafeBytesOf(_ number: Int) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * (7 - $0))) }
    }

    private static let names = [
        "Faithfulness", "Answer relevance", "Toxicity", "Support quality", "JSON validity", "Politeness",
        "Truthfulness with a rather long name that does not fit", "回答の忠実さ",
    ]
    private static let models = ["gpt-5-mini", "claude-sonnet-4-5", "demo/heuristic", "mistral-small-latest"]
    private static let failures = [
        OperatorFailure(code: "timeout", message: "openai did not answer within 30 s"),
        OperatorFailure(code: "rate_limited", message: "openai answered 429: retry after 8 s"),
        OperatorFailure(code: "invalid_response", message: "the model's answer is not the verdict that was asked for"),
    ]

    /// The execution of a number; higher ones are older.
    static func row(_ number: Int, at date: Date? = nil) -> OperatorExecutionRow {
        let key = number
        let number = abs(number)
        let isJudge = number % 8 == 3
        let failure = number % 7 == 5 ? failures[number / 7 % failures.count] : nil
        return OperatorExecutionRow(
            id: uuid(100_000 - key), createdAt: date ?? now.addingTimeInterval(Double(-7 * key) - 0.118),
            type: isJudge ? "judge" : "evaluator", name: names[number % names.count],
            itemID: uuid(number % names.count),
            parentID: nil, score: failure == nil ? Double(number * 37 % 101) / 100 : nil, failure: failure,
            model: failure?.code == "rate_limited" ? nil : models[number % models.count],
            provider: failure == nil ? "openai" : nil, latencyMilliseconds: Double(number * 733 % 41_000) + 2.5,
            costNanodollars: Int64(number * 61_000 % 2_000_000), projectID: projectID, projectName: "default",
            sessionID: number % 3 == 0 ? "chat-\(number / 3)" : nil,
            userID: number % 4 == 0 ? "user-\(number % 5)" : nil,
            tags: number % 5 == 0 ? ["production", "rag"] : [])
    }

    static func page(_ numbers: Range<Int>, next: String? = "older", through: String? = "5-0") -> OperatorExecutionPage
    {
        OperatorExecutionPage(results: numbers.map { row($0) }, next: next, eventsThrough: through)
    }

    static let session = OperatorSession(
        token: "t", expiresAt: now.addingTimeInterval(43_200),
        user: .init(id: uuid(1), email: "root@example.com", fullName: "Root", role: "admin"),
        permissions: Role.admin.permissions.map(\.rawValue).sorted(),
        organization: .init(id: uuid(2), name: "Acme"), project: nil, serverTime: now,
        deployment: .init(name: "eu-1", isProduction: true, version: "0.1.0"))

    /// Somebody who may look and nothing else.
    static let viewer = OperatorSession(
        token: "t", expiresAt: now.addingTimeInterval(43_200),
        user: .init(id: uuid(3), email: "viewer@example.com", fullName: "Viewer", role: "viewer"),
        permissions: Role.viewer.permissions.map(\.rawValue).sorted(),
        organization: .init(id: uuid(2), name: "Acme"), project: nil, serverTime: now,
        deployment: .init(name: "eu-1", isProduction: true, version: "0.1.0"))

    /// Everything filled in.
    static func detail(_ row: OperatorExecutionRow, evaluators: Int = 0, hidden: Bool = false, longPrompt: Int = 3)
        -> OperatorExecutionDetail
    {
        OperatorExecutionDetail(
            execution: row, isContentHidden: hidden,
            request: "What is the refund window for annual plans, and does it start at purchase or at activation?",
            response: """
                Annual plans can be refunded within 60 days of purchase.

                The window starts on the day of the purchase, not of the activation; see the policy for the exceptions \
                that apply to resellers.
                """,
            turns: [],
            contexts: [
                "policy.md#refunds: Annual plans may be refunded within 30 days of purchase.",
                "faq.md: 返金は購入日から30日以内です。",
            ],
            expectedOutput: "30 days from purchase", systemPrompt: "You are the support assistant of Acme.",
            variables: ["locale": "en", "tier": "gold"],
            justification: row.failure == nil
                ? "The answer says 60 days while the first context says 30 days, so the central claim is contradicted."
                : nil,
            confidence: row.failure == nil ? 0.93 : nil, criteria: "Is every claim supported by the contexts?",
            renderedPrompt: (1...longPrompt).map { "Line \($0) of the prompt as it was sent to the model." }
                .joined(separator: "\n"),
            rawReply: row.failure == nil ? #"{"score": 0.21, "justification": "The answer says 60 days …"}"# : nil,
            evaluators: (0..<evaluators).map { index in
                let failure = index == 2 ? failures[0] : nil
                return .init(
                    executionID: uuid(500 + index), name: names[index % names.count],
                    score: failure == nil ? [0.92, 0.55, 0.1, 0.31][index % 4] : nil,
                    justification:
                        "Evaluator \(index + 1) found this, and says why in a sentence that needs two lines.",
                    failure: failure, model: models[index % models.count],
                    latencyMilliseconds: Double(400 + 333 * index),
                    costNanodollars: 410_000)
            },
            promptTokens: 1204, completionTokens: 87,
            hops: [
                .init(name: "total", milliseconds: 1243), .init(name: "queue", milliseconds: 3.2),
                .init(name: "model", milliseconds: 1221),
            ],
            ownerEmail: "ci@example.com", versionID: uuid(9), requestID: "req_01JD9Z7K2M")
    }
}
