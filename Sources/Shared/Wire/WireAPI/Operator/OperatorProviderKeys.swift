package import FoundationEssentials

/// A key of a provider, without the key.
package struct OperatorProviderKey: Codable, Sendable, Hashable {
    package let id: UUID
    package let name: String
    package let state: State
    /// How large a part of the calls it gets.
    package let weight: Int
    package let createdAt: Date
    /// How much of its limits is in use, from 0 to about 1; `nil` when no proxy has used it yet.
    package let load: Double?
    /// How long the proxies do not use it, and why: `refused`, `throttled`, `exhausted`, or `sealed` for another proxy.
    package let coolsMs: Int?
    package let reason: String?

    package init(
        id: UUID, name: String, state: State, weight: Int, createdAt: Date, load: Double?, coolsMs: Int?,
        reason: String?
    ) {
        self.id = id
        self.name = name
        self.state = state
        self.weight = weight
        self.createdAt = createdAt
        self.load = load
        self.coolsMs = coolsMs
        self.reason = reason
    }

    /// Whether it is used.
    package enum State: String, Codable, Sendable, Hashable, CaseIterable {
        case active
        /// Only while no other key can be used.
        case draining
        /// Never again.
        case revoked
    }
}

/// A key that is to be added, `POST /internal/providers/ID/keys`.
package struct OperatorProviderKeyDraft: Codable, Sendable, Hashable {
    package let name: String
    /// The key itself: sealed for the proxy at once, and never shown again by anything.
    package let key: String
    package let weight: Int
    /// A key that is drained in the same moment: so one is put in the place of another without a gap.
    package let replaces: UUID?

    package init(name: String, key: String, weight: Int = 1, replaces: UUID? = nil) {
        self.name = name
        self.key = key
        self.weight = weight
        self.replaces = replaces
    }
}

/// What a key's state is to be, `PUT /internal/providers/ID/keys/KEY/state`. A revoked one stays so.
package struct OperatorProviderKeyChange: Codable, Sendable, Hashable {
    package let state: OperatorProviderKey.State

    package init(state: OperatorProviderKey.State) { self.state = state }
}

extension OperatorRequest where Reply == OperatorProviderKey {
    /// Adds a key.
    package static func addKey(_ draft: OperatorProviderKeyDraft, to provider: UUID) -> Self {
        Self(.post, "\(OperatorProvider.path)/\(provider.uuidString.lowercased())/keys", body: draft)
    }

    /// Activates, drains or revokes a key.
    package static func setKey(_ id: UUID, of provider: UUID, to state: OperatorProviderKey.State) -> Self {
        Self(
            .put,
            "\(OperatorProvider.path)/\(provider.uuidString.lowercased())/keys/\(id.uuidString.lowercased())/state",
            body: OperatorProviderKeyChange(state: state))
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Deletes a key, with its limits.
    package static func deleteKey(_ id: UUID, of provider: UUID) -> Self {
        Self(
            .delete, "\(OperatorProvider.path)/\(provider.uuidString.lowercased())/keys/\(id.uuidString.lowercased())")
    }
}
