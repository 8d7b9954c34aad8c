internal import Access
internal import FoundationEssentials
internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Records
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

extension LabelRoutes {
    /// Files travel as JSON, which may double a character.
    private static let options = RouteOptions(bodyLimit: 20 << 20)

    func addDatasets(to routes: inout ProtectedRoutes) {
        let path = OperatorDataset.path
        routes.on(.get, path, needs: .datasetRead, in: .any) { context, principal in
            let found = try await datasets.list(
                in: nil, search: context.query["search"], try context.pageRequest(defaultSize: 100), for: principal)
            return .json(
                OperatorDatasetPage(
                    results: try await bodies(of: found.items, principal),
                    next: found.nextCursor { Keyset(createdAt: $0.createdAt, id: $0.id.uuid) }))
        }
        routes.on(.get, path + "/{id}", needs: .datasetRead, in: .dataset("id")) { context, principal in
            .json(try await body(of: try await datasets.find(context.parameter("id"), for: principal), principal))
        }
        routes.on(.post, path, needs: .datasetUpdate, in: .any, Self.options) { context, principal in
            let body = try await context.decode(OperatorDatasetDraft.self)
            let format = try body.format.map { word in
                guard let format = DatasetFileFormat(rawValue: word) else {
                    throw APIProblem.invalid("format", "Must be csv or jsonl.")
                }
                return format
            }
            let text = body.text.map { Array($0.utf8) }
            if let id = body.datasetID.map(DatasetID.init(uuid:)) {
                _ = try await datasets.find(id, to: .datasetUpdate, for: principal)
                if let text {
                    _ = try await datasets.add(file: text, format, hasHeader: nil, to: id, for: principal)
                }
                return .json(try await self.body(of: try await datasets.find(id, for: principal), principal))
            }
            let project = body.projectID.map(ProjectID.init(uuid:))
            let made = try await make(named: body.name, in: project, of: text, format, for: principal)
            return .json(try await self.body(of: made, principal), status: 201)
        }
        routes.on(.patch, path + "/{id}", needs: .datasetUpdate, in: .dataset("id")) { context, principal in
            let name = try await context.decode(OperatorDatasetDraft.self).name ?? ""
            let renamed = try await datasets.rename(context.parameter("id"), to: name, for: principal)
            return .json(try await body(of: renamed, principal))
        }
        routes.on(.delete, path + "/{id}", needs: .datasetDelete, in: .dataset("id")) { context, principal in
            try await datasets.delete(context.parameter("id"), for: principal)
            return .noContent
        }
    }

    /// A dataset of a file's items, or an empty one.
    private func make(
        named name: String?, in project: ProjectID?, of text: [UInt8]?, _ format: DatasetFileFormat?,
        for principal: Principal
    ) async throws -> Dataset {
        var draft = DatasetDraft()
        draft.name = name
        draft.projectID = project
        guard let text else { return try await datasets.create(draft, for: principal) }
        var upload = try await datasets.upload(format, hasHeader: nil, for: principal)
        do {
            try await upload.feed(text)
            return try await upload.finish(as: draft)
        } catch {
            try await upload.abandon()
            throw error
        }
    }

    private func body(of dataset: Dataset, _ principal: Principal) async throws -> OperatorDataset {
        try await bodies(of: [dataset], principal)[0]
    }

    private func bodies(of found: [Dataset], _ principal: Principal) async throws -> [OperatorDataset] {
        let counts = try await datasets.counts(of: found.map(\.id), for: principal)
        return found.map { dataset in
            let count = counts[dataset.id] ?? DatasetCounts()
            return OperatorDataset(
                id: dataset.id.uuid, name: dataset.name, tags: dataset.tags, owner: OperatorPerson(dataset.owner),
                createdAt: dataset.createdAt, itemCount: count.items, labelledCount: count.labelled)
        }
    }
}
