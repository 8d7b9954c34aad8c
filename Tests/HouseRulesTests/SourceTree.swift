import FoundationEssentials
import Glibc

/// The repository as the rules see it.
struct SourceTree: Sendable {
    /// The directory that holds Package.swift.
    let root: String
    /// Every Swift file below Sources and Tests.
    let files: [SourceFile]
    /// Package.swift.
    let manifest: Manifest

    /// Read once: all rules look at the same state.
    static let current = load()

    /// The Swift files below `folder`, such as `Sources/Shared/Domain`.
    func files(in folder: String) -> [SourceFile] {
        files.filter { $0.path.hasPrefix(folder + "/") }
    }

    /// The names of what a directory holds, without what begins with a dot.
    func entries(of folder: String) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)").filter { $0.first != "." }
        } catch {
            return []
        }
    }

    /// The text of a file, `nil` when there is none.
    func text(of path: String) -> String? {
        FileManager.default.contents(atPath: "\(root)/\(path)").map { String(decoding: $0, as: UTF8.self) }
    }

    private static func load() -> SourceTree {
        // The package may be reached through a link; the rules are about the tree behind it.
        let here = unsafe realpath(#filePath, nil)
        defer { unsafe free(here) }
        let path = unsafe here.map { unsafe String(cString: $0) } ?? #filePath
        let root = "/" + path.split(separator: "/").dropLast(3).joined(separator: "/")
        var files: [SourceFile] = []
        for top in ["Sources", "Tests"] {
            // ok: without such a folder there is nothing to see, which everythingIsSeen notices
            let paths = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(top)")) ?? []
            for path in paths.sorted() where path.hasSuffix(".swift") {
                guard let data = FileManager.default.contents(atPath: "\(root)/\(top)/\(path)") else { continue }
                files.append(SourceFile(path: "\(top)/\(path)", text: String(decoding: data, as: UTF8.self)))
            }
        }
        let manifest = FileManager.default.contents(atPath: "\(root)/Package.swift").map {
            String(decoding: $0, as: UTF8.self)
        }
        return SourceTree(root: root, files: files, manifest: Manifest(manifest ?? ""))
    }
}

/// Where a rule is broken.
struct Violation: CustomStringConvertible {
    let path: String
    let line: Int
    let rule: String

    var description: String { "\(path):\(line): \(rule)" }
}

extension Collection<Violation> {
    /// All of them, one a line, for the message of a failed expectation.
    var list: String { "\n" + map(\.description).joined(separator: "\n") }
}
