internal import JSON
internal import Operations
internal import Records
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Finding, making, changing and running judges.
    var judgeTools: [MCPTool] {
        [
            MCPTool(
                name: "list_judges", title: "List judges",
                description: "Lists your judges, which are sets of evaluators, newest first.", permission: .judgeRead,
                isReadOnly: true,
                arguments: [.text("search", "A part of the name or of the intent."), .limit], required: []
            ) { call in
                var filter = JudgeFilter()
                filter.search = call.arguments["search"]?.stringValue
                let found = try await judges.list(filter, PageRequest(limit: call.count), for: call.principal)
                return ["judges": try .list(found.items.map { JudgeBody($0, for: call.principal) })]
            },
            MCPTool(
                name: "get_judge", title: "Get a judge",
                description: "Shows a judge with its evaluators and the inputs that they need.",
                permission: .judgeRead, isReadOnly: true,
                arguments: [.text("judge_id", "The judge's identifier.")], required: ["judge_id"]
            ) { call in
                let found = try await judges.find(
                    try call.id("judge_id", of: Judge.self), to: .judgeRead, for: call.principal)
                return try .encoded(JudgeBody(found, for: call.principal))
            },
            MCPTool(
                name: "create_judge", title: "Create a judge",
                description: "Makes a judge of evaluators that exist.", permission: .judgeCreate, isReadOnly: false,
                arguments: Self.judgeArguments, required: ["name", "intent"]
            ) { call in
                let draft = try JudgeDraft(try call.decode(JudgeRequest.self))
                return try .encoded(
                    JudgeBody(try await judges.create(draft, for: call.principal), for: call.principal))
            },
            MCPTool(
                name: "update_judge", title: "Change a judge",
                description: "Gives a judge of your own a new version; what is not said stays as it is.",
                permission: .judgeUpdate, isReadOnly: false,
                arguments: [.text("judge_id", "The judge's identifier.")] + Self.judgeArguments,
                required: ["judge_id"]
            ) { call in
                let id = try call.id("judge_id", of: Judge.self)
                let draft = try JudgeDraft(try call.decode(JudgeRequest.self))
                return try .encoded(
                    JudgeBody(try await judges.update(id, draft, for: call.principal), for: call.principal))
            },
            MCPTool(
                name: MCPTool.generation, title: "Generate a judge",
                description:
                    "Makes a judge from what an application is for: a model chooses and writes its evaluators. "
                    + "May take a minute.",
                permission: .judgeCreate, isReadOnly: false,
                arguments: [
                    .text("intent", "What the application is for, in 10 to 20,000 characters."),
                    .text("stage", "The step of it that is to be judged."), .text("name", "What to call the judge."),
                    .map("extra_contexts", "What is known in addition, by name."),
                ], required: ["intent"]
            ) { call in
                let wish = try JudgeWish(try call.decode(JudgeGenerationRequest.self))
                let made = try await judgeGenerator.generate(
                    wish, for: call.principal, CallContext(call.context, timeout: Self.generationTimeout))
                return try .encoded(JudgeGenerationResult(made))
            },
            MCPTool(
                name: "run_judge", title: "Run a judge",
                description: "Runs every evaluator of a judge on a response; each scores from 0 to 1 and says why.",
                permission: .judgeExecute, isReadOnly: false,
                arguments: [
                    .text("judge_id", "The judge's identifier."), .text("judge_name", "Or its exact name."),
                ] + .input, required: []
            ) { call in
                let choice: JudgeChoice =
                    call.arguments["judge_id"]?.stringValue == nil
                    ? .name(try call.text("judge_name")) : .id(try call.id("judge_id", of: Judge.self), nil)
                let order = try ExecutionOrder(try call.decode(ExecutionRequest.self))
                let receipt = try await executions.execute(
                    choice, order, as: call.principal, CallContext(call.context, timeout: executionTimeout))
                return try .encoded(
                    JudgeExecutionResult(
                        evaluatorResults: JudgeEvaluatorResult.all(of: receipt),
                        executionLogId: receipt.executionLogID.uuid))
            },
        ]
    }

    /// Looking up what was executed.
    var logTools: [MCPTool] {
        [
            MCPTool(
                name: "list_execution_logs", title: "List execution logs",
                description: "Lists what was executed lately, newest first, with scores and costs.",
                permission: .executionLogRead, isReadOnly: true,
                arguments: [
                    .text("search", "The name or the identifier of an evaluator or judge."),
                    .text("session_id", "Only of this session."), .text("user_id", "Only of this user."), .limit,
                ], required: []
            ) { call in
                var filter = ExecutionLogFilter()
                filter.reach = call.principal.reach(.executionLogRead)
                filter.search = call.arguments["search"]?.stringValue
                filter.sessionID = call.arguments["session_id"]?.stringValue
                filter.userID = call.arguments["user_id"]?.stringValue
                let found = try await logs.list(
                    filter, including: [], PageRequest(limit: call.count), for: call.principal)
                return ["execution_logs": try .list(found.items.map { ExecutionLogRow($0, includes: []) })]
            },
            MCPTool(
                name: "get_execution_log", title: "Get an execution log",
                description: "Shows one execution with its input, its scores and why they were given.",
                permission: .executionLogRead, isReadOnly: true,
                arguments: [.text("execution_log_id", "The log's identifier.")], required: ["execution_log_id"]
            ) { call in
                let found = try await logs.find(
                    try call.id("execution_log_id", of: ExecutionLog.self), to: .executionLogRead, for: call.principal)
                return try .encoded(try ExecutionLogBody(found))
            },
        ]
    }

    private static let judgeArguments: [MCPTool.Argument] = [
        .text("name", "The judge's name."), .text("intent", "What it is for."),
        .text("stage", "The step of the application that it judges."),
        .objects("evaluator_references", "Its evaluators: objects with id, and version_id to pin a version."),
    ]
}
