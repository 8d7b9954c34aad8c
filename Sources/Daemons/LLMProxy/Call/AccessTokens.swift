internal import ChatModel
package import EventLoop
package import FoundationEssentials
package import HTTPTransfer
internal import Providers
internal import Synchronization

/// The access tokens that some providers want instead of keys: got in exchange for a key, used by all calls until shortly
/// before they expire, and renewed while they are still good, so that no call waits for one but the first.
package final class AccessTokens: Sendable {
    private let client: HTTPClient
    private let now: @Sendable () -> Date
    private let loops: LoopLocal<LoopConfined<[String: Entry]>>

    private struct Entry {
        var token: Given?
        /// The request for a token that is on its way. The entry owns it; it ends by its own deadline.
        var renewal: Task<Result<OAuthToken, AttemptFailure>, Never>?
    }

    /// A token, and when it was given: by the clock on the wall, and by one that nobody sets.
    private struct Given {
        let token: OAuthToken
        let date: Date
        let moment: Moment

        /// How many seconds ago it was given. A clock that is set back makes no token younger.
        func age(at date: Date) -> TimeInterval {
            max(date.timeIntervalSince(self.date), moment.duration(to: .now) / .seconds(1))
        }

        /// For how many seconds it is good yet.
        func left(at date: Date) -> TimeInterval { token.expiry.timeIntervalSince(self.date) - age(at: date) }
    }

    /// How long before its end a token is renewed, and not used any more.
    private static let renewedBefore: TimeInterval = 300
    private static let usedUntil: TimeInterval = 30
    /// A token that is refused so soon is not the reason.
    private static let freshFor: TimeInterval = 60
    private static let patience: Duration = .seconds(15)

    package init(client: HTTPClient, loops: LoopGroup, now: @escaping @Sendable () -> Date) {
        self.client = client
        self.now = now
        self.loops = LoopLocal(loops) { LoopConfined([:], on: $0) }
    }

    /// A token that is good for a call that begins now. On a loop.
    /// - Throws: ``AttemptFailure`` when none can be had.
    func token(of issuer: TokenIssuer, for provider: String) async throws -> ProviderKey {
        let entries = loops.current
        let moment = now()
        let known = entries.withState { $0[issuer.id]?.token }
        let left = known?.left(at: moment) ?? 0
        if let known, left > Self.renewedBefore { return known.token.token }
        let renewal = entries.withState { state in
            if let running = state[issuer.id]?.renewal { return running }
            let task = renew(issuer, for: provider, on: entries)
            state[issuer.id, default: Entry()].renewal = task
            return task
        }
        if let known, left > Self.usedUntil { return known.token.token }
        return try await renewal.value.get().token
    }

    /// A provider has refused `token`: the next call gets another one, unless this one is so fresh that another would be no
    /// better. On a loop.
    /// - Returns: Whether the next call gets another one.
    func refused(_ token: ProviderKey, of issuer: TokenIssuer) -> Bool {
        let moment = now()
        return loops.current.withState { state in
            // Another call may have been told so first.
            guard let given = state[issuer.id]?.token, given.token.token == token else { return true }
            guard given.age(at: moment) > Self.freshFor else { return false }
            state[issuer.id]?.token = nil
            return true
        }
    }

    private func renew(
        _ issuer: TokenIssuer, for provider: String, on entries: LoopConfined<[String: Entry]>
    ) -> Task<Result<OAuthToken, AttemptFailure>, Never> {
        // ok: others wait for it, too, when the call that happens to be first is given up; it ends by its own deadline
        Task(executorPreference: entries.loop) { [self] in
            let (date, moment) = (now(), Moment.now)
            let result = await request(issuer, for: provider)
            entries.withState { state in
                state[issuer.id]?.renewal = nil
                guard case .success(let token) = result else { return }
                state[issuer.id]?.token = Given(token: token, date: date, moment: moment)
            }
            return result
        }
    }

    private func request(_ issuer: TokenIssuer, for provider: String) async -> Result<OAuthToken, AttemptFailure> {
        // An issuer that does not answer says nothing against the key.
        func failure(_ code: ChatFailure.Code, _ what: String) -> Result<OAuthToken, AttemptFailure> {
            .failure(
                AttemptFailure(
                    ChatFailure(
                        code, "no access token for provider \(provider): \(what)", provider: provider,
                        isTransient: true), isSafeToRepeat: true))
        }
        do {
            let request = try issuer.request(now: now())
            let response = try await client.send(
                OutboundRequest(
                    method: request.method, url: request.url, headers: request.headers, body: .bytes(request.body),
                    deadlines: TransferDeadlines(total: Self.patience), isIdempotent: true), bodyLimit: 1 << 20)
            return .success(try issuer.token(status: response.status, body: response.body, now: now()))
        } catch let error as TransferError {
            return failure(
                .providerError,
                error.kind == .refusedByPolicy ? "the egress policy forbids its issuer" : "its issuer cannot be reached"
            )
        } catch let error as OAuthToken.Refused {
            return failure(error.isTemporary ? .providerError : .authentication, error.description)
        } catch {
            return failure(.authentication, "\(error)")
        }
    }
}
