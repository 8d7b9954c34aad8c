internal import HTTPMessages
internal import JSON
package import OpenAPI
internal import Records
package import WireAPI

extension PublicDescription {
    private static let logs = "/v1/execution-logs/"

    static let executionLogs = OperationGroup(
        "ExecutionLogs",
        "Everything that was executed: what was judged, the verdict, and what it cost. A judge's log is the parent of those "
            + "of its evaluators.",
        [
            .list(logs, "execution_logs_list", "Lists executions", of: ExecutionLogRow.self)
                .orAnswering(.of(.string, type: "text/csv"))
                .saying("With `export=csv` the page comes as a table, up to 10,000 lines of it by `page_size`.")
                .asking(
                    .id("project_id", "Only those of this project."),
                    .word("execution_type", of: words(of: ExecutionType.self), "Only those of this kind."),
                    .id("executed_item_id", "Only those of this evaluator or judge."),
                    .id("judge_id", "Only those of this judge, with those of its evaluators."),
                    .id("parent_execution_log_id", "Only the parts of this execution."),
                    .id("batch_execution_id", "Only those of this batch."),
                    .text("tags", "Only those with all of these tags, commas between them."),
                    .text("search", "Only those of evaluators and judges of this name or identifier."),
                    .text("model", "Only those that this model answered."), .text("owner_email", "Only this person's."),
                    .text("session_id", "Only those of this session."), .text("user_id", "Only those of this user."),
                    .flag("has_session_id", "Only those with a session, or without."),
                    .number("min_score", "From this score on."), .number("max_score", "Up to this score."),
                    .number("min_cost", "From this cost on, in US dollars."),
                    .number("max_cost", "Up to this cost, in US dollars."),
                    .moment("date_from", "From then on."), .moment("date_to", "Until then."),
                    .flag("unique_evaluators", "Only the newest of each evaluator and judge."),
                    .text(
                        "include", "Long fields that are wanted too: `llm_output`, `variables`, `evaluation_context`."),
                    .word("export", of: ["csv"], "A table in place of JSON."),
                    .flag(
                        "export_full_text", "Whether the table's texts are whole; cut at 32,000 characters otherwise."),
                    .word(
                        "ordering", of: ["created_at", "-created_at"],
                        "The oldest first, or the newest, as when it is absent.")),
            .read(
                logs + "{log_id}/", "execution_logs_retrieve", "Shows everything about an execution",
                ExecutionLogBody.self),
            names("session-ids/", "execution_logs_session_ids_retrieve", "Lists the sessions that there are"),
            names("user-ids/", "execution_logs_user_ids_retrieve", "Lists the users that there are"),
            Operation(.post, logs + "set-tags/", "execution_logs_set_tags_create", "Replaces the tags of executions")
                .taking(SetTagsRequest.self).answering(204, "Done. Logs that are not there are passed over.").failing(
                    403
                )
                .showing(["log_ids": [exampleID], "tags": ["reviewed"]]),
        ])

    private static func names(_ end: String, _ id: String, _ summary: String) -> Operation {
        Operation(.get, logs + end, id, summary + ", at most 30").asking(.text("starts_with", "How they begin."))
            .answering(200, [String].self)
    }
}

extension SetTagsRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "BatchSetTagsRequest", "The tags that executions are to have.",
        [
            "log_ids": Note("The executions.", counts: 1...500),
            "tags": Note("In place of those they have; none when absent.", counts: 0...15),
        ])
}

extension ExecutionLogRow: DocumentedResponse {
    package static let notes = TypeNotes(
        "ExecutionLogList", "An execution in a list.",
        [
            "execution_type": Note("What was done.", choices: words(of: ExecutionType.self)),
            "cost": "In US dollars; null when nobody knows.", "model": "The model that answered; empty when none did.",
            "score": "Null when none could be given.",
            "evaluation_context": "Null unless `include` names it.", "llm_output": "Null unless `include` names it.",
            "variables": "Null unless `include` names it.",
        ])
}

extension ExecutionLogBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "ExecutionLogDetails", "Everything about an execution.",
        [
            "execution_type": Note("What was done.", choices: words(of: ExecutionType.self)),
            "turns": "Null where it was no conversation.", "score": "Null when none could be given.",
            "confidence": EvaluatorExecutionResult.confidence,
            "failure_code": "Why there is no score, in a word; null with one.",
            "cost": "In US dollars; null when nobody knows.", "model_call_duration": "In seconds.",
            "evaluator_latencies": "Of a judge: how long each evaluator took, in seconds.",
            "evaluator_results": "Of a judge: what each evaluator found.", "classification": "Always null.",
        ])
}
