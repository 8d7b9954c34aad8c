/// Something could not be done to a blob.
package struct BlobError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the caller can do about it depends on the kind.
    package enum Kind: Sendable, Hashable {
        /// There is no such blob.
        case missing
        /// There is no room for it.
        case full
        /// Too much is asked at once; try again later.
        case busy
        /// The store does not let this program do it: the credentials, the rights or the names in the settings are wrong.
        case refused
        /// The store cannot be reached, or does not do its work.
        case unavailable
    }

    package let kind: Kind
    /// What was tried, on what.
    package let attempt: String
    /// Why it failed, in the store's words.
    package let reason: String

    package init(_ kind: Kind, _ attempt: String, because reason: String) {
        self.kind = kind
        self.attempt = attempt
        self.reason = reason
    }

    package var description: String {
        switch kind {
        case .missing: "\(attempt): there is no such object"
        case .full: "\(attempt): the object storage has no room left (\(reason)); make room or enlarge it"
        case .busy: "\(attempt): too much is asked of the object storage at this moment"
        case .refused: "\(attempt): the object storage refused it: \(reason)"
        case .unavailable: "\(attempt): \(reason)"
        }
    }
}
