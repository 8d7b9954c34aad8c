internal import Access
internal import ChatModel
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// What clients of OpenAI ask: answers of models, plain or with what a judge says of them.
    func addCompletions(to routes: inout ProtectedRoutes) {
        let options = RouteOptions(
            errorShape: .openAI, bodyLimit: Self.completionBodyLimit, timeout: Self.completionTimeout)
        for dialect in [ChatDialect.chatCompletions, .responses] {
            let end = dialect.pathEnd
            routes.on(.post, "/v1/openai/\(end)", needs: .modelExecute, in: .any, leaving: .nothing, options) {
                context, principal in
                try await complete(dialect, .none, context, principal)
            }
            routes.on(.post, "/v1/judges/openai/\(end)", needs: .judgeExecute, in: .any, leaving: .nothing, options) {
                context, principal in
                try await complete(dialect, .inModel, context, principal)
            }
            routes.on(
                .post, "/v1/judges/{judge_id}/openai/\(end)", needs: .judgeExecute, in: .any, leaving: .nothing, options
            ) {
                context, principal in
                try await complete(dialect, .id(try context.parameter("judge_id")), context, principal)
            }
            routes.on(
                .post, "/v1/judges/{judge_id}/refine/openai/\(end)", needs: .judgeExecute, in: .any, leaving: .nothing,
                options
            ) {
                context, principal in
                try await refine(dialect, try context.parameter("judge_id"), context, principal)
            }
        }
        addMangledCompletions(to: &routes, options)
    }

    /// Clients that were given `…/openai/?async_judge=true` as their base put the rest of the path behind the query.
    private func addMangledCompletions(to routes: inout ProtectedRoutes, _ options: RouteOptions) {
        routes.on(.post, "/v1/judges/openai/", needs: .judgeExecute, in: .any, leaving: .nothing, options) {
            context, principal in
            try await complete(try context.mangledDialect(), .inModel, context, principal)
        }
        routes.on(.post, "/v1/judges/{judge_id}/openai/", needs: .judgeExecute, in: .any, leaving: .nothing, options) {
            context, principal in
            try await complete(
                try context.mangledDialect(), .id(try context.parameter("judge_id")), context, principal)
        }
    }

    /// Prompts with files in them are long.
    private static let completionBodyLimit = 32 << 20
    /// How long an answer with its judging may take, as long as OpenAI's own client waits.
    private static let completionTimeout = Duration.seconds(600)

    /// Which judge looks at an answer.
    fileprivate enum JudgeMention {
        case none
        case id(JudgeID)
        /// The body's `model` names the judge.
        case inModel
    }

    private func complete(
        _ dialect: ChatDialect, _ mention: JudgeMention, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let order = try await context.completionOrder(dialect, modelNamesJudge: mention.isInModel)
        let judge: JudgeChoice? =
            switch mention {
            case .none: nil
            case .id(let id): .id(id, nil)
            case .inModel: try await completions.judge(called: order.model, for: principal)
            }
        let call = CallContext(context, timeout: Self.completionTimeout)
        if order.isStreaming {
            let answer = try await completions.stream(order, judge: judge, as: principal, call)
            return .stream(type: answer.contentType, headers: ["cache-control": "no-cache"]) { write in
                try await answer.relay(write)
            }
        }
        let later = try context.flag("async_judge", default: false)
        let completion = try await completions.complete(order, judge: judge, later: later, as: principal, call)
        return try completion.reply(withVerdicts: context.flag("rs_metadata", default: true))
    }

    private func refine(
        _ dialect: ChatDialect, _ judge: JudgeID, _ context: RequestContext, _ principal: Principal
    ) async throws -> Reply {
        let order = try await context.completionOrder(dialect, modelNamesJudge: false)
        let call = CallContext(context, timeout: Self.completionTimeout)
        let verdictsAreWanted = try context.flag("rs_metadata", default: true)
        guard order.isStreaming else {
            let completion = try await completions.refine(order, by: .id(judge, nil), as: principal, call)
            return try completion.reply(withVerdicts: verdictsAreWanted)
        }
        let completion = try await completions.streamRefined(order, by: .id(judge, nil), as: principal, call)
        return .stream(type: "text/event-stream", headers: ["cache-control": "no-cache"]) { write in
            try await completion.relay(
                adding: { refined in
                    guard verdictsAreWanted else { return JSONObject() }
                    return try CompletionVerdict.members(of: refined.improved, original: refined.original)
                }, write)
        }
    }
}

