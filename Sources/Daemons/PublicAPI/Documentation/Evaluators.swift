internal import HTTPMessages
internal import JSON
package import OpenAPI
internal import Scoring
package import WireAPI

extension PublicDescription {
    static let evaluators = OperationGroup(
        "Evaluators",
        "An evaluator scores a response from 0 to 1 and says why. A model does it by criteria, in which `{{request}}`, "
            + "`{{response}}` and other placeholders are filled; or code does it, without a model. A change makes a new "
            + "version, and every version stays. Those that came with the installation belong to everybody: they can be "
            + "executed and duplicated, and not changed.",
        [
            .list("/v1/evaluators/", "evaluators_list", "Lists evaluators", of: EvaluatorRow.self)
                .asking(
                    .id("project_id", "Only those of this project, and those that came with the installation."),
                    .flag("include_public", "Also those that others have published."),
                    .flag("is_root_evaluator", "Only those that came with the installation."),
                    .text("name", "Only those of exactly this name."),
                    .text("search", "Only names and intents with this."),
                    .word(
                        "evaluator_type", of: ["managed", "native"],
                        "Only those that ask a model (`managed`), or that run code (`native`)."),
                    .text("objective__intent", "Only those of exactly this intent."),
                    .text("owner__email", "Only those of this owner."),
                    .text("owner__first_name", "Only those of owners of this first name."),
                    .text("owner__last_name", "Only those of owners of this last name."), ordering),
            .create(
                "/v1/evaluators/", "evaluators_create", "Makes an evaluator", EvaluatorRequest.self, EvaluatorBody.self
            ).failing(409).showing([
                "name": "Keeps to the policy", "objective": ["intent": "The answer keeps to the returns policy."],
                "scoring_criteria": "Does {{response}} keep to this policy? {{policy}}", "models": ["gpt-5-mini"],
            ]),
            .read("/v1/evaluators/{id}/", "evaluators_retrieve", "Shows an evaluator", EvaluatorBody.self)
                .asking(.id("version_id", "A version of it; the latest when absent.")).failing(400),
            .replace(
                "/v1/evaluators/{id}/", "evaluators_update", "Makes a new version of an evaluator",
                EvaluatorRequest.self, EvaluatorBody.self),
            .change(
                "/v1/evaluators/{id}/", "evaluators_partial_update", "Makes a new version of an evaluator",
                EvaluatorRequest.self, EvaluatorBody.self
            ).saying("What is absent or null stays as it is."),
            .delete("/v1/evaluators/{id}/", "evaluators_destroy", "Deletes an evaluator"),
            .list(
                "/v1/evaluators/versions/{id}/", "evaluators_versions_list", "Lists the versions of an evaluator",
                of: EvaluatorBody.self),
            Operation(.post, "/v1/evaluators/duplicate/{id}/", "evaluators_duplicate_create", "Copies an evaluator")
                .taking(DuplicateRequest.self, isRequired: false).answering(201, EvaluatorBody.self, "The copy.")
                .failing(403),
            execution("/v1/evaluators/execute/{id}/", "evaluators_execute_create", "Executes an evaluator"),
            execution(
                "/v1/evaluators/execute/by-name/", "evaluators_execute_by_name_create",
                "Executes the evaluator of a name"
            ).asking(byName).failing(404),
            Operation(
                .get, "/v1/evaluators/export/{id}/", "evaluators_export_retrieve", "Writes an evaluator as YAML"
            ).saying("With its demonstrations, and without what belongs to the organisation; import reads it again.")
                .answering(200, "The document.", .of(.string, type: "application/yaml")),
            Operation(
                .post, "/v1/evaluators/import-yaml/", "evaluators_import_yaml_create", "Makes an evaluator of YAML"
            ).taking(EvaluatorImportRequest.self).answering(201, EvaluatorBody.self, "It was made.").failing(403, 404)
                .showing([
                    "yaml":
                        "name: Keeps to the policy\nobjective: {intent: Policy}\nscoring_criteria: Rate {{response}}"
                ]),
            Operation(
                .get, "/v1/schema/evaluator.json", "schema_evaluator_retrieve",
                "The JSON Schema of evaluators as documents"
            ).answering(200, "The schema.", .of(.any, type: "application/schema+json")).forEverybody,
        ])

