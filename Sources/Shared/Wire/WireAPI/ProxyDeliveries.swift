package import FoundationEssentials

/// What llmproxyd is asked to send to an endpoint of webhooks: `POST /operations/deliveries`. It alone can open the boxes with
/// the secrets, and it alone may connect to what is outside.
package struct ProxyDelivery: Codable, Sendable, Hashable {
    /// Where it is posted.
    package static let path = "/operations/deliveries"

    package let endpointID: UUID
    package let url: String
    /// What receivers know the event by, however often it is sent.
    package let messageID: String
    /// The JSON that is sent and signed.
    package let payload: String
    /// The sealed secrets in base64; each signs.
    package let sealedSecrets: [String]

    package init(endpointID: UUID, url: String, messageID: String, payload: String, sealedSecrets: [String]) {
        self.endpointID = endpointID
        self.url = url
        self.messageID = messageID
        self.payload = payload
        self.sealedSecrets = sealedSecrets
    }
}

/// What came of it. That the endpoint does not take it is a finding, not an error of the request.
package struct ProxyDeliveryResult: Codable, Sendable, Hashable {
    /// `nil` when there was no answer.
    package let status: Int?
    /// One sentence for a person.
    package let sentence: String
    /// Whether the address may not be connected to, or is none.
    package let isForbidden: Bool
    package let durationMs: Int
    /// The beginning of the answer's body, without control characters.
    package let answer: String
    /// How long the endpoint wants to be left alone, where it says so.
    package let retryAfterSeconds: Int?

    package init(
        status: Int?, sentence: String, isForbidden: Bool = false, durationMs: Int, answer: String = "",
        retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.sentence = sentence
        self.isForbidden = isForbidden
        self.durationMs = durationMs
        self.answer = answer
        self.retryAfterSeconds = retryAfterSeconds
    }
}
