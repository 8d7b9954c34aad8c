internal import Cryptography
package import Tenancy

/// By what somebody gets in who has lost the device that makes their codes: each once.
package enum RecoveryCodes {
    package static let count = 10
    private static let length = 10

    /// New ones, such as `k7q2m-x4tbd`: fifty random bits each.
    package static func make() -> [String] {
        (0..<count).map { _ in
            let letters = Base32.encode(randomBytes(7)).prefix(length).lowercased()
            return "\(letters.prefix(length / 2))-\(letters.suffix(length / 2))"
        }
    }

    /// Under what a code of a person is stored; `nil` for what can be none. Case, hyphens and spaces are forgiven.
    package static func hash(_ code: String, of user: UserID, by hash: CredentialHash) -> [UInt8]? {
        let letters = code.lowercased().filter { $0 != "-" && $0 != " " }
        guard letters.utf8.count == length, letters.utf8.allSatisfy({ isLetter($0) }) else { return nil }
        return hash.of("recovery \(user) \(letters)")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "2")...UInt8(ascii: "7"): true
        default: false
        }
    }
}
