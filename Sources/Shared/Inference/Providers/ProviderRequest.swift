package import ChatModel
package import HTTPMessages

/// A call as it goes out.
package struct ProviderRequest: Sendable, Hashable {
    /// `POST`, but for lists.
    package var method: HTTPMethod
    /// The whole address.
    package var url: String
    /// The fields, the credential among them.
    package var headers: HTTPHeaders
    /// What is sent; empty for lists.
    package var body: [UInt8]
    /// What of the caller's request is not in it as it was asked.
    package var adjustments: [Adjustment] = []

    package init(method: HTTPMethod = .post, url: String, headers: HTTPHeaders, body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}