extension PublicRoutes.JudgeMention {
    fileprivate var isInModel: Bool {
        switch self {
        case .inModel: true
        case .none, .id: false
        }
    }
}

extension ChatDialect {
    /// Where its clients post, below a base address.
    fileprivate var pathEnd: String {
        switch self {
        case .chatCompletions: "chat/completions"
        case .responses: "responses"
        case .messages: "messages"
        }
    }
}

extension RequestContext {
    fileprivate func completionOrder(_ dialect: ChatDialect, modelNamesJudge: Bool) async throws -> CompletionOrder {
        var project: ProjectID?
        // A field of the body would be passed on to the provider.
        if let text = header("x-project-id"), !text.isEmpty {
            guard let id = ProjectID(text) else {
                throw APIProblem.invalid("X-Project-Id", "“\(text)” is not the identifier of a project.")
            }
            project = id
        }
        return try CompletionOrder(
            body: try await body(), in: dialect, project: project,
            modelNamesJudge: modelNamesJudge)
    }

    /// A switch in the query, which may have the rest of a path behind it.
    fileprivate func flag(_ name: String, default standard: Bool) throws -> Bool {
        guard let text = query[name], mangledEnd(of: text) != nil else {
            return try query.bool(name) ?? standard
        }
        return text.lowercased().hasPrefix("true")
    }

    /// The dialect that a path behind the query names.
    fileprivate func mangledDialect() throws -> ChatDialect {
        for name in ["async_judge", "rs_metadata"] {
            if let dialect = query[name].flatMap(mangledEnd) { return dialect }
        }
        throw APIProblem.notFound()
    }

    private func mangledEnd(of text: String) -> ChatDialect? {
        let path = text.hasSuffix("/") ? String(text.dropLast()) : text
        return [ChatDialect.chatCompletions, .responses].first { path.hasSuffix($0.pathEnd) }
    }
}

extension JudgedCompletion {
    /// The model's own answer; with the verdicts, when they are there and wanted, as further members of it.
    fileprivate func reply(withVerdicts: Bool) throws -> Reply {
        guard withVerdicts, let receipt,
            var object = try JSONCodec.decode(JSONValue.self, from: body).objectValue
        else { return .bytes(body, type: "application/json") }
        for fact in try CompletionVerdict.members(of: receipt, original: original).members {
            object[fact.key] = fact.value
        }
        return .bytes(JSONWriter.bytes(of: .object(object)), type: "application/json")
    }
}

extension CompletionVerdict {
    /// What an answer has beside the members of its dialect: what a judge says of it and, when it was improved, of the
    /// original.
    fileprivate static func members(of receipt: JudgeReceipt, original: JudgeReceipt?) throws -> JSONObject {
        var members = JSONObject()
        members["evaluator_results"] = try verdicts(of: receipt)
        members["execution_log_id"] = .string("\(receipt.executionLogID)")
        if let original { members["original_evaluator_results"] = try verdicts(of: original) }
        return members
    }

    private static func verdicts(of receipt: JudgeReceipt) throws -> JSONValue {
        let verdicts = JudgeEvaluatorResult.all(of: receipt).map(CompletionVerdict.init)
        return try JSONCodec.decode(JSONValue.self, from: JSONCodec.encode(verdicts))
    }
}
