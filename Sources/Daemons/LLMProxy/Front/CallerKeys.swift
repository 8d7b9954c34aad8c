internal import ChatModel
internal import Cryptography
internal import HTTPMessages
internal import Synchronization

/// The keys that callers show where there is no service token, each with the caller it stands for.
///
/// Only hashes are kept, and looked up by: what comparing takes tells nothing about a key.
package final class CallerKeys: Sendable {
    /// The hash of a key, as four words: those are compared and hashed at once.
    package struct Digest: Sendable, Hashable {
        private let words: Words

        private struct Words: Sendable, Hashable {
            let first, second, third, fourth: UInt64
        }

        /// The hash of `secret`.
        package init(of secret: String) { self.init(of: secret.utf8.span) }

        /// The hash of the secret whose bytes these are.
        init(of secret: Span<UInt8>) {
            let (first, second, third, fourth) = SHA256.words(of: secret)
            words = Words(first: first, second: second, third: third, fourth: fourth)
        }

        /// A hash that is known already; `nil` when the text is not 64 hexadecimal digits.
        package init?(hexadecimal text: String) {
            guard let bytes = Hexadecimal.decode(text), bytes.count == 32 else { return nil }
            func word(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
            words = Words(first: word(0), second: word(8), third: word(16), fourth: word(24))
        }
    }

    private struct Known {
        var callers: [Digest: Caller]
        /// Who everybody else is; `nil` where nobody else is served.
        var others: Caller?
    }

    private let known: Mutex<Known>

    package init(_ callers: [Digest: Caller]) { known = Mutex(Known(callers: callers)) }

    /// From now on these keys count and no others; whoever shows none of them is `others`, or is not served.
    package func replace(with callers: [Digest: Caller], others: Caller? = nil) {
        known.withLock { $0 = Known(callers: callers, others: others) }
    }

    /// The hash of the key that a request shows, as OpenAI's clients do it or as Anthropic's.
    private static func shown(in headers: HTTPHeaders) -> Digest? {
        let own = headers.withValue(of: "x-api-key") { $0.isEmpty ? nil : Digest(of: $0) }
        if let own = own ?? nil { return own }
        return headers.withValue(of: "authorization") { field -> Digest? in
            let scheme = "bearer ".utf8.span
            guard field.count > scheme.count else { return nil }
            for index in scheme.indices where field[index] | 0x20 != scheme[index] { return nil }
            return Digest(of: field.extracting(droppingFirst: scheme.count))
        } ?? nil
    }

    /// The caller behind the key that a request shows. A caller may say that a call is less urgent than its others, but not
    /// more.
    func caller(_ headers: HTTPHeaders) throws(CallerRefusal) -> Caller {
        let digest = Self.shown(in: headers)
        let found = known.withLock { known in digest.flatMap { known.callers[$0] } ?? known.others }
        guard let caller = found else { throw digest == nil ? .unknown : .invalid }
        guard let wish = headers[ProxyHeader.lane].flatMap(CallLane.init), caller.lane.number < wish.number else {
            return caller
        }
        return Caller(
            payer: caller.payer, lane: wish, keyName: caller.keyName, models: caller.models, place: caller.place)
    }
}
