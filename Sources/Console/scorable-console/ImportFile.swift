internal import FoundationEssentials
internal import Screens

/// A text file of this machine that someone wants to bring in.
enum ImportFile {
    /// Longer ones are not what someone means to bring in.
    private static let longest = 4 << 20

    /// Reads a file at a path; `~` is the home directory.
    static func read(_ path: String) -> Result<String, FileFailure> {
        var path = path
        if path.hasPrefix("~/") { path = FileManager.default.homeDirectoryForCurrentUser.path() + path.dropFirst(2) }
        let size: Int
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            // A pipe or a device may never end.
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                return .failure(FileFailure("\(path) is not a file"))
            }
            size = attributes[.size] as? Int ?? 0
        } catch {
            return .failure(FileFailure("\(path) cannot be found"))
        }
        guard size <= longest else { return .failure(FileFailure("\(path) is longer than \(longest >> 20) MB")) }
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(FileFailure("\(path) is not UTF-8 text"))
            }
            return .success(text)
        } catch {
            return .failure(FileFailure("\(path) cannot be read: may you?"))
        }
    }
}
