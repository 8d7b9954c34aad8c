/// Where a bucket of Google's storage is.
package struct GooglePlace: Sendable, Hashable {
    package let bucket: String
    /// The address of the store; `nil` for Google's.
    package let endpoint: String?
    /// What every name begins with, with a slash behind it; empty for the whole bucket.
    package let prefix: String

    package init(bucket: String, endpoint: String?, prefix: String) {
        self.bucket = bucket
        self.endpoint = endpoint
        self.prefix = prefix
    }

    var base: String { endpoint ?? "https://storage.googleapis.com" }
}
