internal import Access
internal import Blobs
internal import JSON
internal import FoundationEssentials
internal import EventLoop
internal import HTTPMessages
package import HTTPServing
internal import Operations
internal import Postgres
internal import Redis
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

/// What clients are told about the errors of operations and stores. The same for every API of the server.
package enum ClientProblems {
    /// The problem of an error; `nil` for one that is nobody's fault but ours.
    package static let mapping: ProblemMapping = { error in
        switch error {
        case let error as NotFound: .notFound(error.description)
        case let error as ReadOnly: .permissionDenied(error.description)
        case is PermissionDenied: .permissionDenied()
        case let error as ConfirmationRequired: .refused("confirmation_required", error.description)
        case let error as ScopeNotNamed: .refused("scope_not_named", error.description)
        case let error as AddressNotAllowed: .refused("address_not_allowed", error.description)
        case let error as KeyBeyondMaker: .permissionDenied(error.description)
        case let error as KeyNotUsable: .conflict(error.description)
        case let error as OutOfReach: .permissionDenied(error.description)
        case let error as RoleOutOfReach: .permissionDenied(error.description)
        case let error as PersonNotInState: .conflict(error.description)
        case let error as LinkUnusable: .notFound(error.description)
        case let error as SignInRefused: APIProblem(error)
        case let error as SignInAttempts.TooMany: .throttled(retryAfter: RetryAfter(error.wait), error.description)
        case let error as NotInSession: .permissionDenied(error.description)
        case let error as SecondFactorInUse: .conflict(error.description)
        case let error as InvalidDefinition: APIProblem(error)
        case let error as OperatorInvalidParameter: .invalid(error.name, "Must be \(error.expected).")
        case let error as Conflict: APIProblem(error)
        case let error as RetentionNotConfirmed: APIProblem(error)
        case let error as NewerVersion: APIProblem(error)
        case let error as TemporaryUsersRefused: APIProblem(error)
        case let error as OutdatedPlan: .conflict(error.description)
        case let error as ChangedMeanwhile: .conflict(error.description)
        case let error as NotOfInstallation: .permissionDenied(error.description)
        case let error as SeenByInstallationOnly: .permissionDenied(error.description)
        case let error as CompletionRefused: APIProblem(error)
        case let error as LLMProxyUnavailable: .unavailable(error.description, retryAfter: RetryAfter(.seconds(5)))
        case let error as PlanProblem: APIProblem(error)
        case let error as JobNotInState: .conflict(error.description)
        case let error as ExportNotInState: .conflict(error.description)
        case let error as TooManyExports: .conflict(error.description)
        case let error as BlobError: APIProblem(error)
        case let error as FileTooLarge: .tooLarge(error.description, field: "file")
        case let error as FileReaderUnavailable:
            .unavailable(error.description, retryAfter: RetryAfter(.seconds(60)))
        case is SingleSignOnRefused: .singleSignOnRefused
        case let error as SingleSignOnNotOffered: .notFound(error.description)
        case let error as UnknownUserCode: .notFound(error.description)
        case let error as TooManySignIns: .throttled(retryAfter: RetryAfter(.seconds(60)), error.description)
        case let error as KeyCannotBeOpened: .conflict(error.description)
        case let error as NotRepeatable: .invalid(error.description)
        case let error as ExecutionFailed: APIProblem(error)
        case let error as KeyCannotBeSealed: .unavailable(error.description, retryAfter: RetryAfter(.seconds(5)))
        case let error as PostgresError: APIProblem(error)
        case is RedisError:
            .unavailable("Redis cannot be reached at the moment.", retryAfter: RetryAfter(.seconds(2)))
        case is WorkerThreads.Overloaded, is PasswordChecks.Busy:
            .unavailable("Too much is being computed at this moment.", retryAfter: RetryAfter(.seconds(2)))
        default: nil
        }
    }
}

extension APIProblem {
    /// Nothing of why: that is in the audit.
    fileprivate static let singleSignOnRefused = APIProblem(
        status: 403, code: "sign_in_refused", title: "You were not signed in",
        detail: "Ask your administrator, and name the reference of this page.")

    fileprivate init(_ error: InvalidDefinition) {
        let fields = Dictionary(grouping: error.problems, by: \.field).mapValues { $0.map(\.message) }
        self = .invalid(error.description, fields: fields)
    }

    /// Whether the address or the password is wrong is not told; that both are right is, by asking for a code.
    fileprivate init(_ refused: SignInRefused) {
        self = .authenticationFailed(refused.description)
        switch refused.kind {
        case .wrong: break
        case .secondFactorRequired: code = OperatorSignIn.secondFactorRequired
        case .singleSignOnRequired: code = OperatorSignIn.singleSignOnRequired
        }
    }

