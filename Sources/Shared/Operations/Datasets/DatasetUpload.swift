internal import FoundationEssentials
internal import Postgres
package import Records
package import Scoring
internal import Stores
package import Tenancy

/// A dataset that is being made of a file while the file comes in: what is read is stored piece by piece, and nobody sees
/// any of it before all of it is there.
package struct DatasetUpload {
    /// How many items are stored at once.
    private static let piece = 500
    /// After so many wrong lines the rest is not looked at.
    private static let mostProblems = 20

    private let datasets: Datasets
    private let principal: Principal
    private let dataset: Dataset
    private var reader: DatasetFileReader
    private var waiting: [NewDatasetItem] = []
    private var count = 0

    fileprivate init(_ datasets: Datasets, _ dataset: Dataset, _ reader: DatasetFileReader, _ principal: Principal) {
        self.datasets = datasets
        self.dataset = dataset
        self.reader = reader
        self.principal = principal
    }

    /// Takes the next bytes of the file.
    /// - Throws: `InvalidDefinition` as soon as there are too many wrong lines.
    package mutating func feed(_ bytes: [UInt8]) async throws {
        waiting += reader.feed(bytes)
        if reader.problems.count >= Self.mostProblems { throw refusal }
        while waiting.count >= Self.piece { try await store(Self.piece) }
    }

    /// Ends the file, and shows the dataset as `draft` describes it by now.
    /// - Throws: `InvalidDefinition` naming every line that is wrong, and for a file without items.
    package mutating func finish(as draft: DatasetDraft) async throws -> Dataset {
        waiting += reader.finish()
        guard reader.problems.isEmpty else { throw refusal }
        while !waiting.isEmpty { try await store(min(Self.piece, waiting.count)) }
        guard count > 0 else {
            throw InvalidDefinition(problems: [.init(field: "file", message: "The file has no items.")])
        }
        let wanted = try await datasets.dataset(of: draft, for: principal)
        let made = Dataset(
            id: dataset.id, organizationID: dataset.organizationID, projectID: wanted.projectID, owner: dataset.owner,
            name: wanted.name, tags: wanted.tags, createdAt: dataset.createdAt)
        return try await datasets.audit.perform("dataset.create", on: "dataset:\(made.id)", by: principal) {
            [count] database in
            guard try await DatasetStore(database: database).complete(made) else { throw NotFound("Dataset") }
            return Audit.Change(made, made: DatasetFigures(made, items: count))
        }
    }

    /// Takes back what was stored. What a process that dies cannot take back, the upkeep does.
    package func abandon() async throws {
        _ = try await datasets.store.delete(dataset.id, in: dataset.organizationID)
    }

    private mutating func store(_ number: Int) async throws {
        let items = Array(waiting.prefix(number))
        waiting.removeFirst(number)
        let added = try await datasets.store.add(
            items, by: principal.user.id, to: dataset.id, in: dataset.organizationID,
            identifiers: datasets.identifiers)
        guard added != nil else { throw NotFound("Dataset") }
        count += number
    }

    private var refusal: InvalidDefinition {
        InvalidDefinition(problems: reader.problems.map { .init(field: "file", message: "\($0)") })
    }
}

extension Datasets {
    /// Begins to make a dataset of a file. Its format is found out by its first character when nobody says it; whether a
    /// table begins with the names of its columns, by whether one of them means something.
    package func upload(
        _ format: DatasetFileFormat?, hasHeader: Bool?, for principal: Principal
    ) async throws -> DatasetUpload {
        // Where it belongs is only known when all has come; until then nobody sees it.
        let (id, date) = identifiers.nextDated(DatasetMarker.self)
        let dataset = Dataset(
            id: id, organizationID: principal.organizationID, projectID: principal.defaultProjectID,
            owner: principal.user, name: nil, tags: [], createdAt: date)
        try await store.create(dataset, isComplete: false)
        return DatasetUpload(self, dataset, DatasetFileReader(format: format, hasHeader: hasHeader), principal)
    }

    /// Adds the items of a file that is here as a whole to a dataset, all or none; how many there are.
    /// - Throws: `NotFound`; `InvalidDefinition` naming every line that is wrong, and for too many items or none.
    package func add(
        file: [UInt8], _ format: DatasetFileFormat?, hasHeader: Bool?, to dataset: DatasetID, for principal: Principal
    ) async throws -> Int {
        var reader = DatasetFileReader(format: format, hasHeader: hasHeader)
        let items = reader.feed(file) + reader.finish()
        try InvalidDefinition.check { findings in
            for problem in reader.problems.prefix(100) { findings.add("file", "\(problem)") }
            if reader.problems.isEmpty, !(1...Self.mostItemsOfFile).contains(items.count) {
                findings.add("file", "There are \(items.count) items; a file has 1 to \(Self.mostItemsOfFile).")
            }
        }
        return try await add(items, to: dataset, for: principal).count
    }

    /// The most items that are added at once of a file.
    private static let mostItemsOfFile = 50_000
}
