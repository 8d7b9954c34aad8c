internal import FoundationEssentials
internal import JSON
internal import Records
internal import Replicas
internal import Scoring
internal import Stores
internal import Tenancy
internal import WireAPI

/// The text of an export, piece by piece: some logs are read, and written as they are to be. A few megabytes of them are in
/// memory, however many there are and however long each is.
struct ExportText {
    /// How far it is.
    private(set) var progress = ExportProgress()

    private let export: Export
    private let search: ExecutionSearch
    private let reads: ReadReplicas
    private var lines: Lines
    private var place: Keyset?
    private var isAtEnd = false
    /// How many logs are read next.
    private var count = 50

    /// So long pieces are, about.
    private static let piece = 256 * 1024
    /// So much text is read at once, about, and so many logs at most.
    private static let aim = 2 << 20
    private static let mostLogs = 500

    /// What is written and not taken yet.
    private enum Lines {
        case jsonl([UInt8])
        case csv(ExecutionLogTable)
    }

    init(_ export: Export, reads: ReadReplicas) throws {
        self.export = export
        self.reads = reads
        var search = try StoredExportFilter(of: export).search
        // What is made while it is written is not in it: else it would not end.
        search.to = search.to.map { min($0, export.createdAt) } ?? export.createdAt
        self.search = search
        lines =
            switch export.format {
            case .jsonl: .jsonl([])
            case .csv:
                .csv(
                    ExecutionLogTable(
                        .init(
                            includes: [.llmOutput, .variables, .evaluationContext], hasFullTexts: true, address: "")))
            }
    }

    /// The next piece; `nil` at the end.
    mutating func next() async throws -> [UInt8]? {
        while length < Self.piece, !isAtEnd { try await read() }
        let piece = take()
        guard !piece.isEmpty else { return nil }
        progress.bytes += Int64(piece.count)
        return piece
    }

    private mutating func read() async throws {
        let (found, next) = try await reads.complete { [export, search, place, count] database in
            try await ExecutionSearchStore(database: database).details(
                search, in: export.organizationID, behind: place, limit: count)
        }
        let before = length
        for details in found { try add(details) }
        progress.rows += found.count
        progress.reachedAt = next?.createdAt ?? found.last?.log.createdAt ?? progress.reachedAt
        place = next
        isAtEnd = next == nil
        guard !found.isEmpty else { return }
        let each = max(1, (length - before) / found.count)
        count = min(max(1, Self.aim / each), Self.mostLogs)
    }

    private mutating func add(_ details: ExecutionLogDetails) throws {
        switch lines {
        case .jsonl(var bytes):
            lines = .jsonl([])
            bytes.append(contentsOf: JSONCodec.encode(try ExecutionLogBody(details)))
            bytes.append(0x0A)
            lines = .jsonl(bytes)
        case .csv(var table):
            lines = .jsonl([])
            table.add(details)
            lines = .csv(table)
        }
    }

    private var length: Int {
        switch lines {
        case .jsonl(let bytes): bytes.count
        case .csv(let table): table.count
        }
    }

    private mutating func take() -> [UInt8] {
        switch lines {
        case .jsonl(let bytes):
            lines = .jsonl([])
            return bytes
        case .csv(var table):
            let bytes = table.take()
            lines = .csv(table)
            return bytes
        }
    }
}
