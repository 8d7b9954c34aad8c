internal import EventLoop
internal import FoundationEssentials
internal import Logging
internal import Observability
internal import Postgres
internal import Records
internal import SAML
internal import Tenancy

/// Keeps why what identity providers, or others in their name, have sent was not taken. Whoever has sent it is told nothing.
struct SAMLRefusals: Sendable {
    private let audit: Audit
    private let merging: Audit
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let refusals: CounterSet<SAMLRefusal.Reason>
    private let others: CounterSet<Other>
    private let ofAddress = AddressBudget(perMinute: 60)
    private let inAll = AddressBudget(perMinute: 600)

    /// The first refusals of a minute are kept each by `audit`; of a flood, `merging` keeps what is new and numbers.
    init(
        audit: Audit, merging: Audit, metrics: Metrics, logger: Logger, now: @escaping @Sendable () -> Date
    ) {
        let (name, help) = ("scorable_saml_failures_total", "Messages of identity providers that were not taken.")
        refusals = metrics.counters(name, help, by: "reason", of: SAMLRefusal.Reason.self)
        others = metrics.counters(name, help, by: "reason", of: Other.self)
        self.audit = audit
        self.merging = merging
        self.logger = logger
        self.now = now
    }

    /// What else a sign-in fails for than its message.
    private enum Other: String, Sendable, CaseIterable {
        case notAdmitted = "not_admitted"
        case throttled
        /// It was not the message's fault.
        case ours = "internal"
    }

    private func count(_ error: any Error) {
        switch error {
        case let refusal as SAMLRefusal: refusals[refusal.reason].increment()
        case is NotAdmitted: others[.notAdmitted].increment()
        case is TooManySignIns: others[.throttled].increment()
        default: others[.ours].increment()
        }
    }

    /// Notes what has gone wrong. Answers what is to be thrown instead.
    func refuse(
        _ error: any Error, _ action: String, named name: String? = nil, at provider: Tenancy.IdentityProvider,
        in browser: SAMLSignIns.Browser
    ) async -> any Error {
        if error is CancellationError || error is DeadlineExceeded { return error }
        count(error)
        let deed = Audit.Deed(action, on: "identity_provider:\(provider.id)")
        let moment = now()
        let isFlood = !ofAddress.take(browser.address, at: moment) || !inAll.take("", at: moment)
        await (isFlood ? merging : audit).note(
            Self.isRefusal(error) || error is TooManySignIns ? .refused : .failed, deed,
            by: Self.actor(name, at: provider, in: browser), because: Self.reason(of: error))
        return answer(to: error, at: provider)
    }

    /// What whoever has sent something is told of an error that is in the audit already: one and the same, unless it says
    /// only that there is too much to do.
    func answer(to error: any Error, at provider: Tenancy.IdentityProvider) -> any Error {
        if Self.isRefusal(error) { return SingleSignOnRefused() }
        if Self.isOfTheMoment(error) { return error }
        logger.error(
            "a message of an identity provider could not be taken",
            metadata: ["provider.id": "\(provider.id)", "error": "\(error)"])
        return SingleSignOnRefused()
    }

    /// Who is named in a message, and has not shown yet that it is them.
    static func actor(
        _ name: String?, at provider: Tenancy.IdentityProvider, in browser: SAMLSignIns.Browser
    ) -> AuditActor {
        AuditActor(
            unknown: name ?? "", in: provider.organizationID, from: browser.address, requestID: browser.requestID)
    }

    private static func isRefusal(_ error: any Error) -> Bool { error is SAMLRefusal || error is NotAdmitted }

    private static func isOfTheMoment(_ error: any Error) -> Bool {
        if error is CancellationError || error is DeadlineExceeded || error is TooManySignIns
            || error is WorkerThreads.Overloaded
        {
            return true
        }
        guard let error = error as? PostgresError else { return false }
        switch error.kind {
        case .unavailable, .poolExhausted, .connectionLost, .timedOut: return true
        case .server, .rejected, .cancelled, .decoding: return false
        }
    }

    /// A database's own words may hold what was to be stored.
    private static func reason(of error: any Error) -> String {
        error is PostgresError ? "The database could not do it." : "\(error)"
    }
}

/// Why somebody does not get in here whom an identity provider has signed in.
struct NotAdmitted: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static let answeredMeanwhile = NotAdmitted("in_response_to: the request was answered at the same moment")
}

extension Tenancy.IdentityProvider {
    /// Passes when people sign in by it.
    func requireUse() throws(SAMLRefusal) {
        guard settings.isEnabled else { throw SAMLRefusal(.settings, "the identity provider is switched off") }
    }
}
