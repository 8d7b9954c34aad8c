internal import HTTPMessages
package import OpenAPI
package import WireAPI

extension PublicDescription {
    static let files = OperationGroup(
        "Files", "PDF documents and images that evaluations look at, and that judges know.",
        [
            Operation(.post, "/v1/files/", "files_create", "Uploads a file")
                .saying(
                    "A PDF document, PNG, JPEG, WebP or SVG of at most 20 MB. The same bytes again are the same file."
                )
                .taking(
                    .of(
                        .object(.init("file", Schema.bytes.saying("The file."), isRequired: true)),
                        type: "multipart/form-data")
                )
                .answering(200, FileUploadBody.self, "It was there already.")
                .answering(201, FileUploadBody.self, "It is new.").failing(403),
            Operation(.get, "/v1/files/{id}/", "files_retrieve", "Sends a file").answering(
                200, "Its bytes.", .of(.bytes, type: "application/pdf"), .of(.bytes, type: "image/png"),
                .of(.bytes, type: "image/jpeg"), .of(.bytes, type: "image/webp"), .of(.bytes, type: "image/svg+xml")
            )
            .answering(303, "They are fetched at the address in `Location`, where the deployment has it so."),
        ])
}

extension FileUploadBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "FileUploadResponse", "A file that was uploaded.", ["id": "Names it in `file_ids` and `file_id`."])
}

extension AttachedFileBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "AttachedFile", "A file that was looked at.", ["media_type": "Such as `application/pdf`."])
}

extension JudgeFileBody: DocumentedResponse {
    package static let notes = TypeNotes("JudgeFile", "The file of a judge.", ["url": "Where its bytes are."])
}
