internal import JSON
package import OpenAPI
package import WireAPI

extension PublicDescription {
    static let projects = OperationGroup(
        "Projects",
        "What belongs together inside an organisation. Exactly one project is the default: what names no project lands there.",
        [
            .list("/v1/projects/", "projects_list", "Lists projects", of: ProjectBody.self),
            .create("/v1/projects/", "projects_create", "Makes a project", ProjectRequest.self, ProjectBody.self)
                .showing(["name": "Support", "description": "The support assistant."]),
            .read("/v1/projects/{id}/", "projects_retrieve", "Shows a project", ProjectBody.self),
            .change(
                "/v1/projects/{id}/", "projects_partial_update", "Changes a project", ProjectRequest.self,
                ProjectBody.self),
            .delete("/v1/projects/{id}/", "projects_destroy", "Deletes a project")
                .saying("Only an empty one, and not the default."),
        ])
}

extension ProjectRequest: DocumentedRequest {
    package static let notes = TypeNotes(
        "ProjectRequest", "What a project is to be.",
        [
            "name": "Needed when it is made, and taken once in an organisation.",
            "is_default": "`true` makes it the default in place of the one that was; `false` is refused.",
        ])
}

extension ProjectBody: DocumentedResponse {
    package static let notes = TypeNotes(
        "Project", "A project.", ["owner": "The identifier of whoever made it.", "is_default": "One project is."])
}
