import Foundation

/// Where the programs under test and the files beside these tests are.
enum BuiltFiles {
    /// The folder of the executables: that of the test bundle itself, whatever it is called.
    static let programs: String = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let tests = #filePath.components(separatedBy: "/Tests/EndToEndTests/")[0]
        let candidates = [own, CommandLine.arguments.first].compactMap { $0 }.map {
            URL(filePath: $0).deletingLastPathComponent().path
        }
        let folders = candidates + ["\(tests)/.build/debug"]
        return folders.first { FileManager.default.isExecutableFile(atPath: "\($0)/scorable-apid") } ?? folders[0]
    }()

    static func program(_ name: String) -> String { "\(programs)/\(name)" }

    /// A file in `clients`.
    static func client(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "clients/\(name)").path
    }

    /// A file in `Tests/Fixtures`.
    static func fixture(_ name: String) -> String {
        "\(#filePath.components(separatedBy: "/EndToEndTests/")[0])/Fixtures/\(name)"
    }

    /// The build folder, for what is made once and kept.
    static var cache: String {
        var folder = URL(filePath: programs).resolvingSymlinksInPath()
        while folder.path != "/", folder.lastPathComponent != ".build" { folder.deleteLastPathComponent() }
        return folder.path == "/" ? NSTemporaryDirectory() : folder.path
    }
}
