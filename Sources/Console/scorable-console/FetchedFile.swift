internal import EventLoop
internal import FoundationEssentials
internal import SystemCalls

/// A file of the server that is written to this machine while it comes. It gets its name when it is whole.
struct FetchedFile {
    private let name: String
    /// Files block.
    private let threads: WorkerThreads

    init(named name: String, threads: WorkerThreads) {
        // What the server calls it must not lead to another folder.
        self.name = String(name.map { $0 == "/" || $0 == "\0" ? "-" : $0 })
        self.threads = threads
    }

    /// Writes what `next` brings into the folder that the console was started in, readable for its owner only.
    /// - Returns: the path. A file of the name that is there already stays; the new one gets a number then.
    func write(_ next: () async throws -> [UInt8]?) async throws -> String {
        let path = try ExportFile.freePath(named: name)
        let temporary = "\(path).part"
        let file = try await threads.run { try NewFile(temporary, mode: 0o600) }
        while let piece = try await next() { try await threads.run { try file.append(piece) } }
        try await threads.run { try file.finish(as: path) }
        return path
    }
}
