import FoundationEssentials

/// A folder for the files of one test; its name has a blank, which scripts must cope with.
final class TestFolder {
    let path: String

    init() throws {
        path = "/tmp/terminal tests-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        // What is left over in /tmp harms nobody.
        do { try FileManager.default.removeItem(atPath: path) } catch { return }
    }

    /// The names in it.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// Writes a script; returns the command that runs it. It is not executed itself: a program that another test starts
    /// at this moment would hold it open, and the system refuse it as busy.
    func script(_ name: String, _ text: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data("\(text)\n".utf8).write(to: URL(filePath: file))
        return "sh '\(file)'"
    }

    func contents(of name: String) -> String {
        FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
