internal import SystemCalls

/// What the supervisor tells whoever waits for it, line by line in a file.
struct Progress {
    private let path: String
    private var lines: [String] = []

    /// The line after which everything runs.
    static let ready = "ready"
    /// Begins the line that says why it does not.
    static let failure = "failed: "

    init(_ state: StateDirectory) { path = state.progress }

    /// Begins anew.
    mutating func clear() throws {
        lines = []
        try FileWriting.write("", to: path, mode: 0o644)
    }

    mutating func tell(_ line: String) throws {
        lines.append(line.split(whereSeparator: \.isNewline).joined(separator: " "))
        try FileWriting.write(lines.map { $0 + "\n" }.joined(), to: path, mode: 0o644)
    }

    /// What has been told so far.
    static func read(_ state: StateDirectory) -> [String] {
        guard let bytes = try? FileContents.read(state.progress) else { return [] }  // ok: no file, nothing told
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
