import FoundationEssentials
package import Postgres
package import Records
import Scoring
import Tenancy

extension ExecutionLogStore {
    /// One statement for any number of logs; one that is stored already is left as it is.
    ///
    /// A parameter a column, each an array with an element a log. Compared on the server with the same as
    /// `json_to_recordset` it costs about a fifth less for many rows; a `VALUES` list is cheaper still, but would be
    /// another statement to prepare for each number of rows. `unnest` stands in the select list, not in `FROM`, which
    /// would first write every column to a temporary store.
    package static func insertion(of logs: [ExecutionLog]) -> SQL {
        func text(_ value: (ExecutionLog) -> String?) -> [String?] { logs.map { value($0).map(Self.storable) } }
        func each<T>(_ value: (ExecutionLog) -> T) -> [T] { logs.map(value) }
        return """
            INSERT INTO execution_logs (id, created_at, organization_id, project_id, type, executed_item_id, \
            executed_item_version_id, executed_item_name, owner_id, parent_id, judge_id, batch_id, session_id, user_id, tags, \
            score, confidence, failure_code, failure_message, model, provider, prompt_tokens, completion_tokens, \
            cost_nano_dollars, call_duration_us, request_id, request_preview, response_preview, justification, \
            request, response, turns, tools, contexts, expected_output, system_prompt, variables, llm_output, \
            rendered_prompt, scoring_criteria, evaluator_latencies, timings, attempts, files)
            SELECT unnest(\(each(\.id))), unnest(\(each(\.createdAt))), unnest(\(each(\.organizationID))), \
            unnest(\(each(\.projectID))), unnest(\(each(\.type))), unnest(\(each(\.item.id))), \
            unnest(\(each(\.item.versionID))), unnest(\(text(\.item.name))), unnest(\(each(\.ownerID))), \
            unnest(\(each(\.parentID))), unnest(\(each(\.judgeID))), unnest(\(each(\.batchID))), \
            unnest(\(text(\.labels.sessionID))), unnest(\(text(\.labels.userID))), unnest(\(each { ArrayLiteral.of($0.labels.tags) }))::text[], \
            unnest(\(each(\.outcome.score))), unnest(\(each(\.outcome.confidence))), \
            unnest(\(each(\.outcome.failure?.code))), unnest(\(text(\.outcome.failure?.message))), \
            unnest(\(text(\.outcome.model))), unnest(\(text(\.outcome.provider))), \
            unnest(\(each(\.outcome.usage?.promptTokens)))::integer, \
            unnest(\(each(\.outcome.usage?.completionTokens)))::integer, unnest(\(each(\.outcome.cost))), \
            unnest(\(each { $0.outcome.callDuration?.microseconds })), unnest(\(text(\.requestID))), \
            unnest(\(text { Preview.of($0.input.effectiveRequest) })), \
            unnest(\(text { Preview.of($0.input.effectiveResponse) })), unnest(\(text(\.outcome.justification))), \
            unnest(\(text(\.input.request))), unnest(\(text(\.input.response))), \
            unnest(\(each { StoredJSON.text(of: $0.input.turns) }))::json, \
            unnest(\(each(\.input.tools?.text)))::json, \
            unnest(\(each { ArrayLiteral.of($0.input.contexts) }))::text[], unnest(\(text(\.input.expectedOutput))), \
            unnest(\(text(\.input.systemPrompt))), unnest(\(each { StoredJSON.text(of: $0.input.variables) }))::json, \
            unnest(\(text(\.outcome.llmOutput))), unnest(\(text(\.outcome.renderedPrompt))), \
            unnest(\(text(\.outcome.scoringCriteria))), \
            unnest(\(each { StoredJSON.text(of: $0.outcome.evaluatorLatencies) }))::json, \
            unnest(\(each { StoredJSON.text(of: $0.outcome.timings) }))::json, \
            unnest(\(each(\.outcome.attempts)))::integer, \
            unnest(\(each { StoredJSON.text(of: $0.files) }))::json
            ON CONFLICT DO NOTHING
            """
    }

    /// PostgreSQL's text holds every character but the null character, which a log is not refused for.
    static func storable(_ text: String) -> String {
        let bytes = text.utf8Span.span
        guard bytes.indices.contains(where: { bytes[$0] == 0 }) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}

/// The text form of an array: what an element of an array of arrays of different lengths has to be bound as.
enum ArrayLiteral {
    static func of(_ elements: [String]) -> String {
        guard !elements.isEmpty else { return "{}" }
        var literal = "{"
        for element in elements {
            if literal.utf8.count > 1 { literal += "," }
            literal += "\""
            for scalar in ExecutionLogStore.storable(element).unicodeScalars {
                if scalar == "\"" || scalar == "\\" { literal += "\\" }
                literal.unicodeScalars.append(scalar)
            }
            literal += "\""
        }
        return literal + "}"
    }
}

extension Duration {
    /// Whole microseconds.
    var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