    private static func execution(_ path: String, _ id: String, _ summary: String) -> Operation {
        Operation(.post, path, id, summary)
            .saying(
                "Give at least one of `request`, `response` and `turns`, and what the evaluator's `inputs` name. The log "
                    + "can be read as soon as the answer is here. A score that could not be given is a problem, and never "
                    + "a number: its body names the log and the reason."
            )
            .taking(ExecutionRequest.self).answering(200, EvaluatorExecutionResult.self, "The verdict.")
            .failing(403, 502, 504)
            .showing(["request": "May I return it?", "response": "Yes, within 30 days."])
    }

    /// What is executed, by its name.
    static let byName = Parameter(
        "name", in: .query, .string, "The exact name; of several your own newest one.", isRequired: true)
}

extension EvaluatorRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "EvaluatorRequest", "What an evaluator is to be.",
        [
            "name": Note("Needed when it is made.", lengths: 2...1000),
            "scoring_criteria": Note(
                "How it is judged. Without any placeholder, request and response are added.",
                lengths: 0...CriteriaTemplate.longest),
            "prompt": Note("An older name of `scoring_criteria`.", isDeprecated: true),
            "predicate": Note("An older name of `scoring_criteria`.", isDeprecated: true),
            "objective_id": "What is measured: an objective that there is.",
            "objective_version_id": "Pins a version of the objective; the latest is followed when absent.",
            "objective": "What is measured, made together with the evaluator.",
            "models": "By name, the first one first and the others when it fails; the server's default when empty.",
            "behavior": Note(
                "`fast` asks once for a short justification, without thinking; `balanced` once, with the reasons before the "
                    + "score; `thorough` goes through the criteria one by one and asks three to five times, until the "
                    + "answers agree: the score is their median.",
                choices: words(of: EvaluatorBehavior.self)),
            "input_variables": "Placeholders, beside those that the criteria use.",
            "evaluator_demonstrations": Note(
                "Worked examples of this version. Of these and those of the dataset models are shown at most 12, with scores "
                    + "as different as there are; none of more than 8 KiB, and not the input's own. An empty list takes them "
                    + "away.",
                counts: 0...Scoring.Demonstration.mostInDefinition),
            "demonstration_dataset_id":
                "A dataset whose items with published annotations are worked examples as well, as they are at the execution.",
            "code": "What is done without a model: `{\"kind\": …}` with the options of the kind.",
            "change_note": "What this version changes.",
            "overwrite": "When made: whether an own evaluator of the same name gets a new version instead.",
            "project_id": "Where it belongs; the default project when absent. In a change it moves there.",
        ])
}

extension EvaluatorBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Evaluator", "An evaluator.",
        [
            "version_id": "Of what is shown here.", "project_id": "Null where it belongs to another organisation.",
            "visibility": Note("Who may use it.", choices: words(of: Visibility.self)),
            "is_root_evaluator": "Whether it came with the installation.",
            "behavior": Note("How much effort is made.", choices: words(of: EvaluatorBehavior.self)),
            "code": "What is done without a model; null where a model judges.",
            "inputs": "What an execution needs, by name.", "updated_by": "Who made the latest version.",
        ])
}

extension EvaluatorRow: DocumentedResponse {
    package static let notes = TypeNotes(
        "EvaluatorList", "An evaluator in a list.",
        [
            "visibility": Note("Who may use it.", choices: words(of: Visibility.self)),
            "inputs": "What an execution needs, by name.",
        ])
}

extension InputShapeBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "InputShape", "What an input is.",
        [
            "type": Note("", choices: ["string", "array"]),
            "items": Note("What an array holds; left out of a string.", isLeftOut: true),
        ])
}

extension DuplicateRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "DuplicateRequest", "Where the copy goes.", ["project_id": "The project of the original when absent."])
}

extension EvaluatorImportRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "EvaluatorImportYamlRequest", "An evaluator as a document.",
        [
            "yaml": "As `/schema/evaluator.json` describes it.",
            "overwrite": "Whether an own evaluator of the same name gets a new version instead.",
        ])
}
