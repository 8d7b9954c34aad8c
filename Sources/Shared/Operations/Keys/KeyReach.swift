internal import FoundationEssentials
internal import Tenancy

/// A key would open more than whoever asks for it may hand on.
package struct KeyBeyondMaker: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// How far the keys may reach that a caller makes: nobody gets more by a key than they have.
struct KeyReach {
    let principal: Principal
    /// The key that the caller shows; `nil` for who is signed in.
    let own: APIKey?

    /// Passes when the caller may make a key of these terms for that owner. A key may take its own place, and then lives
    /// for as long again, but no longer.
    /// - Throws: `KeyBeyondMaker`; `PermissionDenied`; `ConfirmationRequired`; `ScopeNotNamed`.
    func check(_ terms: KeyTerms, for owner: User, replacing former: APIKeyID?, at moment: Date) throws {
        try principal.requireConfirmation(at: moment, for: .apiKeyCreate)
        if owner.id != principal.user.id {
            try principal.require(.userUpdate)
            try principal.requireConfirmation(at: moment, for: .userUpdate)
            guard owner.kind == .serviceAccount else {
                throw KeyBeyondMaker(
                    "A key acts for whoever makes it or for a service account, not for another person.")
            }
        }
        let opened =
            switch terms.scopes {
            case .everything: owner.role.permissions.filter(terms.scopes.open)
            case .only(let permissions): permissions
            }
        let missing = opened.filter { !principal.may($0) }.map(\.rawValue).sorted()
        guard missing.isEmpty else {
            throw KeyBeyondMaker(
                "The key would open what you may not do: \(missing.prefix(5).joined(separator: ", ")).")
        }
        guard let own else { return }
        if own.scopes != .everything, terms.scopes == .everything {
            throw KeyBeyondMaker("A key with scopes makes none that is without.")
        }
        if let end = own.expiresAt {
            let latest = former == own.id ? moment.addingTimeInterval(end.timeIntervalSince(own.createdAt) + 1) : end
            guard let wanted = terms.expiresAt, wanted <= latest else {
                throw KeyBeyondMaker(
                    former == own.id
                        ? "A key that takes its own place lives for as long as it did, and no longer."
                        : "A key makes none that outlives it.")
            }
        }
        let isWithin = terms.addressRanges.allSatisfy { range in own.addressRanges.contains { $0.contains(range) } }
        guard own.addressRanges.isEmpty || !terms.addressRanges.isEmpty && isWithin else {
            throw KeyBeyondMaker("A key that is bound to addresses makes none that is not bound to them.")
        }
    }
}
