internal import FoundationEssentials
internal import Screens

/// What is shown, written to a file in the folder that the console was started in.
enum ExportFile {
    /// Writes a file that only its owner can read: it may hold what customers asked. One that is there already stays; the
    /// name gets a number then.
    /// - Returns: the path.
    static func write(_ bytes: [UInt8], named name: String) -> Result<String, FileFailure> {
        let folder = FileManager.default.currentDirectoryPath
        for attempt in 1...100 {
            let path = "\(folder)/\(numbered(name, attempt))"
            guard !FileManager.default.fileExists(atPath: path) else { continue }
            do {
                try Data(bytes).write(to: URL(filePath: path), options: [.withoutOverwriting])
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                return .success(path)
            } catch {
                return .failure(FileFailure("cannot write \(path): is the folder writable and the disk not full?"))
            }
        }
        return .failure(FileFailure("\(folder) has a hundred files called \(name)"))
    }

    /// A path in that folder that no file has.
    static func freePath(named name: String) throws(FileFailure) -> String {
        let folder = FileManager.default.currentDirectoryPath
        for attempt in 1...100 {
            let path = "\(folder)/\(numbered(name, attempt))"
            if !FileManager.default.fileExists(atPath: path) { return path }
        }
        throw FileFailure("\(folder) has a hundred files called \(name)")
    }

    /// `name.csv`, `name-2.csv`, …
    private static func numbered(_ name: String, _ attempt: Int) -> String {
        guard attempt > 1, let dot = name.lastIndex(of: ".") else { return name }
        return "\(name[..<dot])-\(attempt)\(name[dot...])"
    }
}
