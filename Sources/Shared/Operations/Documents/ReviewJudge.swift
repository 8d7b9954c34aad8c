internal import Stores
internal import FoundationEssentials
internal import Scoring
internal import Tenancy
internal import YAML

extension Documents {
    /// Looks at the document of a judge that replaces the content of the target, or of a new one. `coming` are the
    /// evaluators that are stored before the judge, by the names they will have.
    /// - Throws: `PermissionDenied` for one that the caller may not show to everybody.
    func reviewJudge(
        _ node: YAMLNode, for target: DocumentTarget, coming: ComingEvaluators = [:], _ principal: Principal
    ) async throws -> ReviewedDocument {
        var fields = DocumentFields(node, known: JudgeDocument.fields)
        checkIdentity(&fields, .judge, target)
        let document = JudgeDocument(reading: &fields)
        var current: Judge?
        if let item = target.item { current = try await judges.find(JudgeID(uuid: item.id), for: principal) }
        try principal.requireLeave(toShow: current, as: document.visibility)
        let project = try await project(document.projectName, &fields, principal)
        // What the judge is made of already stays so for whoever may change it.
        let kept = Set(current?.version.definition.evaluators.map(\.id) ?? [])
        var references: [EvaluatorReference] = []
        for (index, member) in document.members.enumerated() {
            let reference = try await self.reference(
                member, at: "evaluators[\(index)]", coming, keeping: kept, &fields, principal)
            if let reference { references.append(reference) }
        }
        var draft = JudgeDraft()
        draft.name = document.name
        draft.intent = document.intent
        draft.stage = document.stage
        draft.visibility = document.visibility
        draft.evaluators = references
        draft.projectID = project
        draft.changeNote = document.changeNote
        let isComplete = references.count == document.members.count
        var changed = document.givenFields
        if let current {
            let isMoved = project != nil && project != current.projectID
            changed = document.fieldsDiffering(from: current, isMoved: isMoved)
            if !isComplete || references != current.version.definition.evaluators { changed.append("evaluators") }
        }
        return ReviewedDocument(
            line: node.line, kind: .judge, name: fields.has("name") ? document.name : nil, target: target.item,
            content: .judge(draft), changedFields: changed, problems: fields.problems)
    }

    /// The evaluator that a member means; `nil` for one that is still to come, and with a problem noted when there is
    /// none.
    private func reference(
        _ member: JudgeDocument.Member, at field: String, _ coming: ComingEvaluators,
        keeping kept: Set<EvaluatorID>, _ fields: inout DocumentFields, _ principal: Principal
    ) async throws -> EvaluatorReference? {
        switch try await meaning(of: member, coming, keeping: kept, principal) {
        case .nothing:
            return nil
        case .unknown(let words):
            fields.add(field, "There is no evaluator \(words).")
            return nil
        case .twoThings(let found, let name):
            fields.add(field, "The id is that of “\(found)” and the name says “\(name)”: leave one of the two out.")
            return nil
        case .coming(let name):
            if member.version != nil { fields.add(field, "“\(name)” is only made now: leave its version out.") }
            return nil
        case .evaluator(let id):
            guard let number = member.version else { return EvaluatorReference(id: id, pinned: nil) }
            guard let version = try await itemStore.version(number: number, of: id.uuid, .evaluator) else {
                fields.add(field, "This evaluator has no version \(number). Leave it out to use the latest.")
                return nil
            }
            return EvaluatorReference(id: id, pinned: EvaluatorVersionID(uuid: version.id))
        }
    }

    private func meaning(
        of member: JudgeDocument.Member, _ coming: ComingEvaluators, keeping kept: Set<EvaluatorID>,
        _ principal: Principal
    ) async throws -> MemberMeaning {
        let organization = principal.organizationID
        if let id = member.id, let found = try await evaluators.store.find(id, readableBy: organization),
            kept.contains(id) || principal.may(.evaluatorRead, with: found.organizationID, in: found.projectID)
        {
            guard let name = member.name, name != found.name, coming[name] != id else { return .evaluator(id) }
            return .twoThings(found.name, name)
        }
        guard let name = member.name else { return member.id == nil ? .nothing : .unknown("of this id") }
        if let known = coming[name] { return known.map(MemberMeaning.evaluator) ?? .coming(name) }
        let found = try await evaluators.store.find(
            named: name, readableBy: organization, within: principal.reach(.evaluatorRead))
        return found.map { .evaluator($0.id) } ?? .unknown("“\(name)”")
    }
}

/// Evaluators that are stored before a judge, by the names they will have; `nil` for one that is only made then.
typealias ComingEvaluators = [String: EvaluatorID?]

/// What a document means by an evaluator of a judge.
private enum MemberMeaning {
    case evaluator(EvaluatorID)
    /// One that is only made now.
    case coming(String)
    /// The identifier of one, by its present name, and the name of another.
    case twoThings(String, String)
    case unknown(String)
    /// The document says neither, which is a problem that is noted already.
    case nothing
}

extension JudgeDocument {
    /// The fields in which it differs from a judge, but for its evaluators.
    fileprivate func fieldsDiffering(from judge: Judge, isMoved: Bool) -> [String] {
        let definition = judge.version.definition
        var fields: [String] = []
        if name != definition.name { fields.append("name") }
        if isMoved { fields.append("project") }
        if let visibility, visibility != judge.visibility { fields.append("visibility") }
        if intent != definition.intent { fields.append("intent") }
        if stage != definition.stage { fields.append("stage") }
        return fields
    }

    /// What the document of a new judge says.
    fileprivate var givenFields: [String] {
        let absent =
            ["kind", "id", "version", "change_note"] + (visibility == nil ? ["visibility"] : [])
            + (projectName == nil ? ["project"] : [])
            + (stage.isEmpty ? ["stage"] : []) + (members.isEmpty ? ["evaluators"] : [])
        return Self.fields.filter { !absent.contains($0) }
    }
}
