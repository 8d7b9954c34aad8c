import FoundationEssentials
import Postgres
import Queueing
import Records
import Scoring
import Tenancy

/// How logs are read. Long rows in great numbers: their columns are read by position, in the order in which they are
/// listed here, because a look-up by name compares with every name before it.
enum ExecutionLogRow {
    /// What lists and details have in common, with the owner as `o`. Logs outlive people.
    private static let commonColumns: SQL = """
        l.id, l.project_id, l.type, l.executed_item_id, l.executed_item_version_id, l.executed_item_name, \
        l.owner_id, coalesce(o.email, 'deleted@scorable.invalid'), coalesce(o.full_name, 'Deleted user'), \
        l.parent_id, l.judge_id, l.tags, l.session_id, l.user_id, l.score, l.failure_code, l.model, l.provider, \
        l.cost_nano_dollars, l.call_duration_us, l.created_at
        """

    static let detailColumns: SQL = """
        \(fragment: commonColumns), l.organization_id, l.request, l.response, l.turns, l.tools, \
        l.contexts, l.expected_output, l.system_prompt, l.variables, l.confidence, l.justification, \
        l.failure_message, l.llm_output, l.rendered_prompt, coalesce(l.scoring_criteria, v.scoring_criteria), \
        l.prompt_tokens, l.completion_tokens, l.evaluator_latencies, l.timings, l.attempts, l.request_id, l.batch_id, l.files
        """

    static func listColumns(including includes: ExecutionLogIncludes) -> SQL {
        let llmOutput: SQL = includes.contains(.llmOutput) ? "l.llm_output" : "NULL::text"
        let variables: SQL = includes.contains(.variables) ? "coalesce(l.variables, '{}')" : "NULL::text"
        let context: SQL =
            includes.contains(.evaluationContext) ? "l.contexts, l.expected_output" : "NULL::text[], NULL::text"
        return """
            \(fragment: commonColumns), l.request_preview, l.response_preview, \(fragment: llmOutput), \
            \(fragment: variables), \(fragment: context)
            """
    }

    static func details(of row: PostgresRow) throws -> (ExecutionLog, UserReference) {
        var columns = ColumnReader(row)
        let common = try Common(&columns)
        let organizationID = try columns.next(OrganizationID.self)
        var input = EvaluationInput(
            request: try columns.next(), response: try columns.next(),
            turns: try StoredJSON.turns(from: columns.next()),
            tools: try columns.next(String?.self).map(OpaqueJSON.init(text:)), contexts: try columns.next(),
            expectedOutput: try columns.next(), systemPrompt: try columns.next(),
            variables: try StoredJSON.variables(from: columns.next()))
        let outcome = try Self.outcome(from: &columns, common)
        let requestID = try columns.next(String.self)
        let batchID = try columns.next(BatchID?.self)
        let files = try StoredJSON.files(from: columns.next())
        input.fileIDs = files.map(\.id)
        let log = ExecutionLog(
            id: common.id, organizationID: organizationID, projectID: common.projectID, type: common.type,
            item: common.item, ownerID: common.owner.id, parentID: common.parentID, judgeID: common.judgeID,
            batchID: batchID, input: input, files: files, labels: common.labels, outcome: outcome, requestID: requestID,
            createdAt: common.createdAt)
        return (log, common.owner)
    }

    static func summary(of row: PostgresRow) throws -> ExecutionLogSummary {
        var columns = ColumnReader(row)
        let common = try Common(&columns)
        return ExecutionLogSummary(
            id: common.id, projectID: common.projectID, type: common.type, item: common.item, owner: common.owner,
            parentID: common.parentID, judgeID: common.judgeID, requestPreview: try columns.next(),
            responsePreview: try columns.next(),
            labels: common.labels, score: common.score, failureCode: common.failureCode, model: common.model,
            provider: common.provider, cost: common.cost, callDuration: common.callDuration,
            createdAt: common.createdAt,
            extras: ExecutionLogSummary.Extras(
                llmOutput: try columns.next(),
                variables: try columns.next(String?.self).map { try StoredJSON.variables(from: $0) },
                contexts: try columns.next(), expectedOutput: try columns.next()))
    }

    /// From `confidence` to `attempts`.
    private static func outcome(from columns: inout ColumnReader, _ common: Common) throws -> ExecutionOutcome {
        var outcome = ExecutionOutcome(
            score: common.score, confidence: try columns.next(), justification: try columns.next(),
            model: common.model, provider: common.provider, cost: common.cost, callDuration: common.callDuration)
        let message = try columns.next(String?.self)
        outcome.failure = common.failureCode.map { EvaluationFailure(code: $0, message: message ?? "") }
        outcome.llmOutput = try columns.next()
        outcome.renderedPrompt = try columns.next()
        outcome.scoringCriteria = try columns.next()
        let promptTokens = try columns.next(Int?.self)
        let completionTokens = try columns.next(Int?.self)
        if let promptTokens, let completionTokens {
            outcome.usage = TokenUsage(promptTokens: promptTokens, completionTokens: completionTokens)
        }
        outcome.evaluatorLatencies = try StoredJSON.latencies(from: columns.next())
        outcome.timings = try StoredJSON.timings(from: columns.next())
        outcome.attempts = try columns.next()
        return outcome
    }

    /// The values of `commonColumns`.
    private struct Common {
        let id: ExecutionLogID
        let projectID: ProjectID
        let type: ExecutionType
        let item: ExecutedItem
        let owner: UserReference
        let parentID: ExecutionLogID?
        let judgeID: JudgeID?
        let labels: ExecutionLabels
        let score: Score?
        let failureCode: EvaluationFailure.Code?
        let model: String?
        let provider: String?
        let cost: Money?
        let callDuration: Duration?
        let createdAt: Date

        init(_ columns: inout ColumnReader) throws {
            id = try columns.next()
            projectID = try columns.next()
            type = try columns.next()
            item = ExecutedItem(id: try columns.next(), versionID: try columns.next(), name: try columns.next())
            owner = UserReference(id: try columns.next(), email: try columns.next(), fullName: try columns.next())
            parentID = try columns.next()
            judgeID = try columns.next()
            labels = ExecutionLabels(
                tags: try columns.next(), sessionID: try columns.next(), userID: try columns.next())
            score = try columns.next()
            failureCode = try columns.next()
            model = try columns.next()
            provider = try columns.next()
            cost = try columns.next()
            callDuration = try columns.next(Int64?.self).map(Duration.microseconds)
            createdAt = try columns.next()
        }
    }
}

/// Reads the columns of a row one after the other.
struct ColumnReader {
    private let row: PostgresRow
    private var position = 0

    init(_ row: PostgresRow) { self.row = row }

    mutating func next<T: PostgresDecodable>(_: T.Type = T.self) throws(PostgresError) -> T {
        defer { position += 1 }
        return try row.decode(position)
    }
}

extension EvaluatorResultSummary {
    init(row: PostgresRow) throws {
        let code = try row.decode("failure_code", as: EvaluationFailure.Code?.self)
        let message = try row.decode("failure_message", as: String?.self)
        self.init(
            executionLogID: try row.decode("id"), evaluatorID: try row.decode("executed_item_id"),
            evaluatorName: try row.decode("executed_item_name"), score: try row.decode("score"),
            justification: try row.decode("justification"),
            failure: code.map { EvaluationFailure(code: $0, message: message ?? "") },
            model: try row.decode("model"), cost: try row.decode("cost_nano_dollars"),
            callDuration: try row.decode("call_duration_us", as: Int64?.self).map(Duration.microseconds))
    }
}
