internal import ChatModel
internal import Dialects
internal import HTTPServer
internal import HTTPServing

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
            guard let problem = APIProblem.told(of: error, { _ in nil }), let told = failures.response(problem) else {
                throw error
            }
            return told
        }
    }
}
