package import FoundationEssentials
internal import JSON
internal import Postgres
package import Records
package import Replicas
package import Scoring
package import Stores
package import Tenancy

/// What a caller wants a dataset to be; what is `nil` was not said.
package struct DatasetDraft: Sendable {
    package var name: String?
    package var tags: [UUID] = []
    package var projectID: ProjectID?

    package init() {}
}

/// The datasets of an organisation.
package struct Datasets: Sendable {
    let store: DatasetStore
    let annotations: AnnotationStore
    let configs: ScoreConfigStore
    let reads: ReadReplicas
    let projects: Projects
    let identifiers: IdentifierSource
    let audit: ProductAudit

    /// The most items that are added at once.
    package static let mostItems = 5000
    private static let mostTags = 100

    package init(
        store: DatasetStore, annotations: AnnotationStore, configs: ScoreConfigStore, reads: ReadReplicas,
        projects: Projects, identifiers: IdentifierSource, audit: ProductAudit
    ) {
        self.store = store
        self.annotations = annotations
        self.configs = configs
        self.reads = reads
        self.projects = projects
        self.identifiers = identifiers
        self.audit = audit
    }

    /// Makes a dataset without items.
    /// - Throws: `InvalidDefinition` for an unknown project, a name that is too long, too many tags; `PermissionDenied` for
    ///   a project in which they may make none.
    package func create(_ draft: DatasetDraft, for principal: Principal) async throws -> Dataset {
        let dataset = try await dataset(of: draft, for: principal)
        return try await audit.perform("dataset.create", on: "dataset:\(dataset.id)", by: principal) { database in
            try await DatasetStore(database: database).create(dataset)
            return Audit.Change(dataset, made: DatasetFigures(dataset, items: 0))
        }
    }

    /// What `draft` describes, with an identifier of its own.
    func dataset(of draft: DatasetDraft, for principal: Principal) async throws -> Dataset {
        try Self.check(draft.name)
        try InvalidDefinition.check { findings in
            if draft.tags.count > Self.mostTags { findings.add("tags", "Give at most \(Self.mostTags) tags.") }
        }
        let (id, date) = identifiers.nextDated(DatasetMarker.self)
        return Dataset(
            id: id, organizationID: principal.organizationID,
            projectID: try await projects.target(draft.projectID, needing: .datasetCreate, for: principal),
            owner: principal.user,
            name: draft.name, tags: draft.tags.map(\.lowercaseText), createdAt: date)
    }

    /// One page of the organisation's datasets.
    package func list(
        in project: ProjectID?, search: String?, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<Dataset> {
        try await store.list(
            in: principal.organizationID, within: principal.reach(.datasetRead), project: project, search: search,
            page: page)
    }

    /// The dataset.
    /// - Throws: `NotFound`.
    package func find(_ id: DatasetID, for principal: Principal) async throws -> Dataset {
        guard let found = try await store.find(id, in: principal.organizationID) else { throw NotFound("Dataset") }
        return found
    }

    /// The dataset, provided that the caller may do this with it.
    /// - Throws: `NotFound` for what they may not see; `PermissionDenied` for what they may only see.
    package func find(_ id: DatasetID, to permission: Permission, for principal: Principal) async throws -> Dataset {
        let found = try await find(id, for: principal)
        guard principal.may(permission, with: found.organizationID, in: found.projectID) else {
            guard principal.may(.datasetRead, with: found.organizationID, in: found.projectID) else {
                throw NotFound("Dataset")
            }
            throw PermissionDenied(permission: permission, role: principal.role)
        }
        return found
    }

    /// Gives a dataset another name.
    /// - Throws: `NotFound`; `InvalidDefinition` for a name that is blank or too long.
    package func rename(_ id: DatasetID, to name: String, for principal: Principal) async throws -> Dataset {
        try Self.check(name)
        return try await audit.perform("dataset.update", on: "dataset:\(id)", by: principal) { database in
            let store = DatasetStore(database: database)
            guard let old = try await store.lock(id, in: principal.organizationID),
                try await store.rename(id, to: name, in: principal.organizationID),
                let changed = try await store.find(id, in: principal.organizationID)
            else { throw NotFound("Dataset") }
            return Audit.Change(changed, from: DatasetFigures(old), to: DatasetFigures(changed))
        }
    }

    /// Deletes a dataset with its items. Batches that began with them keep what they need.
    /// - Throws: `NotFound`.
    package func delete(_ id: DatasetID, for principal: Principal) async throws {
        try await audit.perform("dataset.delete", on: "dataset:\(id)", by: principal) { database in
            let store = DatasetStore(database: database)
            guard let old = try await store.lock(id, in: principal.organizationID) else { throw NotFound("Dataset") }
            let items = try await store.counts(of: [id], in: principal.organizationID)[id]?.items ?? 0
            guard try await store.delete(id, in: principal.organizationID) else { throw NotFound("Dataset") }
            return Audit.Change((), ending: DatasetFigures(old, items: items))
        }
    }

    private static func check(_ name: String?) throws(InvalidDefinition) {
        try InvalidDefinition.check { findings in
            if let name { findings.length(of: name, in: 1...1000, field: "name") }
        }
    }

    // MARK: Items

    /// Adds items at the end.
    /// - Throws: `NotFound`; `InvalidDefinition` for too many of them, or none.
    package func add(
        _ contents: [DatasetItemContent], to dataset: DatasetID, for principal: Principal
    ) async throws -> [DatasetItem] {
        guard (1...Self.mostItems).contains(contents.count) else {
            throw InvalidDefinition(problems: [
                .init(field: "non_field_errors", message: "Give 1 to \(Self.mostItems) items at once.")
            ])
        }
        return try await add(contents.map { NewDatasetItem($0) }, to: dataset, for: principal)
    }

    /// Adds items, all in one transaction with the entry that says how many there were before and are then.
    func add(
        _ new: [NewDatasetItem], to dataset: DatasetID, for principal: Principal
    ) async throws -> [DatasetItem] {
        try await audit.perform("dataset.add_items", on: "dataset:\(dataset)", by: principal) {
            [identifiers] database in
            let store = DatasetStore(database: database)
            guard let known = try await store.lock(dataset, in: principal.organizationID),
                let added = try await store.add(
                    new, by: principal.user.id, to: dataset, in: principal.organizationID, identifiers: identifiers)
            else { throw NotFound("Dataset") }
            let first = added.first?.position ?? 0
            return Audit.Change(
                added, from: DatasetFigures(known, itemsEver: first),
                to: DatasetFigures(known, itemsEver: first + added.count, added: added.count))
        }
    }

    /// One page of the latest versions of a dataset's items.
    /// - Throws: `NotFound`.
    package func items(
        of dataset: DatasetID, withArchived: Bool, _ page: PageRequest, for principal: Principal
    ) async throws -> Slice<DatasetItem> {
        _ = try await find(dataset, for: principal)
        return try await store.items(
            of: dataset, in: principal.organizationID, withArchived: withArchived, page: page)
    }

    /// An item by its identifier, or a version of it by the version's.
    /// - Throws: `NotFound`.
    package func item(
        _ id: DatasetItemID, of dataset: DatasetID, for principal: Principal
    ) async throws -> DatasetItem {
        guard let found = try await store.item(id, of: dataset, in: principal.organizationID) else {
            throw NotFound("Dataset item")
        }
        return found
    }

    /// All versions of an item, the newest first.
    /// - Throws: `NotFound`.
    package func versions(
        of id: DatasetItemID, in dataset: DatasetID, for principal: Principal
    ) async throws -> [DatasetItem] {
        let versions = try await store.versions(of: id, in: dataset, of: principal.organizationID)
        guard !versions.isEmpty else { throw NotFound("Dataset item") }
        return versions
    }

    /// How many items datasets have, and how many of them are labelled.
    package func counts(
        of ids: [DatasetID], for principal: Principal
    ) async throws -> [DatasetID: DatasetCounts] {
        ids.isEmpty ? [:] : try await store.counts(of: ids, in: principal.organizationID)
    }

    /// What the caller has still to label on a scale: the next items behind a position, and how far they are.
    /// - Throws: `NotFound`.
    package func labelling(
        of dataset: DatasetID, on config: ScoreConfigID, behind position: Int?, limit: Int, for principal: Principal
    ) async throws -> (items: [DatasetItem], total: Int, done: Int) {
        _ = try await find(dataset, for: principal)
        return try await store.unlabelled(
            of: dataset, in: principal.organizationID, by: principal.user.id, on: config, behind: position,
            limit: limit)
    }

    /// Makes a new version of an item: `change` is given the content of the latest one.
    /// - Throws: `NotFound`; `InvalidDefinition` when a version is named that is not the latest.
    package func revise(
        _ id: DatasetItemID, of dataset: DatasetID, for principal: Principal,
        _ change: (DatasetItemContent) -> DatasetItemContent
    ) async throws -> DatasetItem {
        let item = try await item(id, of: dataset, for: principal)
        let content = change(item.content)
        return try await audit.perform("dataset_item.update", on: item.subject, by: principal) {
            [identifiers] database in
            let revised = try await DatasetStore(database: database).revise(
                item.id, of: dataset, to: content, in: principal.organizationID, identifiers: identifiers)
            guard let revised else {
                throw InvalidDefinition(problems: [
                    .init(
                        field: "non_field_errors",
                        message: "Only the latest version of an item can be changed; there is a newer one than this.")
                ])
            }
            return Audit.Change(revised, from: DatasetItemFigures(item), to: DatasetItemFigures(revised))
        }
    }

    /// Archives an item: it is not evaluated any more.
    /// - Throws: `NotFound`.
    package func archive(_ id: DatasetItemID, of dataset: DatasetID, for principal: Principal) async throws {
        let item = try await item(id, of: dataset, for: principal)
        try await audit.perform("dataset_item.archive", on: item.subject, by: principal) { database in
            guard try await DatasetStore(database: database).archive(id, of: dataset, in: principal.organizationID)
            else { throw NotFound("Dataset item") }
            return Audit.Change((), ending: DatasetItemFigures(item))
        }
    }
}

/// What the audit keeps of a dataset.
struct DatasetFigures: Encodable, Sendable {
    let name: String?
    let project: String
    let tags: [String]
    /// How many there are, where that was counted.
    let items: Int?
    /// How many there have been, archived ones among them.
    let itemsEver: Int?
    /// How many came with a change.
    let added: Int?

    init(_ dataset: Dataset, items: Int? = nil, itemsEver: Int? = nil, added: Int? = nil) {
        self.itemsEver = itemsEver
        self.added = added
        name = dataset.name
        project = dataset.projectID.description
        tags = dataset.tags
        self.items = items
    }
}

/// What the audit keeps of an item of a dataset, with a digest of its content in place of it.
struct DatasetItemFigures: Encodable, Sendable {
    let dataset: String
    /// The version of it that was current.
    let version: String
    let position: Int
    let content: KeptText?

    init(_ item: DatasetItem) {
        dataset = item.datasetID.description
        version = item.id.description
        position = item.position
        content = KeptText(String(decoding: JSONCodec.encode(Whole(item.content)), as: UTF8.self))
    }

    /// All that an item says, always in the same order.
    private struct Whole: Encodable {
        let texts: [String]
        let turns: [[String?]]
        let contexts: [String]
        let variables: [[String]]
        let metadata: String?

        init(_ content: DatasetItemContent) {
            texts = [content.request, content.response, content.expectedOutput, content.changeNote]
            turns = content.turns.map { [$0.role.rawValue, $0.content, $0.toolCalls?.text] + $0.contexts }
            contexts = content.contexts
            variables = content.variables.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
            metadata = content.metadata?.text
        }
    }
}

extension DatasetItem {
    /// What the audit calls it: by what is the same in all its versions.
    fileprivate var subject: String { "dataset_item:\(externalID)" }
}
