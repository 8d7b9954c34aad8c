import Foundation
import HTTPMessages
import JSON
import Testing
import WireAPI

extension EndToEnd {
    /// The internal API from outside, in the very shapes that the console speaks.
    @Suite struct OperatorAPI {}
}

/// Somebody who speaks to the internal API.
struct OperatorCaller: Sendable {
    let api: APIClient
    let session: OperatorSession?

    /// Sends a call, whatever is answered.
    func send<Answer>(_ request: OperatorRequest<Answer>, within limit: Duration = .seconds(30)) async throws -> Reply {
        let query = request.parameters.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
        return try await api.send(
            HTTPMethod(rawValue: request.method.rawValue), request.path + (query.isEmpty ? "" : "?\(query)"),
            body: request.body, within: limit)
    }

    /// Sends a call that succeeds.
    func ask<Answer>(
        _ request: OperatorRequest<Answer>, within limit: Duration = .seconds(30),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let reply = try await send(request, within: limit)
        #expect((200..<300).contains(reply.status), "\(reply.text)", sourceLocation: sourceLocation)
        if let nothing = OperatorNothing() as? Answer { return nothing }
        return try JSONCodec.decode(Answer.self, from: reply.bytes)
    }

    /// Executes a plan and waits for its end: on a busy machine it is answered while it still runs.
    func carryOut(_ plan: OperatorPlan) async throws -> OperatorPlan {
        _ = try await ask(.executePlan(plan.id, confirm: plan.confirmation.text))
        return try await eventualValue("the plan has ended", within: .seconds(60)) {
            let plan = try await ask(.plan(plan.id))
            return plan.state == .running ? nil : plan
        }.value
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

extension PrivateInstallation {
    /// The internal API for nobody in particular.
    var operatorAPI: APIClient { APIClient(base: "http://127.0.0.1:\(port(8080))") }

    /// A new session of somebody.
    func signIn(_ email: String, _ password: String) async throws -> OperatorCaller {
        let reply = try await operatorAPI.send(
            .post, OperatorSignIn.path, body: JSONCodec.encode(OperatorSignIn(email: email, password: password)))
        #expect(reply.status == 201, "\(reply.text)")
        let session = try JSONCodec.decode(OperatorSession.self, from: reply.bytes)
        return OperatorCaller(api: operatorAPI.showing("Bearer \(session.token ?? "")"), session: session)
    }

    /// The administrator in a new session.
    func administrator() async throws -> OperatorCaller { try await signIn("admin@localhost", password) }

    /// A new person with a role, in a new session. Their password is that of the administrator.
    func person(_ role: String) async throws -> OperatorCaller {
        let email = "\(role)-\(UUID().uuidString.lowercased())@localhost"
        _ = try await query(
            """
            INSERT INTO users (id, organization_id, email, full_name, role, password_hash, created_at)
            SELECT gen_random_uuid(), organization_id, '\(email)', 'Somebody', '\(role)', password_hash, now()
            FROM users WHERE email = 'admin@localhost';
            """)
        return try await signIn(email, password)
    }
}
