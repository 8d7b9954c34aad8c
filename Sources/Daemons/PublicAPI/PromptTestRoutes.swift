internal import Access
internal import HTTPMessages
internal import HTTPServing
internal import JSON
internal import Operations
internal import Scoring
internal import Tenancy
internal import WireAPI

extension PublicRoutes {
    /// Prompts on models, side by side. Published clients call these without the version.
    func addPromptTests(to routes: inout ProtectedRoutes) {
        let tests = "/v1/prompt-tests/"
        routes.on(
            .post, tests, needs: .modelExecute, in: .any, leaving: .change("prompt_test.create"),
            RouteOptions(isResumable: true)
        ) { context, principal in
            var draft = try PromptTestDraft(try await context.decode(PromptTestRequest.self))
            draft.callID = context.callID
            let standing = try await promptTests.start(
                draft, for: principal, traceParent: context.propagation["traceparent"])
            return .json(try PromptTestBody(standing.test, standing.tasks), status: 201)
        }
        let one = tests + "{id}/"
        routes.on(.get, one, needs: .executionLogRead, in: .any, leaving: .content) { context, principal in
            let standing = try await promptTests.find(context.parameter("id"), for: principal)
            return .json(try PromptTestBody(standing.test, standing.tasks))
        }
    }
}

extension PromptTestDraft {
    fileprivate init(_ body: PromptTestRequest) throws {
        self.init(prompt: body.prompt, model: body.model)
        inputs = try (body.inputs ?? []).enumerated().map { index, input in
            guard input.objectValue != nil else {
                throw APIProblem.invalid("inputs", "Input \(index) is no object of names and values.")
            }
            return OpaqueJSON(text: input.description)
        }
        dataset = body.datasetId.map(DatasetID.init(uuid:))
        evaluators = try (body.evaluators ?? []).enumerated().map { index, evaluator in
            let version = evaluator.versionId.map(EvaluatorVersionID.init(uuid:))
            switch (evaluator.id, evaluator.name) {
            case (let id?, nil): return (.id(EvaluatorID(uuid: id), nil), version)
            case (nil, let name?): return (.name(name), version)
            case (nil, nil), (.some, .some):
                throw APIProblem.invalid("evaluators", "Evaluator \(index): give either its id or its name.")
            }
        }
        if let schema = body.responseSchema, !schema.isNull {
            guard schema.objectValue != nil else {
                throw APIProblem.invalid("response_schema", "Give a JSON schema as an object.")
            }
            responseSchema = OpaqueJSON(text: schema.description)
        }
        projectID = body.projectId.map(ProjectID.init(uuid:))
    }
}
