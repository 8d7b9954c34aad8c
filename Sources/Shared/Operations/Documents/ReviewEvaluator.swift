internal import Stores
internal import FoundationEssentials
internal import Scoring
internal import Tenancy
internal import YAML

extension Documents {
    /// Looks at the document of an evaluator that replaces the content of the target, or of a new one.
    func reviewEvaluator(
        _ node: YAMLNode, for target: DocumentTarget, _ principal: Principal
    ) async throws -> ReviewedDocument {
        var fields = DocumentFields(node, known: EvaluatorDocument.fields)
        checkIdentity(&fields, .evaluator, target)
        let document = EvaluatorDocument(reading: &fields)
        var current: Evaluator?
        if let item = target.item { current = try await evaluators.find(EvaluatorID(uuid: item.id), for: principal) }
        let project = try await project(document.projectName, &fields, principal)
        try await checkModels(document.models, &fields, principal)
        if let id = document.demonstrationDatasetID, id != current?.version.definition.demonstrationDatasetID,
            try await !evaluators.hasDataset(id, for: principal)
        {
            fields.add("demonstration_dataset_id", "There is no such dataset in your organization that you may read.")
        }
        let objective = try await objective(of: document, current, isForeign: target.isForeign, &fields, principal)
        let old = try await currentDocument(current, principal)
        var compared = document
        compared.take(objective, from: old)
        if document.projectName == nil { compared.projectName = old?.projectName }
        return ReviewedDocument(
            line: node.line, kind: .evaluator, name: fields.has("name") ? document.name : nil, target: target.item,
            content: objective.map { choice in
                .evaluator(
                    WholeEvaluator(
                        definition: document.definition(objectiveID: choice.id, pinned: choice.version),
                        newIntent: choice.newIntent, projectID: project))
            },
            changedFields: old.map(compared.fieldsDiffering(from:)) ?? document.givenFields,
            problems: fields.problems)
    }

    private func currentDocument(_ current: Evaluator?, _ principal: Principal) async throws -> EvaluatorDocument? {
        guard let current else { return nil }
        return EvaluatorDocument(current, projectName: try await projectName(of: current.projectID, principal))
    }

    private func checkModels(
        _ names: [String], _ fields: inout DocumentFields, _ principal: Principal
    ) async throws {
        let unknown = try await models.unknown(names.filter { !$0.isEmpty }, for: principal)
        for (index, name) in names.enumerated() where unknown.contains(name) {
            fields.add("models[\(index)]", "There is no model “\(name)”.")
        }
    }

    /// What the document wants measured; `nil` with a problem noted when that cannot be said.
    private func objective(
        of document: EvaluatorDocument, _ current: Evaluator?, isForeign: Bool, _ fields: inout DocumentFields,
        _ principal: Principal
    ) async throws -> ObjectiveChoice? {
        if let id = document.objectiveID, id != current?.objective.id {
            if let found = try await objectives.find(id, readableBy: principal.organizationID),
                principal.may(.objectiveRead, with: found.organizationID, in: found.projectID)
            {
                return try await other(found, of: document, &fields)
            }
            guard isForeign, document.intent != nil else {
                fields.add("objective_id", "There is no such objective.")
                return nil
            }
        }
        // Whoever names the objective need not repeat its words.
        guard let intent = document.intent ?? (document.objectiveID == nil ? nil : current?.objective.version.intent)
        else {
            fields.add("intent", "“intent” is missing: what is measured, in words.")
            return nil
        }
        guard let current, intent.isEqualButForItsEnd(to: current.objective.version.intent) else {
            return newObjective(intent, of: document, current, isForeign: isForeign, &fields)
        }
        // A version of elsewhere pins nothing here.
        let version = isForeign ? current.version.definition.objectiveVersionID : document.objectiveVersionID
        return try await pinned(version, of: current.objective.id, &fields)
    }

    private func other(
        _ objective: Objective, of document: EvaluatorDocument, _ fields: inout DocumentFields
    ) async throws -> ObjectiveChoice? {
        let choice = try await pinned(document.objectiveVersionID, of: objective.id, &fields)
        // The words of an older version, which the document keeps to, may be others.
        if choice?.version == nil, let intent = document.intent,
            !intent.isEqualButForItsEnd(to: objective.version.intent)
        {
            fields.add(
                "intent", "The objective says something else. Leave intent out to take its words, or objective_id.")
            return nil
        }
        return choice
    }

    /// Other words make another objective: that of now may be measured by other evaluators too.
    private func newObjective(
        _ intent: String, of document: EvaluatorDocument, _ current: Evaluator?, isForeign: Bool,
        _ fields: inout DocumentFields
    ) -> ObjectiveChoice? {
        let pinned = document.objectiveVersionID
        if !isForeign, pinned != nil, pinned != current?.version.definition.objectiveVersionID {
            fields.add("objective_version_id", "A new objective has no such version. Leave it out, or the new intent.")
            return nil
        }
        return ObjectiveChoice(newIntent: intent)
    }

    private func pinned(
        _ version: ObjectiveVersionID?, of id: ObjectiveID, _ fields: inout DocumentFields
    ) async throws -> ObjectiveChoice? {
        if let version, try await !objectives.hasVersion(version, of: id) {
            fields.add("objective_version_id", "The objective has no such version.")
            return nil
        }
        return ObjectiveChoice(id: id, version: version)
    }
}

/// Which objective an evaluator is to measure.
struct ObjectiveChoice {
    let id: ObjectiveID
    let version: ObjectiveVersionID?
    /// The words of one that is still to be made.
    let newIntent: String?

    init(id: ObjectiveID, version: ObjectiveVersionID?) {
        self.id = id
        self.version = version
        newIntent = nil
    }

    init(newIntent: String) {
        id = ObjectiveID(uuid: UUID(high: 0, low: 0))
        version = nil
        self.newIntent = newIntent
    }
}

extension EvaluatorDocument {
    /// Puts what was decided on the objective in the place of what was written, so that only real differences show.
    fileprivate mutating func take(_ choice: ObjectiveChoice?, from old: EvaluatorDocument?) {
        guard let choice, let old else { return }
        if choice.newIntent != nil {
            objectiveID = old.objectiveID
            objectiveVersionID = old.objectiveVersionID
        } else {
            objectiveID = choice.id
            objectiveVersionID = choice.version
            if choice.id == old.objectiveID { intent = old.intent }
        }
    }

    /// What the document of a new evaluator says.
    fileprivate var givenFields: [String] {
        let empty: [(String, Bool)] = [
            ("project", projectName == nil), ("intent", intent == nil), ("objective_id", objectiveID == nil),
            ("objective_version_id", objectiveVersionID == nil), ("criteria", criteria.isEmpty), ("code", code == nil),
            ("behavior", code != nil), ("variables", variables.isEmpty),
            ("models", models.isEmpty), ("demonstrations", demonstrations.isEmpty),
            ("demonstration_dataset_id", demonstrationDatasetID == nil),
        ]
        let absent = empty.filter(\.1).map(\.0) + ["kind", "id", "version", "change_note"]
        return Self.fields.filter { !absent.contains($0) }
    }
}

extension String {
    /// Whether two texts are the same but for white space at their ends: an editor may add a line feed.
    fileprivate func isEqualButForItsEnd(to other: String) -> Bool {
        func trimmed(_ text: String) -> Substring {
            var text = text[...]
            while text.last?.isWhitespace == true { text.removeLast() }
            return text
        }
        return trimmed(self) == trimmed(other)
    }
}