    fileprivate init(_ conflict: Conflict) {
        self =
            switch conflict.kind {
            case .nameTaken: .invalid("name", "This name is taken already.")
            case .emailTaken: .invalid("email", "Somebody has this address already.")
            case .domainTaken: .invalid("domains", "People with addresses of this domain sign in elsewhere already.")
            case .missingReference: .invalid("What this refers to does not exist any more.")
            case .isDefault: .invalid("The default project cannot be deleted. Make another one the default first.")
            case .inUse: .invalid("This is still in use. Remove what belongs to it first.")
            case .changedMeanwhile: .conflict("Somebody else changed this at the same moment. Try again.")
            }
    }

    /// The number comes along that is to be confirmed.
    fileprivate init(_ error: RetentionNotConfirmed) {
        self = .conflict(error.description)
        code = OperatorRetentionConfirmation.needed
        fields = ["rows": ["\(error.rows)"], "moment": [ISO8601.string(error.moment) ?? ""]]
    }

    /// What is needed to look at the newer version comes along.
    fileprivate init(_ error: NewerVersion) {
        let current = error.current
        self = .conflict(error.description)
        fields = [
            "current_version_id": [current.id.uuidString.lowercased()], "current_number": ["\(current.number)"],
            "changed_by": [current.author.email],
            "changed_at": [ISO8601.string(current.createdAt) ?? ""],
        ]
    }

    fileprivate init(_ refused: TemporaryUsersRefused) {
        self =
            switch refused.kind {
            case .switchedOff, .claimsWithoutAccount: .permissionDenied(refused.description)
            case .tooMany: .throttled(retryAfter: RetryAfter(.seconds(600)), refused.description)
            }
    }

    fileprivate init(_ problem: PlanProblem) {
        self =
            switch problem.kind {
            case .draft(let field): .invalid(field, problem.description)
            case .confirmation: .invalid("confirm", problem.description)
            case .state: .conflict(problem.description)
            case .busy: .unavailable(problem.description, retryAfter: RetryAfter(.seconds(5)))
            case .storageFull: .storageFull
            }
    }

    fileprivate init(_ error: CompletionRefused) {
        self.init(
            status: error.status, code: error.code, title: "The model gave no answer.", detail: error.message,
            fields: error.parameter.map { [$0: [error.message]] } ?? [:],
            headers: error.retryAfter.map { RetryAfter(.seconds($0)).headers } ?? [:])
    }

    /// A failed execution names its log, where the whole story is.
    fileprivate init(_ error: ExecutionFailed) {
        let failure = error.failure
        let fields = [
            "execution_log_id": [error.executionLogID.description], "failure_code": [failure.code.rawValue],
        ]
        let detail = "No score: \(failure.explanation)"
        switch failure.code {
        case .invalidInput:
            self.init(status: 400, code: "invalid", title: "Invalid input.", detail: detail, fields: fields)
        case .timeout:
            self.init(
                status: 504, code: "model_timeout", title: "The model took too long.", detail: detail, fields: fields)
        case .unavailable:
            self.init(
                status: 503, code: "unavailable", title: "Service temporarily unavailable.", detail: detail,
                fields: fields, headers: RetryAfter(.seconds(1)).headers)
        case .providerError, .rateLimited, .invalidResponse, .noProvider, .contextLength, .authentication, .refused,
            .cancelled, .internal:
            self.init(
                status: 502, code: "model_error", title: "The model gave no score.", detail: detail, fields: fields)
        }
        isOutcome = true
    }

    /// The store's own words name paths and machines: they are for the log.
    fileprivate init?(_ error: BlobError) {
        switch error.kind {
        case .missing: self = .notFound("The file is not there any more.")
        case .busy:
            self = .unavailable("The object storage is busy at the moment.", retryAfter: RetryAfter(.seconds(5)))
        case .full: self = .storageFull
        case .refused, .unavailable: return nil
        }
    }

    fileprivate init?(_ error: PostgresError) {
        switch error.kind {
        case .unavailable, .poolExhausted, .connectionLost, .timedOut:
            self = .unavailable("The database cannot be reached at the moment.", retryAfter: RetryAfter(.seconds(2)))
        case .server(.diskFull): self = .storageFull
        case .server(let state) where state.isTransient:
            self = .unavailable("The database cannot be reached at the moment.", retryAfter: RetryAfter(.seconds(2)))
        case .server(let state) where state.code.hasPrefix("22"):
            self = .invalid("The request has a value that cannot be stored, such as a text with a null character.")
        case .rejected:
            self = .invalid("The request has a value that cannot be stored, such as a text with a null character.")
        case .server, .cancelled, .decoding:
            return nil
        }
    }
}
