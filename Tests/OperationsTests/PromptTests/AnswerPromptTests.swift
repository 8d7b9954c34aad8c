import EventLoop
import HTTPTransfer
import Jobs
import Logging
import Operations
import Postgres
import Queueing
import Records
import Scoring
import Stores
import Tenancy
import TestSupport
import Testing

/// The tasks of a prompt test, on a model that counts how often it is asked. There is no evaluation service.
@Suite struct AnswerPromptTests {
    /// A model that says a word.
    private func model() async throws -> ScriptedServer {
        let loop = try #require(Loop.current)
        let body = #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Blue."}}]}"#
        return try ScriptedServer(on: loop) { _ in
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
        }
    }

    private func work(_ rig: Rig, on model: ScriptedServer) -> AnswerPrompt {
        AnswerPrompt(
            executions: rig.product.executions,
            gateway: ModelGateway(
                client: HTTPClient(loops: rig.loops), addresses: ["http://127.0.0.1:\(model.port)"], serviceToken: ""),
            database: rig.database, events: EventPublisher(redis: rig.redis, loops: rig.loops),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A test of one prompt, and its only task as a worker has it.
    private func task(of tenant: Tenant, _ evaluators: [Evaluator]) async throws -> LeasedJob {
        let rig = tenant.rig
        var definition = ModelDraft()
        definition.name = "ours-\(tenant.organization)"
        definition.upstreamModel = "openai/x"
        let model = try await rig.product.models.create(definition, for: tenant.principal())
        var draft = PromptTestDraft(prompt: "Name a colour.", model: model.definition.name)
        draft.evaluators = evaluators.map { (.id($0.id, nil), nil) }
        let standing = try await rig.product.promptTests.start(draft, for: tenant.principal(), traceParent: nil)
        let job = try #require(standing.tasks.first).id
        let claimed = try await rig.product.queue.ledger.claim(
            [(id: job, lease: .init(epoch: 1, attempt: 1))], worker: "test")
        return LeasedJob(job: try #require(claimed.jobs.first), deadline: .after(.seconds(30)))
    }

    @Test func aTaskAsksItsModel() async throws {
        try await Rig.run { rig in
            let model = try await model()
            let leased = try await task(of: try await rig.tenant(), [])
            let effect = try await work(rig, on: model).perform(leased)
            #expect(effect.apply != nil && model.requests == 1)
            await model.stop()
        }
    }

    @Test func aTaskOfSomebodyWhoIsDeactivatedPaysNoModel() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let model = try await model()
            let leased = try await task(of: tenant, [])
            try await rig.database.execute(
                "UPDATE users SET is_disabled = true, disabled_at = now() WHERE id = \(tenant.owner.id)")
            let failure = await #expect(throws: JobFailure.self) {
                _ = try await work(rig, on: model).perform(leased)
            }
            #expect(failure?.errorClass == .refused && model.requests == 0)
            await model.stop()
        }
    }

    @Test func aTaskWhoseEvaluatorWasDeletedPaysNoModel() async throws {
        try await Rig.run { rig in
            let tenant = try await rig.tenant()
            let model = try await model()
            let evaluator = try await tenant.evaluator("Brevity")
            let leased = try await task(of: tenant, [evaluator])
            try await rig.product.evaluators.delete(evaluator.id, for: tenant.principal())
            rig.product.executions.catalogue.forgetAll()
            let failure = await #expect(throws: JobFailure.self) {
                _ = try await work(rig, on: model).perform(leased)
            }
            #expect(failure?.errorClass == .missing)
            #expect(model.requests == 0, "the model was paid for a task that comes to nothing")
            await model.stop()
        }
    }
}
