package import FoundationEssentials

/// A scale on which people label, as a row of `GET /internal/score-configs`.
package struct OperatorScale: Codable, Sendable, Hashable {
    /// Where scales are.
    package static let path = "/internal/score-configs"

    /// What kind of answers it takes.
    package enum Kind: String, Codable, Sendable, Hashable {
        case binary, continuous, categorical
    }

    /// A label and the number that it stands for.
    package struct Category: Codable, Sendable, Hashable {
        package let label: String
        package let value: Double

        package init(label: String, value: Double) {
            self.label = label
            self.value = value
        }
    }

    package let id: UUID
    package let name: String
    package let kind: Kind
    package let minimum: Double
    package let maximum: Double
    package let categories: [Category]
    /// Whether everybody has it.
    package let isGlobal: Bool

    package init(
        id: UUID, name: String, kind: Kind, minimum: Double, maximum: Double, categories: [Category], isGlobal: Bool
    ) {
        self.id = id
        self.name = name
        self.kind = kind
        self.minimum = minimum
        self.maximum = maximum
        self.categories = categories
        self.isGlobal = isGlobal
    }
}

/// The scales that the organisation sees.
package struct OperatorScales: Codable, Sendable, Hashable {
    package let results: [OperatorScale]

    package init(results: [OperatorScale]) { self.results = results }
}

/// What one person found.
package struct OperatorLabel: Codable, Sendable, Hashable {
    /// Where labels are made and taken back.
    package static let path = "/internal/annotations"

    package let id: UUID
    package let scaleID: UUID
    package let value: Double
    package let category: String?
    package let rationale: String
    /// `draft` or `published`.
    package let status: String
    package let author: OperatorPerson
    package let createdAt: Date

    package init(
        id: UUID, scaleID: UUID, value: Double, category: String?, rationale: String, status: String,
        author: OperatorPerson, createdAt: Date
    ) {
        self.id = id
        self.scaleID = scaleID
        self.value = value
        self.category = category
        self.rationale = rationale
        self.status = status
        self.author = author
        self.createdAt = createdAt
    }
}

/// What people found of an execution and published, the newest 100, the newest of them first, `GET /internal/annotations?execution=ID`.
package struct OperatorLabels: Codable, Sendable, Hashable {
    package let results: [OperatorLabel]

    package init(results: [OperatorLabel]) { self.results = results }
}

/// A label that is to be made, `POST /internal/annotations`, or changed, `PATCH /internal/annotations/ID`.
package struct OperatorLabelDraft: Codable, Sendable, Hashable {
    /// What is labelled, when it is made: an item of a dataset, or else an execution.
    package let itemID: UUID?
    package let executionID: UUID?
    package let scaleID: UUID?
    package let value: Double?
    package let rationale: String?

    package init(
        itemID: UUID? = nil, executionID: UUID? = nil, scaleID: UUID? = nil, value: Double? = nil,
        rationale: String? = nil
    ) {
        self.itemID = itemID
        self.executionID = executionID
        self.scaleID = scaleID
        self.value = value
        self.rationale = rationale
    }
}

/// What one person has still to label on a scale, `GET /internal/datasets/ID/labelling`: the next items in their order, and
/// how far they are.
package struct OperatorLabelling: Codable, Sendable, Hashable {
    package let items: [OperatorDatasetItem]
    /// Of all items that are not archived.
    package let total: Int
    /// Those that the person has labelled on the scale.
    package let done: Int

    package init(items: [OperatorDatasetItem], total: Int, done: Int) {
        self.items = items
        self.total = total
        self.done = done
    }
}

extension OperatorRequest where Reply == OperatorScales {
    /// The scales that the organisation sees, its own first.
    package static func scales() -> Self { Self(.get, OperatorScale.path) }
}

extension OperatorRequest where Reply == OperatorLabelling {
    /// What the caller has still to label of a dataset, behind the item of that number.
    package static func labelling(_ dataset: UUID, on scale: UUID, behind number: Int?, limit: Int) -> Self {
        var parameters = [
            Parameter("scale", scale.uuidString.lowercased()), Parameter("limit", "\(limit)"),
        ]
        if let number { parameters.append(Parameter("behind", "\(number)")) }
        return Self(.get, datasetPath(dataset) + "/labelling", parameters)
    }
}

extension OperatorRequest where Reply == OperatorLabels {
    /// What people found of an execution, at most the newest 100.
    package static func labels(ofExecution id: UUID) -> Self {
        Self(.get, OperatorLabel.path, [Parameter("execution", id.uuidString.lowercased())])
    }
}

extension OperatorRequest where Reply == OperatorLabel {
    /// Labels an item or an execution in the caller's name.
    package static func label(_ draft: OperatorLabelDraft) -> Self { Self(.post, OperatorLabel.path, body: draft) }
    /// Changes a label's value or rationale.
    package static func changeLabel(_ id: UUID, _ draft: OperatorLabelDraft) -> Self {
        Self(.patch, "\(OperatorLabel.path)/\(id.uuidString.lowercased())", body: draft)
    }
}

extension OperatorRequest where Reply == OperatorNothing {
    /// Takes a label back.
    package static func takeBackLabel(_ id: UUID) -> Self {
        Self(.delete, "\(OperatorLabel.path)/\(id.uuidString.lowercased())")
    }
}
