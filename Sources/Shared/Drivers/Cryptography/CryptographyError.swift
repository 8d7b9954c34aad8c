import COpenSSL

/// Why a cryptographic operation failed. Never carries secret material.
package struct CryptographyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the caller can do about it.
    package enum Kind: Sendable, Hashable {
        /// Sealed data was changed, or sealed for another key or context.
        case authenticationFailed
        /// Input is not in the form that it should have.
        case malformed
        /// The library refused; out of memory, for example.
        case library
    }

    package let kind: Kind
    /// What was attempted on what, and the library's reason if it gave one.
    package let description: String

    init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }

    /// A failure just reported by OpenSSL: call it in the statement after, the error queue belongs to the thread.
    static func library(_ operation: String) -> CryptographyError {
        CryptographyError(.library, "\(operation): \(takeReasons())")
    }

    /// Empties the thread's error queue into one line.
    static func takeReasons() -> String {
        var reasons: [String] = []
        while case let code = ERR_get_error(), code != 0 {
            // The text is a constant of the library.
            if let reason = unsafe ERR_reason_error_string(code) {
                reasons.append(unsafe String(cString: reason))
            } else {
                reasons.append("error \(code)")
            }
        }
        return reasons.isEmpty ? "no reason given" : reasons.joined(separator: ", ")
    }
}
