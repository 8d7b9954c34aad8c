internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Judges that are made from an intent, copied or shown to others.
    func addJudgeGeneration(to routes: inout ProtectedRoutes) {
        // Whoever asks waits while models write: longer than a score takes.
        let patience = RouteOptions(timeout: Self.generationTimeout)
        routes.on(.post, "/v1/judges/generate/", needs: .judgeCreate, in: .any, patience) { context, principal in
            let wish = try JudgeWish(try await context.decode(JudgeGenerationRequest.self))
            let made = try await judgeGenerator.generate(
                wish, for: principal, CallContext(context, timeout: Self.generationTimeout))
            var result = JudgeGenerationResult(made)
            guard case .made(let judge, _) = made,
                let token = try await temporaryUsers.claimToken(for: judge.id, of: principal)
            else { return .json(result, status: 201) }
            result.claimToken = token.uuidString.lowercased()
            return .json(result, status: 201).secret
        }
        routes.on(.post, "/v1/judges/{id}/duplicate/", needs: .judgeCreate, in: .any) { context, principal in
            let body = try await context.decode(DuplicateRequest.self)
            let copy = try await judges.duplicate(
                context.parameter("id"), to: body.projectId.map(ProjectID.init(uuid:)), named: nil, for: principal)
            return .json(JudgeBody(copy, for: principal), status: 201)
        }
        let samples = "/v1/judges/{judge_id}/synthetic-data/"
        routes.on(.get, samples, needs: .judgeRead, in: .judge("judge_id")) { context, principal in
            let standing = try await judgeSamples.standing(of: context.parameter("judge_id"), for: principal)
            return .json(SyntheticDataBody(standing))
        }
    }

    /// How long the making of a judge may take.
    static let generationTimeout = Duration.seconds(150)
}

extension JudgeWish {
    init(_ body: JudgeGenerationRequest) throws {
        guard let intent = body.intent else { throw APIProblem.invalid("intent", "This field is required.") }
        self.init(intent: intent)
        stage = body.stage
        contexts = (body.extraContexts ?? [:]).compactMapValues(\.self)
        hasContexts = body.enableContextAwareEvaluators ?? false
        // The published clients say `null` where they expect a judge and no question.
        isStrict = body.strict ?? false
        overwrites = body.overwrite ?? false
        name = body.name
        judgeID = body.judgeId.map(JudgeID.init(uuid:))
        projectID = body.projectId.map(ProjectID.init(uuid:))
        fileID = body.fileId.map(FileID.init(uuid:))
        seed = body.generatingModelParams?.seed
        if let visibility = try Visibility(judge: body.visibility) { self.visibility = visibility }
        switch body.generatingModelParams?.reasoningEffort {
        case nil, "medium"?: behavior = .balanced
        case "none"?, "minimal"?, "low"?: behavior = .fast
        case "high"?, "xhigh"?: behavior = .thorough
        case let other?:
            throw APIProblem.invalid(
                "generating_model_params", "reasoning_effort: “\(other)” is not one of low, medium, high.")
        }
    }
}

extension JudgeGenerationResult {
    init(_ made: GeneratedJudge) {
        switch made {
        case .severalStages(let stages): self.init(severalStages: stages)
        case .made(let judge, let missing):
            self.init(
                judge: judge.id.uuid, version: judge.version.id.uuid,
                missing: missing.map { FormField(name: $0.name, description: $0.description) },
                evaluators: judge.evaluators.map {
                    EvaluatorDetail(id: $0.id.uuid, name: $0.name, intent: $0.objective.version.intent)
                })
        }
    }
}

extension SyntheticDataBody {
    fileprivate init(_ standing: JudgeSampleStanding?) {
        switch standing {
        // What could not be written can be asked for again, by generating the judge anew.
        case nil, .failed?: self.init(status: "not_generated")
        case .pending?: self.init(status: "pending")
        case .ready(let set)?:
            self.init(
                status: "ready", name: set.name, description: set.description,
                samples: set.samples.map {
                    Sample(quality: $0.quality.rawValue, request: $0.request, response: $0.response)
                })
        }
    }
}
