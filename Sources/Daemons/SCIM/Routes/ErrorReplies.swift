import HTTPMessages
import HTTPServing
import JSON
import Operations
import Stores

/// Tells of what went wrong as identity providers expect it, instead of in this product's own way (RFC 7644 §3.12).
struct ErrorReplies: Sendable {
    let mapping: ProblemMapping

    /// Answers for the handlers behind it when they throw. Of our own faults nobody is told more than that.
    var middleware: Middleware {
        { handler in
            { context in
                do {
                    return try await handler(context)
                } catch {
                    if let reply = reply(to: error) { return reply }
                    guard let problem = APIProblem.told(ofUnexpected: error, in: context) else { throw error }
                    return SCIMProblem(problem.status, nil, problem.detail).reply
                }
            }
        }
    }

    private func reply(to error: any Error) -> Reply? {
        if let problem = error as? SCIMProblem { return problem.reply }
        if let problem = error as? NotUnique { return SCIMProblem(409, .uniqueness, problem.description).reply }
        if let conflict = error as? Conflict, conflict.kind == .emailTaken {
            return SCIMProblem(409, .uniqueness, "emails: Somebody has this address already.").reply
        }
        guard let problem = APIProblem.told(of: error, mapping) else { return nil }
        return problem.headers.fields.reduce(
            SCIMProblem(problem.status, Self.kind(of: problem), problem.detail).reply
        ) { $0.adding($1.name, $1.value) }
    }

    private static func kind(of problem: APIProblem) -> SCIMProblem.Kind? {
        guard problem.status == 400 else { return nil }
        return problem.code == "parse_error" ? .invalidSyntax : .invalidValue
    }
}

extension SCIMProblem {
    /// The answer that states this problem.
    var reply: Reply {
        Reply.scim(
            ErrorDocument(status: String(status), scimType: kind?.rawValue, detail: detail), status: status)
    }
}

/// A problem on the wire. The status is a text there.
private struct ErrorDocument: Encodable {
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    let status: String
    let scimType: String?
    let detail: String
}
