internal import HTTPMessages
internal import JSON
package import OpenAPI
internal import Scoring
package import WireAPI

extension PublicDescription {
    static let judges = OperationGroup(
        "Judges",
        "A judge is several evaluators that look at the same response. Each reference pins a version of its evaluator, or "
            + "follows the latest.",
        [
            .list("/v1/judges/", "judges_list", "Lists judges", of: JudgeBody.self)
                .asking(
                    .id("project_id", "Only those of this project."),
                    .flag("include_public", "Also those that others have published."),
                    .text("name", "Only those of exactly this name."),
                    .text("search", "Only names and intents with this."),
                    .moment("executed_at_gte", "Only those that were executed since then."),
                    .flag("featured", "There are none: true matches nothing."),
                    .flag("is_preset", "There are none: true matches nothing."),
                    .number("intent_evaluability_score_gte", "Intents are not rated: any number matches nothing."),
                    ordering),
            .create("/v1/judges/", "judges_create", "Makes a judge", JudgeRequest.self, JudgeBody.self)
                .showing([
                    "name": "Returns policy", "intent": "Answers about returns are right.",
                    "evaluator_references": [["id": exampleID]],
                ]),
            .read("/v1/judges/{id}/", "judges_retrieve", "Shows a judge", JudgeBody.self),
            .replace(
                "/v1/judges/{id}/", "judges_update", "Makes a new version of a judge", JudgeRequest.self, JudgeBody.self
            ).saying(unchanged),
            .change(
                "/v1/judges/{id}/", "judges_partial_update", "Makes a new version of a judge", JudgeRequest.self,
                JudgeBody.self
            ).saying(unchanged),
            .delete("/v1/judges/{id}/", "judges_destroy", "Deletes a judge"),
            Operation(.post, "/v1/judges/{id}/duplicate/", "judges_duplicate_create", "Copies a judge")
                .taking(DuplicateRequest.self, isRequired: false).answering(201, JudgeBody.self, "The copy.")
                .failing(403),
            execution("/v1/judges/{judge_id}/execute/", "judges_execute_create", "Executes a judge"),
            execution("/v1/judges/execute/by-name/", "judges_execute_by_name_create", "Executes the judge of a name")
                .asking(byName).failing(404),
            Operation(.post, "/v1/judges/{judge_id}/refine/", "judges_refine_create", "Improves a response by a judge")
                .saying("With `stream` the answer is a stream of events: the original's verdict, then the result.")
                .taking(RefinementRequest.self)
                .answering(
                    200, "The better of both.", .json(RefinementResult.self), .of(.string, type: "text/event-stream")
                ).failing(403, 502, 504).showing(["request": "May I return it?", "response": "No idea."]),
            Operation(.post, "/v1/judges/generate/", "judges_generate_create", "Makes a judge from an intent")
                .saying("Models write it, which may take two minutes.")
                .taking(JudgeGenerationRequest.self).answering(
                    201, JudgeGenerationResult.self, "The judge, or a question."
                )
                .failing(403, 404, 502, 504).showing(["intent": "Answers of our support keep to the returns policy."]),
            Operation(
                .get, "/v1/judges/{judge_id}/synthetic-data/", "judges_synthetic_data_retrieve",
                "Shows made-up examples for a judge"
            ).answering(200, SyntheticDataBody.self),
        ])

    private static let unchanged =
        "What is absent stays as it is, and so does what is null, but for `file_id`: null takes it away."

    private static func execution(_ path: String, _ id: String, _ summary: String) -> Operation {
        Operation(.post, path, id, summary)
            .saying(
                "All evaluators run at the same time. One that fails has no score; when all fail, that is a problem."
            )
            .taking(ExecutionRequest.self).answering(200, JudgeExecutionResult.self, "The verdicts.")
            .failing(403, 502, 504)
            .showing(["request": "May I return it?", "response": "Yes, within 30 days."])
    }
}

extension JudgeRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "JudgeRequest", "What a judge is to be.",
        [
            "name": Note("Needed when it is made.", lengths: 3...512),
            "intent": "What it is for. Needed when it is made.",
            "evaluator_references": "Its evaluators; an empty list takes them all away.",
            "file_id": "A file that was uploaded, for its evaluators to look at; in a change null takes it away.",
            "visibility": Note(
                "`private` or `public`; older clients say `unlisted` and `global`. Making a judge public takes the "
                    + "permission `judge:publish`."),
            "project_id": "Where it belongs; the default project when absent. In a change it moves there.",
        ])
}

extension JudgeRequest.Reference: DocumentedRequest {
    package static let notes = TypeNotes(
        "EvaluatorReferenceRequest", "An evaluator of a judge.",
        ["version_id": "Pins a version; the latest when absent."])
}

extension NestedEvaluator: DocumentedResponse {
    package static let notes = TypeNotes("NestedEvaluator", "An evaluator of a judge.")
}

extension JudgeBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Judge", "A judge.",
        [
            "visibility": Note("Who may use it.", choices: words(of: Visibility.self)),
            "version_id": "Of what is shown here.", "project_id": "Null where it belongs to another organisation.",
            "inputs": "What an execution needs, of all its evaluators together.",
        ])
}

extension JudgeGenerationRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "JudgeGeneratorRequest", "What a judge is wanted for.",
        [
            "intent": Note("In words. Needed.", lengths: 10...20_000),
            "stage": Note("Which part of a larger application is meant.", lengths: 0...255),
            "visibility": "`private` or `public`, which takes the permission `judge:publish`.",
            "extra_contexts": "What else is known, by name.",
            "strict": "Whether to ask back when something that matters is missing.",
            "overwrite": "Whether an own judge of the same name gets a new version instead.",
            "judge_id": "A judge that gets a new version.", "name": Note("Its name.", lengths: 3...512),
            "enable_context_aware_evaluators": "Whether evaluators may need contexts.",
        ])
}

extension JudgeGenerationResult: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeGeneratorResponse", "The judge, or what has to be said first.",
        [
            "judge_id": "Empty when no judge was made.", "judge_version_id": "Empty when no judge was made.",
            "error_code": "`multiple_stages` when one of `stages` has to be named; null otherwise.",
            "missing_context_from_system_goal": "What would make it better, as fields of a form.",
        ])
}

extension RefinementRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "JudgeRectifierRequest", "A response to improve, and when to stop.",
        [
            "max_iterations": "How often it is tried at most.",
            "patience": "After how many tries without progress to stop.",
            "min_improvement": "How much better a try has to be.",
            "threshold": "From which score on it is good enough.",
            "stream": "Whether the answer comes as events.",
        ])
}

extension RefinementResult: DocumentedResponse {
    package static let notes = TypeNotes("JudgeRectifierResponse", "What came of a refinement.")
}

extension SyntheticDataBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeSyntheticData", "Made-up examples for a judge.",
        ["status": Note("How far they are.", choices: ["pending", "ready", "not_generated"])])
}
