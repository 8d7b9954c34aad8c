internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    static let objectives = OperationGroup(
        "Objectives",
        "What is measured, in words. An evaluator has one, and follows its latest version unless one is pinned.",
        [
            .list("/v1/objectives/", "objectives_list", "Lists objectives", of: ObjectiveRow.self)
                .asking(
                    .id("project_id", "Only those of this project."),
                    .flag("include_public", "Also those that others have published."),
                    .text("intent", "Only those of exactly this intent."),
                    .text("search", "Only intents with this in them."),
                    ordering),
            .create("/v1/objectives/", "objectives_create", "Makes an objective", ObjectiveRequest.self, CreatedID.self)
                .showing(["intent": "The answer keeps to the returns policy."]),
            .read("/v1/objectives/{id}/", "objectives_retrieve", "Shows an objective", ObjectiveBody.self),
            .replace(
                "/v1/objectives/{id}/", "objectives_update", "Makes a new version of an objective",
                ObjectiveRequest.self, ObjectiveBody.self),
            .change(
                "/v1/objectives/{id}/", "objectives_partial_update", "Makes a new version of an objective",
                ObjectiveRequest.self, ObjectiveBody.self),
            .delete("/v1/objectives/{id}/", "objectives_destroy", "Deletes an objective"),
            .list(
                "/v1/objectives/versions/{id}/", "objectives_versions_list", "Lists the versions of an objective",
                of: ObjectiveBody.self),
        ])
}

extension ObjectiveRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ObjectiveRequest", "What is to be measured.",
        [
            "intent": "In words. Needed when it is made.",
            "force_create": Note("Accepted and without effect: every creation makes an objective.", isDeprecated: true),
            "test_dataset_id": "A dataset by which it can be tried.",
            "project_id": "Where it belongs; the default project when absent. In a change it moves there.",
        ])
}

extension ObjectiveBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Objective", "What is measured.",
        [
            "version_id": "Of what is shown here.", "test_dataset_id": "A dataset by which it can be tried.",
            "test_set": Note("Always null; see `test_dataset_id`.", isDeprecated: true),
        ])
}

extension ObjectiveRow: DocumentedResponse {
    package static let notes = TypeNotes(
        "ObjectiveList", "An objective in a list.",
        ["project_id": "Null where it belongs to another organisation."])
}

extension CreatedID: DocumentedResponse {
    package static let notes = TypeNotes("ID", "What was made.")
}
