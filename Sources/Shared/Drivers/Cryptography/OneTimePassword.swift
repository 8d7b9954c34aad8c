package import FoundationEssentials

/// One-time passwords that a counter makes (HOTP, RFC 4226), with SHA-1.
package enum HOTP {
    /// The password of a count, of at most nine digits.
    package static func code(_ secret: SecretBytes, counter: UInt64, digits: Int = 6) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> UInt64(56 - 8 * $0)) }
        let hash = HMACSHA1.authenticate(message, key: secret)
        let offset = Int(hash[19] & 15)
        let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let code = String(number % (0..<digits).reduce(1) { power, _ in power * 10 })
        return String(repeating: "0", count: digits - code.count) + code
    }
}

/// One-time passwords that the clock makes (TOTP, RFC 6238): six digits, another every 30 seconds, as every app has them.
package struct TOTP: Sendable {
    /// How many bytes a secret has: as many as the hash, RFC 4226 §4.
    package static let secretLength = 20
    /// In seconds.
    private static let period = 30.0
    /// How many steps a device's clock may be early or late.
    private static let tolerance: Int64 = 1

    private let secret: SecretBytes

    package init(secret: SecretBytes) { self.secret = secret }

    /// The step of a moment.
    package static func step(at moment: Date) -> Int64 { Int64(moment.timeIntervalSince1970 / period) }

    /// The code of a step.
    package func code(step: Int64, digits: Int = 6) -> String {
        HOTP.code(secret, counter: UInt64(bitPattern: step), digits: digits)
    }

    /// Of which step a code is, among those around a moment that are later than `last`; `nil` when it is of none. Takes the
    /// same time whichever it is.
    package func step(of code: String, at moment: Date, after last: Int64? = nil) -> Int64? {
        let present = Self.step(at: moment)
        var found: Int64?
        for step in present - Self.tolerance...present + Self.tolerance {
            let matches = constantTimeEqual(code, self.code(step: step))
            if matches, last.map({ step > $0 }) ?? true { found = step }
        }
        return found
    }

    /// The secret as apps take it that read no squares.
    package var text: String { Base32.encode(secret.exposed) }

    /// All that an app has to know, for a QR code: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>.
    package func uri(issuer: String, account: String) -> String {
        let (issuer, account) = (PercentEncoding.encode(issuer.utf8), PercentEncoding.encode(account.utf8))
        return "otpauth://totp/\(issuer):\(account)?secret=\(text)&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30"
    }
}
