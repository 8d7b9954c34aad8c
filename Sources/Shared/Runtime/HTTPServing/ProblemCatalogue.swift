internal import HTTPMessages

/// The problems that routes have in common; the codes are part of the public contract.
extension APIProblem {
    /// 400: the request is well formed, but its content is not acceptable.
    package static func invalid(_ detail: String, fields: [String: [String]] = [:]) -> APIProblem {
        APIProblem(status: 400, code: "invalid", title: "Invalid input.", detail: detail, fields: fields)
    }

    /// 400: one field is not acceptable.
    package static func invalid(_ field: String, _ complaint: String) -> APIProblem {
        invalid("\(field): \(complaint)", fields: [field: [complaint]])
    }

    /// 400: the body could not be read at all.
    package static func malformed(_ detail: String) -> APIProblem {
        APIProblem(status: 400, code: "parse_error", title: "Malformed request.", detail: detail)
    }

    /// 401: no credentials came along.
    package static let notAuthenticated = APIProblem(
        status: 401, code: "not_authenticated", title: "Authentication credentials were not provided.",
        detail: "Authentication credentials were not provided.", headers: ["www-authenticate": "Api-Key"])

    /// 401: the credentials are not valid, or not any more.
    package static func authenticationFailed(
        _ detail: String = "Incorrect authentication credentials."
    ) -> APIProblem {
        APIProblem(
            status: 401, code: "authentication_failed", title: "Incorrect authentication credentials.",
            detail: detail, headers: ["www-authenticate": "Api-Key"])
    }

    /// 403: the caller is known and may not do this.
    package static func permissionDenied(
        _ detail: String = "You do not have permission to perform this action."
    ) -> APIProblem {
        APIProblem(status: 403, code: "permission_denied", title: "Permission denied.", detail: detail)
    }

    /// 403: the caller is known, and may do this under other circumstances, which the code names.
    package static func refused(_ code: String, _ detail: String) -> APIProblem {
        APIProblem(status: 403, code: code, title: "Permission denied.", detail: detail)
    }

    /// 404: nothing there, or nothing that the caller may know of.
    package static func notFound(_ detail: String = "Not found.") -> APIProblem {
        APIProblem(status: 404, code: "not_found", title: "Not found.", detail: detail)
    }

    /// 405: the path exists for other methods.
    static func methodNotAllowed(_ method: HTTPMethod, allowed: [HTTPMethod]) -> APIProblem {
        let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
        return APIProblem(
            status: 405, code: "method_not_allowed", title: "Method not allowed.",
            detail: "Method “\(method)” not allowed here. Use one of: \(list).", headers: ["allow": list])
    }

    /// 408: the body did not arrive in time.
    static let requestTimedOut = APIProblem(
        status: 408, code: "request_timeout", title: "The request did not arrive in time.",
        detail: "The body of the request did not arrive in time.")

    /// 409: the state of what is addressed does not allow this.
    package static func conflict(_ detail: String) -> APIProblem {
        APIProblem(status: 409, code: "conflict", title: "Conflict.", detail: detail)
    }

    /// 413: the body is larger than `limit` bytes.
    package static func tooLarge(limit: Int) -> APIProblem {
        APIProblem(
            status: 413, code: "content_too_large", title: "Request body too large.",
            detail: "The body of the request is larger than the \(limit) bytes that are allowed here.")
    }

    /// 413: a part of the body is larger than is allowed.
    package static func tooLarge(_ detail: String, field: String) -> APIProblem {
        APIProblem(
            status: 413, code: "content_too_large", title: "Request body too large.", detail: detail,
            fields: [field: [detail]])
    }

    /// 415: the body is of a kind that this route cannot read.
    package static func unsupportedMediaType(_ type: String, expected: String) -> APIProblem {
        APIProblem(
            status: 415, code: "unsupported_media_type", title: "Unsupported media type.",
            detail: "Cannot read a body of type “\(type)” here. Send \(expected).")
    }

    /// 429: more than the caller may ask for.
    package static func throttled(
        retryAfter: RetryAfter, _ detail: String = "Request was throttled."
    ) -> APIProblem {
        APIProblem(
            status: 429, code: "throttled", title: "Request was throttled.",
            detail: "\(detail) Expected available in \(retryAfter.seconds) seconds.", headers: retryAfter.headers)
    }

    /// 500: our fault. The log has the cause under the request's identifier.
    package static let internalError = APIProblem(
        status: 500, code: "error", title: "A server error occurred.",
        detail: "The request could not be processed because of an error on our side. It has been recorded.")

    /// 503: something that the request needs is not there at the moment.
    package static func unavailable(_ detail: String, retryAfter: RetryAfter) -> APIProblem {
        APIProblem(
            status: 503, code: "unavailable", title: "Service temporarily unavailable.", detail: detail,
            headers: retryAfter.headers)
    }

    /// 507: a disk is nearly full. What is read or deleted goes on.
    package static let storageFull = APIProblem(
        status: 507, code: "storage_full", title: "Storage is full.",
        detail: """
            Nothing new is taken at the moment, because the installation's storage is nearly full. Nothing that was taken is \
            lost. Its administrator can make room (scorable retention preview) or give it a larger disk; it goes on by itself \
            then. Try again later.
            """, headers: RetryAfter(.seconds(10)).headers)

    /// 504: the time that the caller or the route allows is over.
    package static let deadlineExceeded = APIProblem(
        status: 504, code: "timeout", title: "The request took too long.",
        detail: "The request was not finished within the time that it was given.")
}
