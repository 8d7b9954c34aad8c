internal import Cryptography
package import HTTPMessages

/// A form that is posted to a server of tokens.
package struct TokenExchange: Sendable {
    /// Where it goes.
    package let url: String
    /// The form, which holds secrets.
    package let body: [UInt8]

    /// Of what kind the body is.
    package static let headers: HTTPHeaders = ["content-type": "application/x-www-form-urlencoded"]

    package init(url: String, fields: [(name: String, value: String)]) {
        self.url = url
        body = Array(
            fields.map { "\($0.name)=\(PercentEncoding.encode($0.value.utf8))" }.joined(separator: "&").utf8)
    }
}
