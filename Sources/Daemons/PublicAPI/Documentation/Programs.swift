internal import HTTPMessages
internal import JSON
internal import OpenAPI

extension PublicDescription {
    /// What is for programs alone.
    static let programs = OperationGroup(
        "Programs",
        "For assistants and tools: the Model Context Protocol, and this description itself.",
        [
            Operation(.post, "/v1/mcp", "mcp_create", "Takes a message of the Model Context Protocol")
                .saying("Streamable HTTP without sessions: every message is answered with JSON. Also at `/mcp`.")
                .taking(
                    .of(
                        .object(
                            .init("jsonrpc", .words(["2.0"]), isRequired: true),
                            .init("method", .string, isRequired: true), .init("id", .any, isRequired: false),
                            .init("params", .any, isRequired: false)))
                )
                .answering(200, "The answer.", .of(.any)).answering(202, "The message asks for no answer.")
                .answering(
                    400, "The message cannot be read.", .of(.any),
                    .of(Schema(.reference("Problem")), type: "application/problem+json")
                )
                .showing(["jsonrpc": "2.0", "id": 1, "method": "tools/list"]),
            Operation(.get, "/v1/mcp", "mcp_retrieve", "Refused: nothing is sent that was not asked for").answering(
                405, "Refused.", .of(.any)),
            Operation(.delete, "/v1/mcp", "mcp_destroy", "Refused: there are no sessions").answering(
                405, "Refused.", .of(.any)),
            Operation(.get, "/openapi.json", "openapi_retrieve", "This description as an OpenAPI 3.1 document")
                .answering(200, "The document.", .of(.any)).forEverybody,
            Operation(.get, "/docs/download/", "docs_download_retrieve", "The same, where generators look for it")
                .answering(200, "The document.", .of(.any)).forEverybody,
            Operation(.get, "/docs/", "docs_retrieve", "This description as a page for people")
                .answering(200, "The page.", .of(.string, type: "text/html")).forEverybody,
        ])
}
