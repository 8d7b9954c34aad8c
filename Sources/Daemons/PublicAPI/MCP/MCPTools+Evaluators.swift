internal import JSON
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Finding, changing and running evaluators.
    var evaluatorTools: [MCPTool] {
        [
            MCPTool(
                name: "list_evaluators", title: "List evaluators",
                description: "Lists the evaluators that can be run, built-in ones included, newest first.",
                permission: .evaluatorRead, isReadOnly: true,
                arguments: [.text("search", "A part of the name or of what it measures."), .limit], required: []
            ) { call in
                var filter = EvaluatorFilter()
                filter.search = call.arguments["search"]?.stringValue
                let found = try await evaluators.list(filter, PageRequest(limit: call.count), for: call.principal)
                return ["evaluators": try .list(found.items.map { EvaluatorRow($0, for: call.principal) })]
            },
            MCPTool(
                name: "get_evaluator", title: "Get an evaluator",
                description: "Shows what an evaluator measures, by which criteria and with which inputs.",
                permission: .evaluatorRead, isReadOnly: true,
                arguments: [.text("evaluator_id", "The evaluator's identifier.")], required: ["evaluator_id"]
            ) { call in
                let found = try await evaluators.find(
                    try call.id("evaluator_id", of: Evaluator.self), to: .evaluatorRead, for: call.principal)
                return try .encoded(EvaluatorBody(found, for: call.principal))
            },
            MCPTool(
                name: "create_evaluator", title: "Create an evaluator",
                description: "Makes an evaluator. The criteria refer to texts as {{request}} and {{response}}.",
                permission: .evaluatorCreate, isReadOnly: false, arguments: Self.evaluatorArguments,
                required: ["name", "intent", "scoring_criteria"]
            ) { call in
                var draft = try EvaluatorDraft(try call.decode(EvaluatorRequest.self))
                draft.objective = .new(intent: try call.text("intent"))
                let made = try await evaluators.create(draft, overwrite: false, for: call.principal)
                return try .encoded(EvaluatorBody(made, for: call.principal))
            },
            MCPTool(
                name: "update_evaluator", title: "Change an evaluator",
                description: "Gives an evaluator of your own a new version; what is not said stays as it is.",
                permission: .evaluatorUpdate, isReadOnly: false,
                arguments: [
                    .text("evaluator_id", "The evaluator's identifier."), .text("change_note", "Why it is changed."),
                ] + Self.evaluatorArguments, required: ["evaluator_id"]
            ) { call in
                let id = try call.id("evaluator_id", of: Evaluator.self)
                let draft = try EvaluatorDraft(try call.decode(EvaluatorRequest.self))
                return try .encoded(
                    EvaluatorBody(
                        try await evaluators.update(id, draft, for: call.principal), for: call.principal))
            },
            MCPTool(
                name: "run_evaluation", title: "Run an evaluator",
                description: "Scores a response from 0 to 1 with an evaluator, and says why.",
                permission: .evaluatorExecute, isReadOnly: false,
                arguments: [.text("evaluator_id", "The evaluator's identifier.")] + .input,
                required: ["evaluator_id"]
            ) { call in
                try await run(.id(try call.id("evaluator_id", of: Evaluator.self), nil), call)
            },
            MCPTool(
                name: "run_evaluation_by_name", title: "Run an evaluator by its name",
                description: "Scores a response from 0 to 1 with the evaluator of exactly that name, and says why.",
                permission: .evaluatorExecute, isReadOnly: false,
                arguments: [.text("evaluator_name", "The evaluator's name.")] + .input, required: ["evaluator_name"]
            ) { call in
                try await run(.name(try call.text("evaluator_name")), call)
            },
            policyTool,
        ]
    }

    /// Kept for clients of the older server.
    private var policyTool: MCPTool {
        MCPTool(
            name: "run_coding_policy_adherence", title: "Check code against policies",
            description: "Scores from 0 to 1 how well code adheres to policy documents, and says why.",
            permission: .evaluatorExecute, isReadOnly: false,
            arguments: [
                .texts("policy_documents", "The policies, as text."), .text("code", "The code that is checked."),
            ], required: ["policy_documents", "code"]
        ) { call in
            let policies = call.arguments["policy_documents"]?.arrayValue?.compactMap(\.stringValue) ?? []
            let input = EvaluationInput(
                request: "Write code that adheres to the policies.", response: try call.text("code"),
                contexts: policies)
            return try await run(
                .name("Faithfulness"), ExecutionOrder(input: input, labels: ExecutionLabels(), projectID: nil), call)
        }
    }

    private static let evaluatorArguments: [MCPTool.Argument] = [
        .text("name", "The evaluator's name."), .text("intent", "What it measures, in a sentence."),
        .text("scoring_criteria", "How to score, with {{request}}, {{response}} and other placeholders."),
        .texts("models", "The models to ask, in order; the server's choice when absent."),
        .text("behavior", "fast, balanced or thorough."),
    ]

    private func run(_ choice: EvaluatorChoice, _ call: MCPTool.Call) async throws -> JSONValue {
        try await run(choice, try ExecutionOrder(try call.decode(ExecutionRequest.self)), call)
    }

    private func run(_ choice: EvaluatorChoice, _ order: ExecutionOrder, _ call: MCPTool.Call) async throws -> JSONValue
    {
        let receipt = try await executions.execute(
            choice, order, as: call.principal, CallContext(call.context, timeout: executionTimeout))
        return try .encoded(EvaluatorExecutionResult(receipt))
    }
}

extension [MCPTool.Argument] {
    /// What is evaluated.
    static var input: [MCPTool.Argument] { MCPTool.Argument.input }
}

extension JSONValue {
    /// A value in the form that the public API gives it.
    static func encoded(_ value: some Encodable) throws -> JSONValue {
        try JSONCodec.decode(JSONValue.self, from: JSONCodec.encode(value))
    }

    /// Values in that form.
    static func list(_ values: [some Encodable]) throws -> JSONValue { try encoded(values) }
}
