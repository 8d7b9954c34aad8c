internal import JSON
package import OpenAPI
internal import Records
package import WireAPI

extension PublicDescription {
    static let annotations = OperationGroup(
        "Annotations",
        "Scores that people give to items of datasets and to executions, by a score config. Calibration compares evaluators "
            + "with them, and datasets of demonstrations are made of them.",
        [
            .list("/v1/annotations/", "annotations_list", "Lists annotations", of: AnnotationBody.self)
                .asking(
                    .id("dataset", "Only those on items of this dataset."),
                    .id("dataset_item", "Only those on this item."),
                    .id("execution_log", "Only those on this execution."),
                    .id("score_config", "Only those by this score config."),
                    .word("status", of: words(of: Annotation.Status.self), "Only those of this status.")),
            .create(
                "/v1/annotations/", "annotations_create", "Annotates an item or an execution",
                AnnotationRequest.self, AnnotationBody.self
            ).saying(
                "Name exactly one of `dataset_item` and `execution_log`. A continuous config takes a `value`; of the others "
                    + "the `category` is the label, and the value follows from it."
            )
            .showing(["execution_log": exampleID, "value": 0.75, "rationale": "Right, but wordy."]),
            .read("/v1/annotations/{id}/", "annotations_retrieve", "Shows an annotation", AnnotationBody.self),
            .replace(
                "/v1/annotations/{id}/", "annotations_update", "Changes an annotation", AnnotationRequest.self,
                AnnotationBody.self
            ).saying("What it is about stays."),
            .change(
                "/v1/annotations/{id}/", "annotations_partial_update", "Changes parts of an annotation",
                AnnotationRequest.self, AnnotationBody.self
            ).saying("What it is about stays."),
            .delete("/v1/annotations/{id}/", "annotations_destroy", "Deletes an annotation"),
        ])
}

extension AnnotationRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "AnnotationRequest", "A score that a person gives.",
        [
            "dataset_item": "The item that is scored, in any of its versions.",
            "execution_log": "The execution that is scored.",
            "score_config": "By what it is scored; the default config when absent: a number from 0 to 1.",
            "value": "The score, within the bounds of a continuous config.",
            "category": Note("The label of a binary or categorical config.", lengths: 0...255),
            "rationale": "Why.",
            "status": Note(
                "Drafts are seen by people only; `published` when absent.",
                choices: words(of: Annotation.Status.self)),
        ])
}

extension AnnotationBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Annotation", "A score that a person gave.",
        [
            "dataset_item": "The item that is scored; null for an execution.",
            "execution_log": "The execution that is scored; null for an item.",
            "value": "The score in the config's own numbers.", "category": "The label; null on a continuous scale.",
            "rationale": "Why; empty when nobody says.",
            "status": Note("Drafts are seen by people only.", choices: words(of: Annotation.Status.self)),
            "annotator": "Whose score it is.",
        ])
}

extension UserDetails: DocumentedResponse {
    package static let notes = TypeNotes("NestedUserDetails", "A person.")
}
