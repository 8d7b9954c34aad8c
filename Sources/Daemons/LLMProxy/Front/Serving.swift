internal import ChatModel
internal import Dialects
internal import HTTPServer
internal import HTTPServing

extension CallEquipment {
    /// Runs a call from its arrival to its answer: every failure becomes an answer in the caller's dialect, and the account
    /// is closed in any case.
    /// - Throws: `CancellationError` when the caller has left.
    func serve(
        _ endpoint: CallEndpoint, _ context: RequestContext, _ body: (CallAccount) async throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let account = CallAccount(endpoint, self, requestID: context.requestID, logger: { context.logger })
        let failures = FailureAnswer(dialect: endpoint.dialect, requestID: context.requestID)
        do {
            return try await body(account)
        } catch let failure as ChatFailure {
            account.failed(failure)
            return failures.response(failure, timing: account.timing)
        } catch let refusal as CallerRefusal {
            return failures.response(refusal)
        } catch is CancellationError {
            account.abandoned()
            throw CancellationError()
        }
    }
}
