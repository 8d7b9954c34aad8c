internal import ChatModel
internal import Dialects
internal import HTTPServer

extension CallAccount {
    /// What the caller is told instead of an answer, in its own dialect; the account is closed.
    /// - Throws: What is nobody's answer: `CancellationError` when the caller has left, and errors that nobody expects.
    func response(to error: any Error) throws -> HTTPResponse {
        let failures = FailureAnswer(dialect: endpoint.dialect, requestID: requestID)
        switch error {
        case let failure as ChatFailure:
            failed(failure)
            return failures.response(failure, timing: timing)
        case let refusal as CallerRefusal: return failures.response(refusal)
        default:
            if error is CancellationError { abandoned() }
            throw error
        }
    }
}
