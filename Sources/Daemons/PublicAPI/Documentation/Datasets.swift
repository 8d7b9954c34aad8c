internal import HTTPMessages
internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    private static let items = "/v1/datasets/{dataset_id}/items/"
    private static let item = "/v1/datasets/{dataset_id}/items/{item_id}/"

    static let datasets = OperationGroup(
        "Datasets",
        "Items to evaluate, to calibrate by and to show as demonstrations. An item has versions: a change makes a new one, "
            + "and only the latest can be changed. `external_id` stays, `id` names a version; either finds the item.",
        [
            .list("/v1/datasets/", "datasets_list", "Lists datasets", of: DatasetBody.self)
                .asking(
                    .id("project_id", "Only those of this project."), .text("search", "Only names with this in them."),
                    ordering),
            Operation(.post, "/v1/datasets/", "datasets_create", "Makes a dataset, empty or of a file")
                .saying(
                    "A file is CSV or JSON Lines of at most 50 MiB. Columns named `request`, `response`, `expected_output`, "
                        + "`contexts`, `turns` (both JSON), `score` and `justification` fill the item, `score` as a "
                        + "published annotation; every other column is a variable. Without a header the columns are "
                        + "score, response and request. A multipart form takes no `Idempotency-Key`."
                )
                .taking(
                    .json(DatasetRequest.self), .json(DatasetRequest.self, type: "application/x-www-form-urlencoded"),
                    .of(upload, type: "multipart/form-data"), isRequired: false
                )
                .answering(201, DatasetBody.self, "It was made.").failing(403, 404, 408)
                .showing(["name": "Returns"]),
            Operation(.get, "/v1/datasets/{id}/", "datasets_retrieve", "Shows a dataset, or sends it as a file")
                .saying("With `download=true` and an `Accept` of `text/csv` or `application/jsonl` its items are sent.")
                .asking(.flag("download", "Whether the items are wanted as a file."))
                .answering(
                    200, "The dataset.", .json(DatasetBody.self), .of(.string, type: "text/csv"),
                    .of(.string, type: "application/jsonl")
                ).failing(400),
            .change(
                "/v1/datasets/{id}/", "datasets_partial_update", "Renames a dataset", DatasetRequest.self,
                DatasetBody.self),
            .delete("/v1/datasets/{id}/", "datasets_destroy", "Deletes a dataset with its items"),
            .list(items, "datasets_items_list", "Lists the items of a dataset", of: DatasetItemBody.self)
                .asking(.flag("is_archived", "Whether archived items are listed too.")),
            .create(
                items, "datasets_items_create", "Adds an item", DatasetItemRequest.self, DatasetItemBody.self
            ).showing(["request": "May I return it?", "response": "Yes, within 30 days."]),
            .create(
                items + "bulk/", "datasets_items_bulk_create", "Adds up to 5,000 items", [DatasetItemRequest].self,
                [DatasetItemBody].self
            ).saying("All or none of them; they are answered in the order in which they came.")
                .showing([["request": "May I return it?", "response": "Yes, within 30 days."]]),
            .read(item, "datasets_items_retrieve", "Shows an item", DatasetItemBody.self),
            .replace(
                item, "datasets_items_update", "Makes a new version of an item", DatasetItemRequest.self,
                DatasetItemBody.self
            ).saying("What is absent is empty in it.").failing(400),
            .change(
                item, "datasets_items_partial_update", "Makes a new version of an item", DatasetItemRequest.self,
                DatasetItemBody.self
            ).saying("What is absent stays.").failing(400),
            .delete(item, "datasets_items_destroy", "Archives an item"),
        ])

    private static let upload = Schema.object(
        .init("file", Schema.bytes.saying("CSV or JSON Lines."), isRequired: false),
        .init("name", .string, isRequired: false), .init("project_id", .uuid, isRequired: false),
        .init("tags", Schema.array(of: .uuid), isRequired: false),
        .init(
            "has_header", Schema.boolean.saying("Whether a CSV file begins with its columns' names."), isRequired: false
        ))
}

extension DatasetRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "DataSetRequest", "What a dataset is to be.",
        [
            "name": Note("Needed when it is renamed.", lengths: 1...1000),
            "tags": "Identifiers that callers keep of it; they stand for nothing here.",
            "project_id": "Where it belongs; the default project when absent.",
            "has_header": "Whether a CSV file begins with its columns' names.",
            "url": Note("Refused: nothing is fetched from addresses. Upload the file.", isDeprecated: true),
        ])
}

extension DatasetBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "DataSet", "A dataset.",
        ["status": Note("Who sees it.", choices: ["private"]), "has_header": "What its maker said of the file."])
}

extension DatasetItemRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "DatasetItemRequest", "What an item is to be.",
        [
            "turns": "A conversation in place of request and response.",
            "variables": "Values of the placeholders of criteria, by their names.",
            "metadata": "Anything; it is kept and not looked at.", "change_note": "What this version changes.",
        ])
}

extension DatasetItemBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "DatasetItem", "One version of an item.",
        [
            "id": "Of this version.", "external_id": "Of the item in all its versions.",
            "version_id": "The same as `id`.",
            "annotations": "Those that are published.", "is_archived": "Archived items take no part in anything new.",
            "metadata": "What its maker put there.",
        ])
}

extension TurnRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "MessageTurnRequest", "One turn of a conversation.",
        [
            "content": "What is said; an assistant that calls tools may say nothing.",
            "contexts": "What an assistant's answer is based on.",
            "tool_calls": "The tools that an assistant calls, in OpenAI's words.",
            "tool_call_id": "Which call a tool's turn answers.",
            "tool_name": Note("An older way to name the tool that is called.", isDeprecated: true),
        ])
}
