internal import HTTPMessages
package import JSON

extension APIDescription {
    /// The document of OpenAPI 3.1.
    package var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": .string(title), "version": .string(version),
                "description": .string(introduction.joined(separator: "\n\n")),
            ],
            "servers": [["url": "/"]],
            "security": [["apiKey": []], ["bearer": []]],
            "tags": .array(
                groups.map { ["name": .string($0.name), "description": .string($0.text)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(
                    JSONObject(
                        components.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) } + [
                            ("Problem", problem.json)
                        ])),
                "securitySchemes": [
                    "apiKey": [
                        "type": "apiKey", "in": "header", "name": "Authorization",
                        "description": "The word `Api-Key`, a space and the key.",
                    ],
                    "bearer": ["type": "http", "scheme": "bearer"],
                ],
            ],
        ]
    }

    private var paths: JSONObject {
        var paths: JSONObject = [:]
        for group in groups {
            for operation in group.operations {
                var path = paths[operation.path]?.objectValue ?? [:]
                path[operation.method.rawValue.lowercased()] = .object(rendered(operation, in: group))
                paths[operation.path] = .object(path)
            }
        }
        return paths
    }

    private func rendered(_ operation: Operation, in group: OperationGroup) -> JSONObject {
        var members: JSONObject = [
            "operationId": .string(operation.id), "tags": [.string(group.name)],
            "summary": .string(operation.summary),
        ]
        if !operation.text.isEmpty { members["description"] = .string(operation.text) }
        if operation.isDeprecated { members["deprecated"] = true }
        if operation.isForEverybody { members["security"] = [] }
        let parameters = parameters(of: operation)
        if !parameters.isEmpty { members["parameters"] = .array(parameters.map(\.json)) }
        let contents = contents(of: operation)
        if !contents.bodies.isEmpty {
            var body: JSONObject = ["content": .object(rendered(contents.bodies, example: operation.example))]
            if operation.isBodyRequired { body["required"] = true }
            members["requestBody"] = .object(body)
        }
        members["responses"] = .object(responses(of: operation, contents))
        return members
    }

    private func rendered(_ contents: [(type: String, schema: Schema)], example: JSONValue?) -> JSONObject {
        JSONObject(
            contents.map { type, schema in
                var members: JSONObject = ["schema": schema.json]
                if let example, type == "application/json" { members["example"] = example }
                return (type, .object(members))
            })
    }

    private func responses(of operation: Operation, _ contents: RenderedContents) -> JSONObject {
        var responses: JSONObject = [:]
        for status in statuses(of: operation) {
            guard let place = operation.answers.firstIndex(where: { $0.status == status }) else {
                responses["\(status)"] = problem(status, operation)
                continue
            }
            let answer = operation.answers[place]
            var members: JSONObject = ["description": .string(answer.text.isEmpty ? "Done." : answer.text)]
            let rendered = rendered(contents.answers[place], example: nil)
            if !rendered.members.isEmpty { members["content"] = .object(rendered) }
            responses["\(status)"] = .object(members)
        }
        return responses
    }

    private func problem(_ status: Int, _ operation: Operation) -> JSONValue {
        let schema: JSONValue = ["schema": ["$ref": "#/components/schemas/Problem"]]
        var members: JSONObject = ["description": .string(ProblemStatus.meaning(of: status))]
        members["content"] =
            operation.speaksOpenAI ? ["application/json": schema] : ["application/problem+json": schema]
        if ProblemStatus.tellsWhenToRetry.contains(status) {
            members["headers"] = [
                "Retry-After": [
                    "description": "After how many seconds to try again.", "schema": ["type": "integer"],
                ]
            ]
        }
        return .object(members)
    }
}

/// What the statuses of problems mean.
enum ProblemStatus {
    /// Those that say when to try again.
    static let tellsWhenToRetry: Set<Int> = [429, 503]

    static func meaning(of status: Int) -> String { meanings[status] ?? "The call failed." }

    private static let meanings: [Int: String] = [
        400: "Something in the call is not acceptable; the body says what.",
        401: "No credentials came along, or they are not valid any more.",
        403: "The caller may not do this, or it belongs to everybody and nobody may change it.",
        404: "Nothing is there, or nothing that the caller may know of.",
        405: "The path takes other methods.",
        408: "The body did not arrive in time.",
        409: "The state of what is addressed does not allow this.",
        413: "The body is larger than is allowed here; the detail names the limit.",
        415: "The body is of a kind that cannot be read here.",
        422: "The idempotency key was used for another call.",
        429: "More calls than are allowed.",
        500: "A mistake of the server's.",
        502: "The model's provider failed.",
        503: "Something that is needed is not there at the moment.",
        504: "The answer took too long.",
    ]
}
