package import FoundationEssentials
package import Tenancy

/// All prices, made for looking one up.
///
/// Of the entries that fit a call the closest one holds: an organisation's own before the installation's, a provider's
/// before anybody's, a model's full name before a pattern, a longer pattern before a shorter one, and of equals the one
/// that began last.
package struct PriceBook: Sendable {
    /// Entries by owner, the closest first.
    private var entries: [OrganizationID?: [PriceEntry]]

    /// A book of these entries; their order does not matter.
    package init(_ entries: [PriceEntry] = []) {
        self.entries = Dictionary(grouping: entries, by: \.organizationID).mapValues { $0.sorted(by: Self.isCloser) }
    }

    /// What a model costs at `moment`; `nil` when nobody has said. The provider is known by its name here and by its
    /// kind.
    package func tariff(
        for organization: OrganizationID, provider: String, kind: String, model: String, at moment: Date
    ) -> Tariff? {
        entry(for: organization, provider: provider, kind: kind, model: model, at: moment)?.tariff
    }

    /// The entry that says what a model costs at `moment`; `nil` when nobody has said.
    package func entry(
        for organization: OrganizationID, provider: String, kind: String, model: String, at moment: Date
    ) -> PriceEntry? {
        for owner in [organization, nil] {
            let match = entries[owner]?.first { entry in
                entry.isValid(at: moment) && [provider, kind, "*"].contains(entry.provider)
                    && ModelPattern.matches(entry.model, model)
            }
            if let match { return match }
        }
        return nil
    }

    private static func isCloser(_ left: PriceEntry, _ right: PriceEntry) -> Bool {
        let (one, other) = (rank(left), rank(right))
        if one != other { return one > other }
        return left.validFrom > right.validFrom
    }

    private static func rank(_ entry: PriceEntry) -> (Int, Int, Int) {
        let isExact = !entry.model.utf8.contains(UInt8(ascii: "*"))
        return (entry.provider == "*" ? 0 : 1, isExact ? 1 : 0, entry.model.utf8.count)
    }
}

/// Names of models with `*` for any text.
enum ModelPattern {
    /// Whether `name` is of the form of `pattern`. The work is bounded by the product of their lengths.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        var (pattern, name) = (Array(pattern.utf8)[...], Array(name.utf8)[...])
        // Where to go on when the last star has to take one byte more.
        var retry: (pattern: ArraySlice<UInt8>, name: ArraySlice<UInt8>)?
        while let byte = name.first {
            if pattern.first == UInt8(ascii: "*") {
                pattern = pattern.dropFirst()
                retry = (pattern, name)
            } else if pattern.first == byte {
                pattern = pattern.dropFirst()
                name = name.dropFirst()
            } else if let last = retry {
                pattern = last.pattern
                name = last.name.dropFirst()
                retry = (pattern, name)
            } else {
                return false
            }
        }
        return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
