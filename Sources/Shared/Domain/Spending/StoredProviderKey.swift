package import FoundationEssentials
package import Scoring
package import Tenancy

package typealias ProviderKeyID = EntityID<StoredProviderKey>

/// One of the keys with which a provider is called. The key itself is kept sealed and is not in here.
package struct StoredProviderKey: Sendable, Hashable {
    package let id: ProviderKeyID
    package let providerID: ProviderID
    /// By which people tell it from others.
    package let name: String
    /// How much of the work it takes, beside the provider's other keys.
    package let weight: Int
    package let state: ProviderKeyState
    package let createdAt: Date

    package init(
        id: ProviderKeyID, providerID: ProviderID, name: String, weight: Int = 1, state: ProviderKeyState = .active,
        createdAt: Date
    ) {
        self.id = id
        self.providerID = providerID
        self.name = name
        self.weight = weight
        self.state = state
        self.createdAt = createdAt
    }

    /// Names every limit that an administrator's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: name, in: 1...100, field: "name")
            if !(1...1000).contains(weight) { findings.add("weight", "Ensure this value is between 1 and 1000.") }
        }
    }
}

/// Whether a key is used.
package enum ProviderKeyState: String, Sendable, Hashable, CaseIterable {
    case active
    /// Only while the provider has no active one: its successor takes over without a gap.
    case draining
    /// Never again.
    case revoked
}
