internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Evaluators as documents that are carried from one organisation to another.
    func addEvaluatorCarriage(to routes: inout ProtectedRoutes) {
        let document = "/v1/evaluators/export/{id}/"
        routes.on(.get, document, needs: .evaluatorRead, in: .evaluator("id"), leaving: .export) { context, principal in
            let document = try await carriage.export(context.parameter("id"), for: principal)
            return .bytes(
                Array(document.text.utf8), type: "application/yaml; charset=utf-8",
                headers: ["content-disposition": "attachment; filename=\"evaluator.yaml\""])
        }
        routes.on(.post, "/v1/evaluators/import-yaml/", needs: .evaluatorCreate, in: .any) { context, principal in
            let body = try await context.decode(EvaluatorImportRequest.self)
            let made = try await carriage.load(
                try PortableEvaluator(reading: body.yaml), overwrite: body.overwrite ?? false,
                into: body.projectId.map(ProjectID.init(uuid:)), for: principal)
            return .json(EvaluatorBody(made, for: principal), status: 201)
        }
        // Editors fetch it without credentials, and it is the same for everybody.
        routes.onForEverybody(.get, "/v1/schema/evaluator.json") { _ in
            .bytes(JSONWriter.bytes(of: Self.evaluatorSchema), type: "application/schema+json")
        }
    }

    /// The JSON Schema of the documents.
    private static let evaluatorSchema: JSONValue = [
        "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Evaluator", "type": "object",
        "required": ["name", "objective"], "additionalProperties": false,
        "properties": [
            "name": ["type": "string", "minLength": 2, "maxLength": 1000],
            "objective": [
                "type": "object", "required": ["intent"], "additionalProperties": false,
                "properties": ["intent": ["type": "string", "description": "What is measured, in words."]],
            ],
            "scoring_criteria": [
                "type": "string", "minLength": 1,
                "description": "How it is measured; {{request}}, {{response}} and others are filled at execution.",
            ],
            "model": ["type": "string", "description": "The model to ask; the server's default when absent."],
            "models": ["type": "array", "items": ["type": "string"], "description": "The models to ask, in order."],
            "behavior": ["enum": ["fast", "balanced", "thorough"]],
            "code": [
                "type": "object", "required": ["kind"],
                "description": "Instead of scoring_criteria: what is done without a model.",
            ],
            "demonstrations": ["type": "array", "maxItems": 1000, "items": ["$ref": "#/$defs/example"]],
            "calibration": ["type": "array", "maxItems": 1000, "items": ["$ref": "#/$defs/example"]],
        ],
        "$defs": [
            "example": [
                "type": "object", "required": ["score"],
                "anyOf": [["required": ["response"]], ["required": ["request"]]], "additionalProperties": false,
                "properties": [
                    "request": ["type": "string"], "response": ["type": "string"],
                    "score": ["type": "number", "minimum": 0, "maximum": 1], "justification": ["type": "string"],
                ],
            ]
        ],
    ]
}
