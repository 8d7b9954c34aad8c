package import Records
internal import FoundationEssentials
internal import JSON
internal import Scoring
internal import Tenancy

/// Execution logs as a table: the same columns in a page for download and in an export.
package struct ExecutionLogTable: Sendable {
    /// What stands in the table beside what always does.
    package struct Options: Sendable {
        /// Long fields that are filled in; the others stay empty.
        package var includes: ExecutionLogIncludes
        /// Whether texts are whole; else they are cut where spreadsheets cut them.
        package var hasFullTexts: Bool
        /// Before the path of a log, in its address; empty for the path alone.
        package var address: String

        package init(includes: ExecutionLogIncludes, hasFullTexts: Bool, address: String) {
            self.includes = includes
            self.hasFullTexts = hasFullTexts
            self.address = address
        }
    }

    /// Spreadsheets take 32,767 characters in a cell.
    private static let longestCell = 32_000

    private static let columns = [
        "id", "created_at", "execution_type", "executed_item_id", "executed_item_name", "executed_item_version_id",
        "parent_execution_log_id", "project_id", "owner_email", "score", "confidence", "failure_code", "cost", "model",
        "model_call_duration", "prompt_tokens", "completion_tokens", "tags", "session_id", "user_id", "request",
        "request_truncated", "response", "response_truncated", "justification", "evaluation_context", "variables",
        "llm_output", "log_url",
    ]

    private let options: Options
    private var csv = CSVText()

    /// Begins with the line that names the columns.
    package init(_ options: Options) {
        self.options = options
        for column in Self.columns { csv.add(plain: column) }
        csv.endLine()
    }

    /// How many bytes are not taken yet.
    package var count: Int { csv.bytes.count }

    /// Takes what is written.
    package mutating func take() -> [UInt8] { csv.take() }

    /// Adds a log as a line.
    package mutating func add(_ details: ExecutionLogDetails) {
        let log = details.log
        addIdentity(log, owner: details.owner)
        addOutcome(log.outcome)
        csv.add(log.labels.tags.joined(separator: ","))
        csv.add(log.labels.sessionID ?? "")
        csv.add(log.labels.userID ?? "")
        for text in [log.input.effectiveRequest ?? "", log.input.effectiveResponse ?? ""] {
            csv.add(cut(text))
            csv.add(plain: isCut(text) ? "true" : "false")
        }
        csv.add(cut(log.outcome.justification ?? log.outcome.failure?.message ?? ""))
        addLongFields(log)
        csv.add(plain: "\(options.address)/v1/execution-logs/\(log.id)/")
        csv.endLine()
    }

    private mutating func addIdentity(_ log: ExecutionLog, owner: UserReference) {
        csv.add(plain: log.id.description)
        csv.add(plain: ISO8601.string(log.createdAt) ?? "")
        csv.add(plain: log.type.rawValue)
        csv.add(plain: log.item.id?.lowercaseText ?? "")
        csv.add(log.item.name)
        csv.add(plain: log.item.versionID?.lowercaseText ?? "")
        csv.add(plain: log.parentID?.description ?? "")
        csv.add(plain: log.projectID.description)
        csv.add(owner.email)
    }

    private mutating func addOutcome(_ outcome: ExecutionOutcome) {
        csv.add(plain: outcome.score.map { "\($0.value)" } ?? "")
        csv.add(plain: outcome.confidence.map { "\($0)" } ?? "")
        csv.add(plain: outcome.failure?.code.rawValue ?? "")
        csv.add(plain: outcome.cost.map { "\($0.dollars)" } ?? "")
        csv.add(outcome.model ?? "")
        csv.add(plain: outcome.callDuration.map { "\($0.seconds)" } ?? "")
        csv.add(plain: outcome.usage.map { "\($0.promptTokens)" } ?? "")
        csv.add(plain: outcome.usage.map { "\($0.completionTokens)" } ?? "")
    }

    private mutating func addLongFields(_ log: ExecutionLog) {
        let context = EvaluationContextBody(
            contexts: log.input.contexts, expectedOutput: log.input.expectedOutput ?? "")
        csv.add(options.includes.contains(.evaluationContext) ? cut(Self.json(context)) : "")
        csv.add(options.includes.contains(.variables) ? cut(Self.json(log.input.variables)) : "")
        csv.add(options.includes.contains(.llmOutput) ? cut(log.outcome.llmOutput ?? "") : "")
    }

    private static func json(_ value: some Encodable) -> String {
        String(decoding: JSONCodec.encode(value), as: UTF8.self)
    }

    /// Counted in UTF-16, as spreadsheets count.
    private func isCut(_ text: String) -> Bool {
        // No text has more units than bytes: most need no counting.
        !options.hasFullTexts && text.utf8.count > Self.longestCell && text.utf16.count > Self.longestCell
    }

    private func cut(_ text: String) -> String {
        guard isCut(text) else { return text }
        var units = 0
        return String(
            text.prefix { character in
                units += character.utf16.count
                return units <= Self.longestCell
            })
    }
}
