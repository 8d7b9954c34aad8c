internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    static let promptTests = OperationGroup(
        "PromptTests",
        "A prompt on a model, with several inputs, each answer scored by evaluators; in the background.",
        [
            .create(
                "/v1/prompt-tests/", "prompt_tests_create", "Starts a prompt test", PromptTestRequest.self,
                PromptTestBody.self
            ).failing(409).showing([
                "prompt": "Answer: {{question}}", "model": "gpt-5-mini", "inputs": [["question": "May I return it?"]],
                "evaluators": [["name": "Helpfulness"]],
            ]),
            .read("/v1/prompt-tests/{id}/", "prompt_tests_retrieve", "Shows a prompt test", PromptTestBody.self),
        ])
}

extension PromptTestRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "PromptTestRequest", "What is tried.",
        [
            "prompt": "With `{{name}}` for what the inputs give.", "model": "The model's name.",
            "inputs": "Each an object with a member for each name of the prompt.",
            "evaluators": "By identifier or by name.", "response_schema": "A JSON Schema that answers have to keep to.",
            "dataset_id": "Whose items are the inputs.", "project_id": "Where the logs go.",
        ])
}

extension PromptTestBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "PromptTest", "A prompt test with its tasks.",
        [
            "avg_cost": "The mean over the tasks that have an answer, as a text such as `$0.001`.",
            "avg_model_call_duration": "The mean in seconds.",
        ])
}

extension PromptTestBody.Task: DocumentedResponse {
    package static let notes = TypeNotes(
        "PromptTestTask", "The prompt with one input.",
        [
            "status": Note("How far it is.", choices: ["pending", "running", "completed", "failed"]),
            "cost": "A text such as `$0.001`.", "model_call_duration": "In seconds.",
            "evaluation_results": "Of the evaluators that gave a score.",
            "failed_evaluations": "Of those that gave none, with the reason.",
            "error_message": "Why there is no answer; empty with one.",
        ])
}
