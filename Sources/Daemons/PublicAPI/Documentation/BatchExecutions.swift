internal import HTTPMessages
internal import JSON
package import OpenAPI
internal import Records
package import WireAPI

extension PublicDescription {
    static let batchExecutions = OperationGroup(
        "BatchExecutions",
        "A judge, or some evaluators, over up to 100 inputs or over a whole dataset, in the background. Every item ends in "
            + "exactly one state.",
        [
            Operation(.post, "/v1/batch-executions/", "batch_executions_create", "Starts a batch")
                .saying("Give a judge or evaluators, and inputs or a dataset.")
                .taking(BatchExecutionRequest.self).answering(202, BatchExecutionReceipt.self, "It will be done.")
                .failing(403, 404, 409)
                .showing(["evaluator_ids": [exampleID], "dataset_id": exampleID]),
            Operation(
                .post, "/v1/judges/{judge_id}/batch-execute/", "judges_batch_execute_create",
                "Starts a batch of a judge"
            ).taking(BatchExecutionRequest.self).answering(202, BatchExecutionReceipt.self, "It will be done.")
                .failing(403, 409).showing(["inputs": [["request": "May I return it?", "response": "Yes."]]]),
            .list(
                "/v1/judges/batch-executions/", "judges_batch_executions_list", "Lists batches",
                of: BatchExecutionBody.self
            ).asking(
                .id("judge_id", "Only those of this judge."), .id("project_id", "Only those of this project."),
                .word("status", of: words(of: BatchProgress.self), "Only those that are so far."),
                .moment("date_from", "Only those made since then."), .moment("date_to", "Only those made until then.")),
            .read(
                "/v1/judges/batch-executions/{id}/", "judges_batch_executions_retrieve", "Shows a batch with its items",
                BatchExecutionDetailBody.self
            ).saying("A thousand items at a time; `items_next` says where the next ones are.")
                .asking(
                    Parameter("items_from", in: .query, .integer, "The place of the first item that is shown, from 0.")
                )
                .failing(400),
        ])
}

extension BatchExecutionRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "BatchExecutionCreateRequest", "What is executed over what.",
        [
            "judge_id": "The judge.", "judge_version_id": "A version of it; the latest when absent.",
            "evaluator_ids": Note("Evaluators in place of a judge, each once.", counts: 1...50),
            "inputs": Note("What is judged.", counts: 1...100), "dataset_id": "What is judged.",
            "range": "Which items of the dataset; all when absent.",
            "tags": Note("Words to find the logs by.", each: Note("", lengths: 1...1000)),
            "project_id": "Where the logs go.",
        ])
}

extension BatchExecutionReceipt: DocumentedResponse {
    package static let notes = TypeNotes(
        "BatchExecutionResponse", "Where to look how far it is.", ["status_url": "A path of this API."])
}

extension BatchExecutionBody: DocumentedResponse {
    package static let notes = TypeNotes("BatchExecutionListItem", "A batch in a list.", batchNotes)
    fileprivate static let batchNotes: [String: Note] = [
        "status": Note("How far it is.", choices: words(of: BatchProgress.self)),
        "failed_count": "Those that failed, and those that were cancelled.",
        "judge": "Null for a batch of evaluators.", "dataset": "Null for a batch of inputs.",
    ]
}

extension BatchExecutionDetailBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "BatchExecutionDetail", "A batch with its items.",
        BatchExecutionBody.batchNotes.merging(
            ["items_next": "Where the next items are; null when these are the last."]) { $1 })
}

extension BatchExecutionItemBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "BatchExecutionItem", "One item of a batch.",
        [
            "index": "Its place, from 0.",
            "status": Note("How far it is.", choices: ["pending", "processing", "completed", "failed"]),
            "evaluator_results": "Null until there are any.", "error_message": "Why it failed; empty when it did not.",
        ])
}
