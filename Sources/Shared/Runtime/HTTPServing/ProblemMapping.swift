internal import EventLoop
internal import HTTPServer
internal import JSON
internal import Logging

/// Turns errors of the layers below into what clients are told; `nil` for one it does not know.
package typealias ProblemMapping = @Sendable (any Error) -> APIProblem?

/// What became of an error: the one place where errors turn into answers.
enum Failure {
    /// The client is told.
    case problem(APIProblem)
    /// The client is told that it is our fault, and the log is told why.
    case unexpected
    /// Nobody waits for an answer any more.
    case cancelled

    init(_ error: any Error, _ mapping: ProblemMapping) {
        self =
            switch error {
            case let problem as APIProblem: .problem(problem)
            case let error as JSONDecodingError: .problem(APIProblem(error))
            case let error as HTTPBodyError: Failure(error)
            case is DeadlineExceeded: .problem(.deadlineExceeded)
            case is CancellationError: .cancelled
            default: mapping(error).map(Failure.problem) ?? .unexpected
            }
    }

    private init(_ error: HTTPBodyError) {
        self =
            switch error {
            case .tooLarge(let limit): .problem(.tooLarge(limit: limit))
            case .clientGone: .cancelled
            case .timedOut: .problem(.requestTimedOut)
            }
    }
}

extension RequestContext {
    /// Says in the log why a request failed, once, where it is answered.
    func logUnexpected(_ error: any Error) {
        logger.error("request failed", metadata: ["route": .string(routePattern), "error": "\(error)"])
    }
}

extension APIProblem {
    /// What a client is told of an error; `nil` when it is our own fault, or nobody waits any more.
    package static func told(of error: any Error, _ mapping: ProblemMapping) -> APIProblem? {
        guard case .problem(let problem) = Failure(error, mapping) else { return nil }
        return problem
    }

    /// What a client is told of our own fault, which is logged; `nil` when nobody waits for an answer any more. For whoever
    /// answers in a shape of their own.
    package static func told(ofUnexpected error: any Error, in context: RequestContext) -> APIProblem? {
        if case .cancelled = Failure(error, { _ in nil }) { return nil }
        context.logUnexpected(error)
        return .internalError
    }

    /// What a client is told about a body that is not what it should be, the field named.
    init(_ error: JSONDecodingError) {
        if case .syntax = error.kind {
            self = .malformed("JSON parse error: \(error.reason)")
        } else if error.path.isEmpty {
            self = .invalid(error.message, fields: ["non_field_errors": [error.reason]])
        } else {
            self = .invalid(error.message, fields: [error.field: [error.reason]])
        }
    }
}
