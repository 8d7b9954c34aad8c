/// What llmproxyd is asked to fetch for the deployment, such as the metadata of an identity provider:
/// `POST /operations/fetches`. It alone may connect to what is outside.
package struct ProxyFetch: Codable, Sendable, Hashable {
    /// Where it is posted.
    package static let path = "/operations/fetches"

    package let url: String
    /// The media types that are wanted, as a field `accept` says them.
    package let accept: String
    /// How many bytes it may have.
    package let limit: Int

    package init(url: String, accept: String, limit: Int) {
        self.url = url
        self.accept = accept
        self.limit = limit
    }
}

/// What came of it. That there is nothing is a finding, not an error of the request.
package struct ProxyFetchResult: Codable, Sendable, Hashable {
    /// `nil` when there was no answer.
    package let status: Int?
    /// One sentence for a person.
    package let sentence: String
    /// Whether the address may not be connected to, or is none.
    package let isForbidden: Bool
    /// The document; `nil` when none came.
    package let text: String?

    package init(status: Int?, sentence: String, isForbidden: Bool = false, text: String? = nil) {
        self.status = status
        self.sentence = sentence
        self.isForbidden = isForbidden
        self.text = text
    }
}
