package import FoundationEssentials
internal import Scoring
package import Tenancy

package typealias PriceEntryID = EntityID<PriceEntry>

/// One line of a price list: what models of a provider cost from some day on.
package struct PriceEntry: Sendable, Hashable {
    package let id: PriceEntryID
    /// `nil` for a price of the installation, which holds for every organisation that has none of its own.
    package let organizationID: OrganizationID?
    /// The provider by its name or its kind; `*` for any.
    package let provider: String
    /// The model by the name it has at its provider, or a pattern in which `*` stands for any text.
    package let model: String
    package let validFrom: Date
    /// The first moment at which it no longer holds.
    package let validUntil: Date?
    package let tariff: Tariff

    package init(
        id: PriceEntryID, organizationID: OrganizationID?, provider: String, model: String, validFrom: Date,
        validUntil: Date? = nil, tariff: Tariff
    ) {
        self.id = id
        self.organizationID = organizationID
        self.provider = provider
        self.model = model
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.tariff = tariff
    }

    /// Names every limit that an administrator's values break.
    package func validate() throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            findings.length(of: provider, in: 1...100, field: "provider")
            findings.length(of: model, in: 1...1000, field: "model")
            if let validUntil, validUntil <= validFrom {
                findings.add("valid_until", "A price ends after it begins.")
            }
            for (name, amount) in tariff.amounts {
                if let amount, amount < .zero { findings.add(name, "A price is not negative.") }
            }
        }
    }

    /// Whether the price holds at `moment`.
    package func isValid(at moment: Date) -> Bool {
        validFrom <= moment && (validUntil.map { moment < $0 } ?? true)
    }
}
