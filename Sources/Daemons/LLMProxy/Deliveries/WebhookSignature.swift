internal import Cryptography

/// How a delivery proves that it is ours, as Standard Webhooks 1.0 says: an HMAC-SHA256 over identifier, time and body.
struct WebhookSignature {
    /// Before the base64 of a secret.
    private static let prefix = "whsec_"

    private let keys: [[UInt8]]

    /// Signs with every one of `secrets`, the current one first: receivers take a message that any of them has signed.
    /// `nil` when one is no secret.
    init?(secrets: [String]) {
        var keys: [[UInt8]] = []
        for secret in secrets {
            guard secret.hasPrefix(Self.prefix), let key = Base64.decode(secret.dropFirst(Self.prefix.count)),
                !key.isEmpty
            else { return nil }
            keys.append(key)
        }
        self.keys = keys
    }

    /// The value of `webhook-signature` for a message that is sent at `time`, in seconds since 1970.
    func header(id: String, time: Int64, body: [UInt8]) -> String {
        let message = Array("\(id).\(time).".utf8) + body
        return keys.map { "v1," + Base64.encode(HMACSHA256.authenticate(message, key: $0)) }.joined(separator: " ")
    }
}
