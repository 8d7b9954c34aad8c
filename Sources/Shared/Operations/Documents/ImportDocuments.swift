internal import Cryptography
package import FoundationEssentials
package import Scoring
internal import Stores
package import Tenancy
internal import YAML

/// What an import does, or did.
package struct ImportPlan: Sendable {
    /// What becomes of one document.
    package enum Action: String, Sendable, Hashable {
        case create
        case update
        /// It is there like this already.
        case unchanged
        /// It has problems. Nothing of the whole text is brought in.
        case refused
    }

    /// One document of the text.
    package struct Entry: Sendable {
        /// Where it begins in the text, from 1.
        package let line: Int
        package let kind: ItemKind?
        package let name: String?
        package let action: Action
        package let id: UUID?
        /// The version that is replaced.
        package let version: VersionSummary?
        package let changedFields: [String]
        package let problems: [DocumentProblem]
    }

    /// In the order of the text.
    package let entries: [Entry]
    /// Stands for exactly this plan; `nil` when it cannot be carried out or there is nothing to do.
    package let token: String?
    /// Whether it was carried out.
    package let isDone: Bool
}

extension Documents {
    /// At most so many documents are brought in at once.
    private static let mostDocuments = 500

    /// What bringing the documents of a text in would do: an item of the document's `id`, else of exactly its name,
    /// gets a new version, another is made. New items that name no project go to `project`.
    /// - Throws: `PermissionDenied` when the caller may not do some of it; `InvalidDefinition` for an unknown project.
    package func plan(
        importing text: String, to project: ProjectID?, for principal: Principal
    ) async throws -> ImportPlan {
        try await reviewed(text, project, principal).plan(of: text)
    }

    /// Carries the plan of the token out. Documents that were brought in stay when a later one meets a change that came
    /// in between; planning anew then finds them unchanged.
    /// - Throws: `OutdatedPlan` when the plan would be another one by now; else as ``plan(importing:to:for:)``.
    package func carryOut(
        planOf token: String, importing text: String, to project: ProjectID?, for principal: Principal
    ) async throws -> ImportPlan {
        let reviewed = try await reviewed(text, project, principal)
        guard reviewed.plan(of: text).token == token else { throw OutdatedPlan() }
        var ids: [Int: UUID] = [:]
        // Judges refer to evaluators that are only made now.
        for kind in [ItemKind.evaluator, .judge] {
            for (index, document) in reviewed.documents.enumerated() where document.kind == kind {
                guard document.action != .unchanged else { continue }
                guard var content = try await content(of: document, reviewed.roots[index], principal) else {
                    throw OutdatedPlan()
                }
                if document.target == nil { content.land(in: project) }
                ids[index] = try await store(content, replacing: document.target, note: nil, principal).id
            }
        }
        return reviewed.plan(of: text, done: ids)
    }

    private func content(
        of document: ReviewedDocument, _ root: YAMLNode, _ principal: Principal
    ) async throws -> ReviewedDocument.Content? {
        guard document.kind == .judge else { return document.content }
        // Whose document it is was looked at before.
        let target = DocumentTarget(item: document.target, isForeign: true)
        return try await reviewJudge(root, for: target, principal).content
    }

    private func reviewed(
        _ text: String, _ project: ProjectID?, _ principal: Principal
    ) async throws -> ReviewedText {
        let landing = try await projects.target(project, for: principal)
        let roots: [YAMLNode]
        do throws(YAMLError) {
            roots = try YAMLReader.documents(text, limits: Self.limits).filter { $0.value != .null }
        } catch {
            return ReviewedText(unreadable: DocumentProblem(error))
        }
        guard roots.count <= Self.mostDocuments else {
            let problem = DocumentProblem(
                line: roots[Self.mostDocuments].line, column: 1, field: "",
                message: "At most \(Self.mostDocuments) documents are brought in at once.")
            return ReviewedText(unreadable: problem)
        }
        var text = ReviewedText(roots: roots)
        for root in roots { text.targets.append(try await self.target(of: root, principal)) }
        for index in roots.indices { text.documents.append(try await review(index, of: text, principal)) }
        for document in text.documents where document.problems.isEmpty && document.action != .unchanged {
            guard let kind = document.kind else { continue }
            let named = document.content?.projectID
            if let item = document.target {
                try principal.require(kind.change, with: item.organizationID, in: item.projectID)
                if let named { try principal.require(kind.change, in: named) }
            } else {
                try principal.require(kind.creation, in: named ?? landing)
            }
        }
        return text
    }

    private func review(
        _ index: Int, of text: ReviewedText, _ principal: Principal
    ) async throws -> ReviewedDocument {
        let root = text.roots[index]
        let target = text.targets[index]
        if let problem = text.problem(of: index) {
            return ReviewedDocument(
                line: root.line, kind: target.kind, name: target.name, target: target.item, problems: [problem])
        }
        return switch target.kind {
        case .evaluator: try await reviewEvaluator(root, for: target.place, principal)
        case .judge: try await reviewJudge(root, for: target.place, coming: text.comingEvaluators, principal)
        case nil: ReviewedDocument(line: root.line, kind: nil, name: target.name, problems: [])
        }
    }

