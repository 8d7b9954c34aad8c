internal import Access
internal import Cryptography
internal import FoundationEssentials
internal import Stores
internal import Tenancy

/// Makes and takes the codes of second factors.
struct SecondFactorCodes: Sendable {
    let store: SecondFactorStore
    let hash: CredentialHash
    let sealing: SecretSealing
    let now: @Sendable () -> Date

    /// What a code was.
    enum Kind: String, Sendable, Hashable {
        /// One of the device that makes them.
        case code
        case recoveryCode = "recovery_code"
    }

    /// Takes a code, or a recovery code, which is then never taken again; `nil` when it is none. Blanks are forgiven.
    /// - Throws: `SecondFactorUnreadable`.
    func take(_ text: String, of user: UserID, in organization: OrganizationID) async throws -> Kind? {
        guard let stored = try await store.find(of: user, in: organization), stored.factor.confirmedAt != nil else {
            return nil
        }
        if let code = Self.digits(text) {
            let step = try totp(stored, of: user).step(of: code, at: now(), after: stored.lastStep)
            guard let step, try await store.take(step: step, of: user, in: organization) else { return nil }
            return .code
        }
        guard let hash = RecoveryCodes.hash(text, of: user, by: hash),
            try await store.take(recoveryCode: hash, of: user, in: organization, at: now())
        else { return nil }
        return .recoveryCode
    }

    /// What makes the codes of a person.
    /// - Throws: `SecondFactorUnreadable`.
    func totp(_ stored: StoredSecondFactor, of user: UserID) throws -> TOTP {
        do {
            return TOTP(secret: SecretBytes(try sealing.open(stored.sealedSecret, for: user.description)))
        } catch {
            throw SecondFactorUnreadable(user: user, underlying: error)
        }
    }

    /// The six digits of a code; `nil` for what can be none.
    static func digits(_ text: String) -> String? {
        let digits = text.filter { $0 != " " }
        let isCode = digits.utf8.count == 6 && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
        return isCode ? digits : nil
    }
}

/// The secret of a second factor was sealed with another secret than the one that is set now.
struct SecondFactorUnreadable: Error, CustomStringConvertible {
    let user: UserID
    let underlying: any Error

    var description: String {
        """
        the second factor of user \(user) cannot be opened; was credential_secret changed? \
        Remove it: scorable user remove-second-factor: \(underlying)
        """
    }
}
