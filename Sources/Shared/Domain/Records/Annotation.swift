package import FoundationEssentials
package import Scoring
package import Tenancy

package typealias AnnotationID = EntityID<Annotation>

/// What one person found of one item of a dataset or of one execution.
package struct Annotation: Sendable, Hashable {
    /// Whether it counts yet.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case draft
        case published
    }

    /// What was labelled.
    package enum Target: Sendable, Hashable {
        /// A version of an item of a dataset. The label stays with the item when it is edited.
        case datasetItem(DatasetItemID)
        case executionLog(ExecutionLogID)
    }

    package let id: AnnotationID
    package let target: Target
    package let scoreConfigID: ScoreConfigID
    package let verdict: Verdict
    package let rationale: String
    package let status: Status
    package let author: UserReference
    package let createdAt: Date
    package let updatedAt: Date

    package init(
        id: AnnotationID, target: Target, scoreConfigID: ScoreConfigID, verdict: Verdict, rationale: String,
        status: Status, author: UserReference, createdAt: Date, updatedAt: Date
    ) {
        self.id = id
        self.target = target
        self.scoreConfigID = scoreConfigID
        self.verdict = verdict
        self.rationale = rationale
        self.status = status
        self.author = author
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// The longest rationale, in Unicode scalars.
    package static let longestRationale = 100_000
}

/// An answer on a scale: the number, and the label that it has there.
package struct Verdict: Sendable, Hashable {
    package let value: Double
    /// `nil` on a continuous scale.
    package let category: String?

    /// An answer as it is stored.
    package init(value: Double, category: String?) {
        self.value = value
        self.category = category
    }

    /// The answer that a client gives: on a scale with labels the label, or the value of one, on a continuous one the
    /// value. What is not given follows from the other.
    package init(value: Double?, category: String?, on scale: ScoreScale) throws(InvalidDefinition) {
        switch scale.kind {
        case .continuous:
            guard category == nil else { throw Self.refusal("category", "This scale has no categories: give a value.") }
            guard let value else { throw Self.refusal("value", "This field is required.") }
            guard value.isFinite, (scale.minimum...scale.maximum).contains(value) else {
                throw Self.refusal("value", "The value must be from \(scale.minimum) to \(scale.maximum).")
            }
            self.init(value: value, category: nil)
        case .binary, .categorical:
            let found = try Self.category(of: scale, value, category)
            self.init(value: found.value, category: found.label)
        }
    }

    private static func category(
        of scale: ScoreScale, _ value: Double?, _ label: String?
    ) throws(InvalidDefinition) -> ScoreScale.Category {
        if let label {
            guard let found = scale.categories.first(where: { $0.label == label }) else {
                let known = scale.categories.map(\.label).joined(separator: ", ")
                throw refusal("category", "“\(label)” is not one of \(known).")
            }
            guard value == nil || value == found.value else {
                throw refusal("value", "“\(label)” stands for \(found.value). Give one of both, or both alike.")
            }
            return found
        }
        guard let value else { throw refusal("category", "This field is required.") }
        guard let found = scale.categories.first(where: { $0.value == value }) else {
            throw refusal("value", "No category of this scale has the value \(value).")
        }
        return found
    }

    private static func refusal(_ field: String, _ message: String) -> InvalidDefinition {
        InvalidDefinition(problems: [.init(field: field, message: message)])
    }
}

/// Which annotations a list shows; everything given must hold.
package struct AnnotationFilter: Sendable, Hashable {
    package var dataset: DatasetID?
    /// An item by the identifier of any of its versions.
    package var item: DatasetItemID?
    package var log: ExecutionLogID?
    package var scoreConfig: ScoreConfigID?
    package var status: Annotation.Status?
    package var author: UserID?

    package init() {}
}