    /// The item that a document means: one of its identifier, else one of exactly its name.
    private func target(of root: YAMLNode, _ principal: Principal) async throws -> ImportTarget {
        let kind = root["kind"].flatMap { ItemKind(rawValue: $0.text) }
        let name = root["name"].map(\.text)
        guard let kind else { return ImportTarget(kind: nil, name: name) }
        let organization = principal.organizationID
        if let text = root["id"]?.text, let id = EntityID<ItemSummary>(text),
            let item = try await itemStore.find(kind, id.uuid, readableBy: organization), item.deletedAt == nil,
            item.origin(for: organization) == .own,
            principal.may(kind.reading, with: item.organizationID, in: item.projectID)
        {
            return ImportTarget(kind: kind, name: name, item: item, isForeign: false)
        }
        guard let name, let id = try await ownItem(kind, named: name, principal) else {
            return ImportTarget(kind: kind, name: name)
        }
        return ImportTarget(kind: kind, name: name, item: try await items.find(kind, id, for: principal))
    }

    /// The organisation's own item of that name that the caller sees.
    private func ownItem(_ kind: ItemKind, named name: String, _ principal: Principal) async throws -> UUID? {
        let (organization, reach) = (principal.organizationID, principal.reach(kind.reading))
        switch kind {
        case .evaluator:
            let found = try await evaluators.store.find(named: name, readableBy: organization, within: reach)
            return found.flatMap { $0.name == name && $0.organizationID == organization ? $0.id.uuid : nil }
        case .judge:
            let found = try await judges.store.find(named: name, in: organization, within: reach)
            return found.flatMap { $0.name == name ? $0.id.uuid : nil }
        }
    }
}

/// What a document of an import is of.
struct ImportTarget {
    let kind: ItemKind?
    let name: String?
    var item: ItemSummary?
    /// Whether it is not of the identifier that the document says.
    var isForeign = true

    var place: DocumentTarget { DocumentTarget(item: item, isForeign: isForeign) }
}

/// A text of documents that was looked at.
struct ReviewedText {
    let roots: [YAMLNode]
    var targets: [ImportTarget] = []
    var documents: [ReviewedDocument] = []

    init(roots: [YAMLNode]) { self.roots = roots }

    /// One of which nothing can be read.
    init(unreadable problem: DocumentProblem) {
        roots = []
        documents = [ReviewedDocument(line: problem.line, kind: nil, name: nil, problems: [problem])]
    }

    /// The evaluators of the text, by the names they will have.
    var comingEvaluators: ComingEvaluators {
        var coming: ComingEvaluators = [:]
        for target in targets where target.kind == .evaluator {
            if let name = target.name { coming[name] = .some(target.item.map { EvaluatorID(uuid: $0.id) }) }
        }
        return coming
    }

    /// What is wrong with a document as one of several.
    func problem(of index: Int) -> DocumentProblem? {
        let root = roots[index]
        let target = targets[index]
        func problem(_ field: String, _ message: String) -> DocumentProblem {
            let place = root[field] ?? root
            return DocumentProblem(line: place.line, column: place.column, field: field, message: message)
        }
        guard target.kind != nil else {
            let words = ItemKind.allCases.map(\.rawValue).joined(separator: " or ")
            return problem("kind", "“kind” must say what this is: \(words).")
        }
        for earlier in 0..<index where targets[earlier].kind == target.kind {
            let isSame = target.item != nil && targets[earlier].item?.id == target.item?.id
            guard isSame || target.name != nil && targets[earlier].name == target.name else { continue }
            return problem("name", "The document on line \(roots[earlier].line) is of the same one.")
        }
        return nil
    }

    /// The plan; `done` are the items that were stored, by the places of their documents.
    func plan(of text: String, done: [Int: UUID]? = nil) -> ImportPlan {
        let entries = documents.enumerated().map { index, document in
            ImportPlan.Entry(
                line: document.line, kind: document.kind, name: document.name, action: document.action,
                id: document.target?.id ?? done?[index], version: document.target?.version,
                changedFields: document.changedFields, problems: document.problems)
        }
        let isPossible = !entries.contains { $0.action == .refused }
        let isNeeded = entries.contains { $0.action == .create || $0.action == .update }
        let token = isPossible && isNeeded && done == nil ? Self.token(of: entries, text) : nil
        return ImportPlan(entries: entries, token: token, isDone: done != nil)
    }

    private static func token(of entries: [ImportPlan.Entry], _ text: String) -> String {
        let actions = entries.map { "\($0.action.rawValue) \($0.version?.id.uuidString ?? "")" }
        return Base64URL.encode(SHA256.hash(actions.joined(separator: "\n") + "\n" + text))
    }
}

extension ReviewedDocument {
    var action: ImportPlan.Action {
        if !problems.isEmpty { return .refused }
        if target == nil { return .create }
        return changedFields.isEmpty ? .unchanged : .update
    }
}

extension ReviewedDocument.Content {
    /// The project that the document names.
    fileprivate var projectID: ProjectID? {
        switch self {
        case .evaluator(let whole): whole.projectID
        case .judge(let draft): draft.projectID
        }
    }

    /// Sends a new item that names no project to this one.
    fileprivate mutating func land(in project: ProjectID?) {
        switch self {
        case .evaluator(var whole):
            whole.projectID = whole.projectID ?? project
            self = .evaluator(whole)
        case .judge(var draft):
            draft.projectID = draft.projectID ?? project
            self = .judge(draft)
        }
    }
}
