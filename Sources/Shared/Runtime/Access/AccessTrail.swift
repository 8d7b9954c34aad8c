package import HTTPMessages
package import HTTPServing
internal import Synchronization
package import Tenancy

/// Follows the calls of known callers, and tells of those that others must be able to find again: refused ones, those that
/// changed something and those that showed what was asked and answered.
package struct AccessTrail: Sendable {
    private let mapping: ProblemMapping
    private let tell: @Sendable (FollowedCall) async -> Void

    /// `mapping` says what the errors of operations mean, as the listener's own. `tell` returns when it has taken charge of
    /// the call, whose answer waits for it.
    package init(mapping: @escaping ProblemMapping, tell: @escaping @Sendable (FollowedCall) async -> Void) {
        self.mapping = mapping
        self.tell = tell
    }

    /// Follows nobody.
    package static let none = AccessTrail(mapping: { _ in nil }, tell: { _ in })

    /// The call that is being answered.
    @TaskLocal private static var current: Following?

    /// Says that this call leaves nothing more: an operation has told of it with more than the trail knows, or it changed
    /// nothing after all.
    package static func leaveNothing() { current?.isTold.store(true, ordering: .relaxed) }

    /// The call that is being answered: from where it came and how logs name it. `nil` where nobody follows one.
    package static var call: (address: String, requestID: String)? { current?.call }

    /// Answers a call by `body`, and tells what came of it.
    func follow(
        _ context: RequestContext, _ principal: Principal, needing permission: Permission, leaving trace: RouteTrace,
        _ body: () async throws -> Reply
    ) async throws -> Reply {
        try await follow(context, principal, needing: permission, leaving: trace, body) { reply in
            (reply.hasSucceeded, reply.parts?.identifier)
        }
    }

    /// Does by `body` what a call wants of several things that a route offers, and tells what came of it. `reading` says of
    /// the answer whether it was done, and the identifier of what it shows.
    package func follow<Answer>(
        _ context: RequestContext, _ principal: Principal, needing permission: Permission, leaving trace: RouteTrace,
        _ body: () async throws -> Answer, reading: (Answer) -> (isDone: Bool, made: String?)
    ) async throws -> Answer {
        let following = Following(call: (context.remoteAddress, context.requestID))
        func told(_ outcome: FollowedCall.Outcome, made: String? = nil) async {
            guard !following.isTold.load(ordering: .relaxed) else { return }
            await tell(
                FollowedCall(
                    context, principal, permission: permission, trace: trace, outcome: outcome, made: made))
        }
        do {
            let answer = try await Self.$current.withValue(following) { try await body() }
            if trace != .nothing {
                let (isDone, made) = reading(answer)
                if isDone { await told(.done, made: made) }
            }
            return answer
        } catch {
            switch APIProblem.told(of: error, mapping) {
            case let problem? where problem.status == 403: await told(.refused(reason: Self.reason(error, problem)))
            case let problem?: if trace.isChange { await told(.failed(reason: problem.code)) }
            case nil: if trace.isChange { await told(.failed(reason: "internal_error")) }
            }
            throw error
        }
    }

    /// Tells that somebody has shown what opens nothing any more: a thief, or a program that nobody has told.
    func tell(
        of ended: EndedCredential, _ context: RequestContext, needing permission: Permission, leaving trace: RouteTrace
    ) async {
        await tell(
            FollowedCall(
                context, ended.principal, permission: permission, trace: trace,
                outcome: .refused(reason: ended.reason.rawValue), made: nil))
    }

    /// Which permission was missing says more than that something was.
    private static func reason(_ error: any Error, _ problem: APIProblem) -> String {
        (error as? PermissionDenied)?.description ?? (error as? ScopeNotNamed)?.description ?? problem.code
    }

    /// Whether somebody has told of a call.
    private final class Following: Sendable {
        let call: (address: String, requestID: String)
        let isTold = Atomic(false)

        init(call: (address: String, requestID: String)) { self.call = call }
    }
}

/// What a call of a route leaves in the audit, beside what the operation keeps itself.
package enum RouteTrace: Sendable, Hashable {
    /// Something is changed: by the name of the permission, or by another where that says it better.
    case change(String? = nil)
    /// It shows what was asked and answered, or data that people gave for it.
    case content
    /// It carries such data away as a file.
    case export
    /// Neither: a question, or an execution, which has a log of its own.
    case nothing

    /// What a route leaves that says nothing.
    static func usual(of method: HTTPMethod) -> RouteTrace {
        method == .get || method == .head ? .nothing : .change()
    }

    fileprivate var isChange: Bool {
        switch self {
        case .change: true
        case .content, .export, .nothing: false
        }
    }
}

/// A call with what came of it.
package struct FollowedCall: Sendable, Hashable {
    package let principal: Principal
    package let address: String
    package let requestID: String
    package let method: HTTPMethod
    /// The route's pattern, such as `/v1/evaluators/{id}/`.
    package let route: String
    /// The pattern's parameters, in order.
    package let parameters: [Parameter]
    package let permission: Permission
    package let trace: RouteTrace
    package let outcome: Outcome
    /// The identifier of what the answer shows.
    package let made: String?

    package init(
        principal: Principal, address: String, requestID: String, method: HTTPMethod, route: String,
        parameters: [Parameter], permission: Permission, trace: RouteTrace, outcome: Outcome, made: String?
    ) {
        self.principal = principal
        self.address = address
        self.requestID = requestID
        self.method = method
        self.route = route
        self.parameters = parameters
        self.permission = permission
        self.trace = trace
        self.outcome = outcome
        self.made = made
    }

    fileprivate init(
        _ context: RequestContext, _ principal: Principal, permission: Permission, trace: RouteTrace, outcome: Outcome,
        made: String?
    ) {
        self.init(
            principal: principal, address: context.remoteAddress, requestID: context.requestID,
            method: context.method, route: context.routePattern,
            parameters: context.pathParameters.pairs.map { Parameter(name: $0.name, value: $0.value) },
            permission: permission, trace: trace, outcome: outcome, made: made)
    }

    /// A value of the path.
    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What came of it.
    package enum Outcome: Sendable, Hashable {
        case done
        /// It was not allowed.
        case refused(reason: String)
        /// Nothing was changed, for a reason that is one word.
        case failed(reason: String)
    }
}
