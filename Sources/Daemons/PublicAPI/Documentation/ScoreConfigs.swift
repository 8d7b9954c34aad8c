internal import JSON
package import OpenAPI
internal import Records
package import WireAPI

extension PublicDescription {
    static let scoreConfigs = OperationGroup(
        "ScoreConfigs",
        "By what people score: a number between two bounds, one of two labels, or one of several. Two configs belong to "
            + "everybody and cannot be changed: “Score”, a number from 0 to 1 and the default, and “Thumbs”.",
        [
            .list("/v1/score-configs/", "score_configs_list", "Lists score configs", of: ScoreConfigBody.self),
            .create(
                "/v1/score-configs/", "score_configs_create", "Makes a score config", ScoreConfigRequest.self,
                ScoreConfigBody.self
            ).showing(["name": "Stars", "type": "continuous", "min_value": 1, "max_value": 5]),
            .read("/v1/score-configs/{id}/", "score_configs_retrieve", "Shows a score config", ScoreConfigBody.self),
            .replace(
                "/v1/score-configs/{id}/", "score_configs_update", "Changes a score config",
                ScoreConfigRequest.self, ScoreConfigBody.self),
            .change(
                "/v1/score-configs/{id}/", "score_configs_partial_update", "Changes parts of a score config",
                ScoreConfigRequest.self, ScoreConfigBody.self),
            .delete("/v1/score-configs/{id}/", "score_configs_destroy", "Deletes a score config"),
        ])
}

extension ScoreConfigRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ScoreConfigRequest", "By what people are to score.",
        [
            "name": Note("Needed when it is made.", lengths: 1...255),
            "type": Note("Needed when it is made.", choices: words(of: ScoreScale.Kind.self)),
            "categories": "The labels of a binary (two) or categorical scale, each with the number it stands for.",
            "min_value": "The lower bound of a continuous scale; 0 when absent.",
            "max_value": "The upper bound of a continuous scale; 1 when absent.",
        ])
}

extension ScoreCategoryBody: DocumentedResponse {
    package static let notes = TypeNotes("ScoreConfigCategory", "A label and the number that it stands for.")
}

extension ScoreConfigBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "ScoreConfig", "By what people score.",
        [
            "type": Note("What kind of scale it is.", choices: words(of: ScoreScale.Kind.self)),
            "categories": "Empty on a continuous scale.",
            "min_value": "The lower bound; of labels, the least value.",
            "max_value": "The upper bound; of labels, the greatest value.",
            "is_default": "Whether it counts where none is named.",
        ])
}
