internal import ChatModel
internal import Cryptography
internal import HTTPMessages
internal import Synchronization

/// The keys that callers show where there is no service token, each with the caller it stands for.
///
/// Only hashes are kept, and looked up by: what comparing takes tells nothing about a key.
package final class CallerKeys: Sendable {
    /// The hash of a key.
    package struct Digest: Sendable, Hashable {
        let bytes: [UInt8]

        /// The hash of `secret`.
        package init(of secret: String) { bytes = SHA256.hash(Array(secret.utf8)) }

        /// A hash that is known already; `nil` when the text is not 64 hexadecimal digits.
        package init?(hexadecimal text: String) {
            guard let bytes = Hexadecimal.decode(text), bytes.count == 32 else { return nil }
            self.bytes = bytes
        }
    }

    private let callers: Mutex<[Digest: Caller]>

    package init(_ callers: [Digest: Caller]) { self.callers = Mutex(callers) }

    /// From now on these keys count and no others.
    package func replace(with callers: [Digest: Caller]) { self.callers.withLock { $0 = callers } }

    /// The key that a request shows, as OpenAI's clients do it or as Anthropic's.
    static func secret(in headers: HTTPHeaders) -> Substring? {
        if let key = headers["x-api-key"], !key.isEmpty { return key[...] }
        guard let field = headers["authorization"], field.utf8.count > 7,
            HTTPHeaders.same(String(field.prefix(7)), "bearer ")
        else { return nil }
        return field.dropFirst(7)
    }

    /// The caller behind a key. A caller may say that a call is less urgent than its others, but not more.
    func caller(showing secret: Substring, _ headers: HTTPHeaders) -> Caller? {
        let digest = Digest(of: String(secret))
        guard let caller = callers.withLock({ $0[digest] }) else { return nil }
        guard let wish = headers[ProxyHeader.lane].flatMap(CallLane.init), caller.lane.number < wish.number else {
            return caller
        }
        return Caller(
            payer: caller.payer, lane: wish, keyName: caller.keyName, models: caller.models, place: caller.place)
    }
}
