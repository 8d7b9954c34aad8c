package import OpenAPI
package import WireAPI

extension ExecutionRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ExecutionRequest", "What is to be judged, and how its log is labelled.",
        [
            "request": "What was asked.", "response": "What was answered.",
            "turns": "A conversation; it takes the place of request and response.",
            "messages": Note("An older name of `turns`.", isDeprecated: true),
            "tools": "The tools that an assistant had, in OpenAI's words.",
            "functions": Note("An older name of `tools`.", isDeprecated: true),
            "contexts": "What the answer should be based on.",
            "expected_output": Note("What a good answer is.", lengths: 0...3_500_000),
            "reference": Note("An older name of `expected_output`.", isDeprecated: true),
            "variables": "The values of further placeholders, by their names.",
            "system_prompt": Note(
                "What the model was told beforehand; seen by criteria that name it or the turns, or nothing.",
                lengths: 0...3_500_000),
            "file_ids": "Files that were uploaded: the text of PDF documents, and images for models that see.",
            "tags": Note("Words to find the log by.", each: Note("", lengths: 1...1000)),
            "user_id": Note("Whose call it was, in your own words.", lengths: 0...255),
            "session_id": Note("Which session it belongs to, in your own words.", lengths: 0...255),
            "evaluator_version_id": "A version of the evaluator; the latest when absent.",
            "judge_version_id": "A version of the judge; the latest when absent.",
            "project_id": "Where the log goes; the project of what is executed when absent.",
        ])
}

extension EvaluatorExecutionResult: DocumentedResponse {
    package static let notes = TypeNotes(
        "EvaluatorExecutionResult", "A verdict.",
        [
            "score": "From 0, the worst, to 1.", "cost": "In US dollars; null when nobody knows.",
            "execution_log_id": "Where everything about it can be read.", "confidence": confidence,
        ])

    static let confidence = Note(
        "The probability, from 0 to 1, that the model gives a score no more than 0.1 away from this one when it is asked "
            + "again, as its answers show it: by the probabilities of the tokens of the number and of their alternatives, "
            + "where the provider tells them, and by the share of repeated answers (`thorough`) that lie so near. Null when "
            + "neither is known. It says how decided the model is, not how right; calibration runs say that.")
}

extension JudgeEvaluatorResult: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeEvaluatorResult", "What one evaluator of a judge found.",
        [
            "score": "From 0 to 1; null when it gave none, and the justification says why.",
            "confidence": EvaluatorExecutionResult.confidence, "execution_log_id": "Its own log, in items of batches.",
        ])
}

extension JudgeExecutionResult: DocumentedResponse {
    package static let notes = TypeNotes(
        "JudgeExecutionResponse", "What the evaluators of a judge found.",
        ["evaluator_results": "In the judge's order.", "execution_log_id": "The judge's log."])
}
