import Foundation
import TestSupport

/// A Python process with its `ssl` module: the strict other side of a connection. A script that serves should end when
/// its input does, lest it outlives the tests.
struct PythonPeer {
    private let program: ConnectedProgram

    init(_ script: String, _ arguments: [String]) throws {
        program = try ConnectedProgram(["python3", "-c", script] + arguments, takingErrors: true)
    }

    /// The next line that it prints; empty at its end.
    func line() throws -> String { try program.line() }

    /// Everything that it prints until it ends.
    func rest() throws -> String { String(decoding: try program.rest(), as: UTF8.self) }

    func stop() { program.stop() }
}

/// A directory that goes away with its owner.
final class TemporaryDirectory {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("scorable-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        do {
            try FileManager.default.removeItem(at: url)
        } catch {
            assertionFailure("\(error)")
        }
    }

    func write(_ text: String, _ name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}
