package import FoundationEssentials
package import Tenancy

package typealias ScoreConfigID = EntityID<ScoreConfig>

/// On what scale people score.
package struct ScoreScale: Sendable, Hashable {
    /// What kind of answers it takes.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// One of two labels.
        case binary
        /// Any number between two.
        case continuous
        /// One of several labels.
        case categorical
    }

    /// A label and the number that it stands for.
    package struct Category: Sendable, Hashable {
        package let label: String
        package let value: Double

        package init(label: String, value: Double) {
            self.label = label
            self.value = value
        }
    }

    package let kind: Kind
    package let minimum: Double
    package let maximum: Double
    /// In the order in which they are offered; empty on a continuous scale.
    package let categories: [Category]

    /// A scale as it is stored. Whoever takes one from a client uses ``checked(_:minimum:maximum:categories:)``.
    package init(kind: Kind, minimum: Double, maximum: Double, categories: [Category]) {
        self.kind = kind
        self.minimum = minimum
        self.maximum = maximum
        self.categories = categories
    }

    /// What a binary scale offers when nobody says otherwise.
    package static let yesAndNo = [Category(label: "yes", value: 1), Category(label: "no", value: 0)]
    /// The most labels of a scale.
    package static let mostCategories = 100
    /// The longest label, in Unicode scalars.
    package static let longestLabel = 255

    /// The scale that a client describes. Bounds are those of a continuous scale, 0 and 1 unless they are given; the
    /// others get theirs from their labels.
    package static func checked(
        _ kind: Kind, minimum: Double?, maximum: Double?, categories: [Category]
    ) throws(InvalidDefinition) -> ScoreScale {
        switch kind {
        case .continuous:
            let (low, high) = (minimum ?? 0, maximum ?? 1)
            try InvalidDefinition.check { findings in
                if !categories.isEmpty { findings.add("categories", "A continuous scale has no categories.") }
                if !(low.isFinite && high.isFinite && low < high) {
                    findings.add("max_value", "The maximum must be greater than the minimum.")
                }
            }
            return ScoreScale(kind: kind, minimum: low, maximum: high, categories: [])
        case .binary, .categorical:
            let offered = categories.isEmpty && kind == .binary ? yesAndNo : categories
            try InvalidDefinition.check { findings in check(offered, of: kind, &findings) }
            let values = offered.map(\.value)
            return ScoreScale(
                kind: kind, minimum: values.min() ?? 0, maximum: values.max() ?? 1, categories: offered)
        }
    }

    private static func check(
        _ categories: [Category], of kind: Kind, _ findings: inout InvalidDefinition.Findings
    ) {
        if kind == .binary, categories.count != 2 {
            findings.add("categories", "A binary scale has two categories.")
        } else if !(2...mostCategories).contains(categories.count) {
            findings.add("categories", "Give 2 to \(mostCategories) categories.")
        }
        for category in categories {
            findings.length(of: category.label, in: 1...longestLabel, field: "categories")
            if !category.value.isFinite { findings.add("categories", "A category's value must be a number.") }
        }
        if Set(categories.map(\.label)).count < categories.count {
            findings.add("categories", "Two categories have the same label.")
        }
        if Set(categories.map(\.value)).count < 2 {
            findings.add("categories", "Categories need at least two different values.")
        }
    }

    /// Where a value lies between the bounds, from 0 to 1.
    package func normalised(_ value: Double) -> Double { (value - minimum) / (maximum - minimum) }

    /// Whether labels that were made on `other` mean the same here: the same kind, the same bounds, and every label with
    /// the value it had. Labels may be added between the bounds.
    package func keepsMeaning(of other: ScoreScale) -> Bool {
        kind == other.kind && minimum == other.minimum && maximum == other.maximum
            && other.categories.allSatisfy(categories.contains)
    }
}

/// A scale with a name: what labels are made with.
package struct ScoreConfig: Sendable, Hashable {
    package let id: ScoreConfigID
    /// `nil` for those that everybody has and nobody may change.
    package let organizationID: OrganizationID?
    package let name: String
    package let scale: ScoreScale
    /// What is meant when nothing is said.
    package let isDefault: Bool
    package let createdAt: Date

    package init(
        id: ScoreConfigID, organizationID: OrganizationID?, name: String, scale: ScoreScale, isDefault: Bool,
        createdAt: Date
    ) {
        self.id = id
        self.organizationID = organizationID
        self.name = name
        self.scale = scale
        self.isDefault = isDefault
        self.createdAt = createdAt
    }
}
