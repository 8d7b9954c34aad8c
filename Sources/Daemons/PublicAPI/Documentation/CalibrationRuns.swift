internal import HTTPMessages
internal import JSON
package import OpenAPI
internal import Queueing
internal import Records
internal import Scoring
package import WireAPI

extension PublicDescription {
    private static let runs = "/v1/calibration-runs/"

    static let calibrationRuns = OperationGroup(
        "CalibrationRuns",
        "How well an evaluator agrees with people: it scores items or executions that people have annotated, in the "
            + "background, and the agreement is measured. Calibration never changes an evaluator.",
        [
            .list(runs, "calibration_runs_list", "Lists calibration runs", of: CalibrationRunBody.self)
                .asking(
                    .id("evaluator_external_id", "Only those of this evaluator."),
                    .text("comparison_group", "Only those of these groups, with commas between them.")),
            .create(
                runs, "calibration_runs_create", "Starts a calibration run", CalibrationRunRequest.self,
                CalibrationRunBody.self
            ).saying("Name an evaluator, or define one that is not saved.")
                .showing([
                    "evaluator_external_id": exampleID, "source": ["type": "dataset", "dataset_id": exampleID],
                ]),
            Operation(
                .post, runs + "attach/", "calibration_runs_attach_create", "Gives runs of a draft to an evaluator"
            )
            .taking(CalibrationAttachRequest.self).answering(200, CalibrationAttachReceipt.self).failing(403, 404),
            Operation(
                .get, runs + "comparison/", "calibration_runs_comparison_retrieve",
                "Shows how the runs of a comparison group differ from one of them"
            ).saying(comparisonText).asking(
                Parameter("comparison_group", in: .query, .string, "Which group.", isRequired: true),
                .id(
                    "baseline",
                    "With which run the others are compared: a completed one of the group, the first when absent.")
            ).answering(200, CalibrationComparisonBody.self).failing(400),
            .read(runs + "{id}/", "calibration_runs_retrieve", "Shows a calibration run", CalibrationRunBody.self),
            .list(
                runs + "{id}/items/", "calibration_runs_items_list",
                "Lists the examples of a run, those with the largest disagreement first",
                of: CalibrationRunItemBody.self),
            Operation(
                .post, "/v1/evaluators/calibrate/", "evaluators_calibrate_create",
                "Scores a dataset by a definition, while the caller waits"
            ).taking(ImmediateCalibrationRequest.self).answering(200, [ImmediateCalibrationBody].self)
                .failing(403, 404, 502, 504).deprecated,
            Operation(
                .post, "/v1/evaluators/calibrate/{id}", "evaluators_calibrate_create_2",
                "Scores a dataset by an evaluator, while the caller waits"
            ).taking(EvaluatorCalibrationRequest.self).answering(200, [ImmediateCalibrationBody].self)
                .failing(403, 502, 504).deprecated,
        ])
}

extension CalibrationRunRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "CalibrationRunCreateRequest", "What is to be calibrated, and by what.",
        [
            "evaluator_external_id": "The evaluator.",
            "evaluator_version_id": "A version of it; the latest when absent.",
            "score_config_id": "Whose annotations count; those by continuous configs when absent.",
            "definition": "An evaluator that is not saved.",
            "comparison_group": Note("By which runs of drafts are found again.", lengths: 1...255),
            "threshold": Note("From which score on a verdict is a yes; 0.5 when absent.", range: 0...1),
        ])
}

extension CalibrationRunRequest.Source: DocumentedRequest {
    package static let notes = TypeNotes(
        "CalibrationRunSourceRequest", "Where the annotated examples come from.",
        [
            "type": Note(
                "A dataset, or the annotated executions of the evaluator.",
                choices: words(of: CalibrationSource.Kind.self)),
            "dataset_id": "The dataset, where it is one.",
        ])
}

extension CalibrationRunBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRun", "A calibration run.",
        [
            "definition": "The evaluator that is not saved, where it is one.",
            "source_type": Note("Where the examples come from.", choices: words(of: CalibrationSource.Kind.self)),
            "status": Note("How far it is.", choices: words(of: CalibrationRun.Status.self)),
            "metrics": "Null until it is completed. What is not defined for these numbers is null, never 0.",
            "n_examples": "How many are scored.", "n_skipped": "How many had no annotation that counts.",
            "n_completed": "How many have a score.", "n_failed": "How many ended without.",
            "error": "Why it failed; empty when it did not.",
        ])
}

extension CalibrationRunItemBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "CalibrationRunItem", "One example of a run.",
        [
            "human_value": "The person's score, moved to 0 to 1.", "evaluator_score": "Null until there is one.",
            "disagreement": "How far the two are apart.",
        ])
}

extension CalibrationAttachRequest: DocumentedRequest {
    package static let notes = TypeNotes("CalibrationRunAttachRequest", "Which runs belong to a saved evaluator.")
}

extension CalibrationAttachReceipt: DocumentedResponse {
    package static let notes = TypeNotes("CalibrationRunAttachResponse", "How many runs the evaluator was given.")
}

extension ImmediateCalibrationRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "SkillTestInputRequest", "A definition, and the dataset that it scores.",
        [
            "prompt": Note("The criteria.", lengths: 1...CriteriaTemplate.longest),
            "behavior": Note("How much effort is made.", choices: words(of: EvaluatorBehavior.self)),
        ])
}

extension EvaluatorCalibrationRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "SkillTestDataRequest", "What an evaluator scores: a dataset, or rows.",
        ["test_data": "Rows of an expected score, a response and, where there is one, a request."])
}

extension ImmediateCalibrationBody: DocumentedResponse {
    package static let notes = TypeNotes("EvaluatorCalibrationOutput", "What came of one example.")
}

extension DatasetRangeBody: DocumentedRequest {
    package static let notes = TypeNotes(
        "DatasetRange", "Which items of a dataset: from 0, both ends included.",
        ["start": Note("", range: 0...2_147_483_647), "end": Note("", range: 0...2_147_483_647)])
}
