import APIClient
import Access
import EventLoop
import FoundationEssentials
import HTTPMessages
import HTTPTransfer
import Operations
import Records
import Scoring
import Stores
import Tenancy
import WireAPI

/// An organisation of a test, with the people that the test signs in.
struct Tenant: Sendable {
    let server: OperatorServer
    let organization: OrganizationID
    let project: Project
    let owner: User

    /// Somebody of that role with a session of their own.
    func viewer(_ role: Role = .owner) async throws -> Viewer {
        let user = User(
            id: server.identifiers.next(), organizationID: organization,
            email: "\(role.rawValue)-\(server.identifiers.uuid())@example.com", fullName: "Some \(role.rawValue)",
            role: role, createdAt: Date())
        try await UserStore(database: server.database).create(user, passwordHash: nil)
        let token = "st_\(UUID().uuidString)"
        let later = Date().addingTimeInterval(3600)
        let session = Session(
            id: server.identifiers.next(), organizationID: organization, userID: user.id, createdAt: Date(),
            idleExpiresAt: later, expiresAt: later)
        try await SessionStore(database: server.database).create(session, tokenHash: OperatorServer.hash.of(token))
        return Viewer(
            client: OperatorClient(server: "http://127.0.0.1:\(server.port)", http: server.http), token: token,
            user: user, session: session)
    }

    func principal(_ role: Role = .owner) -> Principal {
        Principal(
            organizationID: organization, user: owner.reference, credential: .session(server.identifiers.next()),
            role: role, scopes: .everything, defaultProjectID: project.id)
    }

    /// A log of that moment, or of now, stored.
    @discardableResult
    func log(
        _ name: String = "Item", type: ExecutionType = .evaluator, item: UUID? = nil, parent: ExecutionLogID? = nil,
        judge: JudgeID? = nil, labels: ExecutionLabels = ExecutionLabels(),
        outcome: ExecutionOutcome = ExecutionOutcome(), at moment: Date? = nil, in place: ProjectID? = nil
    ) async throws -> ExecutionLog {
        let (id, now) = server.identifiers.nextDated(ExecutionLog.self)
        let log = ExecutionLog(
            id: id, organizationID: organization, projectID: place ?? project.id, type: type,
            item: ExecutedItem(id: item, versionID: nil, name: name), ownerID: owner.id, parentID: parent,
            judgeID: judge, input: EvaluationInput(request: "secret question", response: "secret answer"),
            labels: labels, outcome: outcome, requestID: "req-1", createdAt: moment ?? now)
        try await ExecutionLogWriter(database: server.database, loops: server.loops).write([log])
        return log
    }

    func evaluator(_ name: String) async throws -> Evaluator {
        var draft = EvaluatorDraft()
        draft.name = name
        draft.criteria = "Judge {{response}}"
        draft.objective = .new(intent: "To measure something.")
        return try await server.product.evaluators.create(draft, overwrite: false, for: principal())
    }

    func judge(_ name: String, _ evaluators: [Evaluator]) async throws -> Judge {
        var draft = JudgeDraft()
        draft.name = name
        draft.intent = "To judge."
        draft.evaluators = evaluators.map { EvaluatorReference(id: $0.id, pinned: nil) }
        return try await server.product.judges.create(draft, for: principal())
    }
}

/// Somebody who is signed in.
struct Viewer: Sendable {
    let client: OperatorClient
    let token: String
    let user: User
    let session: Session

    func ask<Reply: Decodable & Sendable>(_ request: OperatorRequest<Reply>) async throws(APIFailure) -> Reply {
        try await client.send(request, token: token)
    }

    /// The status with which a call is refused; `nil` when it is not.
    func refusal<Reply: Decodable & Sendable>(_ request: OperatorRequest<Reply>) async throws -> Refusal? {
        do {
            _ = try await ask(request)
            return nil
        } catch {
            guard case .refused(let status) = error.kind else { throw error }
            return Refusal(status: status, detail: error.description)
        }
    }
}

/// How a call was refused.
struct Refusal: Hashable {
    let status: Int
    let detail: String
}

extension Tenant {
    /// The circumstances of an execution.
    var callContext: CallContext {
        CallContext(
            requestID: "test-\(server.identifiers.uuid())", deadline: .after(.seconds(20)), propagation: [:],
            logger: OperatorServer.logger)
    }
}

extension APIClient.EventFeed {
    /// The first event that is meant, of those that come.
    func first(_ isMeant: (OperatorEvent) -> Bool) async throws -> OperatorEvent {
        while true {
            for element in try await next() where isMeant(element.event) { return element.event }
        }
    }
}
